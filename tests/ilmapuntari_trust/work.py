"""Run as a script in a cluster: `work.py WHAT`, what it needs as JSON on standard input, what came of it as JSON."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from ilmapuntari import answering, codes, computing, keys, mail, opening  # noqa: E402
from ilmapuntari.models import Invitee, ReportingUnit, Round, SealedBox  # noqa: E402
from ilmapuntari.sealed_box import open_box  # noqa: E402
from letters.tasks import Post, send_next  # noqa: E402
from tests.accounts.factories import UserFactory  # noqa: E402
from tests.ilmapuntari.factories import RoundFactory, TeamFactory, TeamMemberFactory  # noqa: E402

SEASONS = ["winter", "spring", "summer", "autumn"]


def plan(teams, size, number, opens_in=-3600, closes_in=14 * 86400):
    """A confirmed round of new teams; the sweep does the rest. People's addresses tell their team and number."""
    now = timezone.now()
    round = RoundFactory(
        year=1900 + number // 4,
        season=SEASONS[number % 4],
        opens_at=now + timedelta(seconds=opens_in),
        closes_at=now + timedelta(seconds=closes_in),
        publishes_at=now + timedelta(seconds=closes_in + 1),
    )
    made = []
    for team_number in range(teams):
        name = f"{number}-{team_number}"
        team = TeamFactory(name=f"Tiimi {name}", slug=f"tiimi-{name}")
        for person in range(size):
            TeamMemberFactory(team=team, name=f"Jäsen {name}-{person}", email=f"t{name}-{person}@example.org")
        made.append(team)
    round.plan_units(made)
    round.schedule(by=UserFactory(email=f"puntari{number}@example.org"))
    return {"round": round.pk, "token": str(round.token), "prefix": f"t{number}-"}


def opened(*, letters=False, **wanted):
    """The same, opened at once by the verbs, in this process which has both keys; with its invitations if wished."""
    made = plan(**wanted)
    round = Round.objects.get(pk=made["round"])
    round.freeze()
    opening.write_codes(round)
    opening.seal_codes(round)
    opening.mark_sealed(round)
    if letters:
        mail.open_round(round)
        with Post() as post:
            while send_next(post):
                pass
    assert round.open() != letters
    return made | people(round=round.pk)


def people(round):
    """Everybody invited, with the code of the letter; for the test alone, because it takes both keys."""
    round = Round.objects.get(pk=round)
    key = keys.link.read(round.token)
    return {
        "people": [
            {
                "unit": str(invitee.unit_id),
                "pk": invitee.pk,
                "email": invitee.email,
                "code": codes.written(codes.derive(key, invitee.unit_id, invitee.code_name)),
            }
            for invitee in Invitee.objects.filter(round=round).order_by("pk")
        ]
    }


def join(round):
    """One newcomer in each unit. Returns everybody invited."""
    for unit in ReportingUnit.objects.filter(round=round).order_by("pk"):
        team = unit.teams.get()
        member = TeamMemberFactory(team=team, name=f"Tulija {team.slug}", email=f"tulija-{team.slug}@example.org")
        assert len(mail.let_in(unit, [member])) == 1
    return people(round)


def answer(answers):
    """[[unit, code, hex]]: each is given by the verb, in this order. Returns the outcomes."""
    outcomes = []
    for unit, code, values in answers:
        outcomes.append(answering.answer(answering.unit_for_answering(unit), code, bytes.fromhex(values)).value)
    return {"outcomes": outcomes}


def boxes(round):
    """What stands in the boxes of a round, opened with the box key alone: {unit: [spent hashes, answers]}."""
    round = Round.objects.get(pk=round)
    key = keys.box.read(round.token)
    found = {}
    for unit, blob in SealedBox.objects.filter(unit__round=round).values_list("unit_id", "blob"):
        box = open_box(key, unit, blob)
        spent = [code.hex() for code, is_spent in zip(box.codes, box.spent, strict=True) if is_spent]
        found[str(unit)] = {
            "codes": [code.hex() for code in box.codes],
            "spent": spent,
            "answers": [one.hex() for one in box.answers],
        }
    return found


def reseal(round):
    return opening.reseal(Round.objects.get(pk=round), on=timezone.localdate())


def finish(round):
    """Closed, computed and destroyed, by the verbs."""
    now = timezone.now()
    Round.objects.filter(pk=round).update(closes_at=now - timedelta(minutes=2), publishes_at=now - timedelta(minutes=1))
    round = Round.objects.get(pk=round)
    round.close()
    computing.compute_units(round)
    computing.compute_levels(round)
    computing.destroy(round)
    keys.link.destroy(round.token)


def due(round):
    """The end of the round's time comes now; the sweep will see it."""
    now = timezone.now()
    Round.objects.filter(pk=round).update(closes_at=now, publishes_at=now + timedelta(seconds=1))


def units(round):
    return [str(pk) for pk in ReportingUnit.objects.filter(round=round).values_list("pk", flat=True)]


if __name__ == "__main__":
    made = globals()[sys.argv[1]](**json.load(sys.stdin))
    print(json.dumps(made))
