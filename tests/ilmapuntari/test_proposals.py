"""Who is in a team: the coordinator changes the list, leaders propose, nothing changes until it is accepted."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ilmapuntari.models import MemberProposal, TeamMember
from tests.conftest import signed_in
from tests.ilmapuntari.factories import (
    LeadFactory,
    ManagerFactory,
    MemberProposalFactory,
    TeamFactory,
    TeamMemberFactory,
)

pytestmark = pytest.mark.django_db
ADD, REMOVE, CHANGE = "add", "remove", "change"


def url(name, *args, **kwargs):
    return reverse(f"ilmapuntari:{name}", args=args, kwargs=kwargs)


@pytest.fixture
def team():
    return TeamFactory(name="Aalto", size=6)


@pytest.fixture
def leader(team):
    return LeadFactory(team=team, name="Leena Vetäjä").user


@pytest.fixture
def as_leader(leader):
    return signed_in(leader)


def present(team):
    return set(team.members.present().values_list("name", "email"))


# What a proposal does


def test_an_accepted_proposal_is_carried_out_once(team, leader, coordinator):
    proposal = MemberProposal.propose(team, ADD, by=leader, name="Uusi Jäsen", email="Uusi@example.org")
    assert team.members.present().count() == 6

    assert proposal.accept(by=coordinator) is True
    assert proposal.accept(by=coordinator) is False
    assert proposal.refuse(by=coordinator) is False

    assert ("Uusi Jäsen", "uusi@example.org") in present(team)
    assert team.members.present().count() == 7
    assert (proposal.decided_by, proposal.is_accepted) == (coordinator, True)


def test_a_refused_proposal_changes_nothing(team, leader, coordinator):
    before = present(team)
    proposal = MemberProposal.propose(team, REMOVE, by=leader, member=team.members.first())

    proposal.refuse(by=coordinator)
    proposal.accept(by=coordinator)

    assert present(team) == before
    assert proposal.is_accepted is False


def test_leaving_and_changing_are_carried_out(team, leader, coordinator):
    gone, changed = team.members.all()[:2]

    MemberProposal.propose(team, REMOVE, by=leader, member=gone).accept(by=coordinator)
    MemberProposal.propose(
        team, CHANGE, by=leader, member=changed, name="Toinen Nimi", email="toinen@example.org"
    ).accept(by=coordinator)

    gone.refresh_from_db()
    assert not gone.is_present
    assert ("Toinen Nimi", "toinen@example.org") in present(team)


def test_an_address_is_not_put_twice_in_a_team(team, leader, coordinator):
    first, second = team.members.all()[:2]
    for kind, member in ((ADD, None), (CHANGE, second)):
        with pytest.raises(ValidationError):
            MemberProposal.propose(team, kind, by=leader, member=member, name="A B", email=first.email.upper())

    proposal = MemberProposal.propose(team, ADD, by=leader, name="A B", email="uusi@example.org")
    with pytest.raises(ValidationError):
        MemberProposal.propose(team, ADD, by=leader, name="C D", email="UUSI@example.org")
    TeamMemberFactory(team=team, email="uusi@example.org")
    with pytest.raises(ValidationError):
        proposal.accept(by=coordinator)

    proposal.refresh_from_db()
    assert proposal.is_waiting
    assert team.members.present().count() == 7


def test_two_waiting_changes_to_the_same_address_are_not_both_carried_out(team, leader, coordinator):
    for member in team.members.all()[:2]:
        MemberProposal.propose(team, CHANGE, by=leader, member=member, name="A B", email="sama@example.org")

    accepted, left = MemberProposal.objects.decidable_by(coordinator).accept_all(by=coordinator)

    assert (accepted, len(left)) == (1, 1)
    assert team.members.filter(email="sama@example.org").count() == 1


def test_one_change_at_a_time_waits_for_a_member(team, leader):
    member = team.members.first()
    MemberProposal.propose(team, REMOVE, by=leader, member=member)

    with pytest.raises(ValidationError):
        MemberProposal.propose(team, REMOVE, by=leader, member=member)


def test_what_was_proposed_about_somebody_who_left_is_void(team, leader):
    member = team.members.first()
    MemberProposal.propose(team, CHANGE, by=leader, member=member, name="A B", email="ab@example.org")

    member.leave()

    assert not MemberProposal.objects.exists()


# The coordinator's own changes


def test_the_coordinator_adds_changes_ends_and_returns_members(as_coordinator, team):
    data = {"name": " Aino  Uusi ", "email": "Aino@example.org"}
    as_coordinator.post(url("member_add", slug=team.slug), data)
    member = team.members.get(email="aino@example.org")
    assert member.name == "Aino Uusi"

    seen = as_coordinator.get(url("member_edit", slug=team.slug, pk=member.pk)).context["form"]["seen"].value()
    data = {"name": "Aino Muuttunut", "email": "aino.m@example.org", "seen": seen}
    as_coordinator.post(url("member_edit", slug=team.slug, pk=member.pk), data)
    assert ("Aino Muuttunut", "aino.m@example.org") in present(team)

    as_coordinator.post(url("member_end", slug=team.slug, pk=member.pk))
    assert team.members.present().count() == 6
    page = as_coordinator.get(f"{url('team_members', slug=team.slug)}?nayta=entiset").content.decode()
    assert "Aino Muuttunut" in page

    as_coordinator.post(url("member_return", slug=team.slug, pk=member.pk))
    assert team.members.present().count() == 7


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"email": ""}, "email"),
        ({"email": "aino(at)example.org"}, "email"),
        ({"email": "TAALLA@example.org"}, "email"),
    ],
)
def test_what_cannot_be_a_member_is_told_at_its_field(as_coordinator, as_leader, team, changed, field):
    TeamMemberFactory(team=team, email="taalla@example.org")

    for browser in (as_coordinator, as_leader):
        data = {"name": "Aino Uusi", "email": "aino@example.org"} | changed
        answer = browser.post(url("member_add", slug=team.slug), data)
        assert list(answer.context["form"].errors) == [field]

    assert team.members.count() == 7
    assert not MemberProposal.objects.exists()


def test_an_address_in_another_team_is_told_of(as_coordinator, team):
    TeamMemberFactory(team=TeamFactory(name="Toinen tiimi"), email="aino@example.org")

    data = {"name": "Aino", "email": "aino@example.org"}
    page = as_coordinator.post(url("member_add", slug=team.slug), data, follow=True).content.decode()

    assert "Toinen tiimi" in page


# The leader's page


def test_the_leader_proposes_and_sees_what_waits(as_leader, team):
    before = present(team)
    gone, changed = team.members.all()[:2]
    as_leader.post(url("member_add", slug=team.slug), {"name": "Uusi Jäsen", "email": "uusi@example.org"})
    as_leader.post(url("member_end", slug=team.slug, pk=gone.pk))
    data = {"name": "Toinen Nimi", "email": changed.email}
    as_leader.post(url("member_edit", slug=team.slug, pk=changed.pk), data)

    page = as_leader.get(url("team_members", slug=team.slug))

    assert present(team) == before
    assert [proposal.kind for proposal in page.context["waiting"]] == [ADD, REMOVE, CHANGE]
    assert "Uusi Jäsen" in page.content.decode()
    assert url("member_end", slug=team.slug, pk=gone.pk) not in page.content.decode()
    again = as_leader.post(url("member_end", slug=team.slug, pk=gone.pk), follow=True)
    assert MemberProposal.objects.count() == 3
    assert again.status_code == 200


def test_a_change_that_changes_nothing_is_not_proposed(as_leader, team):
    member = team.members.first()

    data = {"name": member.name, "email": member.email.upper()}
    answer = as_leader.post(url("member_edit", slug=team.slug, pk=member.pk), data)

    assert list(answer.context["form"].errors) == ["name"]


def test_an_own_waiting_proposal_can_be_taken_back(as_leader, leader, team, coordinator):
    own = MemberProposal.propose(team, ADD, by=leader, name="A B", email="ab@example.org")
    others = MemberProposal.propose(team, ADD, by=coordinator, name="C D", email="cd@example.org")
    decided = MemberProposal.propose(team, ADD, by=leader, name="E F", email="ef@example.org")
    decided.refuse(by=coordinator)

    assert as_leader.post(url("proposal_take_back", pk=own.pk)).status_code == 302
    assert as_leader.post(url("proposal_take_back", pk=others.pk)).status_code == 404
    assert as_leader.post(url("proposal_take_back", pk=decided.pk)).status_code == 404

    assert set(MemberProposal.objects.all()) == {others, decided}


def test_the_leader_sees_what_was_decided_lately(as_leader, leader, team, coordinator):
    MemberProposal.propose(team, ADD, by=leader, name="Uusi Jäsen", email="ab@example.org").refuse(by=coordinator)
    MemberProposalFactory(
        team=team, name="Vanha Päätös", decided_at=timezone.now() - timedelta(days=31), is_accepted=True
    )

    page = as_leader.get(url("team_members", slug=team.slug)).content.decode()

    assert "Uusi Jäsen" in page
    assert "Vanha Päätös" not in page


def test_the_leader_does_not_learn_of_other_teams(as_leader, leader, team):
    TeamMemberFactory(team=TeamFactory(name="Salainen tiimi"), email="aino@example.org")

    data = {"name": "Aino", "email": "aino@example.org"}
    page = as_leader.post(url("member_add", slug=team.slug), data, follow=True).content.decode()

    assert "Salainen tiimi" not in page


def test_nobody_else_comes_near_the_list(team, staff, director, member):
    somebody = team.members.first()
    other_leader = LeadFactory(team=TeamFactory()).user
    past_leader = LeadFactory(team=team, ends_on=timezone.localdate()).user
    manager = ManagerFactory(organisation=team.organisation).user
    adding = {"name": "A B", "email": "ab@example.org"}

    for user in (other_leader, past_leader, manager, staff, member):
        browser = signed_in(user)
        assert browser.get(url("team_members", slug=team.slug)).status_code == 404
        assert browser.post(url("member_add", slug=team.slug), adding).status_code == 404
        assert browser.post(url("member_end", slug=team.slug, pk=somebody.pk)).status_code == 404
        assert browser.get(url("proposals")).status_code == 404
    browser = signed_in(director)
    assert browser.get(url("team_members", slug=team.slug)).status_code == 200
    assert browser.post(url("member_add", slug=team.slug), adding).status_code == 404
    assert browser.post(url("member_end", slug=team.slug, pk=somebody.pk)).status_code == 404
    assert not MemberProposal.objects.exists()
    assert team.members.present().count() == 6


def test_a_leader_reaches_members_through_the_own_team_only(as_leader, team):
    stranger = TeamMemberFactory(team=TeamFactory())

    for name in ("member_edit", "member_end"):
        assert as_leader.post(url(name, slug=team.slug, pk=stranger.pk)).status_code == 404
    for name in ("member_return", "lead_end"):
        assert as_leader.post(url(name, slug=team.slug, pk=stranger.pk)).status_code == 404


def test_nothing_is_proposed_to_a_team_that_has_left(as_leader, team):
    team.end()

    assert as_leader.get(url("team_members", slug=team.slug)).status_code == 404


def test_nobody_returns_to_a_team_that_has_left(as_coordinator, team):
    member = team.members.first()
    team.end()

    page = as_coordinator.get(f"{url('team_members', slug=team.slug)}?nayta=entiset")
    assert url("member_return", slug=team.slug, pk=member.pk) not in page.content.decode()
    assert as_coordinator.post(url("member_return", slug=team.slug, pk=member.pk)).status_code == 404
    assert as_coordinator.get(url("member_add", slug=team.slug)).status_code == 404


# Deciding


def test_the_coordinator_decides_on_each(as_coordinator, team):
    first, second = MemberProposalFactory(team=team), MemberProposalFactory(team=team)

    page = as_coordinator.get(url("proposals"))
    assert list(page.context["page"]) == [first, second]
    as_coordinator.post(url("proposal_accept", pk=first.pk))
    as_coordinator.post(url("proposal_refuse", pk=second.pk))

    assert team.members.filter(email=first.email).exists()
    assert not team.members.filter(email=second.email).exists()
    assert not as_coordinator.get(url("proposals")).context["page"].object_list
    for name in ("proposal_accept", "proposal_refuse"):  # pressed twice
        assert as_coordinator.post(url(name, pk=second.pk)).status_code == 302
    assert not team.members.filter(email=second.email).exists()


def test_the_coordinator_decides_on_the_teams_own_page(as_coordinator, team):
    proposal = MemberProposalFactory(team=team)

    answer = as_coordinator.post(url("proposal_accept", pk=proposal.pk), {"from": "team"})

    assert answer.url == url("team_members", slug=team.slug)


def test_several_are_decided_at_once_and_clashes_go_on_waiting(as_coordinator, team):
    good = MemberProposalFactory.create_batch(3, team=team)
    twice = MemberProposalFactory(team=team, name="Kaksi Kertaa", email=good[0].email)

    page = as_coordinator.get(url("proposals")).content.decode()
    chosen = [proposal.pk for proposal in (*good, twice)]
    answer = as_coordinator.post(url("proposals_decide"), {"chosen": chosen, "act": "accept"}, follow=True)

    assert "Kaksi Kertaa" in page
    assert team.members.present().count() == 9
    assert "Kaksi Kertaa" in answer.content.decode()
    assert list(MemberProposal.objects.open()) == [twice]
    assert answer.context["page"].object_list[0].is_twice
    as_coordinator.post(url("proposals_decide"), {"chosen": [twice.pk], "act": "refuse"})
    assert not MemberProposal.objects.open().exists()


@pytest.mark.parametrize("chosen", [[], ["x"], ["9" * 30], ["-1"], ["0"], ["\x00"]])
def test_deciding_on_nothing_is_no_error(as_coordinator, chosen):
    for act in ("accept", "refuse", "x", ""):
        assert as_coordinator.post(url("proposals_decide"), {"chosen": chosen, "act": act}).status_code == 302


def test_the_director_sees_the_proposals_without_deciding(director, team):
    proposal = MemberProposalFactory(team=team)
    browser = signed_in(director)

    page = browser.get(url("proposals")).content.decode()

    assert proposal.name in page
    assert url("proposal_accept", pk=proposal.pk) not in page
    for name in ("proposal_accept", "proposal_refuse"):
        assert browser.post(url(name, pk=proposal.pk)).status_code == 404
    assert browser.post(url("proposals_decide"), {"chosen": [proposal.pk], "act": "accept"}).status_code == 404
    proposal.refresh_from_db()
    assert proposal.is_waiting


def test_getting_a_verb_changes_nothing(as_coordinator, team):
    proposal = MemberProposalFactory(team=team)
    for name in ("proposal_accept", "proposal_refuse", "proposal_take_back"):
        assert as_coordinator.get(url(name, pk=proposal.pk)).status_code == 405
    assert as_coordinator.get(url("member_end", slug=team.slug, pk=team.members.first().pk)).status_code == 405
    proposal.refresh_from_db()
    assert proposal.is_waiting


@pytest.mark.parametrize("who", ["coordinator", "leader"])
def test_the_pages_take_as_many_queries_for_twenty_rows_as_for_one(team, leader, coordinator, who):
    browser = signed_in({"coordinator": coordinator, "leader": leader}[who])
    addresses = [url("team_members", slug=team.slug)] + ([url("proposals")] if who == "coordinator" else [])

    def more(count):
        for _number in range(count):
            member = TeamMemberFactory(team=team)
            MemberProposal.propose(team, REMOVE, by=leader, member=member)
            MemberProposalFactory(team=team, decided_at=timezone.now(), is_accepted=True)

    more(1)
    [queries(browser, address) for address in addresses]
    one = [queries(browser, address) for address in addresses]
    more(19)

    assert [queries(browser, address) for address in addresses] == one
    assert max(one) <= 12


def queries(browser, address):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_two_hundred_members_stand_on_pages(as_coordinator):
    team = TeamFactory(size=200)

    page = as_coordinator.get(url("team_members", slug=team.slug)).context["page"]

    assert (len(page.object_list), page.paginator.count) == (100, 200)


def test_members_stand_in_finnish_order(as_coordinator):
    team = TeamFactory()
    for name in ("Öljy", "Ahti", "Äiti", "zeta"):
        TeamMemberFactory(team=team, name=name)

    page = as_coordinator.get(url("team_members", slug=team.slug)).context["page"]

    assert [member.name for member in page] == ["Ahti", "zeta", "Äiti", "Öljy"]
    assert TeamMember.objects.count() == 4
