"""Organisations, counties and the whole area: who sees them, and that they show what the rules allow and no more."""

import gzip
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Role
from ilmapuntari import areas, rules
from ilmapuntari.models import AgreedAction, Manager, UnitResult
from tests.accounts.factories import UserFactory
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, OrganisationFactory
from tests.ilmapuntari.factories import AgreedActionFactory, LeadFactory, ManagerFactory, TeamFactory, unit_of
from tests.ilmapuntari.results import people, publish, published_round

pytestmark = pytest.mark.django_db

MEANS = [4 + number % 5 for number in range(28)]


@pytest.fixture
def organisation():
    return OrganisationFactory(name="Lounaisrannan perhepalvelut")


@pytest.fixture
def teams(organisation):
    """Teams by what their round shows: three people, too few, 5–7, 8–9, and twelve answers."""
    county = CountyFactory()
    named = {"small": "Arvio", "too_few": "Harju", "few": "Itä", "some": "Koivikko", "exact": "Äimälä"}
    return {key: TeamFactory(name=name, organisation=organisation, county=county) for key, name in named.items()}


@pytest.fixture
def round(teams):
    round = published_round(2026, "spring")
    sizes = {"too_few": 4, "few": 7, "some": 9, "exact": 12}
    answers = {teams[key]: people(MEANS, count, seed=count) for key, count in sizes.items()}
    publish(round, answers, invited=8)
    UnitResult.objects.create(unit=unit_of(round, teams["small"], invited=3), band=UnitResult.Band.TOO_FEW)
    return round


@pytest.fixture
def manager(organisation):
    return ManagerFactory(organisation=organisation).user


def page_of(user, name, **kwargs):
    response = signed_in(user).get(reverse(f"ilmapuntari:{name}", kwargs=kwargs))
    assert response.status_code == 200
    return response.content.decode()


def row_of(html, name):
    """The row of the heat map with this name, as the text of its cells."""
    row = next(row for row in re.findall(r"<tr[^>]*>.*?</tr>", html, re.S) if f">{name}<" in row)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]


# The heat map


def test_a_manager_sees_each_team_with_a_figure_for_every_theme(organisation, teams, round, manager):
    html = page_of(manager, "organisation", pk=organisation.pk)

    name, *cells = row_of(html, "Äimälä")
    assert name.endswith("12 vastausta")
    assert len(cells) == 8
    assert all(re.match(r"\d,\d (Hyvä|Kohtalainen|Korjattavaa)", cell) for cell in cells)
    assert f'href="{teams["exact"].get_absolute_url()}"' in html


def test_a_team_without_figures_says_so_across_its_row(organisation, teams, round, manager):
    html = page_of(manager, "organisation", pk=organisation.pk)

    assert len(row_of(html, "Harju")) == 2
    assert len(row_of(html, "Arvio")) == 2
    assert row_of(html, "Harju")[1] != row_of(html, "Arvio")[1]


def test_the_organisation_has_a_row_of_its_own_where_the_rules_show_it(organisation, teams, round, manager):
    page = areas.organisation_page(organisation, manager)

    assert page.level is not None
    assert page.rows[0].is_level
    assert page.rows[0].name == organisation.name


def test_teams_stand_in_finnish_order(organisation, teams, round, manager):
    page = areas.organisation_page(organisation, manager)

    assert [row.name for row in page.rows if not row.is_level] == ["Arvio", "Harju", "Itä", "Koivikko", "Äimälä"]


def test_a_theme_that_clearly_changed_is_told_in_words(organisation, teams, manager):
    team = teams["exact"]
    publish(published_round(2025, "autumn"), {team: [4] * 12})
    publish(published_round(2026, "spring"), {team: [8] * 12})

    page = areas.organisation_page(organisation, manager)
    row = next(row for row in page.rows if row.name == "Äimälä")

    with override("fi"):
        assert "Työn mielekkyys noussut 4,0" in map(str, row.changes)


def test_no_change_is_told_when_the_team_has_turned_over(organisation, teams, manager):
    team = teams["exact"]
    publish(published_round(2025, "autumn"), {team: [4] * 12})
    publish(published_round(2026, "spring"), {team: [8] * 12}, turned_over=[team])

    page = areas.organisation_page(organisation, manager)

    assert next(row for row in page.rows if row.name == "Äimälä").changes is None


def test_teams_that_answered_as_one_have_one_row_with_a_link_to_each(organisation, teams, round, manager):
    unit = teams["few"].units.get()
    unit.unit_teams.create(
        round=round, team=TeamFactory(name="Pikkuinen", organisation=organisation, county=unit.county)
    )

    page = areas.organisation_page(organisation, manager)
    row = next(row for row in page.rows if row.name == "Itä")

    assert [name for name, _url in row.links] == ["Itä", "Pikkuinen"]


def test_an_older_round_can_be_chosen_and_nonsense_leads_to_the_newest(organisation, teams, manager):
    older, newer = published_round(2025, "autumn"), published_round(2026, "spring")
    for round in (older, newer):
        publish(round, {teams["exact"]: [6] * 12})

    assert areas.organisation_page(organisation, manager, str(older.pk)).round == older
    for asked in ("", "x", "-1", "9" * 400, str(newer.pk)):
        assert areas.organisation_page(organisation, manager, asked).round == newer


def test_an_unpublished_round_is_not_there(organisation, teams, round, manager):
    type(round).objects.update(published_at=None)

    html = page_of(manager, "organisation", pk=organisation.pk)

    assert "<table" not in html


# What must not be told


def test_no_exact_figure_of_a_team_under_ten_stands_on_the_page(organisation, teams, round, manager):
    html = page_of(manager, "organisation", pk=organisation.pk)

    for name, answers in (("Itä", "5–7 vastausta"), ("Koivikko", "8–9 vastausta")):
        head, *cells = row_of(html, name)
        assert head == f"{name} {answers}"
        for cell in cells:
            mean = re.match(r"(\d),(\d) ", cell)
            assert mean, cell
            assert mean[2] in "05"
            assert 10 <= int(mean[1] + mean[2]) <= 90
    for name in ("Harju", "Arvio"):
        assert not re.search(r"\d", " ".join(row_of(html, name)))


def test_participation_counts_units_and_never_answers(organisation, teams, round, manager):
    page = areas.organisation_page(organisation, manager)

    assert (page.present.enrolled, page.present.with_result) == (5, 3)


def test_the_page_of_a_county_names_no_team(teams, round, staff):
    for html in (page_of(staff, "county", slug="pirkanmaa"), page_of(staff, "area")):
        for team in teams.values():
            assert team.name not in re.sub(r"<[^>]+>", " ", html)
            assert team.slug not in html


def test_an_organisation_that_the_rules_do_not_show_says_so(round, staff):
    lonely = TeamFactory(organisation=OrganisationFactory(name="Yksinäinen ry"))
    UnitResult.objects.create(
        unit=unit_of(round, lonely, invited=12), band="exact", answers=12,
        figures=rules.unit_figures(rules.tally(bytes([7] * 28 * 12), 28), 12, 6),
    )  # fmt: skip

    page = areas.county_page(lonely.county, staff)
    row = next(row for row in page.rows if row.name == "Yksinäinen ry")

    assert row.instead
    assert not row.cells
    assert not row.answers


# County and the whole area


def test_a_distribution_is_drawn_and_told_in_words(staff):
    county = CountyFactory()
    round = published_round(2026, "spring")
    publish(round, {TeamFactory(county=county): people(MEANS, 15, seed=number) for number in range(4)})

    page = areas.county_page(county, staff)
    lines = [line for _theme, statements in page.level_statements for line in statements if line.figure.distribution]

    assert lines
    assert all(95 <= sum(line.figure.distribution) <= 105 for line in lines)
    assert all(line.bars.count("M") == sum(map(bool, line.figure.distribution)) for line in lines)
    html = page_of(staff, "county", slug=county.slug)
    assert f'aria-label="{lines[0].shares_words}"' in html


def test_a_negative_statement_is_turned_with_its_distribution(staff):
    county = CountyFactory()
    publish(published_round(2026, "spring"), {TeamFactory(county=county): [2] * 15 for _number in range(3)})

    page = areas.county_page(county, staff)
    figure = next(figure for figure in page.level.reading.figures if figure.is_reversed)

    assert figure.raw == 20
    assert figure.mean == 80
    assert figure.distribution[8] == 100


def test_a_level_tells_its_numbers_once_and_none_of_a_statement(staff):
    county = CountyFactory()
    publish(published_round(2026, "spring"), {TeamFactory(county=county): [[7] * 28] * 15 for _number in range(4)})

    page = areas.county_page(county, staff)

    assert (page.level.units, page.level.answers) == (4, 60)
    assert all(set(figure.published) == {"mean", "distribution", "interval"} for figure in page.level.reading.figures)
    html = page_of(staff, "county", slug=county.slug)
    statements = html[html.index('id="vaittamat"') :]
    assert "60" not in re.sub(r"<[^>]+>", " ", statements)


def organisations_of_a_county(teams_of_other):
    """An organisation of four teams, beside another of as many as are told."""
    county, organisation, other = CountyFactory(), OrganisationFactory(), OrganisationFactory()
    sizes = {TeamFactory(county=county, organisation=organisation): 12 for _number in range(4)}
    sizes |= {TeamFactory(county=county, organisation=other): size for size in teams_of_other}
    publish(published_round(2026, "spring"), {team: people(MEANS, n, seed=n) for team, n in sizes.items()})
    return organisation


def test_an_organisation_stands_beside_its_county_where_the_others_are_many(coordinator):
    page = areas.organisation_page(organisations_of_a_county([8, 8, 8]), coordinator)

    assert all(theme.compared is not None for theme in page.level_themes)
    assert [row.is_level for row in page.rows[:3]] == [True, True, False]


@pytest.mark.parametrize("sizes", [[], [20], [12, 12], [8, 8, 4], [40, 8, 8]])
def test_an_organisation_does_not_stand_beside_a_county_that_would_tell_of_the_few_others(sizes, coordinator):
    organisation = organisations_of_a_county(sizes)

    page = areas.organisation_page(organisation, coordinator)

    assert page.level is not None
    assert page.above is None
    assert all(theme.compared is None for theme in page.level_themes)
    assert [row.is_level for row in page.rows[:2]] == [True, False]


def test_a_county_stands_beside_the_whole_area_only_where_others_are_many(staff):
    round, county = published_round(2026, "spring"), CountyFactory()
    own = {TeamFactory(county=county): people(MEANS, 12) for _number in range(3)}
    elsewhere = {TeamFactory(county=CountyFactory(satakunta=True)): people(MEANS, 12) for _number in range(2)}
    publish(round, own | elsewhere)

    assert areas.county_page(county, staff).above is None


def test_the_trend_of_a_county_goes_over_its_rounds(staff):
    county = CountyFactory()
    teams = [TeamFactory(county=county) for _number in range(3)]
    publish(published_round(2025, "autumn"), {team: [5] * 10 for team in teams})
    publish(published_round(2026, "spring"), {team: [7] * 10 for team in teams})

    page = areas.county_page(county, staff)

    assert [point.mean for point in page.trend[0].points] == [50, 70]
    assert 'class="trend"' in page_of(staff, "county", slug=county.slug)


def test_participation_of_the_area_is_told_by_county_and_round(counties, staff):
    older, newer = published_round(2025, "autumn"), published_round(2026, "spring")
    pirkanmaa, satakunta = (TeamFactory(county=counties[name]) for name in ("Pirkanmaa", "Satakunta"))
    publish(older, {pirkanmaa: [6] * 8})
    publish(newer, {pirkanmaa: [6] * 8, satakunta: [6] * 3})

    page = areas.area_page(staff)

    assert [
        [(name, one and (one.with_result, one.enrolled)) for name, one in counties]
        for _row, counties in page.participation_by_county
    ] == [[("Pirkanmaa", (1, 1)), ("Satakunta", (0, 1))], [("Pirkanmaa", (1, 1)), ("Satakunta", None)]]


def test_before_the_first_round_the_pages_say_that_there_is_nothing_yet(teams, organisation, manager, staff):
    for html in (
        page_of(manager, "organisation", pk=organisation.pk),
        page_of(staff, "county", slug="pirkanmaa"),
        page_of(staff, "area"),
    ):
        assert "<table" not in html
        assert 'class="empty"' in html


# Agreed actions


def test_agreed_actions_are_counted_by_state_and_the_late_ones_come_first(organisation, teams, round, manager):
    today = timezone.localdate()
    late = AgreedActionFactory(team=teams["few"], round=round, by_on=today - timedelta(days=3), what="Myöhässä oleva")
    ahead = AgreedActionFactory(team=teams["exact"], round=round, what="Kesken oleva")
    done = AgreedActionFactory(team=teams["exact"], round=round, what="Tehty toimi")
    done.look_back(AgreedAction.Happened.YES, AgreedAction.Helped.YES, by=manager)
    AgreedActionFactory(round=round, what="Muiden toimi")

    page = areas.organisation_page(organisation, manager)

    assert [count for _words, count in page.action_counts] == [1, 1, 1, 1]
    assert page.actions_ahead == [late, ahead]
    assert page.actions_behind == [done]
    assert "Muiden toimi" not in page_of(manager, "organisation", pk=organisation.pk)


# Who sees what


def test_an_organisation_is_for_its_managers_the_coordinator_and_the_director(organisation, teams, round):
    county = teams["few"].county
    allowed = [
        ManagerFactory(organisation=organisation).user,
        ManagerFactory(organisation=None, county=county).user,
        UserFactory(roles=[Role.COORDINATOR]),
        UserFactory(roles=[Role.DIRECTOR]),
    ]
    refused = [
        ManagerFactory().user,
        ManagerFactory(organisation=None, county=CountyFactory(satakunta=True)).user,
        ManagerFactory(organisation=organisation, ends_on=timezone.localdate()).user,
        LeadFactory(team=teams["few"]).user,
        UserFactory(roles=[Role.STAFF]),
        UserFactory(),
    ]
    url = reverse("ilmapuntari:organisation", kwargs={"pk": organisation.pk})

    assert [signed_in(user).get(url).status_code for user in allowed] == [200] * 4
    assert [signed_in(user).get(url).status_code for user in refused] == [404] * 6


def test_levels_are_for_the_house_and_for_managers_of_the_county(teams, round, staff):
    own = ManagerFactory(organisation=None, county=CountyFactory()).user
    other = ManagerFactory(organisation=None, county=CountyFactory(satakunta=True)).user
    of_organisation = ManagerFactory(organisation=teams["few"].organisation).user
    county, area = reverse("ilmapuntari:county", kwargs={"slug": "pirkanmaa"}), reverse("ilmapuntari:area")

    codes = {
        name: [signed_in(user).get(url).status_code for url in (county, area)]
        for name, user in {
            "staff": staff, "own": own, "other": other, "of organisation": of_organisation,
            "lead": LeadFactory(team=teams["few"]).user,
        }.items()
    }  # fmt: skip

    assert codes == {
        "staff": [200, 200], "own": [200, 200], "other": [404, 200], "of organisation": [404, 404], "lead": [404, 404],
    }  # fmt: skip


def test_links_lead_only_where_the_reader_may_go(organisation, round, staff, coordinator):
    url = reverse("ilmapuntari:organisation", kwargs={"pk": organisation.pk})

    assert url not in page_of(staff, "county", slug="pirkanmaa")
    assert url in page_of(coordinator, "county", slug="pirkanmaa")


def test_a_manager_of_one_county_does_not_see_the_teams_of_another(organisation, teams, round):
    manager = Manager.appoint("Päällikkö", "alue@example.org", county=CountyFactory(satakunta=True)).user

    assert not areas.organisations_visible_to(manager).exists()


# Cost


def full(organisations, year):
    """Two rounds of a year in which each team of the organisations has agreed on something."""
    county = CountyFactory()
    teams = [TeamFactory(organisation=organisation, county=county) for organisation in organisations]
    for season in ("spring", "autumn"):
        round = published_round(year, season)
        publish(round, {team: people(MEANS, 8, seed=team.pk) for team in teams})
    for team in teams:
        AgreedActionFactory(team=team, round=round)


@pytest.mark.parametrize("name", ["organisation", "county", "area"])
def test_a_page_costs_the_same_for_one_team_and_for_twenty(name, organisation, coordinator):
    kwargs = {"organisation": {"pk": organisation.pk}, "county": {"slug": "pirkanmaa"}}.get(name, {})
    url = reverse(f"ilmapuntari:{name}", kwargs=kwargs)
    client = signed_in(coordinator)
    counts = []

    for organisations, year in (
        ([organisation], 2024),
        ([organisation] * 20 + [OrganisationFactory() for _number in range(4) for _team in range(3)], 2026),
    ):
        full(organisations, year)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1], queries.captured_queries
    assert counts[1] <= 12, queries.captured_queries


def test_two_hundred_teams_weigh_little(organisation, coordinator):
    county = CountyFactory()
    teams = [TeamFactory(organisation=organisation, county=county) for _number in range(200)]
    publish(published_round(2026, "spring"), {team: people(MEANS, 8, seed=team.pk) for team in teams})

    html = page_of(coordinator, "organisation", pk=organisation.pk)

    assert html.count('class="cell') == 201 * 8  # the organisation is all of its county, which does not stand beside it
    assert len(gzip.compress(html.encode())) < 60_000
