"""The page of one project: what it tells to whom."""

import json
import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects.key_facts import euros
from projects.life_drawing import life_drawing
from projects.models import Funding, Project
from publishing.models import OldAddress
from tests.directory.factories import (
    CountyFactory,
    MunicipalityFactory,
    OrganisationFactory,
    PersonFactory,
    SubRegionFactory,
)
from tests.networks.factories import MeetingFactory, NetworkFactory
from tests.projects.factories import (
    ActivityFactory,
    DeadlineFactory,
    ExtensionFactory,
    FundingFactory,
    IndicatorFactory,
    LinkFactory,
    ObjectiveFactory,
    OutputFactory,
    PartnerFactory,
    PhaseFactory,
    ProjectFactory,
    ReportFactory,
    StaffingFactory,
)

SECRET = "4815162"


@pytest.fixture
def pro_sos(db):
    """PRO SOS as the documents have it."""
    pirkanmaa, kanta_hame, satakunta = (
        CountyFactory(),
        CountyFactory(kanta_hame=True),
        CountyFactory(satakunta=True),
    )
    towns = [
        MunicipalityFactory(name_fi=name, sub_region=region)
        for region, names in (
            (SubRegionFactory(county=pirkanmaa), [f"Kaupunki {letter}" for letter in "ABCDEFGHIJKLMNO"]),
            (SubRegionFactory(county=satakunta), ["Huittinen"]),
            (SubRegionFactory(county=kanta_hame), ["Riihimäki"]),
        )
        for name in names
    ]
    project = ProjectFactory(
        name="PRO SOS -hankekokonaisuus",
        acronym="PRO SOS",
        slug="pro-sos",
        summary="Vahvaa ja asiakaslähtöistä sosiaalityötä.",
        purpose="Uudistettiin aikuissosiaalityötä.",
        starts_on=date(2016, 8, 1),
        ends_on=date(2018, 12, 31),
        budget=2_400_000,
        our_share=215_000,
        our_roles=["co_implementer"],
        municipality_total=95,
        centre_total=7,
        municipalities=towns,
        status="ended",
    )
    ExtensionFactory(project=project, until=date(2019, 5, 31), precision="season", decided_on=date(2018, 11, 1))
    FundingFactory(project=project)
    lead = OrganisationFactory(name="Seinäjoen ammattikorkeakoulu Oy", short_name="SeAMK")
    PartnerFactory(project=project, organisation=lead, role="lead")
    return project


def page(project, client=None):
    response = (client or Client()).get(project.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def text_of(html):
    """What a reader reads, spaces single."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").replace("\xa0", " ").split())


def test_the_page_tells_in_ten_seconds_what_who_when_where_and_with_whose_money(pro_sos):
    text = text_of(page(pro_sos))

    assert "1.8.2016 – kevät 2019" in text
    assert "Rahoitus 2,4 milj. € Euroopan sosiaalirahasto (ESR)" in text
    assert "Meidän osuutemme 215 000 € 9 % koko hankkeesta" in text
    assert "Missä 17 kuntaa alueellamme, kaikkiaan 95" in text
    assert "Toteuttajat 7 osaamiskeskusta hallinnoija SeAMK" in text
    assert "Päättynyt" in text


@pytest.mark.parametrize(
    ("amount", "written"),
    [(215_000, "215 000 €"), (2_400_000, "2,4 milj. €"), (2_000_000, "2 milj. €"), (1_234_567, "1 234 567 €")],
)
def test_sums_are_short_where_that_loses_nothing(amount, written):
    assert euros(amount, short=True).replace("\xa0", " ") == written


def test_a_visitor_finds_no_draft(db):
    draft = ProjectFactory(draft=True)

    assert Client().get(draft.get_absolute_url()).status_code == 404


def test_staff_see_what_a_draft_still_lacks(as_staff):
    draft = ProjectFactory(draft=True)

    text = text_of(page(draft, as_staff))

    assert "Vielä puuttuu" in text or "Puuttuu" in text
    assert "Tarkoitus" in text
    assert "Julkaise sivu" in text


def test_private_sums_are_for_staff_only(as_staff):
    project = ProjectFactory(budget=int(SECRET), our_share=int(SECRET), is_money_public=False)
    FundingFactory(project=project, amount=int(SECRET), is_public=True)
    spaced = "4 815 162"

    seen_by_visitor, seen_by_staff = page(project), page(project, as_staff)

    assert spaced in text_of(seen_by_staff)
    assert spaced not in text_of(seen_by_visitor)
    assert SECRET not in seen_by_visitor
    assert "Euroopan sosiaalirahasto" in seen_by_visitor


def test_a_private_row_hides_its_sum_and_tells_its_source(as_staff):
    project = ProjectFactory(budget=1000)
    FundingFactory(project=project, amount=int(SECRET), is_public=False)
    FundingFactory(project=project, source="own", amount=1000, is_public=True)

    seen_by_visitor = text_of(page(project))

    assert "4 815 162" not in seen_by_visitor
    assert "omarahoitus" in seen_by_visitor
    assert "4 815 162" in text_of(page(project, as_staff))


def test_private_dates_reports_and_names_are_for_staff_only(as_staff):
    project = ProjectFactory()
    DeadlineFactory(project=project, title="Salainen päivä")
    ReportFactory(project=project, text="<p>Salainen raportti</p>")
    StaffingFactory(project=project, person=PersonFactory(family_name="Salanimi"))
    DeadlineFactory(project=project, title="Julkinen päivä", is_public=True)

    seen_by_visitor, seen_by_staff = page(project), page(project, as_staff)

    for secret in ("Salainen päivä", "Salainen raportti", "Salanimi"):
        assert secret not in seen_by_visitor
        assert secret in seen_by_staff
    assert "Julkinen päivä" in seen_by_visitor


def test_a_linked_meeting_of_a_draft_network_is_not_told_to_the_public(as_staff):
    activity = ActivityFactory(text="Foorumit")
    hidden = MeetingFactory(network=NetworkFactory(name="Salainen verkosto", draft=True))
    shown = MeetingFactory(network=NetworkFactory(name="Julkinen verkosto"))
    activity.meetings.set([hidden, shown])
    activity.networks.set([hidden.network])
    activity.project.steering_group = hidden.network
    activity.project.save()

    seen_by_visitor = page(activity.project)

    assert "Julkinen verkosto" in seen_by_visitor
    assert "Salainen verkosto" not in seen_by_visitor
    assert "Salainen verkosto" in page(activity.project, as_staff)


def test_objectives_of_the_whole_and_of_our_part_stand_apart(db):
    project = ProjectFactory()
    ours = ObjectiveFactory(project=project, part="b_ours", text="oma tavoite")
    ActivityFactory(project=project, objective=ours, text="oma toimenpide")
    OutputFactory(project=project, objective=ours, title="Oma tuotos")
    ObjectiveFactory(project=project, text="koko tavoite")

    text = text_of(page(project))

    assert text.index("Koko tavoite") < text.index("Meidän osamme") < text.index("Oma tavoite")
    assert text.index("Oma tavoite") < text.index("oma toimenpide") < text.index("Oma tuotos")


def test_an_output_tells_where_it_took_root_and_who_owns_it(db):
    owner = OrganisationFactory(name="Pirkanmaan hyvinvointialue")
    output = OutputFactory(
        title="Olkkari", kind="operating_model", state="in_use", url="https://innokyla.example.org/olkkari",
        rooted_in="sijaishuollon yksiköt", owner=owner, checked_on=date(2026, 1, 2),
    )  # fmt: skip

    html = page(output.project)

    assert 'href="https://innokyla.example.org/olkkari"' in html
    text = text_of(html)
    for words in ("Toimintamalli", "Käytössä", "sijaishuollon yksiköt", "Pirkanmaan hyvinvointialue", "2.1.2026"):
        assert words in text


def test_an_indicator_tells_start_target_and_outcome(db):
    indicator = IndicatorFactory(name="valmistuneet", baseline=0, target=400, actual=346)

    text = text_of(page(indicator.project))

    assert "Valmistuneet 0 400 346 86 %" in text


def test_staff_see_dead_addresses_and_visitors_do_not(as_staff):
    link = LinkFactory(url="https://kuollut.example.org/", failures=2, failing_since=timezone.now(), trouble="no_name")

    assert "kuollut.example.org" in page(link.project, as_staff)
    assert "kuollut.example.org" not in page(link.project)


def test_search_engines_read_the_public_facts(pro_sos):
    html = page(pro_sos)

    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[1])
    assert data["@type"] == "Project"
    assert data["name"] == "PRO SOS -hankekokonaisuus"
    assert data["foundingDate"] == "2016-08-01"
    assert data["dissolutionDate"] == "2019"
    assert data["funder"] == [{"@type": "Organization", "name": "Euroopan sosiaalirahasto (ESR)"}]
    assert data["funding"]["amount"]["value"] == 2_400_000
    assert len(data["areaServed"]) == 17


def test_search_engines_read_no_private_sum_even_when_staff_look(as_staff):
    project = ProjectFactory(budget=int(SECRET), is_money_public=False)

    html = page(project, as_staff)

    assert "MonetaryGrant" not in html


def test_an_address_it_had_once_leads_to_the_page(db):
    project = ProjectFactory(slug="vanha")
    project.move_to("uusi-osoite")

    response = Client().get(reverse("projects:detail", kwargs={"slug": "vanha"}))

    assert response.status_code == 301
    assert response["Location"] == project.get_absolute_url()
    assert OldAddress.objects.filter(slug="vanha").exists()


def full_project(rows):
    """A project with so many parts of every kind."""
    project = ProjectFactory(dated=True)
    county = CountyFactory()
    for number in range(rows):
        objective = ObjectiveFactory(project=project)
        activity = ActivityFactory(project=project, objective=objective)
        activity.meetings.add(MeetingFactory())
        activity.networks.add(NetworkFactory())
        activity.counties.add(county)
        ActivityFactory(project=project)
        OutputFactory(project=project, objective=objective, owner=OrganisationFactory())
        PartnerFactory(project=project)
        FundingFactory(project=project, year=2000 + number, organisation=OrganisationFactory(), amount=1)
        StaffingFactory(project=project, person=PersonFactory(organisation=OrganisationFactory()))
        IndicatorFactory(project=project)
        DeadlineFactory(project=project)
        ReportFactory(
            project=project, starts_on=date(2000 + number, 1, 1), ends_on=date(2000 + number, 12, 31), is_public=True
        )
        PhaseFactory(project=project, on=date(2022, 1, 1) + timedelta(days=number), status="", text="tapahtui")
        place = MunicipalityFactory(sub_region=SubRegionFactory(county=county))
        project.municipalities.add(place)
        LinkFactory(project=project, failures=2, failing_since=timezone.now(), trouble="broken")
    return project


def test_the_page_asks_the_database_as_much_for_twenty_parts_as_for_one(as_staff):
    one, twenty = full_project(1), full_project(20)

    for client in (Client(), as_staff):
        page(one, client)  # warm
        with CaptureQueriesContext(connection) as few:
            page(one, client)
        with CaptureQueriesContext(connection) as many:
            page(twenty, client)

        assert len(many) == len(few)


# The line of time ---------------------------------------------------------------------------------------------------


def loaded(project):
    return Project.objects.for_page().get(pk=project.pk)


def test_the_line_of_time_draws_the_planned_period_and_its_extension(pro_sos):
    drawing = life_drawing(loaded(pro_sos), [(date(2018, 1, 15), "Kela–kunta-malli")])

    assert [bar.kind for bar in drawing.bars] == ["planned", "extension"]
    planned, extension = drawing.bars
    assert planned.start + planned.width == pytest.approx(extension.start)
    assert [year for year, _place in drawing.years] == [2016, 2017, 2018, 2019]
    assert len(drawing.dots) == 1
    assert {words.text for words in drawing.words} >= {"alkoi", "jatkoaika: kevät 2019"}


def test_the_line_of_time_goes_on_to_today_where_no_end_is_known(db):
    project = ProjectFactory(starts_on=date(2024, 1, 1))

    drawing = life_drawing(loaded(project), [], today=date(2026, 6, 30))

    (bar,) = drawing.bars
    assert bar.kind == "open"
    assert bar.start + bar.width == pytest.approx(drawing.today)


def test_without_a_start_there_is_no_line_of_time(db):
    assert life_drawing(loaded(ProjectFactory()), []) is None


def test_words_under_the_line_never_overlap(db):
    project = ProjectFactory(dated=True)
    moments = [(date(2022, 1, 1) + timedelta(days=9 * number), f"tapahtuma {number}") for number in range(40)]

    drawing = life_drawing(loaded(project), moments)

    spans = sorted(words.span for words in drawing.words)
    assert len(drawing.dots) == 40
    assert len(spans) > 3
    assert all(left[1] < right[0] for left, right in pairwise(spans))
    assert all(start >= 0 and end <= 100 for start, end in spans)


def test_the_money_of_both_parts_is_told_with_the_sums_said(db):
    project = ProjectFactory(budget=100, our_share=40)
    FundingFactory(project=project, part=Funding.Part.OURS, amount=40, is_public=True, year=2024)

    text = text_of(page(project))

    assert "40 € meidän osamme" in text
    assert "100 € koko hanke" in text
    assert "2024 40" in text
