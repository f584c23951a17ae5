"""The public list of projects, its map and line of time, and what is made of exactly its rows."""

import csv
import random
from datetime import date, timedelta
from io import StringIO

import pytest
import vobject
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.models import Municipality
from directory.tile_map import COLUMNS, PLACES, borders, tiles
from projects import statistics
from projects.models import Project
from projects.portfolio_drawing import portfolio_drawing
from tests.directory.factories import MunicipalityFactory, OrganisationFactory, SubRegionFactory
from tests.projects.factories import (
    DeadlineFactory,
    ExtensionFactory,
    FundingFactory,
    OutputFactory,
    PartnerFactory,
    PhaseFactory,
    ProjectFactory,
    ReportFactory,
)

pytestmark = pytest.mark.django_db

LIST, MAP, LINE = "/hankkeet/", "/hankkeet/kartta/", "/hankkeet/aikajana/"
CSV, ICS, ATOM = "/hankkeet/hankkeet.csv", "/hankkeet/kalenteri.ics", "/hankkeet/syote.atom"
PUBLIC = (LIST, MAP, LINE, CSV, ICS, ATOM)


@pytest.fixture
def area(counties):
    """Our counties with two sub-regions of two municipalities each, by name."""
    places = {}
    for number, county in enumerate(counties.values()):
        for part in range(2):
            region = SubRegionFactory(county=county, name=f"Seutu {number}{part}")
            for town in range(2):
                name = f"Kunta {number}{part}{town}"
                places[name] = MunicipalityFactory(name_fi=name, sub_region=region, code=f"{number}{part}{town}")
    return places


def names(client, query="", address=LIST):
    """The projects on the page, as they stand."""
    page = client.get(f"{address}{query}").context["page"]
    return [project.called for project in page]


def body(client, address):
    return client.get(address).content.decode().replace("\r\n ", "")


# Limits -------------------------------------------------------------------------------------------------------------


def test_visitors_see_published_projects_in_finnish_order(client, as_staff):
    for name in ("Äiti", "zeta", "Alku"):
        ProjectFactory(name=name)
    ProjectFactory(name="Luonnos", draft=True)

    assert names(client) == ["Alku", "zeta", "Äiti"]
    assert "Luonnos" in names(as_staff)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?county=08", ["Kunnassa", "Maakunnassa", "Valtakunnallinen"]),
        ("?county=06", ["Valtakunnallinen"]),
        ("?municipality=000", ["Kunnassa", "Maakunnassa", "Valtakunnallinen"]),
        ("?municipality=001", ["Maakunnassa", "Valtakunnallinen"]),
        ("?theme=families", ["Kunnassa"]),
        ("?funder=esf", ["Maakunnassa"]),
        ("?role=lead", ["Valtakunnallinen"]),
        ("?status=ended", ["Kunnassa"]),
        ("?status=ended&status=running", ["Kunnassa", "Maakunnassa", "Valtakunnallinen"]),
        ("?year=2016", ["Maakunnassa"]),
        ("?q=kunnallinen", ["Valtakunnallinen"]),
        ("?q=perhetyö", ["Kunnassa"]),
        ("?county=08&theme=families&status=running", []),
    ],
)
def test_each_limit_finds_its_projects(query, found, client, area, counties):
    ProjectFactory(
        name="Kunnassa", municipalities=[area["Kunta 000"]], counties=[counties["Pirkanmaa"]], audience=["families"],
        purpose="Kehitetään perhetyötä.", status="ended",
    )  # fmt: skip
    county = ProjectFactory(name="Maakunnassa", counties=[counties["Pirkanmaa"]], starts_on=date(2016, 8, 1))
    FundingFactory(project=county)
    ProjectFactory(name="Valtakunnallinen", is_national=True, our_roles=["lead"])

    assert names(client, query) == found


def test_a_funder_known_by_name_is_a_limit(client):
    ministry = OrganisationFactory(name="Ministeriö")
    FundingFactory(project=ProjectFactory(name="Rahoitettu"), organisation=ministry)
    ProjectFactory(name="Muu")

    assert names(client, f"?funder=org-{ministry.pk}") == ["Rahoitettu"]


@pytest.mark.parametrize(
    "query",
    [
        "?county=99", "?status=x", "?municipality=999", "?municipality=%F0%9F%92%A9", "?funder=org-x",
        "?funder=org-99999999999999999999", "?year=abc", "?year=" + "9" * 5000, "?page=" + "9" * 5000, "?page=-1",
        "?sort=x", "?theme=%F0%9F%92%A9", "?q=" + "a" * 3000, "?role=<script>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", [LIST, MAP, LINE])
def test_nonsense_asks_for_nothing(query, address, client):
    ProjectFactory(name="Ainoa", starts_on=date(2020, 1, 1))

    response = client.get(f"{address}{query}")

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("name", ["Eka", "Toka", "Vika", "Vanha"]),
        ("newest", ["Vika", "Toka", "Eka", "Vanha"]),
        ("ending", ["Toka", "Eka", "Vika", "Vanha"]),
    ],
)
def test_the_order_is_chosen(order, found, client):
    year = timezone.localdate().year
    for name, start, end, status in (
        ("Eka", date(2021, 1, 1), date(year + 2, 12, 31), "running"),
        ("Toka", date(2022, 1, 1), date(year + 1, 1, 31), "running"),
        ("Vika", date(2023, 1, 1), None, "running"),
        ("Vanha", date(2001, 1, 1), date(2003, 12, 31), "ended"),
    ):
        project = ProjectFactory(name=name, starts_on=start, ends_on=end, status=None)
        project.phases.all().delete()
        project.begin(status, on=end if status == "ended" else start)

    expected = ["Eka", "Toka", "Vanha", "Vika"] if order == "name" else found

    assert names(client, f"?sort={order}") == expected


def test_limits_stand_with_their_numbers(client, area, counties):
    ProjectFactory(counties=[counties["Pirkanmaa"]])
    ProjectFactory(municipalities=[area["Kunta 000"]], status="ended")
    ProjectFactory(draft=True, counties=[counties["Pirkanmaa"]])

    groups = {group["name"]: group for group in client.get(LIST).context["groups"]}

    assert {c["value"]: c["count"] for c in groups["county"]["choices"]} == {"08": 2, "07": 0, "06": 0}
    assert {c["value"]: c["count"] for c in groups["status"]["choices"]} == {"running": 1, "ended": 1}


def test_an_empty_list_says_what_would_be_found_otherwise(client):
    ProjectFactory(name="Perhetyön hanke")

    page = client.get(f"{LIST}?q=perhetyön&status=running&theme=guardians").content.decode()
    nothing_at_all = client.get(f"{LIST}?theme=guardians").content.decode()

    assert "Ilman muita rajauksia" in page
    assert "Mikään hanke ei täytä kaikkia näitä rajauksia." in nothing_at_all


def test_htmx_gets_the_rows_alone(client):
    ProjectFactory(name="Ainoa", starts_on=date(2020, 1, 1))

    for address in (LIST, MAP, LINE):
        part = client.get(address, headers={"HX-Request": "true"}).content.decode()

        assert part.lstrip().startswith('<div class="results"')
        assert "<html" not in part


def test_a_row_tells_whose_money_when_and_in_which_phase(client, counties):
    project = ProjectFactory(name="Hanke", dated=True, counties=[counties["Satakunta"]], our_roles=["lead"])
    FundingFactory(project=project)

    page = " ".join(client.get(LIST).content.decode().split())

    for words in ("Euroopan sosiaalirahasto (ESR)", "1.1.2022 – 31.12.2022", "Käynnissä", "Me hallinnoimme"):
        assert words in page


# Map ----------------------------------------------------------------------------------------------------------------


def test_no_two_municipalities_share_a_square():
    assert len(set(PLACES.values())) == len(PLACES)
    assert all(0 <= column < COLUMNS for column, _row in PLACES.values())


def test_every_municipality_of_our_area_has_its_place_in_the_layout(db):
    call_command("areas")

    ours = set(Municipality.objects.filter(sub_region__county__is_ours=True).values_list("code", flat=True))
    assert ours == set(PLACES)


def test_a_municipality_without_a_place_gets_a_square_below(area):
    known = MunicipalityFactory(code="837", sub_region=area["Kunta 000"].sub_region)
    new = MunicipalityFactory(code="998", sub_region=area["Kunta 000"].sub_region)

    found = tiles([known, new])

    assert {tile.municipality: (tile.column, tile.row) for tile in found} == {known: (4, 3), new: (0, 4)}


def test_counties_are_parted_by_lines(area):
    here = MunicipalityFactory(code="837", sub_region=area["Kunta 000"].sub_region)
    beside = MunicipalityFactory(code="562", sub_region=area["Kunta 100"].sub_region)

    assert borders(tiles([here, beside])) == [(4, 3, "right")]


def test_the_rule_of_areas_is_the_same_in_the_database_in_python_and_in_the_figures(area, counties):
    chance = random.Random(7)
    regions = sorted({place.sub_region for place in area.values()}, key=lambda region: region.pk)
    for _ in range(60):
        project = ProjectFactory(is_national=chance.random() < 0.15)
        project.counties.set(chance.sample(list(counties.values()), chance.randint(0, 3)))
        project.sub_regions.set(chance.sample(regions, chance.choice([0, 0, 1, 2])))
        project.municipalities.set(chance.sample(list(area.values()), chance.choice([0, 0, 1, 3])))
    loaded = list(Project.objects.with_areas())

    counts = statistics.projects_by_municipality(Project.objects.all())

    for place in area.values():
        by_database = set(Project.objects.in_municipality(place).values_list("pk", flat=True))
        by_python = {project.pk for project in loaded if project.covers(place)}
        assert by_database == by_python
        assert counts[place.code] == len(by_python)


def test_what_is_named_inside_a_wider_area_narrows_it_down(area, counties):
    project = ProjectFactory(counties=counties.values(), municipalities=[area["Kunta 000"]])

    assert project in Project.objects.in_municipality(area["Kunta 000"])
    assert project not in Project.objects.in_municipality(area["Kunta 001"])
    assert project in Project.objects.in_municipality(area["Kunta 100"])


def test_a_visitor_finds_by_municipality_what_was_done_and_with_whose_money(client, area, counties):
    done = ProjectFactory(name="Tehty täällä", municipalities=[area["Kunta 000"]])
    FundingFactory(project=done)
    ProjectFactory(name="Muualla", municipalities=[area["Kunta 110"]])

    response = client.get(f"{MAP}?municipality=000")

    assert names(client, "?municipality=000", MAP) == ["Tehty täällä"]
    assert "Euroopan sosiaalirahasto" in response.content.decode()
    drawing = response.context["drawing"]
    assert {square.name: square.count for square in drawing.squares if square.count} == {"Kunta 000": 1, "Kunta 110": 1}
    assert [square.name for square in drawing.squares if square.is_chosen] == ["Kunta 000"]


def test_each_square_has_a_name_with_its_number_and_keeps_the_limits(client, area):
    ProjectFactory(municipalities=[area["Kunta 000"]], status="ended")
    ProjectFactory(municipalities=[area["Kunta 000"]])

    page = client.get(f"{MAP}?status=ended").content.decode()

    assert 'aria-label="Kunta 000, 1 hanke"' in page
    assert "?status=ended&amp;municipality=000#hankkeet" in page


# Line of time -------------------------------------------------------------------------------------------------------


def drawn(*projects):
    loaded = Project.objects.filter(pk__in=[project.pk for project in projects]).for_cards()
    return portfolio_drawing(loaded.by_start(), statistics.project_years(loaded), today=date(2026, 6, 30))


def test_a_bar_for_the_period_and_a_dashed_one_for_the_extension(db):
    project = ProjectFactory(dated=True, status="ended")
    ExtensionFactory(project=project)

    (row,) = drawn(project).rows

    (planned, start, width), (extension, extension_start, _width) = row.bars
    assert (planned, extension) == ("planned", "extension")
    assert start + width == pytest.approx(extension_start, abs=0.02)


def test_what_has_no_end_is_drawn_open_to_today(db):
    (row,) = drawn(ProjectFactory(starts_on=date(2024, 1, 1), status="running")).rows

    ((kind, start, width),) = row.bars
    assert kind == "open"
    assert start + width == pytest.approx(drawn(row.project).today, abs=0.02)


def test_what_is_known_to_the_year_only_is_drawn_as_such(db):
    project = ProjectFactory(
        starts_on=date(2001, 1, 1), starts_precision="year", ends_on=date(2003, 12, 31), ends_precision="year"
    )

    (row,) = drawn(project).rows

    assert [kind for kind, _start, _width in row.bars] == ["about"]


def test_the_line_tells_each_period_in_words_as_well(client):
    ProjectFactory(dated=True)

    assert "1.1.2022 – 31.12.2022" in client.get(LINE).content.decode()


def test_a_line_without_projects_says_so(client, db):
    assert "Hankkeita ei vielä ole." in client.get(LINE).content.decode()


# What is made of the rows ---------------------------------------------------------------------------------------------


def rows_of(client, address=CSV):
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def test_the_table_holds_exactly_the_listed_rows_with_their_figures(client, counties, area):
    project = ProjectFactory(
        name="PRO SOS -hankekokonaisuus", acronym="PRO SOS", budget=2_400_000, our_share=215_000, dated=True,
        counties=counties.values(), municipalities=[area["Kunta 000"]], municipality_total=95,
    )  # fmt: skip
    ExtensionFactory(project=project, until=date(2023, 5, 31), precision="season")
    PartnerFactory(project=project, role="lead", organisation=OrganisationFactory(name="Hallinnoija Oy"))
    OutputFactory(project=project)
    ProjectFactory(name="Muu", status="ended")

    (row,) = rows_of(client, f"{CSV}?status=running")

    assert row["Nimi"] == "PRO SOS -hankekokonaisuus"
    assert (row["Budjetti, euroa"], row["Meidän osuutemme, euroa"]) == ("2400000", "215000")
    assert (row["Päättyy"], row["Päättyy jatkoaikoineen"]) == ("31.12.2022", "kevät 2023")
    assert (row["Hallinnoija"], row["Kuntia kaikkiaan"], row["Tuotokset"]) == ("Hallinnoija Oy", "95", "1")
    assert row["Alueemme kunnat"] == "Kunta 000"


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_of_the_table_is_a_formula(formula, client):
    ProjectFactory(name=formula, summary=formula)

    (row,) = rows_of(client)

    assert row["Nimi"] == f"'{formula}"


def test_the_calendar_is_read_by_another_program(client):
    project = ProjectFactory(name="Hanke", dated=True)
    DeadlineFactory(project=project, title="hakuaika päättyy", on=date(2026, 3, 1), is_public=True)
    DeadlineFactory(project=project, title="sisäinen")

    calendar = vobject.readOne(body(client, ICS))

    events = {event.summary.value: event for event in calendar.vevent_list}
    assert set(events) == {"Hanke alkaa", "Hanke päättyy", "Hanke: hakuaika päättyy"}
    assert events["Hanke alkaa"].dtstart.value == date(2022, 1, 1)
    assert events["Hanke alkaa"].dtend.value == date(2022, 1, 2)
    assert calendar.method.value == "PUBLISH"


def test_an_extension_moves_the_end_under_the_same_uid_and_a_higher_sequence(client):
    project = ProjectFactory(name="Hanke", dated=True)

    def end():
        return next(e for e in vobject.readOne(body(client, ICS)).vevent_list if e.summary.value == "Hanke päättyy")

    before = end()
    project.extend(until=date(2023, 6, 30), on=date(2022, 11, 1))
    after = end()

    assert after.dtstart.value == date(2023, 6, 30)
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)


def test_what_is_known_to_a_season_is_no_entry_of_the_calendar(client):
    ProjectFactory(dated=True, starts_precision="season", ends_precision="year")

    assert "BEGIN:VEVENT" not in body(client, ICS)


def test_the_feed_tells_what_is_new(client):
    project = ProjectFactory(name="Hanke")
    today = timezone.localdate()
    PhaseFactory(project=project, on=today, precision="day", status="ended", text="Päätösseminaari pidettiin.")
    OutputFactory(project=project, title="Malli", ready_on=today)
    ReportFactory(project=project, is_public=True)
    OutputFactory(project=project, title="Tuleva malli", ready_on=today + timedelta(days=9))

    feed = body(client, ATOM)

    assert "Päätösseminaari pidettiin." in feed
    assert "tuotos Malli" in feed
    assert "jakson raportti" in feed
    assert "Tuleva malli" not in feed


def test_one_project_has_its_own_calendar_and_feed(client):
    project = ProjectFactory(name="Hanke", dated=True)
    ProjectFactory(name="Toinen", dated=True)

    calendar, feed = (body(client, f"{project.get_absolute_url()}{end}") for end in ("kalenteri.ics", "syote.atom"))

    assert "Hanke alkaa" in calendar
    assert "Toinen" not in calendar + feed


# Secrets ------------------------------------------------------------------------------------------------------------


def test_drafts_private_sums_dates_and_reports_appear_nowhere_public(client, area, counties):
    ProjectFactory(
        name="Salaluonnos", draft=True, dated=True, counties=[counties["Pirkanmaa"]], municipalities=area.values()
    )
    public = ProjectFactory(
        name="Julkinen", dated=True, budget=4_815_162, our_share=3_421_879, is_money_public=False,
        municipalities=[area["Kunta 000"]],
    )  # fmt: skip
    FundingFactory(project=public, amount=2_718_281, is_public=True)
    DeadlineFactory(project=public, title="Salapäivä")
    ReportFactory(project=public, text="<p>Salaraportti</p>")
    addresses = [*PUBLIC, f"{MAP}?municipality=000", public.get_absolute_url()]
    addresses += [f"{public.get_absolute_url()}{end}" for end in ("kalenteri.ics", "syote.atom")]

    for address in addresses:
        text = body(client, address).replace("\xa0", "").replace("&nbsp;", "").replace(" ", "")

        for secret in ("Salaluonnos", "4815162", "3421879", "2718281", "Salapäivä", "Salaraportti"):
            assert secret not in text, f"{secret} in {address}"
        assert "Julkinen" in text or address == f"{MAP}"


def test_a_draft_has_no_calendar_and_no_feed_for_anybody(as_staff):
    draft = ProjectFactory(draft=True)

    for end in ("kalenteri.ics", "syote.atom"):
        assert as_staff.get(f"{draft.get_absolute_url()}{end}").status_code == 404


# Queries ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*PUBLIC, f"{MAP}?municipality=000"])
@pytest.mark.parametrize("who", ["visitor", "staff"])
def test_twenty_rows_cost_as_many_queries_as_one(who, address, as_staff, area, counties):
    client = as_staff if who == "staff" else Client()

    def fill(number):
        for _ in range(number):
            project = ProjectFactory(dated=True, counties=counties.values(), municipalities=[area["Kunta 000"]])
            ExtensionFactory(project=project)
            FundingFactory(project=project, organisation=OrganisationFactory())
            PartnerFactory(project=project, role="lead")
            PartnerFactory(project=project)
            DeadlineFactory(project=project, is_public=True)
            OutputFactory(project=project, ready_on=date(2022, 5, 1))
            ReportFactory(project=project, is_public=True)
            project.sub_regions.add(area["Kunta 100"].sub_region)

    fill(1)
    client.get(address)  # warm
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    fill(19)
    with CaptureQueriesContext(connection) as twenty:
        client.get(address)

    assert len(twenty) == len(one)
