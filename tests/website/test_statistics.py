"""Figures over the records, and what is new."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from networks.models import Network
from tests.directory.factories import MunicipalityFactory, OrganisationFactory, SubRegionFactory
from tests.networks.factories import MeetingFactory, MembershipFactory, NetworkFactory, PhaseFactory
from website.latest import OF_ONE_KIND, latest_facts
from website.statistics import ENOUGH_MEETINGS, counties_in_figures, people_in_networks, year_in_figures

pytestmark = pytest.mark.django_db


def held_in(year, count, **kwargs):
    """So many meetings in the year, all of one network unless told."""
    start = timezone.make_aware(datetime(year, 1, 10, 9))
    kwargs.setdefault("network", None)
    network = kwargs.pop("network") or NetworkFactory()
    return [MeetingFactory(network=network, starts_at=start + timedelta(days=day), **kwargs) for day in range(count)]


def facts(most=5):
    return latest_facts(Network.objects.published(), most)


def test_the_year_is_the_latest_that_was_recorded_as_a_whole():
    held_in(2022, ENOUGH_MEETINGS)
    held_in(2023, ENOUGH_MEETINGS - 1)

    assert year_in_figures() == {"year": 2022, "meetings": ENOUGH_MEETINGS, "networks": 1}


def test_without_a_whole_year_the_latest_with_any_is_shown():
    held_in(2021, 2)
    held_in(2023, 1)

    assert year_in_figures()["year"] == 2023


def test_this_year_is_not_finished_and_is_never_shown():
    this_year = timezone.localdate().year
    held_in(this_year, ENOUGH_MEETINGS)

    assert year_in_figures() is None


def test_cancelled_meetings_and_drafts_are_not_counted():
    held_in(2022, 3)
    held_in(2022, 2, cancelled=True)
    held_in(2022, 4, network=NetworkFactory(draft=True))

    assert year_in_figures() == {"year": 2022, "meetings": 3, "networks": 1}


def test_a_meeting_on_new_years_night_belongs_to_the_finnish_year():
    MeetingFactory(starts_at=timezone.make_aware(datetime(2023, 1, 1, 0, 30)))

    assert year_in_figures()["year"] == 2023


def test_members_and_organisations_are_those_of_today_in_public_networks():
    organisation = OrganisationFactory()
    MembershipFactory(organisation=organisation)
    MembershipFactory(organisation=organisation)
    MembershipFactory(organisation=OrganisationFactory(), past=True)
    MembershipFactory(organisation=OrganisationFactory(), network=NetworkFactory(draft=True))

    assert people_in_networks() == {"members": 2, "organisations": 1}


def test_a_county_counts_living_public_networks_of_ours(counties):
    here = [counties["Pirkanmaa"]]
    NetworkFactory(counties=here)
    NetworkFactory(counties=here, status=Network.Status.PAUSED)
    NetworkFactory(counties=here, status=Network.Status.ENDED)
    NetworkFactory(counties=here, draft=True)
    NetworkFactory(counties=here, seat=True)
    NetworkFactory(counties=counties.values(), scope=Network.Scope.WHOLE_AREA)
    NetworkFactory(scope=Network.Scope.WHOLE_AREA)

    counted = {county.short_name: county.network_count for county in counties_in_figures()}

    assert counted == {"Pirkanmaa": 4, "Kanta-Häme": 2, "Satakunta": 2}


def test_a_county_sums_its_inhabitants(counties):
    sub_region = SubRegionFactory(county=counties["Satakunta"])
    MunicipalityFactory(sub_region=sub_region, population=1200)
    MunicipalityFactory(sub_region=sub_region, population=34)

    satakunta = counties_in_figures()[2]

    assert (satakunta.population, satakunta.municipality_count) == (1234, 2)


def test_the_latest_facts_come_newest_first_whatever_their_kind():
    today = timezone.localdate()
    network = NetworkFactory(name="Vanha", published_at=timezone.now() - timedelta(days=9))
    PhaseFactory(network=network, on=today - timedelta(days=5), precision="day", text="Malli on lausunnolla.")
    MeetingFactory(network=network, held=True, title="Syksyn työ", summary="<p>Sovittiin.</p>")

    titles = [(fact["on"], fact["title"], fact["note"]) for fact in facts()]

    assert titles == [
        (today, "Muistio: Vanha", "Syksyn työ"),
        (today - timedelta(days=5), "Vanha", "Malli on lausunnolla."),
        (today - timedelta(days=9), "Vanha", "uusi sivu"),
    ]


def test_one_kind_does_not_fill_the_list():
    NetworkFactory.create_batch(OF_ONE_KIND + 2)

    assert len(facts(20)) == OF_ONE_KIND


def test_neither_drafts_nor_plans_nor_what_is_known_by_the_year_are_news():
    draft = NetworkFactory(draft=True)
    MeetingFactory(network=draft, held=True, summary="<p>Salaista.</p>")
    network = NetworkFactory(published_at=timezone.now() - timedelta(days=1))
    PhaseFactory(network=network, on=timezone.localdate() + timedelta(days=1), precision="day", status="", text="Pian.")
    PhaseFactory(
        network=network, on=date(timezone.localdate().year, 1, 1), precision="year", status="", text="Tänä vuonna."
    )
    MeetingFactory(network=network)

    assert [fact["note"] for fact in facts()] == ["uusi sivu"]
