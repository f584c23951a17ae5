"""A round with real codes, boxes and answers, through the verbs that the tasks call."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from ilmapuntari import codes, computing, keys, opening, post_tasks, tasks
from ilmapuntari.answering import answer, unit_for_answering
from ilmapuntari.models import Round
from letters.tasks import send_letters
from tests.accounts.factories import UserFactory
from tests.ilmapuntari.factories import RoundFactory, TeamFactory


def address(name, round, **more):
    """The address of a round's page, or of a part of it."""
    return reverse(f"ilmapuntari:{name}", kwargs={"pk": round.pk} if not more else {"round_pk": round.pk, **more})


def planned(teams, **fields):
    """A round of these teams, not confirmed yet."""
    round = RoundFactory(**fields)
    round.plan_units(teams)
    return round


def sister(team, **fields):
    """Another team of the same organisation."""
    return TeamFactory(organisation=team.organisation, county=team.county, **fields)


def opened_round(teams, *, by=None, **fields):
    """A round of these teams that can be answered now."""
    return opened_from(planned(teams, **fields), by=by or UserFactory())


def opened_from(round, *, by=None):
    """The planned round, opened now."""
    now = timezone.now()
    Round.objects.filter(pk=round.pk).update(
        opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=14), publishes_at=now + timedelta(days=15)
    )
    round.refresh_from_db()
    round.schedule(by=by)
    round.freeze()
    opening.write_codes(round)
    opening.seal_codes(round)
    opening.mark_sealed(round)
    assert round.open()
    return round


def sweep():
    """What beat does in a minute: the queue `post`, the queue `compute`, letters."""
    post_tasks.write_codes.apply()
    advance()
    post_tasks.write_codes.apply()
    advance()
    send_letters.apply()


def advance():
    """With what it queues."""
    tasks.advance.apply()
    for round in Round.objects.to_compute():
        tasks.compute.apply([round.pk])


def code_of(invitee):
    """What the letter of the invitee would carry."""
    return codes.written(codes.derive(keys.link.read(invitee.round.token), invitee.unit_id, invitee.code_name))


def give(invitee, values):
    """The invitee answers: a list of 0–10 or SKIP, or one number for every statement. Returns the outcome."""
    values = [values] * 28 if isinstance(values, int) else values
    return answer(unit_for_answering(invitee.unit_id), code_of(invitee), bytes(values))


def finish(round, *, publish=True):
    """Close, compute, destroy and publish, as the sweep would with time."""
    now = timezone.now()
    Round.objects.filter(pk=round.pk).update(
        closes_at=now - timedelta(minutes=2), publishes_at=now - timedelta(minutes=1)
    )
    round.refresh_from_db()
    round.close()
    computing.compute_units(round)
    computing.compute_levels(round)
    computing.destroy(round)
    if publish:
        round.refresh_from_db()
        round.publish()
    round.refresh_from_db()
    return round
