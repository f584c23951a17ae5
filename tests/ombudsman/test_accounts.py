"""The yearly account: what is public of it, what is hidden in it, and that it stays as it was approved."""

import re
from datetime import date
from io import BytesIO
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document

from directory.models import Municipality
from ombudsman import entrance
from ombudsman.account_reading import AreaAccount
from ombudsman.account_tables import exact_tables, published_tables
from ombudsman.charts import bars_chart, months_chart
from ombudsman.models import Account, AccountText, Code, Contact, Fact, Substitution, Variable
from ombudsman.statistics import Time
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, MunicipalityFactory, SubRegionFactory
from tests.ombudsman.factories import make_contact, make_substitute, serve

PLACES = ["109", "109", "109", "082", "082", "109", "020", "020", None]


@pytest.fixture
def places(db):
    """Two counties with municipalities that are served; nobody calls from Humppila."""
    kanta_hame = SubRegionFactory(county=CountyFactory(kanta_hame=True))
    pirkanmaa = SubRegionFactory(county=CountyFactory())
    for code, name, region in (
        ("109", "Hämeenlinna", kanta_hame),
        ("082", "Hattula", kanta_hame),
        ("103", "Humppila", kanta_hame),
        ("020", "Akaa", pirkanmaa),
    ):
        MunicipalityFactory(code=code, name_fi=name, sub_region=region, population=10_000, population_year=2021)
    serve("109", "082", "103", "020")


def fill(year, number, seed=1):
    """As many counted contacts of a year, the same ones every time."""
    chance = Random(seed)
    counties = dict(Municipality.objects.values_list("pk", "sub_region__county"))
    codes = {variable: list(Code.objects.of(variable).values_list("code", flat=True)) for variable in Variable}

    def one_of(variable):
        return chance.choices(codes[variable], [1 / (place + 1) ** 2 for place in range(len(codes[variable]))])[0]

    facts = []
    for _number in range(number):
        place, nature = chance.choice(PLACES), one_of(Variable.NATURE)
        facts.append(
            Fact(
                month=date(year, chance.randint(1, 12), 1),
                municipality_id=place,
                county_id=counties.get(place),
                **{name: one_of(name) for name in ("who", "way", "language", "task", "provider")},
                reasons=[one_of(Variable.REASON)],
                measures=[one_of(Variable.MEASURE)],
                nature=nature,
                is_client_counted=nature != "consultation" and chance.random() < 0.9,
                has_interpreter=chance.random() < 0.02,
            )
        )
    Fact.objects.bulk_create(facts)


def approved(year, ombudsman):
    account, _begun = Account.objects.get_or_create(year=year)
    return account.approve(published_tables(year), by=ombudsman)


def address(view, area="kaikki", year=2022):
    return reverse(f"ombudsman:{view}", args=[year, area])


def cells(tables):
    """{(area, table, code): (now, before)}"""
    return {
        (area["slug"], table, row["code"]): (row["now"], row.get("before"))
        for area in tables["areas"]
        for table, rows in area["tables"].items()
        for row in rows
    }


# Hiding ———————————————————————————————————————————————————————————————————————————————————————————————————————————————


def test_no_figure_from_one_to_four_is_published_and_what_is_published_is_exact(places):
    fill(2022, 120)
    fill(2021, 90, seed=2)

    shown, exact = cells(published_tables(2022)), cells(exact_tables(Time.of_year(2022)))

    assert any(figure in {1, 2, 3, 4} for pair in exact.values() for figure in pair)
    for place, figures in shown.items():
        for figure, true in zip(figures, exact[place], strict=True):
            assert figure is None or (figure == true and figure not in {1, 2, 3, 4}), place


@pytest.mark.parametrize("seed", range(8))
def test_clients_do_not_tell_that_there_were_hardly_any_consultations(places, seed):
    fill(2022, 40, seed)

    for area in published_tables(2022)["areas"]:
        totals = {row["code"]: row["now"] for row in area["tables"]["totals"]}
        (consultations,) = [row["now"] for row in area["tables"]["nature"] if row["code"] == "consultation"]
        if consultations is None and None not in (totals["contacts"], totals["clients"]):
            assert totals["contacts"] - totals["clients"] >= 5


def test_measures_between_contacts_do_not_stop_the_account(places):
    fill(2022, 6)
    Fact.objects.bulk_create(
        Fact(kind=Fact.Kind.MEASURE, month=date(2022, 4, 1), county_id="07", measures=["advice"]) for _ in range(30)
    )

    assert cells(published_tables(2022))["kaikki", "measure", "advice"][0] >= 30


def test_the_approved_year_before_is_told_as_it_was_published(places, ombudsman):
    fill(2021, 120)
    before = cells(approved(2021, ombudsman).tables)
    fill(2021, 500, seed=5)  # what came later changes what was exact, not what was published
    fill(2022, 120)

    shown = cells(published_tables(2022))

    assert {place: pair[1] for place, pair in shown.items()} == {place: before[place][0] for place in shown}


def test_a_hidden_figure_of_the_year_before_stays_hidden_when_codes_come_together(places, ombudsman):
    fill(2021, 200)
    hidden = next(
        code
        for (area, table, code), (now, _before) in cells(published_tables(2021)).items()
        if (area, table) == ("kaikki", "task") and now is None and code != "elderly"
    )
    approved(2021, ombudsman)
    into = Code.objects.get(variable=Variable.TASK, code="elderly")
    Code.objects.filter(variable=Variable.TASK, code=hidden).update(ends_on=date(2021, 12, 31), maps_to=into)

    shown = cells(published_tables(2022))

    assert shown["kaikki", "task", "elderly"][1] is None
    assert ("kaikki", "task", hidden) not in shown


def test_charts_draw_no_length_for_a_hidden_figure_and_name_every_figure(places):
    fill(2022, 60)
    account = AreaAccount(published_tables(2022), "kaikki")

    for chart, table in ((months_chart, account.table("month")), (bars_chart, account.table("task"))):
        drawn = chart(table)
        hidden = [row for row in table.rows if row.is_hidden]
        assert hidden
        assert drawn.count('class="chart-hidden"') == len(hidden)
        assert drawn.count('class="chart-bar"') == len(table.rows) - len(hidden)
        label = re.search('aria-label="([^"]*)"', drawn)[1]
        assert all(f"{row.name} {row.now_words}" in label for row in table.rows)


# The public account ———————————————————————————————————————————————————————————————————————————————————————————————————


def test_the_public_account_names_what_nobody_asked_and_keeps_what_is_small(places, ombudsman):
    fill(2022, 300)
    account = Account.objects.create(year=2022)
    AccountText.objects.create(account=account, section="observations", text="Palvelut\nviipyvät.\n\n<b>Ehdotus</b>")
    approved(2022, ombudsman)

    page = Client().get(address("account")).content.decode()
    county = Client().get(address("account", "kanta-hame")).content.decode()

    assert "Kunnat, joista ei tullut yhtään yhteydenottoa: Humppila." in page
    assert "<p>Palvelut viipyvät.</p><p>&lt;b&gt;Ehdotus&lt;/b&gt;</p>" in page
    assert "Palvelut viipyvät" not in county  # prose of all together
    assert "alle 5 tai suojattu" in page
    assert "Sosiaaliasiamies" in page
    assert Client().get(reverse("ombudsman:accounts")).content.decode().count("2022") >= 1


def test_csv_and_pdf_tell_the_same_figures_as_the_page(places, ombudsman):
    fill(2022, 300)
    account = approved(2022, ombudsman)

    csv = Client().get(address("account_csv", "pirkanmaa"))
    pdf = Client().get(address("account_pdf", "pirkanmaa"))

    rows = [line.split(";") for line in csv.content.decode("utf-8-sig").splitlines()[1:]]
    read = AreaAccount(account.tables, "pirkanmaa")
    told = [(row.name, row.now_words) for section in read.sections for table in section.tables for row in table.rows]
    assert [(row[2], row[3]) for row in rows] == told
    assert not any(row[3] in {"1", "2", "3", "4"} for row in rows)
    for mark in (b"/StructTreeRoot", b"/Marked true", b"/DisplayDocTitle true"):
        assert mark in pdf.content
    title = "Sosiaaliasiamies: Selvitys vuodelta 2022, Pirkanmaa"
    assert title.encode("utf-16-be").hex() in pdf.content.lower().decode("latin-1") or title.encode() in pdf.content


def test_text_in_the_tables_never_becomes_a_formula(places, ombudsman):
    Code.objects.filter(variable=Variable.WAY, code="phone").update(name="=cmd()")
    fill(2022, 50)
    approved(2022, ombudsman)

    csv = Client().get(address("account_csv")).content.decode("utf-8-sig")

    assert ";'=cmd();" in csv


def test_an_account_stays_as_it_was_approved(places, ombudsman):
    fill(2022, 120)
    approved(2022, ombudsman)
    before = [Client().get(address(view)).content for view in ("account", "account_csv", "account_pdf")]

    fill(2022, 80, seed=7)
    Code.objects.filter(code="phone").update(name="Soitto")
    Municipality.objects.update(population=5)

    assert [Client().get(address(view)).content for view in ("account", "account_csv", "account_pdf")] == before


def test_deleting_contacts_changes_no_account(places, ombudsman):
    for number in range(12):
        make_contact(occurred_on=date(2022, 1 + number, 3), municipality="109", person={"phone": f"040 111{number:04}"})
    before = published_tables(2022)

    Contact.objects.all().delete()

    assert published_tables(2022) == before


def test_a_page_costs_the_same_with_one_contact_and_with_many(places, ombudsman):
    queries = []
    for number in (1, 400):
        Account.objects.all().delete()
        fill(2022, number)
        approved(2022, ombudsman)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            Client().get(address("account"))
        queries.append(len(asked))

    assert queries[0] == queries[1] <= 3


def test_drafts_are_shown_to_nobody_in_public(places, ombudsman, staff, director):
    Account.objects.create(year=2022)
    views = ("account", "account_pdf", "account_csv")

    for user in (None, staff, director, ombudsman):
        client = signed_in(user) if user else Client()
        assert {client.get(address(view)).status_code for view in views} == {404}
        assert "2022" not in client.get(reverse("ombudsman:accounts")).content.decode()


def test_an_area_that_the_account_does_not_have_is_not_found(places, ombudsman):
    approved(2022, ombudsman)

    assert Client().get(address("account", "satakunta")).status_code == 404


def test_the_only_county_leads_to_all_together(places, ombudsman):
    Municipality.objects.filter(pk="020").update(sub_region=Municipality.objects.get(pk="109").sub_region)
    approved(2022, ombudsman)

    answer = Client().get(address("account", "kanta-hame"))

    assert answer.headers["Location"] == address("account")
    assert "Kanta-Häme" in Client().get(address("account")).content.decode()


# In the caseload ——————————————————————————————————————————————————————————————————————————————————————————————————————


def test_an_account_is_begun_written_and_approved(places, ombudsman):
    fill(2022, 120)
    client = signed_in(ombudsman)

    begun = client.post(reverse("ombudsman:account_list"), {"year": 2022})
    edit = reverse("ombudsman:account_edit", args=[2022])
    written = client.post(edit, {"alue": "pirkanmaa", "teksti-tasks": "Akaan huomio.", "teksti-basis": ""})
    approved = client.post(reverse("ombudsman:account_approve", args=[2022]))

    assert begun.headers["Location"] == edit
    assert written.headers["Location"] == f"{edit}?alue=pirkanmaa"
    assert approved.headers["Location"] == address("account")
    assert "Akaan huomio." in Client().get(address("account", "pirkanmaa")).content.decode()
    assert Account.objects.get().approved_by == ombudsman
    assert client.post(edit, {"teksti-tasks": "Muutos"}).status_code == 404
    assert AccountText.objects.get().text == "Akaan huomio."


def test_prose_with_a_personal_identity_code_is_refused(places, ombudsman):
    Account.objects.create(year=2022)

    answer = signed_in(ombudsman).post(
        reverse("ombudsman:account_edit", args=[2022]), {"teksti-tasks": "Asiakas 131052-308T"}
    )

    assert "error-summary" in answer.content.decode()
    assert not AccountText.objects.exists()


def test_an_unfinished_year_cannot_be_approved(places, ombudsman):
    year = timezone.localdate().year
    Account.objects.create(year=year)

    answer = signed_in(ombudsman).post(reverse("ombudsman:account_approve", args=[year]))

    assert f"Vuosi {year} on vielä kesken" in answer.content.decode()
    assert not Account.objects.get().is_approved


def test_a_year_whose_figures_a_later_account_shows_cannot_be_approved_again(places, ombudsman):
    approved(2022, ombudsman)
    Account.objects.create(year=2021)

    answer = signed_in(ombudsman).post(reverse("ombudsman:account_approve", args=[2021]))

    assert "Vuoden 2022 selvitys on jo hyväksytty" in answer.content.decode()
    assert not Account.objects.get(year=2021).is_approved


def test_word_opens_with_the_prose_and_the_tables(places, ombudsman):
    fill(2022, 120)
    account = Account.objects.create(year=2022)
    AccountText.objects.create(account=account, section="nature", text="Kohtelu {{ nousi }} & < kasvoi.")

    answer = signed_in(ombudsman).get(address("account_docx"))

    document = Document(BytesIO(answer.content))
    assert "Kohtelu {{ nousi }} & < kasvoi." in [paragraph.text for paragraph in document.paragraphs]
    assert any("luonnos" in paragraph.text for paragraph in document.paragraphs)
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    assert len(tables) == 12
    assert ["Kunta", "2022", "2021", "Asukkaita", "1 000 asukasta kohti"] in [table[0] for table in tables]
    assert ["Humppila", "0", "–", "10\u00a0000", "0,0"] in [row for table in tables for row in table]


def test_figures_in_the_caseload_are_exact_and_say_so(places, ombudsman):
    fill(2022, 3)
    client = signed_in(ombudsman)
    months = {"alku": "1/2022", "loppu": "12/2022"}

    page = client.get(reverse("ombudsman:statistics"), months).content.decode()
    csv = client.get(reverse("ombudsman:statistics_csv"), months).content.decode("utf-8-sig")
    wrong = client.get(reverse("ombudsman:statistics"), {"alku": "2/2022", "loppu": "1/2022"}).content.decode()

    assert "Luvut ovat tarkkoja" in page
    assert "Kaikki alueet yhteensä;Yhteensä;Yhteydenotot;3;0" in csv
    assert "error-summary" in wrong


@pytest.mark.parametrize(("scope", "status"), [(Substitution.Scope.ALL, 200), (Substitution.Scope.OPEN, 404)])
def test_figures_are_for_a_substitute_who_sees_everything(places, ombudsman, scope, status):
    today = timezone.localdate()
    client = signed_in(make_substitute(by=ombudsman, scope=scope, starts_on=today, ends_on=today))
    session = client.session
    entrance.enter(session)
    session[entrance.PURPOSE] = "sijaisuus"
    session.save()
    Account.objects.create(year=2022)

    for url in (reverse("ombudsman:statistics"), reverse("ombudsman:account_edit", args=[2022])):
        assert client.get(url).status_code == status


@pytest.mark.parametrize("view", ["statistics", "statistics_csv", "account_list"])
def test_figures_are_not_for_the_house(places, staff, director, view):
    for user in (staff, director):
        assert signed_in(user).get(reverse(f"ombudsman:{view}")).status_code == 404
