"""The pages on which the coordinator keeps rounds."""

from datetime import timedelta

import pytest
from django.core import mail as sent_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ilmapuntari import keys, mail, opening, tasks
from ilmapuntari.answering import Outcome
from ilmapuntari.models import Invitee, PendingCodes, ReportingUnit, Round, SealedBox
from letters.models import Letter
from letters.tasks import send_letters
from tests.ilmapuntari.factories import (
    LeadFactory,
    RoundFactory,
    TeamFactory,
    TeamMemberFactory,
    UnitResultFactory,
    unit_of,
)
from tests.ilmapuntari.rounds import (
    address,
    code_of,
    finish,
    give,
    opened_round,
    planned,
    sister,
)

pytestmark = pytest.mark.django_db
ZONE = timezone.get_default_timezone()


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
