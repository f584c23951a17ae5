"""Computing: once, whatever happens in between, and the comparison of who was there."""

import pytest

from ilmapuntari import computing, keys
from ilmapuntari.models import Invitee, LevelResult, Round, SealedBox, TeamMember, UnitResult
from tests.directory.factories import CountyFactory, OrganisationFactory
from tests.ilmapuntari.factories import LeadFactory, TeamFactory, TeamMemberFactory
from tests.ilmapuntari.rounds import finish, give, opened_round

pytestmark = pytest.mark.django_db


def answered_round(teams, count=6, value=7, **fields):
    """An open round in which so many of each team have answered."""
    round = opened_round(teams, **fields)
    for unit in round.units.all():
        for invitee in unit.invitees.order_by("pk")[:count]:
            give(invitee, value)
    return round


def test_a_second_computation_changes_nothing():
    round = answered_round([TeamFactory(size=8)])
    round.close()
    computing.compute_units(round)
    computing.compute_levels(round)
    before = UnitResult.objects.values().get(), LevelResult.objects.count()

    give(Invitee.objects.last(), 1)  # refused: the round is closed
    computing.compute_units(round)
    is_done = computing.compute_levels(round)

    assert (UnitResult.objects.values().get(), LevelResult.objects.count()) == before
    assert not is_done


def test_levels_wait_until_every_unit_has_its_result():
    round = answered_round([TeamFactory(size=8), TeamFactory(size=8)])
    round.close()
    computing.compute_units(round)
    UnitResult.objects.first().delete()

    is_done = computing.compute_levels(round)

    assert not is_done
    assert not LevelResult.objects.exists()
    assert keys.box.exists(round.token)


def test_a_level_is_computed_from_three_units_and_compared_with_where_others_are_enough():
    organisation = OrganisationFactory(county=CountyFactory())
    teams = [TeamFactory(size=9, organisation=organisation, county=organisation.county) for _ in range(5)]
    round = answered_round(teams, count=8, value=6)

    finish(round)

    level = LevelResult.objects.get(organisation=organisation)
    assert [figure["mean"] for figure in level.figures] == [60] * 28
    assert UnitResult.objects.first().comparable == ["o"] * 28


def test_a_team_of_four_gets_no_figures_of_its_own():
    team = TeamFactory(size=4)

    round = finish(opened_round([team]))

    assert round.published_at is not None
    assert UnitResult.objects.get().band == UnitResult.Band.TOO_FEW


def test_who_has_changed_is_asked_of_the_last_round_with_a_result():
    team = TeamFactory(size=9)
    first = answered_round([team])
    finish(first)
    finish(opened_round([team]))  # nobody answered
    for member in TeamMember.objects.filter(team=team)[:4]:
        member.leave()
        TeamMemberFactory(team=team)

    third = answered_round([team])
    finish(third)

    assert not UnitResult.objects.get(unit__round=first).has_turned_over
    assert UnitResult.objects.get(unit__round=third).has_turned_over


def test_a_team_that_stayed_the_same_has_not_turned_over():
    team = TeamFactory(size=9)
    finish(answered_round([team]))
    Invitee.objects.update(email="", name="")  # as after publishing

    second = answered_round([team])
    finish(second)

    assert not UnitResult.objects.get(unit__round=second).has_turned_over


def test_a_round_called_off_after_computing_keeps_no_results():
    round = answered_round([TeamFactory(size=8) for _ in range(3)])
    finish(round, publish=False)

    round.call_off(by=None)
    Round.objects.filter(pk=round.pk).update(destroyed_at=None)
    round.refresh_from_db()
    computing.compute_units(round)
    computing.destroy(round)

    assert not UnitResult.objects.exists()
    assert not LevelResult.objects.exists()


def test_one_damaged_box_keeps_no_other_team_from_its_result():
    round = answered_round([TeamFactory(size=8), TeamFactory(size=8)])
    damaged = SealedBox.objects.first()
    SealedBox.objects.filter(pk=damaged.pk).update(blob=bytes(len(damaged.blob)))

    finish(round)

    assert UnitResult.objects.get(pk=damaged.pk).band == UnitResult.Band.TOO_FEW
    assert UnitResult.objects.exclude(pk=damaged.pk).get().is_shown


def test_leaders_who_have_all_changed_get_no_trend():
    county = CountyFactory()
    organisation = OrganisationFactory(county=county)
    teams = [TeamFactory(size=6, organisation=organisation, county=county) for _ in range(6)]
    leads = [LeadFactory(team=team) for team in teams]
    finish(answered_round(teams))
    for lead in leads:
        lead.leave()
        LeadFactory(team=lead.team)

    second = answered_round(teams)
    finish(second)

    assert UnitResult.objects.get(unit__round=second, unit__kind="leaders").has_turned_over
