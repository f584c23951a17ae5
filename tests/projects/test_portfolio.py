"""The staff's views over the whole portfolio: one look, months of work, a document, a table brought in."""

from calendar import isleap
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from directory.models import ImportDraft
from projects import statistics
from projects.models import Project, Staffing
from tests.directory.factories import CountyFactory, MunicipalityFactory, PersonFactory, SubRegionFactory
from tests.projects.factories import (
    ActivityFactory,
    DeadlineFactory,
    FundingFactory,
    IndicatorFactory,
    LinkFactory,
    ObjectiveFactory,
    OutputFactory,
    PartnerFactory,
    ProjectFactory,
    StaffingFactory,
)

pytestmark = pytest.mark.django_db
PORTFOLIO, EXPORT, MONTHS = "/hankkeet/salkku/", "/hankkeet/salkku/vie/", "/hankkeet/henkilotyo/"


def text_of(response):
    return " ".join(response.content.decode().replace("\xa0", " ").replace("&nbsp;", " ").split())


def sheet(response):
    """The rows of an Excel file by the titles of their columns."""
    rows = list(openpyxl.load_workbook(BytesIO(response.content)).active.values)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


# One look -----------------------------------------------------------------------------------------------------------


def test_one_row_says_who_leads_how_much_is_ours_what_ends_next_and_what_is_missing(as_staff):
    today = timezone.localdate()
    project = ProjectFactory(
        name="Hanke", our_share=215_000, budget=2_400_000, our_roles=["lead"], starts_on=today - timedelta(days=300),
        ends_on=today + timedelta(days=60),
    )  # fmt: skip
    PartnerFactory(project=project, role="lead", organisation__short_name="SeAMK", organisation__name="Seinäjoen amk")
    StaffingFactory(project=project, share=60)
    StaffingFactory(project=project, share=40)
    DeadlineFactory(project=project, title="väliraportti", on=today - timedelta(days=3))
    LinkFactory(project=project, failures=2)

    text = text_of(as_staff.get(PORTFOLIO))

    for words in ("SeAMK", "215 000", "2 400 000", "puolen vuoden sisällä", "väliraportti", "1 katkennut linkki"):
        assert words in text
    assert "me hallinnoimme" in text
    assert "vastuuhenkilö" in text  # what is missing
    (row,) = as_staff.get(PORTFOLIO).context["rows"]
    assert (row.full_time_today, row.deadline_is_late) == (Decimal("1"), True)


def test_alive_all_and_own_are_told_apart(as_staff, staff):
    own = ProjectFactory(name="Oma", coordinator=staff.person)
    ProjectFactory(name="Muun")
    ProjectFactory(name="Mennyt", status="ended")

    shown = {
        which: [project.name for project in as_staff.get(f"{PORTFOLIO}?nayta={which}").context["rows"]]
        for which in ("alive", "all", "own")
    }

    assert shown == {"alive": ["Muun", "Oma"], "all": ["Mennyt", "Muun", "Oma"], "own": [own.name]}


@pytest.mark.parametrize("order", ["name", "status", "share", "end", "deadline", "missing", "x", "%00" * 0 + "9" * 500])
def test_every_order_answers(order, as_staff):
    ProjectFactory()

    assert as_staff.get(f"{PORTFOLIO}?jarjestys={order}").status_code == 200


def test_the_largest_share_comes_first_and_the_unknown_last(as_staff):
    for name, share in (("Pieni", 1), ("Tuntematon", None), ("Suuri", 9)):
        ProjectFactory(name=name, our_share=share)

    rows = as_staff.get(f"{PORTFOLIO}?jarjestys=share").context["rows"]

    assert [project.name for project in rows] == ["Suuri", "Pieni", "Tuntematon"]


def test_an_empty_portfolio_says_what_to_do(as_staff):
    assert "Hankkeita ei vielä ole." in text_of(as_staff.get(PORTFOLIO))
    assert "Et vastaa yhdestäkään hankkeesta." in text_of(as_staff.get(f"{PORTFOLIO}?nayta=own"))


def test_twenty_rows_cost_as_many_queries_as_one(as_staff):
    def fill(number):
        for _ in range(number):
            project = ProjectFactory(dated=True, coordinator=PersonFactory(), counties=[CountyFactory()])
            PartnerFactory(project=project, role="lead")
            StaffingFactory(project=project, person=PersonFactory(), share=50)
            DeadlineFactory(project=project)
            LinkFactory(project=project, failures=3)
            FundingFactory(project=project)

    for address in (PORTFOLIO, EXPORT, f"{EXPORT}?mita=rahoitus", MONTHS, f"{MONTHS}vie/"):
        Project.objects.all().delete()
        fill(1)
        as_staff.get(address)
        with CaptureQueriesContext(connection) as one:
            as_staff.get(address)
        fill(19)
        with CaptureQueriesContext(connection) as twenty:
            as_staff.get(address)

        assert len(twenty) == len(one), address


def test_the_export_holds_the_figures_as_numbers_and_days_as_days(as_staff):
    ProjectFactory(name="=PRO SOS", budget=2_400_000, our_share=215_000, dated=True)

    (row,) = sheet(as_staff.get(EXPORT))

    assert row["Nimi"] == "=PRO SOS"
    assert (row["Budjetti, euroa"], row["Meidän osuutemme, euroa"], row["Meidän osuutemme, prosenttia"]) == (
        2_400_000, 215_000, 9,
    )  # fmt: skip
    assert row["Päättyy"].date() == date(2022, 12, 31)


def test_the_money_is_exported_by_source_and_year(as_staff):
    FundingFactory(project=ProjectFactory(name="Hanke"), year=2022, amount=1000)

    (row,) = sheet(as_staff.get(f"{EXPORT}?mita=rahoitus"))

    assert (row["Hanke"], row["Vuosi"], row["Euroa"]) == ("Hanke", 2022, 1000)


# Months of work -----------------------------------------------------------------------------------------------------


def months(share, start, end, until=date(2040, 12, 31)):
    project = Project(starts_on=start)
    project.ending_on = None
    staffing = Staffing(project=project, share=share, starts_on=start, ends_on=end)
    return statistics.months_of_work(staffing, until=until)


def test_a_full_year_at_full_time_is_twelve_months():
    assert sum(months(100, date(2024, 1, 1), date(2024, 12, 31)).values()) == 12


def test_half_a_month_at_half_time_is_a_quarter():
    assert months(50, date(2023, 4, 1), date(2023, 4, 15)) == {(2023, 4): Decimal("0.25")}


@given(
    share=st.integers(1, 100),
    start=st.dates(date(2015, 1, 1), date(2030, 12, 31)),
    days=st.integers(0, 2000),
    cut=st.integers(0, 2000),
)
def test_a_period_that_is_cut_in_two_is_as_much_work_as_the_whole(share, start, days, cut):
    end = start + timedelta(days=days)
    middle = start + timedelta(days=min(cut, days))

    whole = sum(months(share, start, end).values())
    parts = sum(months(share, start, middle).values())
    if middle < end:
        parts += sum(months(share, middle + timedelta(days=1), end).values())

    assert abs(whole - parts) < Decimal("0.000001")
    assert whole <= Decimal(share) / 100 * (days // 28 + 2)


@given(year=st.integers(2000, 2040))
def test_every_year_is_twelve_months_leap_years_too(year):
    assert sum(months(100, date(year, 1, 1), date(year, 12, 31)).values()) == 12, isleap(year)


def test_an_open_end_runs_to_the_projects_end_with_its_extensions():
    project = ProjectFactory(dated=True)
    project.extend(until=date(2023, 6, 30), on=date(2022, 11, 1))
    StaffingFactory(project=project, share=100)

    (worker,) = statistics.workers(Staffing.objects.for_months(), until=date(2030, 12, 31))

    assert (worker.of_year(2022), worker.of_year(2023)) == (12, 6)


def test_more_than_the_whole_working_time_is_told_by_month(as_staff):
    person = PersonFactory(given_name="Aava", family_name="Kiire")
    year = timezone.localdate().year
    for share, end in ((60, date(year, 12, 31)), (50, date(year, 2, 28))):
        StaffingFactory(person=person, share=share, starts_on=date(year, 1, 1), ends_on=end)

    text = text_of(as_staff.get(MONTHS))

    assert "Aava Kiire: enemmän kuin koko työaika" in text
    assert "110 %" in text


def test_what_is_no_share_counts_nothing(as_staff):
    StaffingFactory(share=None)

    assert "Kenenkään työaikaa ei ole vielä kirjattu." in text_of(as_staff.get(MONTHS))


def test_the_months_are_exported_by_person_and_year(as_staff):
    StaffingFactory(
        person=PersonFactory(given_name="Aava", family_name="Työ"), share=100, starts_on=date(2022, 1, 1),
        ends_on=date(2022, 6, 30),
    )  # fmt: skip

    (row,) = sheet(as_staff.get(f"{MONTHS}vie/"))

    assert (row["Kuka"], row["2022"], row["Yhteensä"]) == ("Aava Työ", 6, 6)


# A document -----------------------------------------------------------------------------------------------------------


def document(client, project):
    response = client.get(f"{project.get_absolute_url()}tiivistelma.docx")
    assert response.status_code == 200
    found = Document(BytesIO(response.content))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return found, "\n".join([*(paragraph.text for paragraph in found.paragraphs), *cells])


def test_the_document_tells_what_who_when_and_with_whose_money(as_staff):
    project = ProjectFactory(
        name="PRO SOS -hankekokonaisuus", acronym="PRO SOS", purpose="Uudistaa työtä.", budget=2_400_000,
        our_share=215_000, dated=True, lives_on="<p>Verkosto jatkaa.</p>",
    )  # fmt: skip
    FundingFactory(project=project)
    objective = ObjectiveFactory(project=project, text="parempi arki")
    ActivityFactory(project=project, objective=objective, text="työpajat")
    OutputFactory(project=project, title="Malli", state="in_use")
    IndicatorFactory(project=project, name="ryhmiä", actual=18, target=20)

    found, text = document(as_staff, project)

    for words in (
        "PRO SOS", "Uudistaa työtä.", "1.1.2022 – 31.12.2022", "Euroopan sosiaalirahasto (ESR)", "215\xa0000\xa0€",
        "parempi arki", "työpajat", "Malli, käytössä", "ryhmiä: 18 (tavoite 20)", "Verkosto jatkaa.",
    ):  # fmt: skip
        assert words in text, words
    assert found.core_properties.title == "PRO SOS"


@pytest.mark.parametrize(
    "typed", ["{{ 7 * 7 }}", "{% raw %}", "{{ ''.__class__ }}", "<b>&amp;</b>", "]]>", "a\x0bb", "{%p endif %}"]
)
def test_what_people_typed_is_text_in_the_document_and_nothing_else(typed, as_staff):
    project = ProjectFactory(summary=typed, purpose=typed)

    _found, text = document(as_staff, project)

    assert typed.replace("\x0b", "") in text


# A table brought in ---------------------------------------------------------------------------------------------------

TITLES = (
    "Nimi;Lyhenne;Vaihe;Alkaa;Päättyy;Budjetti, euroa;Meidän osuutemme, euroa;Roolimme;Hallinnoija;"
    "Hyvinvointialueet;Kunnat;Verkkosivu"
)


def bring(client, *rows):
    text = "\n".join([TITLES, *rows])
    upload = SimpleUploadedFile("hankkeet.csv", text.encode())
    response = client.post("/hankkeet/tuo/", {"file": upload})
    assert response.status_code == 302, text_of(response)
    return ImportDraft.objects.latest("pk")


def confirm(client, draft):
    return client.post(f"{draft.get_absolute_url()}tallenna/")


def outcomes(draft):
    return [(row["outcome"], " ".join(row["errors"].values())) for row in draft.rows]


def test_rows_with_errors_in_the_middle_are_refused_and_the_others_saved(as_staff):
    county = CountyFactory()
    MunicipalityFactory(name_fi="Tampere", sub_region=SubRegionFactory(county=county))
    other = CountyFactory(satakunta=True)
    MunicipalityFactory(name_fi="Pori", sub_region=SubRegionFactory(county=other))
    draft = bring(
        as_staff,
        "Eka hanke;EKA;käynnissä;1.1.2022;31.12.2023;240 000;80 000;osatoteuttaja;Järjestö ry;"
        "Pirkanmaa;Tampere;www.example.org",
        "Päivät väärin;;;31.12.2023;1.1.2022;;;;;;;",
        "Summat väärin;;;;;100;200;;;;;",
        "Kunta muualla;;;;;;;;;Pirkanmaa;Pori;",
        "Kunta kirjoitettu väärin;;;;;;;;;;Tamppere;",
        "Osoite väärin;;;;;;;;;;;javascript:alert(1)",
        "Eka hanke;;;;;;;;;;;",
        "Vika hanke;;idea;;;;;;;;;",
    )

    found = outcomes(draft)
    confirm(as_staff, draft)

    assert [outcome for outcome, _why in found] == [
        "new",
        "error",
        "error",
        "error",
        "error",
        "error",
        "duplicate",
        "new",
    ]
    assert "ennen kuin se alkaa" in found[1][1]
    assert "suurempi kuin koko budjetti" in found[2][1]
    assert "Pori" in found[3][1]
    assert "Tarkoititko: Tampere?" in found[4][1]
    project = Project.objects.with_status().get(name="Eka hanke")
    assert (project.acronym, project.budget, project.our_share, project.is_published) == ("EKA", 240_000, 80_000, False)
    assert (project.status, project.starts_on, project.our_roles) == ("running", date(2022, 1, 1), ["co_implementer"])
    assert project.partners.get().called == "Järjestö ry"
    assert [place.name_fi for place in project.municipalities.all()] == ["Tampere"]
    assert set(Project.objects.values_list("name", flat=True)) == {"Eka hanke", "Vika hanke"}


def test_a_project_that_is_there_is_changed_in_the_filled_cells_only(as_staff):
    project = ProjectFactory(name="Vanha hanke", acronym="VH", our_share=5, budget=100, summary="Virke.")
    draft = bring(as_staff, "vanha hanke;;;;;200;;;;;;")

    (row,) = draft.rows
    confirm(as_staff, draft)

    project.refresh_from_db()
    assert row["changes"] == [["Budjetti, euroa", "100", "200"]]
    assert (project.budget, project.our_share, project.summary, project.acronym) == (200, 5, "Virke.", "VH")
    assert Project.objects.count() == 1


def test_confirming_twice_saves_once(as_staff):
    draft = bring(as_staff, "Uusi hanke;;;;;;;;;;;")

    confirm(as_staff, draft)
    confirm(as_staff, draft)

    assert Project.objects.count() == 1


def test_what_was_refused_is_taken_home_to_be_mended(as_staff):
    draft = bring(as_staff, "Hyvä;;;;;;;;;;;", "Huono;;;2.1.2022;1.1.2022;;;;;;;")
    confirm(as_staff, draft)

    (row,) = sheet(as_staff.get(f"{draft.get_absolute_url()}virheet.xlsx"))

    assert row["Nimi"] == "Huono"
    assert "ennen kuin se alkaa" in row["Virhe"]
