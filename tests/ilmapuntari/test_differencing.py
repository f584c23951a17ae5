"""Test 3 of the privacy page: no sum or difference of what is published tells of one to four answers.

The attacker knows every published set of answers to a statement: units by their own figures, levels by theirs. What
linear algebra can do with them it does, exactly and with any coefficients: a group of units is laid bare when the
space spanned by the published sets holds anything that concerns this group only.
"""

import random
from fractions import Fraction
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilmapuntari import rules, tree
from ilmapuntari.tree import Unit

COUNTY_OF = {"north": "A", "south": "A", "lake": "B", "wide": None}
STATEMENTS = 2
quickly = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# Trees


@st.composite
def trees(draw):
    """Up to eight units with skips: in four organisations, one of them in both counties, or under their county."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    size = draw(st.integers(0, 3))  # the largest units there are
    return [unit_at_random(chance, key, size) for key in range(draw(st.integers(3, 8)))]


def unit_at_random(chance, key, size):
    organisation = chance.choice([*COUNTY_OF, *COUNTY_OF, None])
    county = COUNTY_OF.get(organisation) or chance.choice("AB")
    n = chance.choice(
        [chance.randint(0, 5), chance.randint(3, 9), chance.randint(6, 16), chance.randint(9, 30)][: size + 1]
    )
    numbers = [max(0, n - chance.choice([0, 0, 0, 1, 2, 3, 5, 6])) for _ in range(STATEMENTS)]
    counts = []
    for number in numbers:
        given = [min(10, max(0, round(chance.gauss(7, 2)))) for _ in range(number)]
        counts += [given.count(value) for value in range(rules.VALUES)]
    return Unit(key, organisation, county, n, rules.gate(n + chance.choice([0, 0, 2, 8])), counts)


def uniform(unit, value):
    """The same unit, as if everybody had answered the same."""
    counts = [0] * len(unit.tally)
    counts[value :: rules.VALUES] = unit.answered
    return unit._replace(tally=counts)


def lies_in(unit, key):
    return key in {("organisation", unit.organisation), ("county", unit.county), ("all", None)}


# What the attacker knows


def sets_of_levels(units, i, levels=tree.levels):
    """{level key: which units' answers its figure holds}, found out from outside.

    Which answers a level takes depends on their numbers alone. So let one unit answer ten and all others zero: the
    level holds its answers exactly when its mean moves.
    """
    sets = {}
    for chosen in units:
        for key, level in levels([uniform(unit, 10 * (unit is chosen)) for unit in units]).items():
            if level.figures[i] is not None:
                sets.setdefault(key, set())
                if level.figures[i]["mean"]:
                    sets[key].add(chosen.key)
    return sets


def figures_of_units(units, i):
    shown = {unit.key: rules.unit_figures(unit.tally, unit.n, unit.gate) for unit in units}
    return {key: figures[i] for key, figures in shown.items() if figures and figures[i]}


def published_sets(units, i, levels=tree.levels):
    """All sets of answers of which a mean or a distribution is published."""
    of_units = [{key} for key in figures_of_units(units, i)]
    sets = [*sets_of_levels(units, i, levels).values(), *sets_of_distributions(units, i, levels).values()]
    return of_units + sets


def sets_of_distributions(units, i, levels=tree.levels):
    """{level key: whose answers its distribution holds}: of the units above their gate, and nobody else."""
    shown = figures_of_units(units, i)
    return {
        key: {unit.key for unit in units if unit.key in shown and lies_in(unit, key)}
        for key, level in levels(units).items()
        if level.figures[i] and level.figures[i].get("distribution")
    }


def sets_of_people(units, levels=tree.levels):
    """{level key: whose people its numbers count}, found out like the answers: as a statement nobody skips."""
    return sets_of_levels([everybody_answers(unit) for unit in units], 0, levels)


def everybody_answers(unit):
    return unit._replace(tally=[0] * 10 + [unit.n])


# What the attacker can do


def rank(rows):
    rows, found = [list(map(Fraction, row)) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for at in range(found + 1, len(rows)):
            factor = rows[at][column] / pivot[column]
            if factor:
                rows[at] = [a - factor * b for a, b in zip(rows[at], pivot, strict=True)]
        found += 1
    return found


def laid_bare(sets, groups, keys):
    """The groups of which some combination of the published sets tells something apart from everybody else."""
    rows = [[key in published for key in keys] for published in sets]
    known = rank(rows)
    return [
        group
        for group in groups
        if rank([[is_in for key, is_in in zip(keys, row, strict=True) if key not in group] for row in rows]) < known
    ]


def sums_of(sets, keys):
    """Every group of units that is itself a combination of the published sets."""
    rows = [[key in published for key in keys] for published in sets]
    known = rank(rows)
    return [group for group in groups_of(keys) if known and rank([*rows, [key in group for key in keys]]) == known]


def groups_of(keys):
    return [set(group) for size in range(1, len(keys) + 1) for group in combinations(keys, size)]


def answers_to(units, i):
    return {unit.key: unit.answered[i] for unit in units if unit.answered[i]}


def found_by_attacker(units, i, levels=tree.levels):
    """Groups laid bare that should not be: one to four answers, or one unit that is below its gate."""
    answers = answers_to(units, i)
    shown = figures_of_units(units, i)
    forbidden = [
        group
        for group in groups_of(list(answers))
        if sum(answers[key] for key in group) < 5 or (len(group) == 1 and not group & set(shown))
    ]
    return laid_bare(published_sets(units, i, levels), forbidden, list(answers))


# Nothing is found


@quickly
@given(trees())
def test_no_combination_of_published_sets_tells_of_one_to_four_answers(units):
    for i in range(STATEMENTS):
        assert found_by_attacker(units, i) == []


@quickly
@given(trees())
def test_a_unit_above_its_gate_is_in_every_published_level_over_it(units):
    for i in range(STATEMENTS):
        shown = figures_of_units(units, i)
        for key, held in sets_of_levels(units, i).items():
            assert {unit.key for unit in units if unit.key in shown and lies_in(unit, key)} <= held


@quickly
@given(trees())
def test_a_level_says_of_how_many_units_and_people_it_is_and_when_some_were_left_out(units):
    levels = tree.levels(units)
    held_by = sets_of_people(units)
    people = {unit.key: unit.n for unit in units if unit.n}

    for key, level in levels.items():
        if level.is_shown:
            held = held_by[key]
            assert level.units == len(held) >= 3
            assert level.answers in {None, sum(people[k] for k in held)}
            assert level.left_out == (held != {unit.key for unit in units if lies_in(unit, key) and unit.n})


@quickly
@given(trees())
def test_a_published_level_holds_ten_answers_of_three_units(units):
    for i in range(STATEMENTS):
        answers = answers_to(units, i)
        for held in sets_of_levels(units, i).values():
            assert sum(answers[k] for k in held) >= 10
            assert len(held) >= 3


@quickly
@given(trees())
def test_no_combination_of_published_numbers_counts_one_unit_or_a_few_people(units):
    levels = tree.levels(units)
    people = {unit.key: unit.n for unit in units if unit.n}
    said = [{unit.key} for unit in units if rules.published_n(unit.n, unit.gate)]
    of_levels = [held for key, held in sets_of_people(units).items() if levels[key].is_shown and levels[key].answers]
    unsaid = [{key} for key in people if {key} not in said]

    assert laid_bare(said + of_levels, unsaid, list(people)) == []
    assert all(sum(people[key] for key in group) >= 5 for group in sums_of(said + of_levels, list(people)))


@quickly
@given(trees())
def test_no_combination_of_numbers_that_percentages_may_give_away_tells_of_a_few_who_skipped(units):
    for i in range(STATEMENTS):
        answers = answers_to(units, i)
        people = {unit.key: unit.n for unit in units}
        said = [{key} for key, figure in figures_of_units(units, i).items() if figure["n"]]
        said += list(sets_of_distributions(units, i).values())
        unsaid = [{key} for key in answers if {key} not in said]

        assert laid_bare(said, unsaid, list(answers)) == []
        for group in sums_of(said, list(answers)):
            n = sum(answers[key] for key in group)
            skipped = sum(people[key] for key in group) - n
            assert n >= 5
            assert not 1 <= skipped <= 4 or (n >= 30 and len(group) >= 3)


def told_of(units):
    """All that is published of the shown levels but the means: ({level: its own numbers}, {(level, statement): …})."""
    levels = {key: level for key, level in tree.levels(units).items() if level.is_shown}
    firm = [unit for unit in units if unit.n >= unit.gate]
    beside = {
        key: list(zip(*[level.comparable_for(unit) for unit in firm], strict=True)) for key, level in levels.items()
    }
    return (
        {key: (level.units, level.answers, level.left_out) for key, level in levels.items()},
        {
            (key, i): (
                figure and set(figure), figure and figure["distribution"], figure and bool(figure["interval"]),
                level.comparable and level.comparable[i], beside[key] and beside[key][i],
            )
            for key, level in levels.items()
            for i, figure in enumerate(level.figures)
        },
    )  # fmt: skip


def needs_no_small_unit(units, key, i):
    """The level shows the statement because of units that have a figure of their own."""
    shown = figures_of_units([unit for unit in units if lies_in(unit, key)], i)
    return len(shown) >= 3 and sum(answers_to(units, i)[key] for key in shown) >= 10


@quickly
@given(trees(), st.integers(0, 2**32))
def test_what_a_unit_below_its_gate_skips_changes_means_and_nothing_else(units, seed):
    chance = random.Random(seed)

    def skipping(unit):
        counts = [0] * rules.VALUES * STATEMENTS
        counts[5 :: rules.VALUES] = [chance.randint(0, unit.n) for _ in range(STATEMENTS)]
        return unit._replace(tally=counts) if unit.n < unit.gate else unit

    before, after = told_of(units), told_of([skipping(unit) for unit in units])

    assert all(before[0][key] == after[0][key] for key in before[0].keys() & after[0].keys())
    for key in tree.levels(units):
        for i in range(STATEMENTS):
            if needs_no_small_unit(units, key, i):
                assert before[1].get((key, i)) == after[1].get((key, i))


def test_the_skips_of_one_person_left_out_are_not_told():
    # The only one who answered in her unit skips the second and the fourth statement.
    def unit(key, *answers):
        return Unit(key, "o", "c", len(answers), 5, rules.tally(b"".join(map(bytes, answers)), 4))

    large = [unit(key, *[[5, 6, 7, 8]] * 12) for key in range(3)]
    skip = rules.SKIP
    whole, with_skips = [*large, unit(3, [5, 6, 7, 8])], [*large, unit(3, [5, skip, 7, skip])]

    assert told_of(whole) == told_of(with_skips)
    assert tree.levels(whole)["organisation", "o"].published == tree.levels(with_skips)["organisation", "o"].published
    assert tree.levels(with_skips)["organisation", "o"].left_out is True


def test_a_level_that_needs_its_small_units_shows_every_statement_or_none():
    # Twelve answers of one team and of four small ones, one of whom skips the second statement.
    def units(skipped):
        small = [(4, 4 - skipped), (4, 4), (1, 1), (1, 1)]
        sizes = [(12, 12), *small]
        return [
            Unit(k, "o", "c", n, 6, [0] * 7 + [n] + [0] * 3 + [0] * 7 + [n_i] + [0] * 3)
            for k, (n, n_i) in enumerate(sizes)
        ]

    assert all(tree.levels(units(1))["organisation", "o"].figures)
    assert tree.levels(units(1))["organisation", "o"].units == 5
    few = [unit._replace(n=1, tally=[0] * 7 + [1] + [0] * 14) if unit.key in {1, 2} else unit for unit in units(0)]
    assert not tree.levels(few)["organisation", "o"].is_shown


@quickly
@given(trees())
def test_no_combination_of_distributions_is_a_distribution_of_fewer_than_thirty(units):
    for i in range(STATEMENTS):
        answers = answers_to(units, i)
        told = list(sets_of_distributions(units, i).values())
        forbidden = [
            group for group in groups_of(list(answers)) if sum(answers[k] for k in group) < 30 or len(group) < 3
        ]
        assert laid_bare(told, forbidden, list(answers)) == []


@quickly
@given(trees())
def test_no_combination_of_distributions_and_bins_leaves_one_or_two_in_a_bin(units):
    for i in range(STATEMENTS):
        answers = answers_to(units, i)
        counts = {unit.key: unit.tally[i * 11 : i * 11 + 11] for unit in units}
        told = [{key} for key, figure in figures_of_units(units, i).items() if figure["bins"]]
        told += list(sets_of_distributions(units, i).values())
        for group in sums_of(told, list(answers)):
            column = [sum(values) for values in zip(*(counts[key] for key in group), strict=True)]
            assert sum(column) >= 10
            assert {sum(column[:5]), sum(column[5:8]), sum(column[8:])}.isdisjoint({1, 2})


# The controls: the same attacker finds what others would have published


class Everything:
    """A level that always takes every answer."""

    def __init__(self, units, i_count):
        self.figures = []
        for i in range(i_count):
            numbers = [unit.answered[i] for unit in units]
            total = sum(10 * unit.tally[i * 11 + 10] for unit in units)
            enough = sum(numbers) >= 10 and sum(map(bool, numbers)) >= 3
            self.figures.append({"mean": Fraction(total, sum(numbers))} if enough else None)


def naive_levels(units):
    keys = {key for unit in units for key in [("organisation", unit.organisation), ("county", unit.county)]}
    keys = {key for key in keys if key[1]} | {("all", None)}
    return {key: Everything([unit for unit in units if lies_in(unit, key)], STATEMENTS) for key in keys}


def test_the_attacker_finds_groups_in_levels_that_take_every_answer():
    chance = random.Random(2022)
    rounds = [[unit_at_random(chance, key, 2) for key in range(8)] for _ in range(60)]

    found = sum(bool(found_by_attacker(units, 0, naive_levels)) for units in rounds)
    ours = sum(bool(found_by_attacker(units, 0)) for units in rounds)

    assert found >= 10
    assert ours == 0


def levels_that_look_only_at_their_children(units):
    """The rule read hastily: a published organisation is taken from its county, its units are not."""
    numbers = {unit.key: unit.answered[0] for unit in units}
    shown = {unit.key for unit in units if unit.answered[0] >= unit.gate}
    organisations, county = {}, {unit.key for unit in units}
    rest = set(county)
    for name in {unit.organisation for unit in units}:
        whole = {unit.key for unit in units if unit.organisation == name}
        hidden = whole - shown
        fits = not hidden or (sum(numbers[k] for k in hidden) >= 5 and len(hidden) >= 2)
        held = whole if fits else whole - hidden
        if len(held) >= 3:
            organisations[name] = held
            rest -= held
    if rest and (sum(numbers[k] for k in rest) < 5 or len(rest) < 2):
        county -= rest
    return [{key} for key in shown] + [*organisations.values(), county]


def unit_of(key, organisation, n, gate=5):
    return Unit(key, organisation, "A", n, gate, [0] * 7 + [n] + [0] * 3)


def test_a_few_answers_beside_the_published_units_of_an_unpublished_organisation_stay_hidden():
    # "south" has too few units to be shown, so its one published unit must be taken from the county as well.
    units = [unit_of(k, "north", 8) for k in range(3)] + [unit_of(3, "south", 9), unit_of(4, "south", 3)]

    hasty = laid_bare(levels_that_look_only_at_their_children(units), [{4}], list(range(5)))

    assert hasty == [{4}]
    assert found_by_attacker(units, 0) == []
    assert tree.levels(units)["county", "A"].left_out


# And what may be shown is shown


def test_a_few_answers_left_out_of_their_organisation_come_in_at_the_county_with_others():
    units = [unit_of(k, "north", 8) for k in range(3)] + [unit_of(3, "north", 3)]
    units += [unit_of(k, "south", 8) for k in range(4, 7)] + [unit_of(7, "south", 2)]

    levels = tree.levels(units)

    assert [levels["organisation", name].left_out for name in ("north", "south")] == [True, True]
    assert levels["organisation", "north"].units == 3
    assert levels["county", "A"].left_out is False
    assert levels["county", "A"].units == 8


def test_answers_that_came_in_below_do_not_help_others_in():
    # Five of two small units came in at "north"; the lone two of "south" would be known as the difference.
    units = [unit_of(k, "north", 8) for k in range(3)] + [unit_of(3, "north", 3), unit_of(4, "north", 2)]
    units += [unit_of(k, "south", 8) for k in range(5, 8)] + [unit_of(8, "south", 2)]

    levels = tree.levels(units)

    assert levels["organisation", "north"].left_out is False
    assert levels["county", "A"].left_out is True
    assert levels["county", "A"].units == 8


def test_a_large_tree_without_small_units_shows_everything():
    units = [unit_of(k, f"organisation {k // 4}", 12) for k in range(12)]

    levels = tree.levels(units)

    for level in levels.values():
        assert level.answers == 12 * level.units
        assert level.figures[0]["distribution"][7] == 100
        assert level.left_out is False


def test_the_leaders_alone_hide_the_distribution_and_the_number_that_would_be_theirs():
    units = [unit_of(k, "north", 12) for k in range(4)] + [unit_of(4, None, 6)]

    levels = tree.levels(units)

    assert levels["organisation", "north"].figures[0]["distribution"]
    assert levels["county", "A"].figures[0]["mean"] == 70
    assert levels["county", "A"].answers is None
    assert levels["county", "A"].figures[0]["distribution"] is None


def test_a_distribution_that_would_tell_that_of_twelve_people_is_not_shown_but_their_number_is():
    units = [unit_of(k, "north", 12) for k in range(4)] + [unit_of(4, None, 6), unit_of(5, "south", 6)]

    levels = tree.levels(units)

    assert levels["organisation", "north"].figures[0]["distribution"]
    assert levels["county", "A"].answers == 60
    assert levels["county", "A"].figures[0]["distribution"] is None


def test_an_organisation_in_two_counties_has_no_level_across_the_tree():
    units = [unit_of(k, "north", 12)._replace(county="AB"[k % 2]) for k in range(8)]

    levels = tree.levels(units)

    assert set(levels) == {("county", "A"), ("county", "B"), ("all", None)}
    assert levels["county", "A"].answers == 48


def test_no_units_make_no_levels():
    assert tree.levels([]) == {}
