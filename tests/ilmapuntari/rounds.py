"""A round with real codes, boxes and answers, through the verbs that the tasks call."""

from datetime import timedelta

from django.utils import timezone

from ilmapuntari import codes, computing, keys, opening
from ilmapuntari.answering import answer, unit_for_answering
from ilmapuntari.models import Round
from tests.accounts.factories import UserFactory
from tests.ilmapuntari.factories import RoundFactory


def opened_round(teams, *, by=None, **fields):
    """A round of these teams that can be answered now."""
    now = timezone.now()
    round = RoundFactory(
        opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=14), publishes_at=now + timedelta(days=15),
        **fields,
    )  # fmt: skip
    round.plan_units(teams)
    round.schedule(by=by or UserFactory())
    round.freeze()
    opening.write_codes(round)
    opening.seal_codes(round)
    opening.mark_sealed(round)
    assert round.open()
    return round


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
