"""Tables to take home: the published figures, and nothing more exact than the pages."""

import csv
import random
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils.translation import override

from ilmapuntari import areas, exports, published
from ilmapuntari.models import LevelResult, UnitResult
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, OrganisationFactory
from tests.ilmapuntari.factories import LeadFactory, ManagerFactory, TeamFactory, unit_of
from tests.ilmapuntari.results import people, publish, published_round

pytestmark = pytest.mark.django_db

MEANS = [4 + number % 5 for number in range(28)]


@pytest.fixture
def organisation():
    return OrganisationFactory(name="Lounaisrannan perhepalvelut")


@pytest.fixture
def team(organisation):
    return TeamFactory(name="Kaislarannan tiimi", organisation=organisation, county=CountyFactory())


@pytest.fixture
def others(organisation):
    return [TeamFactory(organisation=organisation, county=CountyFactory()) for _number in range(4)]


@pytest.fixture
def leader(team):
    return LeadFactory(team=team).user


def rows_of(response):
    """The rows of a CSV, each as {head: cell}."""
    text = response.content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def get(user, name, query="", **kwargs):
    response = signed_in(user).get(reverse(f"ilmapuntari:{name}", kwargs=kwargs) + query)
    assert response.status_code == 200, response.status_code
    return response


# A team


def test_a_team_takes_home_every_theme_and_every_statement(team, leader):
    publish(published_round(2026, "spring"), {team: people(MEANS, 12)})

    rows = rows_of(get(leader, "team_csv", slug=team.slug))

    assert len(rows) == 28 + 8
    assert [row["Numero"] for row in rows if row["Numero"]] == [str(number) for number in range(1, 29)]
    result = published.team_result(team)
    figure = result.reading.figures[8]
    row = next(row for row in rows if row["Numero"] == "9")
    assert figure.is_reversed
    assert row["Keskiarvo"] == f"{figure.mean / 10}".replace(".", ",")
    assert row["Keskiarvo niin kuin vastattiin"] == f"{figure.raw / 10}".replace(".", ",")
    assert row["Vastaukset"] == "12 vastausta"


def test_excel_holds_numbers_as_numbers(team, leader):
    publish(published_round(2026, "spring"), {team: people(MEANS, 12)})

    response = get(leader, "team_xlsx", slug=team.slug)
    sheet = openpyxl.load_workbook(BytesIO(response.content)).active

    assert sheet.max_row == 1 + 28 + 8
    heads = [cell.value for cell in sheet[1]]
    assert isinstance(sheet.cell(3, heads.index("Keskiarvo") + 1).value, int | float)
    assert "ilmapuntari-kaislarannan-tiimi-2026" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


def test_a_team_with_too_few_answers_takes_home_one_row_without_a_number(team, leader):
    publish(published_round(2026, "spring"), {team: people(MEANS, 4)}, invited=8)

    (row,) = rows_of(get(leader, "team_csv", slug=team.slug))

    assert "liian vähän" in row["Tila"].lower()
    assert not any(character.isdigit() for key, cell in row.items() if key != "Kierros" for character in cell)


def test_a_change_is_told_only_where_it_is_clear(team, leader):
    publish(published_round(2025, "autumn"), {team: [4] * 12})
    publish(published_round(2026, "spring"), {team: [8] * 12})

    rows = rows_of(get(leader, "team_csv", slug=team.slug))

    assert "noussut 4,0" in rows[1]["Muutos edellisestä kierroksesta"]


def test_an_older_round_can_be_taken_home(team, leader):
    older = published_round(2025, "autumn")
    publish(older, {team: [4] * 12})
    publish(published_round(2026, "spring"), {team: [8] * 12})

    rows = rows_of(get(leader, "team_csv", f"?kierros={older.pk}", slug=team.slug))

    assert rows[1]["Keskiarvo"] == "4,0"


# Nothing becomes a formula


def test_a_name_that_looks_like_a_formula_stays_text(organisation, leader, team):
    team.name = "=HYPERLINK(1)"
    team.save()
    publish(published_round(2026, "spring"), {team: people(MEANS, 12)})
    manager = ManagerFactory(organisation=organisation).user

    for response in (get(leader, "team_csv", slug=team.slug), get(manager, "organisation_csv", pk=organisation.pk)):
        text = response.content.decode("utf-8-sig")
        assert "'=HYPERLINK" in text
        assert "\n=HYPERLINK" not in text
    sheet = openpyxl.load_workbook(BytesIO(get(leader, "team_xlsx", slug=team.slug).content)).active
    assert sheet.cell(2, 1).data_type == "s"


# Organisations, counties, the whole area


def test_the_heat_map_has_a_mean_and_a_state_for_every_theme(organisation, team, others):
    publish(published_round(2026, "spring"), {one: people(MEANS, 12, seed=one.pk) for one in (team, *others)})
    manager = ManagerFactory(organisation=organisation).user

    rows = rows_of(get(manager, "organisation_csv", pk=organisation.pk))

    row = next(row for row in rows if row["Tiimi"] == team.name)
    assert row["Työmäärä"]
    assert row["Työmäärä, tila"] in ("Hyvä", "Kohtalainen", "Korjattavaa")
    assert rows[0]["Tiimi"] == organisation.name


def test_the_statements_of_a_level_come_with_their_distribution(team, others, staff):
    publish(published_round(2026, "spring"), {one: people(MEANS, 12, seed=one.pk) for one in (team, *others)})

    for name, kwargs in (("county_csv", {"slug": "pirkanmaa"}), ("area_csv", {})):
        rows = rows_of(get(staff, name, "?luvut=vaittamat", **kwargs))

        assert len(rows) == 28
        told = [row for row in rows if row["Vastasi 0, %"]]
        assert told
        assert all(95 <= sum(int(row[f"Vastasi {value}, %"]) for value in range(11)) <= 105 for row in told)
        assert not {"Vastaukset", "Yksiköt"} & set(rows[0])


def test_exports_are_for_those_who_see_the_page(organisation, team, others, staff):
    publish(published_round(2026, "spring"), {team: people(MEANS, 12)})
    stranger = ManagerFactory().user

    for user, name, kwargs in (
        (stranger, "organisation", {"pk": organisation.pk}), (staff, "organisation", {"pk": organisation.pk}),
        (stranger, "county", {"slug": "pirkanmaa"}), (stranger, "area", {}), (staff, "team", {"slug": team.slug}),
    ):  # fmt: skip
        for kind in ("csv", "xlsx"):
            url = reverse(f"ilmapuntari:{name}_{kind}", kwargs=kwargs)
            assert signed_in(user).get(url).status_code == 404, url


def test_before_the_first_round_there_is_nothing_to_take_home(organisation, team, leader, staff):
    for user, name, kwargs in (
        (leader, "team_csv", {"slug": team.slug}), (leader, "team_pdf", {"slug": team.slug}), (staff, "area_csv", {})
    ):  # fmt: skip
        assert signed_in(user).get(reverse(f"ilmapuntari:{name}", kwargs=kwargs)).status_code == 404


# Leaks: every number in every table is one that the rules have published


def test_no_table_is_more_exact_than_what_is_published(organisation, coordinator):
    county, source = CountyFactory(), random.Random(5)
    teams = [TeamFactory(organisation=organisation, county=county) for _number in range(14)]
    round = published_round(2026, "spring")
    publish(round, {one: people(MEANS, source.randint(3, 14), seed=one.pk) for one in teams}, invited=10)
    small = TeamFactory(organisation=organisation, county=county)
    UnitResult.objects.create(unit=unit_of(round, small, invited=3), band="too_few")

    with override("fi"):
        page = areas.organisation_page(organisation, coordinator)
        _columns, rows = exports.heat_table(page)
        by_name = {row[0]: row[1:] for row in rows}
        seen = set()
        for one in [*teams, small]:
            result = one.units.get().result
            seen.add(result.band)
            numbers = [cell for cell in by_name[one.name] if isinstance(cell, int | float)]
            answers = by_name[one.name][1]
            if result.band != UnitResult.Band.EXACT:
                assert all((10 * cell) % 5 == 0 and 1 <= cell <= 9 for cell in numbers)
                assert answers in ("5–7 vastausta", "8–9 vastausta") or not any(map(str.isdigit, answers))
            if result.band == UnitResult.Band.TOO_FEW:
                assert numbers == []
            check_team(published.team_result(one), result)
    assert seen == {"too_few", "few", "some", "exact"}


def check_team(result, stored):
    """The team's own table says no more than its stored figures."""
    _columns, rows = exports.team_table(result)
    for row in rows:
        number, mean, raw, answers, spread, bins = row[3], row[7], row[8], row[10], row[11], row[12]
        published_figure = stored.figures[number - 1] if number else None
        if number and published_figure is None:
            assert (mean, raw, answers, spread, bins) == (None, None, "", "", "")
        elif number:
            assert raw == published_figure["mean"] / 10
            if published_figure["band"] != "exact":
                assert (10 * mean) % 5 == 0
                assert answers in ("5–7 vastausta", "8–9 vastausta")
                assert not bins
            elif published_figure["n"] is None:
                assert str(stored.answers) not in answers


def test_a_level_says_no_number_that_the_rules_hold_back(organisation, coordinator):
    county = CountyFactory()
    teams = [TeamFactory(organisation=organisation, county=county) for _number in range(3)]
    publish(published_round(2026, "spring"), {one: people(MEANS, 6, seed=one.pk) for one in teams})
    level = LevelResult.objects.get(organisation=organisation)
    for figure in level.figures:
        figure["distribution"] = figure["interval"] = None
    level.answers = None
    level.save()

    page = areas.organisation_page(organisation, coordinator)
    _columns, rows = exports.level_table(page)

    assert all(set(row[9:]) == {None} for row in rows)
    assert page.level_answers == ""
