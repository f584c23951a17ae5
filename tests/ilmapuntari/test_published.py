"""What is read out of published figures: states, themes, changes, comparison, trend, questions."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from ilmapuntari import published, rules
from ilmapuntari.instruments.loading import load_first
from ilmapuntari.models import Instrument, ReportingUnit, TeamChange, UnitResult
from ilmapuntari.published import Reading
from tests.ilmapuntari.factories import RoundFactory, TeamFactory, unit_of
from tests.ilmapuntari.results import SIZE, people, publish, published_round

pytestmark = pytest.mark.django_db

RECORDING = 8  # the place of "recording-too-much", a reversed statement


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def sheet():
    instrument = load_first()
    return published.sheets([instrument.pk])[instrument.pk]


def figure(mean, band="few", **more):
    return {"band": band, "mean": mean, "spread": None, "n": None, "bins": None} | more


def figures(mean=60, **by_place):
    """28 figures of one mean, others by place: `p8=figure(30)`; None is not shown."""
    return [by_place.get(f"p{place}", figure(mean)) for place in range(SIZE)]


def test_a_reversed_statement_is_turned_and_its_state_follows_the_turned_mean(sheet):
    reading = Reading(sheet, figures(p8=figure(85)))

    found = reading.find("recording-too-much")

    assert (found.raw, found.mean, found.state) == (85, 15, "bad")
    assert found.question == found.statement.bad_fi


def test_the_limits_of_a_statement_come_before_those_of_the_version(sheet):
    statement = sheet.statements[0]
    statement.good_from, statement.fair_from = 90, 80

    reading = Reading(sheet, figures(75))

    assert reading.figures[0].state == "bad"
    assert reading.figures[1].state == "good"


def test_three_best_and_three_to_talk_about_share_nothing(sheet):
    reading = Reading(sheet, figures(60, p0=figure(90), p1=figure(85), p2=figure(30)))

    assert [item.number for item in reading.best] == [1, 2, 4]
    assert reading.to_talk[0].number == 3
    assert not {item.number for item in reading.best} & {item.number for item in reading.to_talk}


def test_with_few_statements_shown_fewer_are_at_a_glance(sheet):
    shown = [figure(80), figure(70), figure(40), figure(60), figure(50)] + [None] * (SIZE - 5)

    reading = Reading(sheet, shown)

    assert [item.mean for item in reading.best] == [80, 70]
    assert [item.mean for item in reading.to_talk] == [40, 50]
    assert Reading(sheet, [figure(80)] + [None] * (SIZE - 1)).best == []


def test_equal_means_keep_the_order_of_the_questionnaire(sheet):
    reading = Reading(sheet, [figure(50) for _statement in sheet.statements])

    assert [item.number for item in reading.best] == [1, 2, 3]
    assert [item.number for item in reading.to_talk] == [4, 5, 6]


def test_a_theme_is_as_coarse_as_its_coarsest_statement(sheet):
    reading = Reading(sheet, figures(60, p0=figure(83, "exact"), p1=figure(81, "exact"), p2=figure(80, "exact")))

    assert (reading.themes[0].mean, reading.themes[0].band) == (81, "exact")

    reading = Reading(sheet, figures(60, p0=figure(83, "exact"), p1=figure(81, "exact"), p2=figure(80, "few")))

    assert (reading.themes[0].mean, reading.themes[0].band) == (80, "few")


def test_a_theme_with_most_statements_hidden_has_no_mean(sheet):
    theme = Reading(sheet, figures(60, p0=None, p1=None)).themes[0]

    assert not theme.is_shown
    assert (theme.mean, theme.state, theme.state_words) == (None, "", "")


def test_the_spread_of_a_theme_is_the_middle_word(sheet):
    words = {f"p{place}": figure(60, "some", spread=word) for place, word in enumerate(["alike", "divided", "varied"])}

    assert Reading(sheet, figures(60, **words)).themes[0].spread == "varied"
    assert Reading(sheet, figures(60)).themes[0].spread is None


def test_questions_come_red_first_then_yellow_and_the_lowest_first(sheet):
    green = {f"p{place}": figure(20 if one.is_reversed else 80) for place, one in enumerate(sheet.statements)}
    reading = Reading(
        sheet, figures(**green | {"p0": figure(55), "p1": figure(40), "p2": figure(30), "p8": figure(65)})
    )

    asked = [item.identity for item in reading.questions]

    assert asked == ["good-spirits", "recording-too-much", "core-work", "work-matters"]
    assert [item.state for item in reading.questions] == ["bad", "bad", "bad", "mid"]


def test_bins_of_a_reversed_statement_are_turned_with_their_limits(sheet):
    found = Reading(sheet, figures(60, p8=figure(62, "exact", n=11, bins=[3, 0, 8]))).figures[RECORDING]

    assert found.bins == [(0, 2, 8), (3, 5, 0), (6, 10, 3)]
    assert found.bins_words == "0–2: 8, 6–10: 3"


def test_a_change_is_told_when_it_exceeds_noise_and_is_turned_for_reversed_statements(sheet):
    before, now = Reading(sheet, figures(60)), Reading(sheet, figures(60, p0=figure(80), p8=figure(80)))

    assert published.change_words(now.change_of("work-matters", before)) == "noussut 2,0"
    assert published.change_words(now.change_of("recording-too-much", before)) == "laskenut 2,0"
    assert published.change_words(now.change_of("core-work", before)) == "ei selvää muutosta"


def test_a_change_within_noise_is_not_a_change(sheet):
    before, now = Reading(sheet, figures(60)), Reading(sheet, figures(75))

    change = now.change_of("work-matters", before)

    assert change.limit == pytest.approx(rules.noise(5))
    assert not change.is_clear


def test_a_theme_changes_over_the_statements_that_both_show(sheet):
    before = Reading(sheet, figures(60, p0=None))
    now = Reading(sheet, figures(60, p0=figure(10), p1=figure(80), p2=figure(80)))

    assert now.theme_change("meaningfulness", before).tenths == 20
    assert now.theme_change("meaningfulness", Reading(sheet, figures(60, p0=None, p1=None))) is None


def test_statements_of_two_versions_are_compared_by_their_identity(sheet):
    draft = Instrument.objects.draft_from(sheet.instrument)
    first = draft.themes.order_by("position").first()
    first.statements.filter(identity="work-matters").update(identity="work-matters-more")
    newer = published.sheets([draft.pk])[draft.pk]

    change = Reading(newer, figures(80)).change_of

    assert change("core-work", Reading(sheet, figures(60))).tenths == 20
    assert change("work-matters-more", Reading(sheet, figures(60))) is None
    assert change("work-matters", Reading(sheet, figures(60))) is None


def test_numbers_are_written_as_the_language_writes_them():
    with translation.override("fi"):
        assert published.written(65) == "6,5"
    with translation.override("en"):
        assert published.written(65) == "6.5"
    assert published.written(None) == ""


# A team's result


def test_a_result_is_read_with_its_earlier_round(team):
    publish(published_round(2025, "spring"), {team: people([6] * SIZE, 6, spread=0)})
    publish(published_round(2025, "autumn"), {team: people([9] * SIZE, 6, spread=0)})

    result = published.team_result(team)

    assert result.round.season == "autumn"
    assert result.before.round.season == "spring"
    row = result.statements[0]
    assert row.change_words == "noussut 3,0"
    assert result.change_limit_words == "1,8"
    assert result.answers_words == "5–7 vastausta"


def test_an_earlier_round_can_be_asked_for(team):
    first = published_round(2025, "spring")
    publish(first, {team: [6] * 6})
    publish(published_round(2025, "autumn"), {team: [7] * 6})

    result = published.team_result(team, first.pk)

    assert result.round == first
    assert not result.is_latest
    assert result.before is None
    assert len(result.own_rounds) == 2


def test_a_round_that_is_not_published_is_not_read(team):
    round = RoundFactory(open=True)
    UnitResult.objects.create(unit=unit_of(round, team), band="few", figures=figures())

    assert published.team_result(team) is None
    assert published.unit_result(ReportingUnit.objects.get()) is None


def test_no_change_is_told_of_a_team_that_has_turned_over(team):
    publish(published_round(2025, "spring"), {team: [6] * 6})
    publish(published_round(2025, "autumn"), {team: [9] * 6}, turned_over={team})

    result = published.team_result(team)

    assert result.has_turned_over
    assert result.before is None
    assert all(row.change is None for row in result.statements + result.themes)
    assert result.has_break
    assert not result.trend[0].points[1].is_joined


def test_turning_over_in_a_round_without_a_result_counts_too(team):
    publish(published_round(2024, "autumn"), {team: [6] * 6})
    publish(published_round(2025, "spring"), {team: [6] * 2}, invited=8, turned_over={team})
    publish(published_round(2025, "autumn"), {team: [9] * 6})

    assert published.team_result(team).before is None


def test_the_change_is_from_the_last_round_with_a_result(team):
    publish(published_round(2024, "autumn"), {team: [6] * 6})
    publish(published_round(2025, "spring"), {team: [6] * 2}, invited=8)
    publish(published_round(2025, "autumn"), {team: [9] * 6})

    assert published.team_result(team).before.round.year == 2024


def test_too_few_answers_say_nothing_of_how_many(team):
    publish(published_round(2025, "autumn"), {team: [6] * 3}, invited=9)

    result = published.team_result(team)

    assert not result.is_shown
    assert result.answers_words == ""
    assert result.statements == result.themes == result.trend == []
    assert result.lead == ""
    assert len(result.questions) == 8  # one a theme, as there is no level to read instead


def test_without_own_figures_the_nearest_level_is_read(team):
    others = TeamFactory.create_batch(4, organisation=team.organisation, county=team.county)
    answers = {other: people([8] * 10 + [4] * 18, 8, seed=place) for place, other in enumerate(others)}
    publish(published_round(2025, "autumn"), answers | {team: [6] * 2}, invited=8)

    result = published.team_result(team)

    assert result.instead.letter == "o"
    assert result.questions[0].figure is not None
    assert len(result.questions) <= 6
    assert all(row.figure.is_shown for row in result.instead_themes)


def test_a_team_is_compared_with_the_nearest_level_that_may_be_shown(team):
    others = TeamFactory.create_batch(5, organisation=team.organisation, county=team.county)
    teams = [team, *others]
    publish(
        published_round(2025, "autumn"), {one: people([7] * SIZE, 8, seed=place) for place, one in enumerate(teams)}
    )

    result = published.team_result(team)

    assert (result.level.letter, result.level.others) == ("o", 5)
    level = result.level.reading
    assert result.statements[0].compared == level.figures[0].mean
    assert result.themes[0].compared == level.themes[0].mean


def test_a_theme_is_compared_over_the_very_statements_that_the_team_shows(team):
    others = TeamFactory.create_batch(5, organisation=team.organisation, county=team.county)
    skipped = [[rules.SKIP] + [7] * 27 for _person in range(8)]
    publish(
        published_round(2025, "autumn"),
        {team: skipped} | {one: people([2] + [7] * 27, 8, seed=place) for place, one in enumerate(others)},
    )

    result = published.team_result(team)

    level = result.level.reading
    assert result.statements[0].compared is None
    assert result.themes[0].compared == rules.rounded(level.figures[1].mean + level.figures[2].mean, 2)


def test_a_lonely_team_is_compared_with_nobody(team):
    publish(published_round(2025, "autumn"), {team: [6] * 12})

    result = published.team_result(team)

    assert result.level is None
    assert all(row.compared is None for row in result.statements + result.themes)


def test_a_trend_shows_five_rounds_and_leaves_a_gap(team):
    for place, (year, season) in enumerate(
        [(2023, "spring"), (2023, "autumn"), (2024, "spring"), (2024, "autumn"), (2025, "spring"), (2025, "autumn")]
    ):
        publish(published_round(year, season), {team: [4 + place] * (2 if year == 2024 else 6)}, invited=8)

    points = published.team_result(team).trend[0].points

    assert [point.mean for point in points] == [50, None, None, 80, 90]
    assert [point.is_joined for point in points] == [False, False, False, False, True]


def test_a_trend_goes_on_from_the_team_from_which_this_one_split_off(team):
    old = TeamFactory(name="Vanha tiimi", organisation=team.organisation, county=team.county)
    publish(published_round(2024, "autumn", opens_at=timezone.now() - timedelta(days=400)), {old: [5] * 6})
    split_on = timezone.localdate() - timedelta(days=200)
    TeamChange.objects.create(team=team, kind="split", on=split_on, name=old.name, other=old)
    publish(
        published_round(2025, "autumn", opens_at=timezone.now() - timedelta(days=40)), {team: [8] * 6, old: [2] * 6}
    )

    result = published.team_result(team)

    assert [point.mean for point in result.trend[0].points] == [50, 80]
    assert [name for _round, name in result.older_names] == ["Vanha tiimi"]
    assert result.before is None  # a part of a team is not the team
    assert [round.year for round in result.own_rounds] == [2025]


def test_a_renamed_team_keeps_its_trend_under_the_older_name(team):
    publish(published_round(2025, "spring"), {team: [5] * 6})
    before = team.name
    team.rename("Aivan uusi nimi")
    publish(published_round(2025, "autumn"), {team: [8] * 6})

    result = published.team_result(team)

    assert [name for _round, name in result.older_names] == [before]
    assert result.before is not None


def test_leaders_have_a_result_and_a_trend_of_their_own(team):
    units = [
        ReportingUnit.objects.create(round=round, kind="leaders", county=team.county, invited=8)
        for round in (published_round(2025, "spring"), published_round(2025, "autumn"))
    ]
    for unit, mean in zip(units, (60, 80), strict=True):
        UnitResult.objects.create(unit=unit, band="few", figures=figures(mean))

    result = published.unit_result(units[1])

    assert [point.mean for point in result.trend[0].points] == [60, 80]
    assert result.team is None


def test_teams_that_answered_together_have_one_result(team):
    other = TeamFactory(organisation=team.organisation, county=team.county)
    first, second = published_round(2025, "spring"), published_round(2025, "autumn")
    publish(first, {team: [5] * 6, other: [9] * 6})
    unit = unit_of(second, team)
    unit.kind, unit.name = "joined", "Yhdessä"
    unit.save()
    unit.unit_teams.create(round=second, team=other)
    UnitResult.objects.create(unit=unit, band="few", figures=figures(70))

    by_link, of_team = published.unit_result(unit), published.team_result(team)

    assert {one.pk for one in by_link.joined_teams} == {team.pk, other.pk}
    assert by_link.before is None  # two results of the earlier round, and none of them together
    assert of_team.past[1].unit.name == team.name


def test_a_link_is_over_when_two_later_rounds_have_been_published(team):
    unit = publish(published_round(2024, "autumn"), {team: [5] * 6})[team]

    assert not published.is_link_over(unit)
    published_round(2025, "spring")
    assert not published.is_link_over(unit)
    published_round(2024, "spring")
    RoundFactory(open=True, year=2025, season="summer")
    assert not published.is_link_over(unit)
    published_round(2025, "autumn")
    assert published.is_link_over(unit)


def test_reading_a_result_costs_the_same_for_one_round_and_ten(team, django_assert_num_queries):
    publish(published_round(2020, "autumn"), {team: [5] * 6})
    with django_assert_num_queries(5):
        one = published.team_result(team)
        assert len(one.statements) == SIZE
        assert not one.trend
    for year in range(2021, 2030):
        publish(published_round(year, "autumn"), {team: [5] * 6})

    with django_assert_num_queries(5):
        ten = published.team_result(team)
        assert len(ten.statements) == SIZE
        assert len(ten.trend[0].points) == 5


def test_only_those_who_had_joined_by_then_belong_to_the_past():
    """`late` joined the old team only after the new one had split off from it."""
    old, early, late, new = (TeamFactory() for _number in range(4))
    for kind, team, other, days in (
        ("joined", early, old, 300),
        ("split", new, old, 200),
        ("joined", late, old, 100),
        ("joined", new, old, 50),  # and back again: a circle
    ):
        on = timezone.localdate() - timedelta(days=days)
        TeamChange.objects.create(team=team, kind=kind, on=on, name=team.name, other=other)

    assert [team for team, _until in new.ancestors] == [old, early]
    assert {team for team, _until in old.ancestors} == {early, late, new}


def test_a_level_is_known_by_its_people_and_says_once_that_some_were_left_out(team):
    round = published_round(2026, "spring")
    others = [TeamFactory(organisation=team.organisation, county=team.county) for _number in range(4)]
    publish(round, {one: [7] * 12 for one in (team, *others[:3])} | {others[3]: [7] * 3}, invited=14)

    level = published.team_result(team).level

    assert (level.units, level.others, level.answers, level.reading.left_out) == (4, 3, 48, True)
    assert {figure.known_n for figure in level.reading.figures} == {48}
    assert {figure.n for figure in level.reading.figures} == {None}
