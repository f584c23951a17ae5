"""Teams: what may happen to them, who is in them, and the pages of the list, the facts and the managers."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from directory.models import Person
from ilmapuntari.models import (
    Invitee,
    Lead,
    Manager,
    MemberProposal,
    Team,
    TeamChange,
    TeamMember,
    UnitResult,
    forget_the_gone,
)
from tests.accounts.factories import UserFactory
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, OrganisationFactory
from tests.ilmapuntari.factories import (
    LeadFactory,
    ManagerFactory,
    MemberProposalFactory,
    RoundFactory,
    TeamFactory,
    TeamMemberFactory,
    UnitResultFactory,
    unit_of,
)

pytestmark = pytest.mark.django_db


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def url(name, *args, **kwargs):
    return reverse(f"ilmapuntari:{name}", args=args, kwargs=kwargs)


def leading(team):
    """A browser in which a leader of the team has signed in."""
    return signed_in(LeadFactory(team=team, name="Leena Vetäjä").user)


# What may happen to a team


def test_all_teams_of_an_organisation_are_in_one_county(counties):
    organisation = OrganisationFactory(name="Esimerkin kaupunki")
    TeamFactory(organisation=organisation, county=counties["Pirkanmaa"])

    with pytest.raises(ValidationError) as refused:
        Team.found(name="Uusi", organisation=organisation, county=counties["Satakunta"])

    assert "Pirkanmaa" in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamFactory(organisation=organisation, county=counties["Satakunta"])


def test_teams_that_have_left_do_not_bind_their_organisation_to_a_county(counties):
    organisation = OrganisationFactory()
    TeamFactory(organisation=organisation, county=counties["Pirkanmaa"]).end()

    team = Team.found(name="Uusi", organisation=organisation, county=counties["Satakunta"])

    assert team.county == counties["Satakunta"]


def test_all_teams_of_an_organisation_may_move_to_another_county_in_one_statement(counties):
    organisation = OrganisationFactory()
    for _number in range(2):
        TeamFactory(organisation=organisation, county=counties["Pirkanmaa"])

    Team.objects.of(organisation).update(county=counties["Satakunta"])

    assert set(Team.objects.values_list("county", flat=True)) == {"06"}


def test_a_new_name_and_a_new_organisation_are_lines_of_the_history(coordinator):
    old = OrganisationFactory(name="Vanha kunta")
    team = Team.found(name="Tiimi A", organisation=old, county=CountyFactory(), on=today(-100))

    team.rename("Tiimi B", by=coordinator)
    team.rename("Tiimi B", by=coordinator)
    team.move_to(OrganisationFactory(name="Uusi hyvinvointialue"), by=coordinator)

    assert [change.kind for change in team.changes.all()] == ["founded", "renamed", "moved"]
    sentences = [sentence for _day, sentence in team.life]
    assert "Tiimi A" in sentences[1]
    assert "Vanha kunta" in sentences[2]


def test_joining_moves_the_people_and_ends_the_team(coordinator):
    team, other = TeamFactory(name="Pieni"), TeamFactory(name="Suuri", size=5)
    TeamMemberFactory(team=team, email="kumpikin@example.org")
    TeamMemberFactory(team=other, email="Kumpikin@example.org")
    later = TeamMemberFactory(team=team, starts_on=today(20))
    leaving = TeamMemberFactory(team=team, ends_on=today(30))
    lead = LeadFactory(team=team)
    MemberProposalFactory(team=team)

    team.join_into(other, on=today(10), by=coordinator)

    assert other.members.not_over().count() == 8
    assert not team.members.not_over(today(20)).exists()
    assert other.members.get(email=later.email).starts_on == today(20)
    assert other.members.get(email=leaving.email).ends_on == today(30)
    lead.refresh_from_db()
    assert lead.ends_on == today(10)
    assert team.ended_on == today(10)
    assert not team.proposals.exists()
    assert other.ancestors == [(team, today(10))]
    assert "Pieni" in other.life[-1][1]


def test_splitting_moves_the_chosen_people_only():
    team = TeamFactory(size=6)
    chosen = list(team.members.all()[:2])

    new = team.split_off("Uusi tiimi", chosen, on=today())

    assert team.members.present().count() == 4
    assert new.members.present().count() == 2
    assert (new.organisation, new.county, new.service) == (team.organisation, team.county, team.service)
    assert new.ancestors == [(team, today())]
    assert [sentence for _day, sentence in team.life if "Uusi tiimi" in sentence]


def test_a_team_that_ends_lets_its_people_go_and_ends_once(coordinator):
    team = TeamFactory(size=3)
    LeadFactory(team=team)

    team.end(on=today(-1), by=coordinator)
    team.end(on=today(), by=coordinator)

    assert not team.members.present().exists()
    assert not team.leads.present().exists()
    assert team.ended_on == today(-1)
    assert team.changes.filter(kind=TeamChange.Kind.ENDED).count() == 1


@pytest.mark.parametrize(
    ("members", "leads", "leading_members", "with_team", "slips", "invited"),
    [
        (5, 1, 0, False, 0, 5),
        (5, 1, 0, True, 0, 6),
        (5, 1, 1, False, 0, 5),
        (5, 1, 1, True, 0, 6),
        (5, 0, 0, False, 7, 7),
        (0, 0, 0, False, 0, 0),
    ],
)
def test_how_many_would_be_invited_follows_the_rules_of_leaders_and_slips(
    members, leads, leading_members, with_team, slips, invited
):
    team = TeamFactory(size=members, leader_answers_with_team=with_team, slips=slips)
    for _number in range(leads):
        lead = LeadFactory(team=team)
    for _number in range(leading_members):
        TeamMemberFactory(team=team, email=lead.user.email.upper())

    assert team.count_invited() == invited
    round = RoundFactory(scheduled=True)
    round.plan_units([team])
    round.freeze()
    assert Invitee.objects.filter(round=round, unit__unit_teams__team=team).count() == invited


def test_who_left_may_return_unless_the_address_is_in_the_team_again():
    member = TeamMemberFactory(email="aino@example.org")

    member.leave()
    member.come_back()
    assert member.is_present

    member.leave()
    TeamMemberFactory(team=member.team, email="Aino@example.org")
    with pytest.raises(ValidationError):
        member.come_back()


# Who is forgotten


def test_names_are_forgotten_400_days_after_leaving_and_results_stay():
    team = TeamFactory(size=5)
    round = RoundFactory(published=True)
    unit = unit_of(round, team)
    UnitResultFactory(unit=unit)
    gone = TeamMemberFactory(team=team, ends_on=today(-401))
    recent = TeamMemberFactory(team=team, ends_on=today(-400))
    invitee = Invitee.objects.create(unit=unit, round=round, member=gone, name="", email="")
    lead = LeadFactory(team=team, ends_on=today(-401))
    ManagerFactory(ends_on=today(-401))
    MemberProposalFactory(team=team, decided_at=timezone.now() - timedelta(days=91), is_accepted=False)
    waiting = MemberProposalFactory(team=team)

    assert forget_the_gone() == 4
    assert forget_the_gone() == 0

    assert recent in team.members.all()
    assert team.members.count() == 6
    assert not Lead.objects.filter(pk=lead.pk).exists()
    assert not Manager.objects.exists()
    assert MemberProposal.objects.get() == waiting
    assert UnitResult.objects.count() == 1
    invitee.refresh_from_db()
    assert invitee.member is None


# The list


def names(response):
    return [team.name for team in response.context["page"]]


@pytest.fixture
def teams(counties):
    """Four teams that differ in everything the list can be limited by, and one that has left."""
    tampere, rauma = OrganisationFactory(name="Tampereen kaupunki"), OrganisationFactory(name="Rauman kaupunki")
    pirkanmaa, satakunta = counties["Pirkanmaa"], counties["Satakunta"]
    first = TeamFactory(name="Aalto", organisation=tampere, county=pirkanmaa, size=8)
    LeadFactory(team=first, name="Leena Vetäjä")
    small = TeamFactory(name="Kaisla", organisation=tampere, county=pirkanmaa, size=4, service="aftercare")
    LeadFactory(team=small)
    TeamFactory(name="Meri", organisation=rauma, county=satakunta, size=6)
    waiting = TeamFactory(name="Öljymäki", organisation=rauma, county=satakunta, size=6)
    LeadFactory(team=waiting)
    MemberProposalFactory(team=waiting)
    MemberProposalFactory(team=waiting)
    TeamFactory(name="Entinen", organisation=rauma, county=satakunta).end(on=today(-3))
    return [first, small, waiting]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Aalto", "Kaisla", "Meri", "Öljymäki"]),
        ("county=08", ["Aalto", "Kaisla"]),
        ("service=aftercare", ["Kaisla"]),
        ("notice=small", ["Kaisla"]),
        ("notice=no_leader", ["Meri"]),
        ("notice=proposals", ["Öljymäki"]),
        ("ended=on", ["Entinen"]),
        ("q=rauman", ["Meri", "Öljymäki"]),
        ("q=öljy rauma", ["Öljymäki"]),
        ("q=tampere&county=06", []),
        ("county=99&service=x&notice=x&organisation=x&page=99999999999", ["Aalto", "Kaisla", "Meri", "Öljymäki"]),
    ],
)
def test_the_list_is_limited_by_what_the_address_asks(as_coordinator, teams, query, found):
    response = as_coordinator.get(f"{url('teams')}?{query}")

    assert names(response) == found


def test_the_organisation_limits_the_list(as_coordinator, teams):
    query = {"organisation": teams[0].organisation.pk}

    assert names(as_coordinator.get(url("teams"), query)) == ["Aalto", "Kaisla"]


def test_the_list_points_out_what_needs_doing(as_coordinator, teams):
    page = as_coordinator.get(url("teams")).content.decode()

    assert "Leena Vetäjä" in page
    assert page.count("status-missing") == 3
    assert url("team_members", slug=teams[0].slug) in page


def test_leaders_find_their_own_teams_and_managers_theirs_without_the_names(teams, director, staff, member):
    first = teams[0]
    leader = leading(first)
    manager = signed_in(ManagerFactory(organisation=first.organisation).user)
    of_county = signed_in(ManagerFactory(organisation=None, county=first.county).user)

    assert names(leader.get(url("teams"))) == ["Aalto"]
    assert url("team_members", slug=first.slug) in leader.get(url("teams")).content.decode()
    for browser in (manager, of_county):
        assert names(browser.get(url("teams"))) == ["Aalto", "Kaisla"]
        assert url("team_members", slug=first.slug) not in browser.get(url("teams")).content.decode()
        assert browser.get(url("team_members", slug=first.slug)).status_code == 404
    assert len(names(signed_in(director).get(url("teams")))) == 4
    for user in (staff, member):
        assert signed_in(user).get(url("teams")).status_code == 404


def queries(browser, address):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_the_list_takes_as_many_queries_for_twenty_teams_as_for_one(as_coordinator):
    MemberProposalFactory(team=LeadFactory(team=TeamFactory(size=2)).team)
    queries(as_coordinator, url("teams"))
    one = queries(as_coordinator, url("teams"))
    for _number in range(19):
        MemberProposalFactory(team=LeadFactory(team=TeamFactory(size=2)).team)

    assert queries(as_coordinator, url("teams")) == one <= 12


def test_an_empty_list_says_what_to_do(as_coordinator):
    page = as_coordinator.get(url("teams")).content.decode()

    assert url("teams_import") in page


def test_htmx_gets_only_the_rows(as_coordinator, teams):
    part = as_coordinator.get(url("teams"), headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert "Aalto" in part


def sheet(response):
    return list(openpyxl.load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))


def test_teams_and_their_members_are_taken_home_by_the_coordinator_only(as_coordinator, director, teams):
    rows = sheet(as_coordinator.get(f"{url('teams_export')}?county=08"))
    members = sheet(as_coordinator.get(f"{url('members_export')}?county=08"))

    assert [row[3] for row in rows[1:]] == ["Aalto", "Kaisla"]
    assert rows[1][4] == "Leena Vetäjä"
    assert len(members) == 1 + 8 + 4
    assert members[1][3:5] == ("Aalto", "Leena Vetäjä")
    for browser in (signed_in(director), leading(teams[0])):
        assert browser.get(url("teams_export")).status_code == 404
        assert browser.get(url("members_export")).status_code == 404


# Founding and changing


def facts(**changed):
    return {"name": "Uusi tiimi", "service": "child_protection", "slips": 0, "county": ""} | changed


def test_a_team_is_founded_and_its_members_are_next(as_coordinator, counties):
    organisation = OrganisationFactory(county=counties["Satakunta"])

    answer = as_coordinator.post(url("team_create"), facts(organisation=organisation.pk, name="  Uusi   tiimi "))

    team = Team.objects.get()
    assert answer.url == url("team_members", slug="uusi-tiimi")
    assert (team.name, team.county) == ("Uusi tiimi", counties["Satakunta"])
    assert team.life


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"county": "06"}, "county"),
        ({"county": "\x00"}, "county"),
        ({"organisation": ""}, "organisation"),
        ({"organisation": "999999"}, "organisation"),
        ({"slips": "201"}, "slips"),
        ({"slips": "-1"}, "slips"),
        ({"service": "x"}, "service"),
        ({"name": "AALTO"}, "__all__"),
    ],
)
def test_what_cannot_be_a_team_is_told_at_its_field(as_coordinator, counties, changed, field):
    team = TeamFactory(name="Aalto", county=counties["Pirkanmaa"])

    answer = as_coordinator.post(url("team_create"), facts(organisation=team.organisation.pk) | changed)

    assert list(answer.context["form"].errors) == [field]
    assert Team.objects.count() == 1


def test_a_county_nobody_knows_is_asked_for(as_coordinator):
    answer = as_coordinator.post(url("team_create"), facts(organisation=OrganisationFactory().pk))

    assert list(answer.context["form"].errors) == ["county"]


def test_a_team_is_renamed_in_place(as_coordinator):
    team = TeamFactory(name="Aalto")
    page = as_coordinator.get(url("team_edit", slug=team.slug))
    seen = page.context["form"]["seen"].value()

    data = facts(name="Laine", organisation=team.organisation.pk, county="08", seen=seen)
    answer = as_coordinator.post(url("team_edit", slug=team.slug), data)

    team.refresh_from_db()
    assert answer.status_code == 302
    assert team.name == "Laine"
    assert "Aalto" in as_coordinator.get(answer.url).content.decode()


def test_somebody_elses_change_meanwhile_is_pointed_out(as_coordinator):
    team = TeamFactory(name="Aalto")
    seen = as_coordinator.get(url("team_edit", slug=team.slug)).context["form"]["seen"].value()
    team.rename("Toisen nimi")

    data = facts(name="Laine", organisation=team.organisation.pk, county="08", seen=seen)
    answer = as_coordinator.post(url("team_edit", slug=team.slug), data)

    assert "Toisen nimi" in answer.content.decode()
    team.refresh_from_db()
    assert team.name == "Toisen nimi"


def test_a_team_ends_only_after_it_was_asked(as_coordinator):
    team = TeamFactory(size=2)
    address = url("team_end", slug=team.slug)

    as_coordinator.get(address)
    team.refresh_from_db()
    assert team.ended_on is None

    as_coordinator.post(address, {"on": "1.1.1999"})
    team.refresh_from_db()
    assert team.ended_on is None

    as_coordinator.post(address, {"on": f"{today():%d.%m.%Y}"})
    team.refresh_from_db()
    assert team.ended_on == today()
    assert as_coordinator.get(address).status_code == 404
    assert as_coordinator.get(url("team_edit", slug=team.slug)).status_code == 200


def test_a_leader_is_added_by_name_and_address_and_gets_an_account(as_coordinator):
    team = TeamFactory()
    address = url("lead_add", slug=team.slug)

    as_coordinator.post(address, {"name": "Leena  Vetäjä", "email": "Leena@example.org"})
    again = as_coordinator.post(address, {"name": "Leena", "email": "leena@EXAMPLE.org"})

    lead = Lead.objects.get()
    assert (lead.name, lead.user.email) == ("Leena Vetäjä", "leena@example.org")
    assert "email" in again.context["form"].errors
    assert not Person.objects.filter(email__iexact="leena@example.org").exists()
    leader = signed_in(lead.user)
    assert leader.get(url("team_members", slug=team.slug)).status_code == 200

    as_coordinator.post(url("lead_end", slug=team.slug, pk=lead.pk))
    assert leader.get(url("team_members", slug=team.slug)).status_code == 404


def test_joining_shows_first_what_would_happen(as_coordinator):
    team, other = TeamFactory(name="Pieni", size=2), TeamFactory(name="Suuri", size=3)
    round = RoundFactory(scheduled=True)
    round.plan_units([team])
    data = {"other": other.pk, "on": f"{today():%d.%m.%Y}"}
    address = url("team_join", slug=team.slug)

    looked = as_coordinator.post(address, data)
    assert looked.context["preview"]["size"] == 5
    assert looked.context["preview"]["rounds"] == [round]
    assert team.members.present().count() == 2
    again = as_coordinator.post(address, data | {"again": "1"})
    assert "preview" not in again.context

    as_coordinator.post(address, data | {"confirmed": "1"})
    assert other.members.present().count() == 5
    assert as_coordinator.post(address, data | {"confirmed": "1"}).status_code == 404


@pytest.mark.parametrize("day", ["", "1.1.1999", "31.2.2026", "1.1.2099"])
def test_joining_on_a_day_that_cannot_be_is_refused(as_coordinator, day):
    team, other = TeamFactory(size=2), TeamFactory()

    data = {"other": other.pk, "on": day, "confirmed": "1"}
    answer = as_coordinator.post(url("team_join", slug=team.slug), data)

    assert list(answer.context["form"].errors) == ["on"]


def test_a_team_joins_neither_itself_nor_one_that_has_left(as_coordinator):
    team, left = TeamFactory(size=2), TeamFactory()
    left.end()

    for other in (team, left):
        data = {"other": other.pk, "on": f"{today():%d.%m.%Y}", "confirmed": "1"}
        answer = as_coordinator.post(url("team_join", slug=team.slug), data)
        assert list(answer.context["form"].errors) == ["other"]


def test_splitting_shows_first_what_would_happen(as_coordinator):
    team = TeamFactory(size=8)
    chosen = [member.pk for member in team.members.all()[:5]]
    data = {"name": "Uusi", "members": chosen, "on": f"{today():%d.%m.%Y}"}
    address = url("team_split", slug=team.slug)

    preview = as_coordinator.post(address, data).context["preview"]
    assert (preview["left"], preview["is_small"], preview["is_left_small"]) == (3, False, True)
    assert Team.objects.count() == 1

    as_coordinator.post(address, data | {"confirmed": "1"})
    assert Team.objects.get(name="Uusi").members.present().count() == 5


@pytest.mark.parametrize(
    ("changed", "field"), [({"name": ""}, "name"), ({"name": "aalto"}, "name"), ({"members": []}, "members")]
)
def test_a_split_that_cannot_be_is_told(as_coordinator, changed, field):
    team = TeamFactory(name="Aalto", size=3)
    data = {"name": "Uusi", "members": [team.members.first().pk], "on": f"{today():%d.%m.%Y}", "confirmed": "1"}

    answer = as_coordinator.post(url("team_split", slug=team.slug), data | changed)

    assert list(answer.context["form"].errors) == [field]


def test_members_of_another_team_cannot_be_split_off(as_coordinator):
    team, other = TeamFactory(size=3), TeamFactory(size=3)
    data = {"name": "Uusi", "members": [other.members.first().pk], "on": f"{today():%d.%m.%Y}", "confirmed": "1"}

    assert list(as_coordinator.post(url("team_split", slug=team.slug), data).context["form"].errors) == ["members"]


# Managers


def test_a_manager_is_added_and_ended(as_coordinator):
    team = TeamFactory()
    data = {"name": "Päivi Päällikkö", "email": "paivi@example.org", "organisation": team.organisation.pk}

    as_coordinator.post(url("manager_add"), data)
    again = as_coordinator.post(url("manager_add"), data)

    manager = Manager.objects.get()
    assert "email" in again.context["form"].errors
    assert "Päivi Päällikkö" in as_coordinator.get(url("managers")).content.decode()
    assert names(signed_in(manager.user).get(url("teams"))) == [team.name]

    as_coordinator.post(url("manager_end", pk=manager.pk))
    assert signed_in(manager.user).get(url("teams")).status_code == 404
    assert not as_coordinator.get(url("managers")).context["page"].object_list


@pytest.mark.parametrize("both", [True, False])
def test_a_manager_answers_for_an_organisation_or_a_county(as_coordinator, both):
    team = TeamFactory()
    chosen = {"organisation": team.organisation.pk, "county": "08"} if both else {}

    answer = as_coordinator.post(url("manager_add"), {"name": "P", "email": "p@example.org"} | chosen)

    assert list(answer.context["form"].errors) == ["organisation"]
    assert not Manager.objects.exists()
    assert not User.objects.filter(email="p@example.org").exists()


def test_somebody_who_may_not_change_the_managers_finds_nothing(director):
    manager = ManagerFactory()
    browser = signed_in(director)

    assert browser.get(url("managers")).status_code == 200
    assert browser.get(url("manager_add")).status_code == 404
    assert browser.post(url("manager_end", pk=manager.pk)).status_code == 404


@pytest.mark.parametrize("page", ["managers", "team_edit", "team_split"])
def test_pages_take_as_many_queries_for_twenty_rows_as_for_one(as_coordinator, page):
    team = TeamFactory()
    address = url(page) if page == "managers" else url(page, slug=team.slug)

    def more(count):
        for _number in range(count):
            ManagerFactory()
            LeadFactory(team=team)
            TeamMemberFactory(team=team)
            TeamChange.objects.create(team=team, kind="renamed", on=today(), name="Vanha", by=UserFactory())

    more(1)
    queries(as_coordinator, address)
    one = queries(as_coordinator, address)
    more(19)

    assert queries(as_coordinator, address) == one <= 12


def test_the_members_of_a_team_are_nobody_in_the_directory():
    before = Person.objects.count()

    TeamFactory(size=5)

    assert TeamMember.objects.count() == 5
    assert Person.objects.count() == before
