"""Rounds, their units and those invited, as records: what the data may not say, and verbs that are repeated."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from ilmapuntari.answering import Outcome
from ilmapuntari.models import Invitee, PendingCodes, ReportingUnit, Round, SealedBox, leaders_of
from ilmapuntari.sealed_box import SPARE
from letters.models import Letter
from tests.accounts.factories import UserFactory
from tests.directory.factories import CountyFactory, OrganisationFactory
from tests.ilmapuntari.factories import LeadFactory, RoundFactory, TeamFactory, TeamMemberFactory
from tests.ilmapuntari.rounds import finish, give, opened_round
from tests.letters.factories import LetterFactory

pytestmark = pytest.mark.django_db


def refused(**fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundFactory(**fields)
    return True


def test_what_a_round_may_never_be():
    now = timezone.now()
    RoundFactory(year=2030, season="spring")

    assert refused(year=2030, season="spring")
    assert refused(floor=4)
    assert refused(opens_at=now, closes_at=now - timedelta(days=1), publishes_at=now)
    assert refused(opens_at=now, closes_at=now + timedelta(days=2), publishes_at=now + timedelta(days=1))


def test_a_season_is_free_again_once_its_round_is_called_off(coordinator):
    round = RoundFactory(year=2030, season="spring")

    round.call_off(by=coordinator)

    assert RoundFactory(year=2030, season="spring").pk != round.pk


def test_a_round_is_where_the_last_thing_that_happened_put_it(coordinator):
    traits = {"planned": {}, "scheduled": {"scheduled": True}, "open": {"open": True}, "published": {"published": True}}

    steps = {name: RoundFactory(**trait).step for name, trait in traits.items()}
    called_off = RoundFactory(open=True)
    called_off.call_off(by=coordinator)

    assert {name: str(step) for name, step in steps.items()} == {name: name for name in traits}
    assert called_off.step == "called_off"


def test_every_verb_keeps_the_first_time(coordinator):
    other = UserFactory()
    round = RoundFactory()

    for by in (coordinator, other):
        round.schedule(by=by)
    scheduled = round.scheduled_by
    offs = [round.call_off(by=by) for by in (coordinator, other)]

    assert scheduled == coordinator
    assert offs == [True, False]
    assert round.called_off_by == coordinator


def test_a_published_round_is_not_called_off(coordinator):
    round = RoundFactory(published=True)

    assert not round.call_off(by=coordinator)
    assert round.step == "published"


def test_closing_keeps_back_letters_with_a_code_and_no_others():
    round = opened_round([TeamFactory(size=6)])
    code = LetterFactory(about=round.letters_about)
    other_round = LetterFactory(about=f"{round.letters_about}9")
    result = LetterFactory(about=f"{round.letters_about}:results")

    closed = [round.close(), round.close()]

    assert closed == [True, False]
    assert Letter.objects.get(pk=code.pk).called_off_at
    assert set(Letter.objects.waiting()) == {other_round, result}


def test_going_back_to_planning_is_too_late_once_the_lists_are_frozen():
    round = RoundFactory(scheduled=True)
    frozen = RoundFactory(scheduled=True)
    frozen.freeze()

    assert round.unschedule()
    assert not frozen.unschedule()


def test_freezing_twice_invites_once():
    round = RoundFactory(scheduled=True)
    round.plan_units([TeamFactory(size=6)])

    round.freeze()
    round.freeze()

    assert Invitee.objects.filter(round=round).count() == 6


def test_an_unconfirmed_round_is_not_frozen():
    round = RoundFactory()

    round.freeze()

    assert round.frozen_at is None


def test_leaders_of_eight_teams_have_a_unit_of_their_organisation_and_others_one_of_their_county():
    county = CountyFactory()
    large, small, lone = (OrganisationFactory() for _ in range(3))
    teams = [TeamFactory(organisation=large, county=county) for _ in range(8)]
    teams += [TeamFactory(organisation=small, county=county), TeamFactory(organisation=lone, county=county)]
    for team in teams:
        LeadFactory(team=team)
    round = RoundFactory()
    round.plan_units(teams)

    found = {
        (organisation.pk if organisation else None): len(leads) for _county, organisation, leads in leaders_of(round)
    }

    assert found == {large.pk: 8, None: 2}


def test_somebody_who_leads_two_teams_answers_once_and_one_who_answers_with_the_team_not_among_leaders():
    one, two, inside = TeamFactory(), TeamFactory(), TeamFactory(leader_answers_with_team=True)
    lead = LeadFactory(team=one)
    LeadFactory(team=two, user=lead.user)
    LeadFactory(team=inside)
    round = RoundFactory()
    round.plan_units([one, two, inside])

    found = [person for _county, _organisation, leads in leaders_of(round) for person in leads]

    assert found == [lead]


def test_only_members_of_the_unit_who_are_not_invited_can_join_it():
    team, other = TeamFactory(size=6), TeamFactory(size=6)
    round = opened_round([team, other])
    new, elsewhere = TeamMemberFactory(team=team), TeamMemberFactory(team=other)
    unit = round.units.get(teams=team)

    possible = list(unit.possible_joiners())
    added = [unit.let_in([new, elsewhere, team.members.first()]), unit.let_in([new])]

    assert possible == [new]
    assert [len(joiners) for joiners in added] == [1, 0]
    joiner = Invitee.objects.get(unit=unit, member=new)
    assert (joiner.spare, joiner.code_name) == (1, "spare-1")
    assert round.units.get(teams=team).invited == 7


def test_joining_writes_nothing_that_has_to_do_with_codes():
    team = TeamFactory(size=6)
    round = opened_round([team])
    box = bytes(SealedBox.objects.get().blob)

    round.units.get().let_in([TeamMemberFactory(team=team)])

    assert bytes(SealedBox.objects.get().blob) == box
    assert not PendingCodes.objects.exists()


@pytest.mark.parametrize("size", [5, 36, 37, 156])
def test_every_box_has_codes_to_spare(size):
    team = TeamFactory(size=size)
    round = opened_round([team])
    unit = round.units.get()
    joiners = unit.let_in([TeamMemberFactory(team=team) for _ in range(5)])

    assert len(joiners) == SPARE
    assert unit.why_nobody_joins
    assert {give(invitee, 7) for invitee in Invitee.objects.filter(round=round)} == {Outcome.SAVED}


def test_nobody_joins_in_the_last_two_days():
    team = TeamFactory(size=6)
    round = opened_round([team])
    TeamMemberFactory(team=team)

    with time_machine.travel(round.closes_at - timedelta(days=2, minutes=1)):
        before = round.units.get().possible_joiners().count()
    with time_machine.travel(round.closes_at - timedelta(days=2) + timedelta(minutes=1)):
        after = round.units.get().possible_joiners().count()

    assert (before, after) == (1, 0)


@pytest.mark.parametrize("invited", [5, 6, 7, 8])
def test_the_steps_of_few_people_are_two(invited):
    unit = ReportingUnit(invited=invited)

    steps = [unit.step_of(answers) for answers in range(invited + 1)]

    half = (invited + 1) // 2
    assert steps == [unit.Progress.NONE] * half + [unit.Progress.HALF] * (invited + 1 - half)


def test_the_steps_of_nine_people_or_more_are_four():
    unit = ReportingUnit(invited=9)

    assert [unit.step_of(answers).value for answers in range(10)] == [0, 1, 1, 2, 2, 3, 3, 3, 3, 3]


def test_nobody_joins_a_closed_round():
    team = TeamFactory(size=6)
    round = opened_round([team])
    TeamMemberFactory(team=team)
    round.close()

    assert not round.units.get().possible_joiners().exists()


def test_the_last_letters_are_due_until_nobody_has_a_name_in_the_round():
    round = finish(opened_round([TeamFactory(size=6)]))

    before = list(Round.objects.to_part_from())
    Invitee.objects.filter(round=round).forget()

    assert before == [round]
    assert not Round.objects.to_part_from().exists()
    assert Invitee.objects.filter(round=round, name="", email="").count() == 6


def test_the_calendar_of_a_round_runs_in_the_order_of_time():
    round = RoundFactory(
        first_reminder_at=timezone.now() + timedelta(days=9), second_reminder_at=timezone.now() + timedelta(days=12)
    )

    moments = [moment for moment, _text, _happened in round.happenings]

    assert moments == sorted(moments)
    assert len(moments) == 7
    assert not any(happened for _moment, _text, happened in round.happenings)


def test_archiving_waits_until_the_answers_are_gone():
    round = RoundFactory(published=True, destroyed_at=None)

    round.archive()
    early = round.archived_at
    Round.objects.filter(pk=round.pk).update(destroyed_at=timezone.now())
    round.archive()

    assert early is None
    assert round.step == "archived"


def test_the_plan_follows_its_teams_until_it_is_frozen():
    renamed, ended = TeamFactory(size=6), TeamFactory(size=6)
    round = RoundFactory()
    round.plan_units([renamed, ended])
    round.schedule(by=None)
    renamed.rename("Uudempi tiimi")
    ended.end()

    round.freeze()

    assert [unit.name for unit in round.units.all()] == ["Uudempi tiimi"]
    assert not round.unit_teams().filter(team=ended).exists()
