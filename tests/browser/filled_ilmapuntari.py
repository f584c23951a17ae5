"""Teams, rounds and results in which every page of the Ilmapuntari has something to show."""

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from accounts.models import Role
from ilmapuntari.models import Instrument, MemberProposal
from tests.accounts.factories import UserFactory, with_totp
from tests.directory.factories import OrganisationFactory, PersonFactory
from tests.ilmapuntari.factories import (
    AgreedActionFactory,
    LeadFactory,
    ManagerFactory,
    MemberProposalFactory,
    RoundFactory,
    TeamFactory,
    TeamMemberFactory,
    unit_of,
)
from tests.ilmapuntari.results import people, publish, published_round
from tests.ilmapuntari.rounds import finish, give, opened_round

LONG_TEAM = "Lastensuojelun avohuollon ja perhesosiaalityön palvelutarpeenarviointityöryhmä, läntinen ja keskinen alue"
LONG_ACTION = (
    "Keskiviikkoaamupäivät pidetään vapaina tapaamisista, jotta jokainen ehtii kirjata, valmistella ja "
    "jäsentää asiakassuunnitelmat rauhassa ennen seuraavan viikon verkostoneuvotteluja."
)
# 28 means with some of every state, so that there is something to be glad of and something to talk about.
MEANS = [4 + number % 5 for number in range(28)]


def filled_ilmapuntari(county, other_county, organisation):
    """Somebody in every role; results of two rounds, one of them answered; an open one, a planned one; a draft."""
    users = SimpleNamespace(
        coordinator=with_totp(UserFactory(email="puntari@example.org", roles=[Role.COORDINATOR])),
        leader=UserFactory(email="vetaja@example.org"),
        manager=UserFactory(email="paallikko@example.org"),
    )
    PersonFactory(
        given_name="Sampo", family_name="Puntari", user=users.coordinator, email=users.coordinator.email,
        of_the_house=True,
    )  # fmt: skip
    team = TeamFactory(name=LONG_TEAM, slug="pitka-tiimi", organisation=organisation, county=county, size=11)
    long_member = TeamMemberFactory(
        team=team,
        name="Maria-Aleksandra Annastiina Vanhankaupunginkoski-Esimerkkiläinen",
        email="maria-aleksandra.vanhankaupunginkoski-esimerkkilainen@hyvinvointialueen-perhepalvelut.example.org",
    )
    TeamMemberFactory(team=team, ends_on=timezone.localdate() - timedelta(days=30))
    lead = LeadFactory(team=team, user=users.leader, name="Leena Vetäjä")
    manager = ManagerFactory(user=users.manager, organisation=organisation)
    ManagerFactory(county=county, organisation=None)
    others = [TeamFactory(name=f"Perhetyö {n}", organisation=organisation, county=county, size=6) for n in range(6)]
    elsewhere = [TeamFactory(organisation=OrganisationFactory(), county=other_county, size=7) for _ in range(3)]
    small = TeamFactory(name="Pieni tiimi", organisation=organisation, county=county, size=3)
    teams = [team, *others, *elsewhere]

    earlier = published_round(2025, "autumn")
    publish(earlier, {one: people(MEANS, 5 + number % 7, seed=number) for number, one in enumerate(teams)})
    round = answered_round([*teams, small])
    unit = team.units.get(round=round)
    actions = [
        AgreedActionFactory(team=team, round=earlier, what=LONG_ACTION),
        AgreedActionFactory(team=team, round=round, by_on=timezone.localdate() - timedelta(days=3)),
        AgreedActionFactory(team=others[0], round=earlier),
    ]
    actions[2].look_back("yes", "somewhat", by=users.leader)

    open_round = opened_round([team, small, *others[:2]], by=users.coordinator, year=2026, season="autumn")
    late = TeamMemberFactory(team=team, name="Uusi Tulija", starts_on=timezone.localdate())
    planned = RoundFactory(year=2027, season="winter")
    planned.plan_units()
    called_off = RoundFactory(year=2024, season="winter", called_off_at=timezone.now())
    unit_of(called_off, team)

    proposals = [
        MemberProposalFactory(team=team, proposed_by=users.leader),
        MemberProposalFactory(
            team=team, proposed_by=users.leader, kind=MemberProposal.Kind.CHANGE, member=long_member,
            name="Maria Esimerkki", email="maria@example.org",
        ),
        MemberProposalFactory(team=others[0], proposed_by=users.leader),
    ]  # fmt: skip
    proposals[2].accept(by=users.coordinator)
    draft = Instrument.objects.draft_from(by=users.coordinator)
    return SimpleNamespace(
        users=users,
        team=team,
        small=small,
        lead=lead,
        manager=manager,
        member=team.members.order_by("pk").first(),
        late=late,
        round=round,
        unit=unit,
        small_unit=small.units.get(round=round),
        open_round=open_round,
        open_unit=team.units.get(round=open_round),
        planned=planned,
        planned_unit=team.units.get(round=planned),
        action=actions[0],
        draft=draft,
        statement=draft.statements.first(),
        organisation=organisation,
        county=county,
    )


def answered_round(teams):
    """A round that was really answered, closed, computed and published."""
    round = opened_round(teams, year=2026, season="spring")
    for number, team in enumerate(teams):
        unit = team.units.get(round=round)
        invitees = unit.invitees.select_related("unit__round").order_by("pk")
        # In some teams all answer, in others a few, and in one too few for a result.
        for invitee, values in zip(invitees, people(MEANS, 12 - number, seed=number), strict=False):
            assert give(invitee, values)
    return finish(round)
