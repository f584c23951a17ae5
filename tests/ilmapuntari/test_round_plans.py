"""What is proposed, planned and confirmed of a round."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from ilmapuntari import opening, tasks
from ilmapuntari.models import Invitee, Round
from ilmapuntari.models.plan import plans_of
from letters.models import Letter
from tests.ilmapuntari.factories import (
    LeadFactory,
    RoundFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.ilmapuntari.rounds import (
    address,
    opened_from,
    opened_round,
    planned,
    sister,
    sweep,
)

pytestmark = pytest.mark.django_db
ZONE = timezone.get_default_timezone()


# What is proposed -----------------------------------------------------------------------------------------------------


@time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=ZONE), tick=False)
def test_a_round_is_proposed_from_a_monday_with_results_on_the_working_day_after_it_closes():
    round = Round.proposed()

    local = [
        f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
        for moment in (
            round.opens_at, round.first_reminder_at, round.second_reminder_at, round.closes_at, round.publishes_at
        )
    ]  # fmt: skip
    assert local == [
        "2026-11-30 08:00", "2026-12-07 09:00", "2026-12-10 09:00", "2026-12-14 16:00", "2026-12-15 07:00"
    ]  # fmt: skip
    assert (round.year, round.season) == (2026, "autumn")


@pytest.mark.parametrize(
    ("day", "season", "year"),
    [((2026, 12, 1), "winter", 2027), ((2027, 2, 1), "winter", 2027), ((2026, 5, 4), "spring", 2026)],
)
def test_december_belongs_to_the_winter_of_the_next_year(day, season, year):
    with time_machine.travel(datetime(*day, 12, tzinfo=ZONE)):
        round = Round.proposed()

    assert (round.season, round.year) == (season, year)


def test_the_next_round_comes_some_months_after_the_previous_one():
    previous = RoundFactory(published=True, floor=6, opens_at=timezone.now() - timedelta(days=40))

    round = Round.proposed()

    assert round.opens_at - previous.opens_at >= timedelta(weeks=15)
    assert round.floor == 6


# The plan -------------------------------------------------------------------------------------------------------------


def test_the_plan_that_is_checked_is_the_plan_that_is_frozen():
    first, second = TeamFactory(size=5, leader_answers_with_team=True), TeamFactory(size=6)
    LeadFactory(team=first)
    LeadFactory(team=second)
    TeamMemberFactory(team=second, email=first.members.first().email.upper())
    round = planned([first, second, TeamFactory(slips=7)])
    plan = {plan.unit.title: plan.invited for plan in plans_of(round)}

    round.schedule(by=None)
    round.freeze()

    assert {unit.title: unit.invited for unit in round.units.all()} == plan
    assert Invitee.objects.filter(round=round).count() == sum(plan.values())
    assert sorted(plan.values()) == [1, 6, 6, 7]


def test_an_address_in_two_teams_is_invited_in_one_and_the_check_tells_which():
    one, two = TeamFactory(size=5, name="Ensin"), TeamFactory(size=5, name="Toinen")
    TeamMemberFactory(team=two, name="Sama Ihminen", email=one.members.first().email)
    round = planned([one, two])

    plans = {plan.unit.title: plan for plan in plans_of(round)}

    assert (plans["Ensin"].invited, plans["Toinen"].invited) == (5, 5)
    ((name, _email, keeper),) = plans["Toinen"].elsewhere
    assert (name, keeper.unit.title) == ("Sama Ihminen", "Ensin")


def test_small_teams_of_an_organisation_are_joined_for_the_year():
    one = TeamFactory(size=3)
    two = sister(one, size=4)
    round = planned([one, two])

    joint = round.join_units(list(round.units.all()), "Yhdessä")
    finish_opened = opened_from(round)
    later = RoundFactory(year=round.year, season="autumn" if round.season != "autumn" else "spring")
    later.plan_units([one, two])

    assert joint.kind == "joined"
    assert finish_opened.units.get().invited == 7
    assert [unit.name for unit in later.units.all()] == ["Yhdessä"]
    assert not later.part_unit(later.units.get())
    assert later.units.count() == 1


def test_teams_of_different_organisations_are_not_joined():
    round = planned([TeamFactory(size=3), TeamFactory(size=3)])

    assert round.join_units(list(round.units.all()), "Yhdessä") is None
    assert round.units.count() == 2


def test_joined_units_can_be_parted_before_they_have_answered_together():
    one = TeamFactory(size=3, name="Yksi")
    two = sister(one, size=4, name="Kaksi")
    round = planned([one, two])
    joint = round.join_units(list(round.units.all()), "Yhdessä")

    parted = round.part_unit(joint)

    assert parted
    assert sorted(round.units.values_list("name", "kind")) == [("Kaksi", "team"), ("Yksi", "team")]


def test_a_team_left_out_of_a_joined_unit_leaves_the_other_alone():
    one = TeamFactory(size=5, name="Yksi")
    two = sister(one, size=4, name="Kaksi")
    round = planned([one, two])
    round.join_units(list(round.units.all()), "Yhdessä")

    round.take_part([one], among=[one, two])

    assert list(round.units.values_list("name", "kind")) == [("Yksi", "team")]


def two_kept_together():
    """Two teams that have answered as one this year, and the next round of the year."""
    one = TeamFactory(size=6, name="Yksi")
    two = sister(one, size=6, name="Kaksi")
    first = planned([one, two], year=2031, season="winter")
    first.join_units(list(first.units.all()), "Yhdessä")
    opened_from(first)
    return one, two, RoundFactory(year=2031, season="spring")


def test_teams_that_answered_as_one_come_and_go_together_all_the_year():
    one, two, later = two_kept_together()

    later.plan_units([one])
    planned_with = [(unit.name, unit.teams.count()) for unit in later.units.all()]
    later.take_part([one], among=[one, two])
    kept = [(unit.name, unit.teams.count()) for unit in later.units.all()]
    later.take_part([], among=[one, two])
    gone = later.units.count()
    later.take_part([two], among=[two])

    assert planned_with == kept == [("Yhdessä", 2)]
    assert gone == 0
    assert [(unit.name, unit.kind, unit.teams.count()) for unit in later.units.all()] == [("Yhdessä", "joined", 2)]


def test_a_team_added_to_a_round_comes_to_the_unit_in_which_its_mate_is():
    one, two, later = two_kept_together()
    later.plan_units([one])
    later.unit_teams().filter(team=two).delete()  # however that came about

    later.plan_units([two])

    assert [(unit.name, unit.teams.count()) for unit in later.units.all()] == [("Yhdessä", 2)]


def test_the_form_of_teams_takes_mates_all_or_none(as_coordinator):
    one, two, later = two_kept_together()
    later.plan_units([one, two])

    refused = as_coordinator.post(address("round_teams", later), {"teams": [one.pk]})

    assert "teams" in refused.context["form"].errors
    assert later.unit_teams().count() == 2


def test_what_is_left_of_teams_together_stays_their_unit_for_the_year_and_otherwise_becomes_the_team():
    one, two, later = two_kept_together()
    later.plan_units([one, two])
    third = TeamFactory(size=6, name="Kolmas")
    fourth = sister(third, size=6, name="Neljäs")
    new = planned([third, fourth], year=2032, season="winter")
    new.join_units(list(new.units.all()), "Uudet yhdessä")
    for team in (two, fourth):
        team.end()

    for round in (later, new):
        opened_from(round)

    assert [(unit.name, unit.kind) for unit in later.units.all()] == [("Yhdessä", "joined")]
    assert [(unit.name, unit.kind) for unit in new.units.all()] == [("Kolmas", "team")]


@pytest.mark.parametrize(("size", "leader", "floor"), [(4, True, 5), (7, False, 8), (7, True, 8), (19, False, 20)])
def test_a_unit_that_cannot_reach_its_gate_is_too_small_everywhere(as_coordinator, size, leader, floor):
    team = TeamFactory(size=size, leader_answers_with_team=leader)
    lead = LeadFactory(team=team)
    large = TeamFactory(size=24)
    round = planned([team, large], floor=floor)

    check = as_coordinator.get(address("round_check", round)).context["check"]
    opened_from(round)
    tasks.advance.apply()
    page = as_coordinator.get(address("round", round))

    unit = round.units.get(teams=team)
    assert [found.unit.title for found in check.small] == [team.name]
    assert unit.is_too_small
    assert not unit.is_sealed
    assert set(round.units.measured()) == {found for found in round.units.all() if not found.is_too_small}
    assert (page.context["figures"]["measured"], page.context["figures"]["small"]) == (1, round.units.count() - 1)
    assert Letter.objects.filter(key__contains=":discussion:", to_email=lead.user.email).exists()
    assert not Letter.objects.filter(key__contains=":invitation:", to_email=team.members.first().email).exists()


def test_a_unit_of_just_enough_people_gets_numbers():
    team = TeamFactory(size=8)
    round = opened_round([team], floor=8)

    assert round.units.get().is_sealed
    assert not round.units.get().is_too_small


def test_a_round_whose_closing_time_has_passed_does_not_open(as_coordinator):
    now = timezone.now()
    late = planned([TeamFactory(size=6)], scheduled=True)
    ready = planned([TeamFactory(size=6)], scheduled=True)
    ready.freeze()
    opening.write_codes(ready)
    opening.seal_codes(ready)
    opening.mark_sealed(ready)
    for round in (late, ready):
        Round.objects.filter(pk=round.pk).update(
            opens_at=now - timedelta(days=15), closes_at=now - timedelta(days=1), publishes_at=now + timedelta(days=1)
        )

    sweep()
    pages = [as_coordinator.get(address("round", round)).content.decode() for round in (late, ready)]

    late.refresh_from_db()
    ready.refresh_from_db()
    assert (late.frozen_at, late.opened_at, ready.opened_at) == (None, None, None)
    assert not Letter.objects.exists()
    assert "change its times" in pages[0] or "muuta" in pages[0]
    assert all('role="alert"' in page for page in pages)
    assert ready.has_missed_its_closing
