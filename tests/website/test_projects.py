"""The rest of the portal knows projects: search, regions, front page, desk, sitemap, and the pages they touch."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.directory.factories import MunicipalityFactory, OrganisationFactory, PersonFactory, SubRegionFactory
from tests.networks.factories import MeetingFactory, NetworkFactory
from tests.projects.factories import (
    ActivityFactory,
    DeadlineFactory,
    FundingFactory,
    LinkFactory,
    OutputFactory,
    PartnerFactory,
    PhaseFactory,
    ProjectFactory,
    StaffingFactory,
)
from website.desk import missing_or_late

pytestmark = pytest.mark.django_db


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def test_the_search_finds_projects_and_their_outputs(client):
    project = ProjectFactory(name="Perhetyön kehittämishanke", purpose="Kotikäynnin tapoja kehitetään.")
    OutputFactory(project=project, title="Kotikäynnin malli", rooted_in="Tampereen perhetyö")

    page = text_of(client, "/haku/?q=kotikäynnin")

    assert f'href="{project.get_absolute_url()}"' in page
    assert f"{project.get_absolute_url()}#tuotos-" in page


def test_a_municipality_that_was_found_leads_to_what_was_done_there(client, counties):
    place = MunicipalityFactory(name_fi="Keksilä", sub_region=SubRegionFactory(county=counties["Pirkanmaa"]))

    page = text_of(client, "/haku/?q=keksilä")

    assert f"/hankkeet/kartta/?municipality={place.code}#hankkeet" in page


def test_a_region_shows_what_goes_on_and_what_has_ended_there(client, counties):
    ProjectFactory(name="Käynnissä täällä", counties=[counties["Satakunta"]])
    ProjectFactory(name="Ollut täällä", counties=[counties["Satakunta"]], status="ended")
    ProjectFactory(name="Muualla", counties=[counties["Pirkanmaa"]])

    page = text_of(client, counties["Satakunta"].get_absolute_url())

    assert page.index("Käynnissä täällä") < page.index("Päättyneet hankkeet") < page.index("Ollut täällä")
    assert "Muualla" not in page


def test_the_front_page_and_the_feed_tell_of_new_projects(client, counties):
    today = timezone.localdate()
    project = ProjectFactory(name="Uusi hanke")
    PhaseFactory(project=project, on=today, precision="day", status="extended", text="Jatkoaika myönnettiin.")

    assert "Jatkoaika myönnettiin." in text_of(client, "/")
    assert "Jatkoaika myönnettiin." in text_of(client, "/syote.atom")


def test_the_sitemap_holds_published_projects(client):
    project, draft = ProjectFactory(), ProjectFactory(draft=True)

    found = "".join(text_of(client, f"/sitemap.xml?section={name}") for name in ("projects", "pages"))

    assert project.get_absolute_url() in found
    assert draft.get_absolute_url() not in found
    assert "/hankkeet/kartta/" in found


def test_the_page_of_a_network_says_what_it_steers_and_takes_part_in(client, as_staff):
    network = NetworkFactory()
    ProjectFactory(name="Ohjattu", steering_group=network)
    ProjectFactory(name="Salaluonnos", steering_group=network, draft=True)
    activity = ActivityFactory(project__name="Osahanke")
    activity.networks.add(network)
    meeting = MeetingFactory(network=network)
    activity.meetings.add(meeting)

    seen, seen_by_staff = text_of(client, network.get_absolute_url()), text_of(as_staff, network.get_absolute_url())

    assert "Ohjaa hanketta" in seen
    assert "Ohjattu" in seen
    assert "Osahanke" in seen
    assert "Salaluonnos" not in seen
    assert "Salaluonnos" in seen_by_staff
    assert "Osahanke" in text_of(client, meeting.get_absolute_url())


def test_pages_of_people_and_organisations_say_in_which_projects_they_are(as_staff):
    person, body = PersonFactory(), OrganisationFactory()
    ProjectFactory(name="Vastuulla", coordinator=person)
    StaffingFactory(person=person, project__name="Töissä")
    PartnerFactory(organisation=body, project__name="Kumppanina")

    page = text_of(as_staff, person.get_absolute_url())

    assert "Vastuulla" in page
    assert "Töissä" in page
    assert "Kumppanina" in text_of(as_staff, body.get_absolute_url())


# Desk ---------------------------------------------------------------------------------------------------------------


def kinds(user, *, everything=False):
    return {(item.kind, item.record.called) for item in missing_or_late(user, everything=everything)}


def test_the_desk_tells_what_is_missing_or_late_of_own_projects(staff, other_staff):
    today = timezone.localdate()
    own = ProjectFactory(
        name="Oma", coordinator=staff.person, starts_on=date(2020, 1, 1), ends_on=today - timedelta(days=3), budget=5
    )
    DeadlineFactory(project=own, on=today - timedelta(days=2))
    FundingFactory(project=own, amount=4)
    LinkFactory(project=own, failures=2)
    other = ProjectFactory(name="Toisen", coordinator=other_staff.person)
    DeadlineFactory(project=other, on=today - timedelta(days=2))
    ProjectFactory(name="Ei kenenkään")

    found = kinds(staff)

    assert found == {
        ("deadline", "Oma"), ("end", "Oma"), ("sums", "Oma"), ("links", "Oma"), ("review", "Oma"),
        ("coordinator", "Ei kenenkään"),
    }  # fmt: skip
    assert ("deadline", "Toisen") in kinds(staff, everything=True)


def test_a_late_date_is_done_from_the_desk(as_staff, staff):
    today = timezone.localdate()
    project = ProjectFactory(name="Oma", coordinator=staff.person, reviewed_on=today)
    deadline = DeadlineFactory(project=project, title="väliraportti", on=today - timedelta(days=2))
    DeadlineFactory(project=project, title="loppuraportti", on=today + timedelta(days=9))

    page = text_of(as_staff, "/tyopoyta/")
    as_staff.post(f"{project.get_absolute_url()}maarapaivat/{deadline.pk}/tehty/")

    assert "Väliraportti" in page
    assert "Loppuraportti" in page
    assert "Omat hankkeet" in page
    assert ("deadline", "Oma") not in kinds(staff)


def test_what_is_over_asks_for_nothing(staff):
    ProjectFactory(coordinator=staff.person, status="ended")

    assert kinds(staff) == set()


def test_the_desk_costs_as_many_queries_for_twenty_projects_as_for_one(as_staff, staff):
    def fill(number):
        for _ in range(number):
            project = ProjectFactory(coordinator=staff.person, dated=True)
            DeadlineFactory(project=project, on=timezone.localdate() - timedelta(days=2))
            DeadlineFactory(project=project, on=timezone.localdate() + timedelta(days=2))
            LinkFactory(project=project, failures=2)

    fill(1)
    as_staff.get("/tyopoyta/")
    with CaptureQueriesContext(connection) as one:
        as_staff.get("/tyopoyta/")
    fill(19)
    with CaptureQueriesContext(connection) as twenty:
        as_staff.get("/tyopoyta/")

    assert len(twenty) == len(one)


# Secrets ------------------------------------------------------------------------------------------------------------


def test_drafts_and_private_sums_appear_nowhere_else_either(counties):
    place = MunicipalityFactory(sub_region=SubRegionFactory(county=counties["Pirkanmaa"]))
    draft = ProjectFactory(name="Salaluonnos kehittämisestä", draft=True, counties=counties.values())
    OutputFactory(project=draft, title="Salatuotos kehittämisestä", ready_on=timezone.localdate())
    public = ProjectFactory(
        name="Julkinen kehittämishanke", counties=counties.values(), budget=4_815_162, is_money_public=False
    )
    FundingFactory(project=public, amount=2_718_281, is_public=True)
    visitor = Client()

    for address in (
        "/", "/syote.atom", "/kalenteri.ics", "/sitemap.xml?section=projects", "/haku/?q=kehittäminen",
        "/haku/?q=kehittäminen&laji=hankkeet", "/haku/?q=kehittäminen&laji=tuotokset", f"/haku/?q={place.name_fi}",
        *(county.get_absolute_url() for county in counties.values()),
    ):  # fmt: skip
        text = text_of(visitor, address).replace(" ", "")
        for secret in ("Salaluonnos", "Salatuotos", "4815162", "2718281"):
            assert secret not in text, f"{secret} in {address}"
