"""Rounds: planned, checked, confirmed, followed, and taken through their steps by the sweep."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail as sent_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ilmapuntari import computing, keys, mail, opening, post_tasks, tasks
from ilmapuntari.answering import Outcome
from ilmapuntari.instruments.loading import load_first
from ilmapuntari.models import Invitee, PendingCodes, ReportingUnit, Round, SealedBox, UnitResult
from ilmapuntari.models.plan import plans_of
from letters.models import Letter
from letters.tasks import send_letters
from tests.conftest import signed_in
from tests.ilmapuntari.factories import (
    LeadFactory,
    RoundFactory,
    TeamFactory,
    TeamMemberFactory,
    UnitResultFactory,
    unit_of,
)
from tests.ilmapuntari.rounds import code_of, finish, give, opened_round

pytestmark = pytest.mark.django_db
ZONE = timezone.get_default_timezone()


@pytest.fixture
def as_coordinator(coordinator):
    return signed_in(coordinator)


def address(name, round, **more):
    return reverse(f"ilmapuntari:{name}", kwargs={"pk": round.pk} if not more else {"round_pk": round.pk, **more})


def planned(teams, **fields):
    round = RoundFactory(**fields)
    round.plan_units(teams)
    return round


def sister(team, **fields):
    return TeamFactory(organisation=team.organisation, county=team.county, **fields)


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


def opened_from(round):
    """The planned round, opened now."""
    now = timezone.now()
    Round.objects.filter(pk=round.pk).update(opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=14))
    round.refresh_from_db()
    round.schedule(by=None)
    round.freeze()
    opening.write_codes(round)
    opening.seal_codes(round)
    opening.mark_sealed(round)
    assert round.open()
    return round


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


# Keys and races while a round is prepared -----------------------------------------------------------------------------


def prepared(teams):
    round = planned(teams, scheduled=True)
    round.freeze()
    return round


def test_a_key_lost_half_way_is_not_replaced_by_another(monkeypatch):
    monkeypatch.setattr(opening, "CHUNK", 1)
    round = prepared([TeamFactory(size=6), TeamFactory(size=6), TeamFactory(size=6)])
    opening.write_codes_of_chunk(round)
    keys.link.destroy(round.token)
    with pytest.raises(keys.KeyGone):
        opening.write_codes(round)
    assert not keys.link.exists(round.token)
    PendingCodes.objects.all().delete()
    opening.write_codes(round)
    opening.seal_chunk(round, 28)
    keys.box.destroy(round.token)

    with pytest.raises(keys.KeyGone):
        opening.seal_codes(round)

    assert not keys.box.exists(round.token)


def test_a_round_of_small_teams_makes_no_codes_and_is_computed_all_the_same():
    round = opened_from(planned([TeamFactory(size=3)]))

    finish(round)

    assert not keys.link.exists(round.token)
    assert UnitResult.objects.get().figures is None


def test_a_worker_that_comes_after_the_calling_off_leaves_nothing_behind(coordinator):
    begun = prepared([TeamFactory(size=6)])
    opening.write_codes(begun)
    untouched = prepared([TeamFactory(size=6)])
    for round in (begun, untouched):
        round.call_off(by=coordinator)
        mail.write_last_letters(round)
        computing.destroy(round)
        keys.link.destroy(round.token)

        opening.write_codes(round)
        opening.seal_codes(round)

        assert not keys.link.exists(round.token)
        assert not keys.box.exists(round.token)
    assert not PendingCodes.objects.exists()
    assert not SealedBox.objects.exists()


def test_nothing_changes_once_the_lists_are_frozen():
    one = TeamFactory(size=5)
    two = sister(one, size=5)
    round = opened_round([one, two])
    units = list(round.units.filter(kind="team"))

    assert not round.take_part([one], among=[one, two])
    assert round.join_units(units, "Yhdessä") is None
    assert not round.part_unit(units[0])
    assert round.units.filter(kind="team").count() == 2


# The sweep ------------------------------------------------------------------------------------------------------------


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


def state_of(round):
    """Everything that a second sweep could change, except when the box was sealed."""
    round.refresh_from_db()
    letters = Letter.objects.order_by("key").values_list("key", "sent_at", "called_off_at")
    results = UnitResult.objects.order_by("unit_id").values_list("unit_id", "band", "answers")
    return round.step, list(letters), list(results), list(ReportingUnit.objects.order_by("pk").values_list())


def test_the_sweep_takes_a_round_through_all_its_steps_and_twice_is_as_once():
    team = TeamFactory(size=8)
    lead = LeadFactory(team=team)
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=ZONE), tick=False) as clock:
        round = Round.proposed()
        round.instrument = load_first()
        round.save()
        round.plan_units([team])
        round.schedule(by=None)
        steps = []
        for moment, step in (
            (round.opens_at - timedelta(days=1), "scheduled"),
            (round.opens_at - timedelta(minutes=20), "prepared"),
            (round.opens_at + timedelta(minutes=1), "open"),
            (round.first_reminder_at + timedelta(minutes=1), "open"),
            (round.second_reminder_at + timedelta(minutes=1), "open"),
            (round.closes_at + timedelta(minutes=1), "computed"),
            (round.publishes_at - timedelta(minutes=1), "computed"),
            (round.publishes_at + timedelta(minutes=1), "published"),
        ):
            clock.move_to(moment)
            sweep()
            once = state_of(round)
            sweep()
            steps.append((once[0], step, once == state_of(round)))
            if step == "open" and steps[-2][0] != "open":
                outcomes = [give(invitee, 7) for invitee in Invitee.objects.filter(round=round, lead=None)]

    assert [same for _found, _wanted, same in steps] == [True] * len(steps)
    assert [found for found, _wanted, _same in steps] == [wanted for _found, wanted, _same in steps]
    assert outcomes == [Outcome.SAVED] * 8
    assert UnitResult.objects.get(unit__kind="team").band == "some"
    assert not SealedBox.objects.exists()
    assert not keys.box.exists(round.token)
    assert not keys.link.exists(round.token)
    kinds = [key.split(":")[2] for key in Letter.objects.values_list("key", flat=True)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "invitation": 8, "reminder1": 8, "reminder2": 8, "discussion": 1, "result": 8, "leaders": 1
    }  # fmt: skip
    assert lead.user.email in {message.to[0].split("<")[-1].rstrip(">") for message in sent_mail.outbox}


def test_a_round_stays_open_until_its_hour_and_opens_only_when_sealed():
    round = planned([TeamFactory(size=6)], opens_at=timezone.now() - timedelta(minutes=1))
    round.schedule(by=None)
    round.freeze()

    tasks.advance.apply()

    round.refresh_from_db()
    assert round.opened_at is None
    assert round.step == "prepared"


def test_a_half_written_opening_is_finished_by_the_next_sweep():
    """One unit's letters cannot be written because its data breaks off the work; the rest stays as far as it came."""
    round = opened_round([TeamFactory(size=6), TeamFactory(size=6)])
    last = round.units.order_by("pk").last()
    Letter.objects.all().delete()
    broken = Invitee.objects.filter(unit=last).first()
    Invitee.objects.filter(pk=broken.pk).update(email="x" * 250)  # as long as the column, too long for a letter's key
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE letters_letter ADD CONSTRAINT broken CHECK (length(to_email) < 200)")

    tasks.advance.apply()
    before = Letter.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE letters_letter DROP CONSTRAINT broken")
    tasks.advance.apply()

    assert before == 0
    assert Letter.objects.filter(key__contains=":invitation:").count() == 12


def test_a_round_without_its_key_holds_up_no_other():
    lost, other = opened_round([TeamFactory(size=6)]), opened_round([TeamFactory(size=6)], season="winter", year=2031)
    for round in (lost, other):
        Round.objects.filter(pk=round.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    keys.box.destroy(lost.token)

    advance()
    advance()

    lost.refresh_from_db()
    other.refresh_from_db()
    assert (lost.step, other.step) == ("closed", "computed")


def test_answers_are_gone_sixty_days_after_closing_even_when_nothing_could_be_computed():
    round = opened_round([TeamFactory(size=6)])
    keys.box.destroy(round.token)
    round.close()
    Round.objects.filter(pk=round.pk).update(closed_at=timezone.now() - timedelta(days=61))

    tasks.advance.apply()

    assert not SealedBox.objects.exists()


# Pages ----------------------------------------------------------------------------------------------------------------


def test_planning_confirming_and_taking_back(as_coordinator):
    TeamFactory(size=6)
    RoundFactory(published=True)
    proposed = as_coordinator.get(reverse("ilmapuntari:round_create")).context["form"]
    data = {name: proposed[name].value() for name in proposed.fields if name != "counties"}
    data = {name: proposed.fields[name].prepare_value(value) for name, value in data.items()}
    data["counties"] = [county.pk for county in proposed.initial["counties"]]

    response = as_coordinator.post(reverse("ilmapuntari:round_create"), data)
    round = Round.objects.get(published_at=None)
    checked = as_coordinator.get(address("round_check", round))
    as_coordinator.post(address("round_schedule", round))
    confirmed = Round.objects.get(pk=round.pk).step
    as_coordinator.post(address("round_unschedule", round))

    assert response["Location"] == address("round_check", round)
    assert checked.status_code == 200
    assert round.units.count() == 1
    assert confirmed == "scheduled"
    assert Round.objects.get(pk=round.pk).step == "planned"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("floor", "4"),
        ("floor", "99"),
        ("opens_at", "1.1.2020 klo 8.00"),
        ("opens_at", "30.11.2030"),
        ("closes_at", "1.1.2020 klo 8.00"),
        ("publishes_at", "1.1.2020 klo 8.00"),
        ("first_reminder_at", "1.1.2020 klo 8.00"),
        ("second_reminder_at", "1.1.2020 klo 8.00"),
        ("year", "1999"),
        ("season", ""),
        ("counties", []),
    ],
)
def test_a_round_that_cannot_be_is_refused_at_its_field(as_coordinator, name, value):
    TeamFactory(size=6)
    RoundFactory(published=True)
    proposed = as_coordinator.get(reverse("ilmapuntari:round_create")).context["form"]
    data = {
        field: proposed.fields[field].prepare_value(proposed[field].value())
        for field in proposed.fields
        if field != "counties"
    }
    data["counties"] = [county.pk for county in proposed.initial["counties"]]

    response = as_coordinator.post(reverse("ilmapuntari:round_create"), data | {name: value})

    assert response.status_code == 200
    assert name in response.context["form"].errors
    assert not Round.objects.filter(published_at=None).exists()


def test_the_check_tells_what_needs_a_look_and_refuses_what_cannot_be(as_coordinator):
    small, large = TeamFactory(size=4, name="Pieni"), TeamFactory(name="Suuri")
    for number in range(157):
        TeamMemberFactory(team=large, email=f"suuri{number}@example.org")
    round = planned([small, large, TeamFactory(name="Tyhjä"), TeamFactory(size=6)])

    page = as_coordinator.get(address("round_check", round))
    as_coordinator.post(address("round_schedule", round))

    check = page.context["check"]
    assert [unit.unit.title for unit in check.small] == ["Pieni"]
    assert [unit.unit.title for unit in check.empty] == ["Tyhjä"]
    assert [unit.unit.title for unit in check.too_large] == ["Suuri"]
    assert len(check.without_leader) == 4
    assert Round.objects.get(pk=round.pk).step == "planned"


def test_the_check_shows_what_is_shown_with_which_answers(as_coordinator):
    round = planned([TeamFactory(size=12)])

    page = as_coordinator.get(address("round_check", round)).content.decode()

    for answers in ("0–5", "6–7", "8–9", "10–12"):
        assert f"<dt>{answers}</dt>" in page


def test_joining_and_parting_on_the_page(as_coordinator):
    one = TeamFactory(size=3)
    two = sister(one, size=4)
    round = planned([one, two])
    units = list(round.units.all())
    join = f"{address('unit_join', round)}?yksikko={units[0].pk}"

    alone = as_coordinator.post(join, {"units": [units[0].pk], "name": "Yhdessä"})
    as_coordinator.post(join, {"units": [unit.pk for unit in units], "name": "Yhdessä"})
    joint = round.units.get()
    as_coordinator.post(address("unit_part", round, pk=joint.pk))

    assert "units" in alone.context["form"].errors
    assert joint.name == "Yhdessä"
    assert round.units.count() == 2


def test_choosing_the_teams_of_a_county_leaves_those_of_others(as_coordinator, counties):
    here = TeamFactory(county=counties["Pirkanmaa"], size=5)
    also = TeamFactory(county=counties["Pirkanmaa"], size=5)
    there = TeamFactory(county=counties["Satakunta"], size=5)
    round = planned([here, there])

    as_coordinator.post(f"{address('round_teams', round)}?alue={counties['Pirkanmaa'].slug}", {"teams": [also.pk]})

    assert set(round.unit_teams().values_list("team_id", flat=True)) == {also.pk, there.pk}


def test_calling_off_is_confirmed_by_the_name(as_coordinator):
    round = opened_round([TeamFactory(size=6)])

    wrong = as_coordinator.post(address("round_call_off", round), {"name": "jotain muuta"})
    between = Round.objects.get(pk=round.pk).step
    as_coordinator.post(address("round_call_off", round), {"name": round.name.upper()})
    tasks.advance.apply()

    assert "name" in wrong.context["form"].errors
    assert between == "open"
    assert Round.objects.get(pk=round.pk).step == "called_off"
    assert not SealedBox.objects.exists()
    assert not PendingCodes.objects.exists()
    assert not keys.box.exists(round.token)


def test_of_few_people_only_whether_half_is_reached_is_told(as_coordinator):
    team = TeamFactory(size=8)
    round = opened_round([team])
    told = []
    for number, invitee in enumerate(Invitee.objects.filter(round=round)[:4], 1):
        give(invitee, 7)
        opening.reseal(round, on=timezone.localdate() + timedelta(days=number))
        figures = as_coordinator.get(address("round", round)).context["figures"]
        told.append((figures["not_half"], figures["progress_half"], figures["progress_started"]))

    assert told == [(1, 0, 0)] * 3 + [(0, 1, 0)]


def test_the_page_of_an_open_round_shows_steps_and_neither_numbers_nor_names_of_answers(as_coordinator):
    team = TeamFactory(size=9)
    round = opened_round([team])
    for invitee in list(Invitee.objects.filter(round=round))[:3]:
        give(invitee, 7)
    before = as_coordinator.get(address("round", round))
    opening.reseal(round, on=timezone.localdate())

    page = as_coordinator.get(address("round", round))

    assert before.context["figures"]["progress_none"] == 1
    assert page.context["figures"]["progress_third"] == 1


def test_a_lost_key_is_said(as_coordinator):
    round = opened_round([TeamFactory(size=6)])
    well = as_coordinator.get(address("round", round))
    keys.box.destroy(round.token)

    page = as_coordinator.get(address("round", round))

    assert not well.context["key_is_gone"]
    assert page.context["key_is_gone"]
    assert 'role="alert"' in page.content.decode()


def test_somebody_joins_at_once_while_half_has_not_been_told(as_coordinator):
    early, late = TeamFactory(size=6), TeamFactory(size=6)
    round = opened_round([early, late])
    mail.write_due_letters(round)
    for invitee in Invitee.objects.filter(unit__teams=late):
        give(invitee, 7)
    opening.reseal(round, on=timezone.localdate())
    joining = [TeamMemberFactory(team=team) for team in (early, late)]

    for member in joining:
        unit = round.units.get(teams=member.team)
        as_coordinator.post(address("joiner_add", round, pk=unit.pk), {"people": [member.pk]})
    refused = as_coordinator.get(address("joiner_add", round, pk=round.units.get(teams=late).pk))

    inside = Invitee.objects.get(member=joining[0])
    assert (inside.spare, inside.unit.invited) == (1, 7)
    assert give(inside, 7) is Outcome.SAVED
    assert not Invitee.objects.filter(member=joining[1]).exists()
    assert refused.context["why_nobody"]
    assert Letter.objects.filter(to_email=joining[0].email).exists()
    assert not Letter.objects.filter(to_email=joining[1].email).exists()


def test_that_everybody_has_answered_today_does_not_show_in_who_may_join(as_coordinator):
    """What is refused is what everybody has been told, so a refusal tells nothing of the box."""
    team = TeamFactory(size=5)
    round = opened_round([team])
    for invitee in Invitee.objects.filter(round=round):
        give(invitee, 7)
    member = TeamMemberFactory(team=team)

    as_coordinator.post(address("joiner_add", round, pk=round.units.get().pk), {"people": [member.pk]})

    assert give(Invitee.objects.get(member=member), 7) is Outcome.SAVED


def test_more_people_than_there_are_codes_to_spare_cannot_join(as_coordinator):
    team = TeamFactory(size=9)
    round = opened_round([team])
    members = [TeamMemberFactory(team=team) for _ in range(5)]
    url = address("joiner_add", round, pk=round.units.get().pk)

    too_many = as_coordinator.post(url, {"people": [member.pk for member in members]})
    for member in members:
        as_coordinator.post(url, {"people": [member.pk]})

    assert "people" in too_many.context["form"].errors
    assert sorted(Invitee.objects.exclude(spare=None).values_list("spare", flat=True)) == [1, 2, 3, 4]
    assert round.units.get().invited == 13


def test_a_code_is_sent_again_and_slips_are_ordered_from_the_page_of_the_unit(as_coordinator, coordinator):
    team, paper = TeamFactory(size=6), TeamFactory(slips=6)
    round = opened_round([team, paper])
    invitee = Invitee.objects.filter(unit__teams=team).first()

    page = as_coordinator.get(address("unit", round, pk=round.units.get(teams=paper).pk))
    as_coordinator.post(address("code_resend", round, pk=invitee.pk))
    as_coordinator.post(address("slips_order", round, slug=paper.slug))
    send_letters.apply()

    assert [team.slip_count for team in page.context["slip_teams"]] == [6]
    bodies = {message.to[0].split("<")[-1].rstrip(">"): message for message in sent_mail.outbox}
    assert code_of(invitee) in bodies[invitee.email].body
    assert bodies[coordinator.email].attachments[0][0] == "vastauslaput.pdf"


def test_slips_can_be_sent_to_the_leader_of_the_team(as_coordinator):
    paper = TeamFactory(slips=6)
    lead = LeadFactory(team=paper)
    round = opened_round([paper])

    as_coordinator.post(address("slips_order", round, slug=paper.slug), {"kenelle": "esihenkilo"})

    assert Letter.objects.get(key__contains=":slips").to_email == lead.user.email


def test_the_result_link_can_be_changed(as_coordinator):
    round = finish(opened_round([TeamFactory(size=6)]))
    unit = round.units.get()

    as_coordinator.post(address("link_renew", round, pk=unit.pk))

    assert ReportingUnit.objects.get().result_secret != unit.result_secret


def test_a_published_round_is_put_aside(as_coordinator):
    round = finish(opened_round([TeamFactory(size=6)]))

    as_coordinator.post(address("round_archive", round))

    assert Round.objects.get(pk=round.pk).step == "archived"


def test_the_director_sees_and_changes_nothing(as_director):
    round = opened_round([TeamFactory(size=6)])
    unit = round.units.get()

    seen = [
        as_director.get(url).status_code
        for url in (reverse("ilmapuntari:rounds"), address("round", round), address("unit", round, pk=unit.pk))
    ]
    done = [
        as_director.post(url).status_code
        for url in (address("round_call_off", round), address("link_renew", round, pk=unit.pk))
    ]

    assert seen == [200, 200, 200]
    assert done == [404, 404]


@pytest.mark.parametrize("step", ["planned", "scheduled", "open", "published"])
def test_the_pages_cost_as_many_queries_for_twenty_as_for_one(as_coordinator, step):
    def cost(count, season):
        if step in ("planned", "scheduled"):
            round = planned(
                [TeamFactory(size=5) for _ in range(count)], scheduled=step == "scheduled", season=season, year=2040
            )
            urls = [address("round", round), address("round_check", round)]
        else:
            round = opened_round([TeamFactory(size=5) for _ in range(count)], season=season, year=2040)
            tasks.advance.apply()
            if step == "published":
                finish(round)
            urls = [address("round", round), address("unit", round, pk=round.units.first().pk)]
        counts = []
        for url in (*urls, reverse("ilmapuntari:rounds")):
            as_coordinator.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert as_coordinator.get(url).status_code == 200
            counts.append(len(queries))
        return counts

    one, twenty = cost(1, "spring"), cost(20, "autumn")

    assert one == twenty
    assert max(one) <= 12


def test_every_step_of_a_round_has_a_page(as_coordinator):
    for trait in ({}, {"scheduled": True}, {"open": True}, {"published": True}):
        round = RoundFactory(**trait)
        unit = unit_of(round, TeamFactory(), is_sealed=bool(trait.get("open")))
        if "published" in trait:
            UnitResultFactory(unit=unit)

        assert as_coordinator.get(address("round", round)).status_code == 200
        assert as_coordinator.get(address("unit", round, pk=unit.pk)).status_code == 200
