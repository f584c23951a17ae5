"""The way of a round from its plan to its published figures."""

import pytest

from ilmapuntari import keys
from ilmapuntari.answering import Outcome
from ilmapuntari.models import Invitee, SealedBox, UnitResult
from tests.ilmapuntari.factories import TeamFactory
from tests.ilmapuntari.rounds import finish, give, opened_round

pytestmark = pytest.mark.django_db


def test_a_round_goes_from_its_plan_to_its_published_figures():
    team = TeamFactory(size=8)
    round = opened_round([team])
    invitees = list(Invitee.objects.filter(round=round))

    outcomes = [give(invitee, 8) for invitee in invitees[:5]]
    again = give(invitees[0], 2)
    finish(round)

    assert outcomes == [Outcome.SAVED] * 5
    assert again is Outcome.USED
    result = UnitResult.objects.get()
    assert result.band == "few"
    assert result.answers is None
    assert [figure["mean"] for figure in result.figures] == [80] * 28
    assert round.published_at is not None
    assert not SealedBox.objects.exists()
    assert not keys.box.exists(round.token)
