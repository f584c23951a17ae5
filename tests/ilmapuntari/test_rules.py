"""The rules of the privacy page, one by one."""

import time
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilmapuntari import rules, tree
from ilmapuntari.rules import SKIP
from ilmapuntari.tree import Unit


def counts_of(*values):
    """The counts of one statement."""
    return [values.count(value) for value in range(11)]


def figure_of(*values, skipped=0, gate=5):
    return rules.unit_figures(counts_of(*values), len(values) + skipped, gate)[0]


# Counting


def test_a_tally_counts_each_value_of_each_statement_and_no_skips():
    answers = bytes([0, 10, SKIP]) + bytes([0, 3, SKIP]) + bytes([7, SKIP, 5])

    counts = rules.tally(answers, 3)

    assert list(counts) == [*counts_of(0, 0, 7), *counts_of(10, 3), *counts_of(5)]
    assert rules.answered(counts) == [3, 2, 1]


def test_tallies_of_two_groups_add_up():
    one, other = bytes([1, 2, 3, SKIP]), bytes([1, 9])

    added = [a + b for a, b in zip(rules.tally(one, 2), rules.tally(other, 2), strict=True)]

    assert added == list(rules.tally(one + other, 2))


def test_half_an_answer_is_refused():
    with pytest.raises(ValueError, match="whole"):
        rules.tally(bytes(5), 2)


# The gate


def enough(invited, n):
    """The rule in other words: five people, and no fewer than those who stayed away."""
    return n >= 5 and n >= invited - n


def kind_of(invited, n):
    if not enough(invited, n):
        return "too_few"
    return "exact" if n > 9 else "some" if n in {8, 9} else "few"


@pytest.mark.parametrize("invited", range(1, 21))
def test_the_gate_table(invited):
    shown = rules.simulation(invited)

    assert shown == [(n, kind_of(invited, n)) for n in range(invited + 1)]
    assert rules.simulation(invited) == shown


def test_the_gate_of_twenty_team_sizes():
    assert [rules.gate(invited) for invited in range(1, 21)] == [5] * 10 + [6, 6, 7, 7, 8, 8, 9, 9, 10, 10]


def test_the_gate_rises_by_one_with_the_leader_inside():
    assert rules.gate(8, leader_inside=True) == 6
    assert rules.gate(13, leader_inside=True) == 8


def test_the_floor_can_be_raised_and_not_lowered():
    assert rules.gate(8, floor=7) == 7
    with pytest.raises(ValueError, match="raised"):
        rules.gate(8, floor=4)


def test_a_gate_under_the_floor_lets_nothing_through():
    assert rules.unit_figures(counts_of(5, 5, 5, 5), 4, 1) is None


def test_four_are_too_small_and_five_are_not():
    assert rules.is_too_small(4)
    assert not rules.is_too_small(5)


def test_the_simulator_tells_ranges():
    assert rules.simulation_ranges(12) == [(0, 5, "too_few"), (6, 7, "few"), (8, 9, "some"), (10, 12, "exact")]
    assert rules.simulation_ranges(4) == [(0, 4, "too_few")]
    assert rules.simulation_ranges(6, leader_inside=True) == [(0, 5, "too_few"), (6, 6, "few")]


def test_the_number_of_answers_is_said_from_ten():
    assert [rules.published_n(n, 5) for n in (4, 5, 9, 10, 11)] == [None, None, None, 10, 11]
    assert rules.published_n(12, 13) is None


# A unit's figures


def test_below_the_gate_nothing_is_shown():
    assert rules.unit_figures(counts_of(*[7] * 6), 6, 7) is None


def test_a_statement_that_many_skipped_is_below_its_own_gate():
    counts = counts_of(*[7] * 6) + counts_of(*[7] * 4)

    assert [figure and figure["band"] for figure in rules.unit_figures(counts, 6, 5)] == ["few", None]


def test_five_answers_show_a_mean_to_the_nearest_half_and_nothing_else():
    assert figure_of(6, 7, 7, 7, 7) == {"band": "few", "mean": 70, "spread": None, "n": None, "bins": None}


def test_halves_go_up():
    assert figure_of(7, 7, 7, 7, 7, 7, 7, 9)["mean"] == 75  # 7.25
    assert figure_of(7, 7, 7, 7, 7, 7, 7, 8)["mean"] == 70  # 7.125


@pytest.mark.parametrize(("value", "mean"), [(0, 10), (1, 10), (9, 90), (10, 90)])
def test_the_ends_of_the_scale_are_not_told_of_a_few(value, mean):
    assert figure_of(*[value] * 5)["mean"] == mean
    assert figure_of(*[value] * 9)["mean"] == mean


def test_ten_answers_may_tell_the_end_of_the_scale():
    assert figure_of(*[10] * 10)["mean"] == 100
    assert figure_of(*[0] * 10)["mean"] == 0


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([6, 6, 7, 7, 7, 7, 8, 8], "alike"),
        ([5, 8] * 4, "varied"),  # exactly 1.5
        ([4, 9] * 4, "varied"),  # exactly 2.5
        ([4, 10] * 4, "divided"),
    ],
)
def test_eight_answers_get_one_word_for_their_spread(values, word):
    assert figure_of(*values)["spread"] == word


def test_ten_answers_show_a_mean_to_a_tenth_their_number_and_bins():
    assert figure_of(2, 3, 4, 5, 6, 7, 7, 8, 9, 10) == {
        "band": "exact",
        "mean": 61,
        "spread": None,
        "n": 10,
        "bins": [3, 4, 3],
    }


def test_a_bin_may_be_empty_but_not_hold_one_or_two():
    assert figure_of(*[6] * 5, *[9] * 6)["bins"] == [0, 5, 6]
    assert figure_of(1, *[6] * 5, *[9] * 6)["bins"] is None
    assert figure_of(1, 1, *[6] * 5, *[9] * 6)["bins"] is None


@pytest.mark.parametrize(("skipped", "n"), [(0, 12), (1, None), (4, None), (5, 12)])
def test_a_number_that_tells_of_one_to_four_who_skipped_is_not_said_nor_given_away_by_bins(skipped, n):
    figure = figure_of(*[9] * 12, skipped=skipped)

    assert figure["n"] == n
    assert figure["bins"] == ([0, 0, 12] if n else None)


@given(st.lists(st.integers(0, 10), min_size=5, max_size=40))
def test_the_mean_is_the_nearest_that_may_be_shown(values):
    figure, exact = figure_of(*values), Fraction(10 * sum(values), len(values))

    if len(values) >= 10:
        assert -Fraction(1, 2) < figure["mean"] - exact <= Fraction(1, 2)
    else:
        assert figure["mean"] % 5 == 0
        assert 10 <= figure["mean"] <= 90
        assert figure["mean"] in {10, 90} or -Fraction(5, 2) < figure["mean"] - exact <= Fraction(5, 2)


# Levels


def units_of(*numbers, organisation="north"):
    return [Unit(k, organisation, "A", n, 5, counts_of(*[k % 11] * n)) for k, n in enumerate(numbers)]


def figure_of_organisation(*numbers):
    return tree.levels(units_of(*numbers))["organisation", "north"].figures[0]


def test_a_level_needs_ten_answers_of_three_units():
    assert figure_of_organisation(8, 8) is None
    assert figure_of_organisation(5, 2, 2) is None
    assert figure_of_organisation(5, 3, 2)["mean"] == 7  # 0 × 5, 1 × 3, 2 × 2


def test_a_distribution_and_its_interval_are_shown_from_thirty():
    assert figure_of_organisation(10, 10, 9)["distribution"] is None
    figure = figure_of_organisation(10, 10, 10)

    assert figure["distribution"] == [33, 33, 33, 0, 0, 0, 0, 0, 0, 0, 0]
    half = 1.96 * sqrt(2 / 3) / sqrt(30)
    assert figure["interval"] == [round(10 * (1 - half)), round(10 * (1 + half))]


def test_a_level_tells_nothing_of_a_statement_but_its_mean_and_its_percentages():
    assert set(figure_of_organisation(10, 10, 10)) == {"mean", "distribution", "interval"}


def test_an_interval_stays_on_the_scale():
    assert rules.interval(97, [3, *[0] * 9, 97], 30)[1] == 100


def test_a_lone_small_unit_is_left_out_and_said_to_be():
    level = tree.levels(units_of(8, 8, 8, 4))["organisation", "north"]

    assert level.left_out is True
    assert level.units == 3
    assert level.answers == 24


def test_units_of_different_versions_do_not_add_up():
    with pytest.raises(ValueError, match="same statements"):
        tree.levels([*units_of(8), Unit(9, "north", "A", 8, 5, [8] * 22)])


def comparable(*numbers, of=0):
    units = units_of(*numbers)
    return tree.levels(units)["organisation", "north"].comparable_for(units[of])[0]


def test_a_unit_is_compared_with_three_others_of_fifteen_answers():
    assert comparable(8, 5, 5, 5)
    assert not comparable(8, 15, 15)
    assert not comparable(8, 6, 6, 3, 2)  # three and two are below their gate: it may not rest on them
    assert not comparable(8, 5, 5, 3)


def test_a_unit_is_not_compared_with_what_is_mostly_one_other():
    assert comparable(8, 12, 5, 5)
    assert not comparable(8, 16, 5, 5)
    assert comparable(8, 16, 5, 5, of=1) is True


def test_a_unit_without_a_figure_is_not_compared():
    assert not comparable(3, 9, 9, 9, 9)


def test_a_unit_is_not_compared_with_a_level_of_others():
    units = units_of(9, 9, 9, 9)
    elsewhere = units[0]._replace(key="x", organisation="south")

    assert tree.levels(units)["organisation", "north"].comparable_for(elsewhere) == [False]


def of_two_organisations(north, south):
    units = [
        Unit((name, k), name, "A", n, 5, counts_of(*[7] * n))
        for name, numbers in (("north", north), ("south", south))
        for k, n in enumerate(numbers)
    ]
    return tree.levels(units)["organisation", "north"].comparable


def test_an_organisation_is_compared_with_a_county_of_three_other_units_of_fifteen_answers():
    assert of_two_organisations([8] * 4, [5, 5, 5]) == [True]
    assert of_two_organisations([8] * 4, [8, 8]) == [False]
    assert of_two_organisations([8] * 4, [8, 8, 4]) == [False]
    assert of_two_organisations([8] * 4, []) == [False]


def test_an_organisation_is_not_compared_with_a_county_that_is_mostly_one_other_unit():
    assert of_two_organisations([8] * 4, [12, 5, 5]) == [True]
    assert of_two_organisations([8] * 4, [16, 5, 5]) == [False]
    assert of_two_organisations([30, 8, 8], [12, 5, 5]) == [True]  # its own large unit is not one of the others


def test_ten_thousand_units_take_a_few_seconds():
    answers = bytes(range(11)) * 28
    counts = rules.tally((answers + answers)[: 28 * 15], 28)
    units = [Unit(k, k // 8, k // 800, 15, 8, counts) for k in range(10_000)]

    began = time.perf_counter()
    levels = tree.levels(units)

    assert levels["all", None].answers == 150_000
    assert time.perf_counter() - began < 8


# Everything else, from published figures only


def test_states_follow_the_limits():
    assert [rules.state(mean) for mean in (70, 69, 50, 49)] == ["good", "mid", "mid", "bad"]
    assert rules.state(70, (80, 60)) == "mid"


def test_a_negative_statement_is_turned_and_its_bins_with_it():
    assert rules.oriented(35, True) == 65
    assert rules.oriented(35, False) == 35
    assert rules.oriented_bins([3, 4, 5], False) == [(0, 4, 3), (5, 7, 4), (8, 10, 5)]
    assert rules.oriented_bins([3, 4, 5], True) == [(0, 2, 5), (3, 5, 4), (6, 10, 3)]


def test_a_theme_is_as_coarse_as_its_coarsest_statement():
    assert rules.theme_mean([(64, "exact"), (65, "exact")]) == (65, "exact")
    assert rules.theme_mean([(64, "exact"), (70, "some")]) == (65, "some")
    assert rules.theme_mean([(64, "exact"), (70, "some"), (75, "few")]) == (70, "few")
    assert rules.theme_mean([(100, "exact"), (100, "exact"), (90, "few")]) == (90, "few")


def test_a_theme_needs_half_of_its_statements():
    assert rules.theme_mean([(60, "few"), None]) == (60, "few")
    assert rules.theme_mean([(60, "few"), None, None]) is None
    assert rules.theme_mean([]) is None


def test_two_units_that_look_the_same_have_the_same_theme_state_and_change():
    one, other = figure_of(6, 7, 7, 7, 7), figure_of(7, 7, 7, 7, 8)
    before = figure_of(*[5] * 6)

    assert one == other
    assert rules.theme_mean([(one["mean"], one["band"])]) == rules.theme_mean([(other["mean"], other["band"])])
    assert rules.change(one, before) == rules.change(other, before)


def test_what_a_published_figure_tells_of_its_number():
    assert rules.known_n(figure_of(*[7] * 7)) == 5
    assert rules.known_n(figure_of(*[7] * 9)) == 8
    assert rules.known_n(figure_of(*[7] * 14)) == 14
    assert rules.known_n(figure_of(*[7] * 14, skipped=1)) == 10
    assert rules.known_n(figure_of_organisation(10, 10, 10)) == 30
    assert rules.known_n(figure_of_organisation(20, 20, 20), 60) == 60
    assert rules.known_n(figure_of_organisation(8, 8, 8), 24) == 10


@pytest.mark.parametrize(("n", "points"), [(5, 1.75), (10, 1.24), (30, 0.72)])
def test_noise_is_what_the_rule_says(n, points):
    assert rules.noise(n) == pytest.approx(points, abs=0.005)


def test_a_change_is_clear_when_it_exceeds_the_noise_of_the_smaller_number():
    ten, thirty = {"band": "exact", "mean": 60, "n": 10}, {"band": "exact", "mean": 72, "n": 30}

    assert rules.change(thirty, ten)[:2] == (12, False)
    assert rules.change(thirty | {"mean": 73}, ten)[:2] == (13, True)
    assert rules.change(thirty, ten | {"n": 30})[:2] == (12, True)
    assert rules.change(thirty, ten, is_reversed=True)[:2] == (-12, False)
    assert rules.change(thirty, None) is None
    assert rules.change(None, ten) is None


def test_over_a_third_of_the_unit_has_changed():
    assert not rules.has_turned_over(range(9), range(3, 12))  # three of nine have been replaced
    assert rules.has_turned_over(range(9), range(4, 13))
    assert not rules.has_turned_over(range(6), range(9))
    assert rules.has_turned_over(range(6), range(10))
    assert rules.has_turned_over([], range(5))
    assert not rules.has_turned_over([], [])
