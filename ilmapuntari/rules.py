"""What may be shown of answers, and what follows from it: pure functions that know no database.

"Rule n" is the n-th rule of the privacy page of the Ilmapuntari. One answer is a byte a statement, 0–10 or SKIP.
Answers are counted into a *tally*: eleven counts a statement, one after another. Tallies of two groups add up.
A mean is an integer in tenths, raw as answered; pages turn it with `oriented`.
"""

import math
import sys
from array import array
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

SKIP = 255
VALUES = 11

GATE_FLOOR = 5  # rule 1: may be raised, never lowered
SMALL_TEAM = 4  # rule 2: no numbers of its own

# Rule 5: detail grows with the number of answers.
SPREAD_FROM = 8
EXACT_FROM = 10
COARSE_LIMITS = (10, 90)
BINS = ((0, 4), (5, 7), (8, 10))
BIN_MIN = 3
LEVEL_MIN_ANSWERS = 10
LEVEL_MIN_UNITS = 3
DISTRIBUTION_FROM = 30
# Our own: on a scale of 0–10 half of the answers within a point of each other, and half of the scale in use.
ALIKE_BELOW = 15
VARIED_TO = 25
# Our own: so few people who skipped a statement are not counted in public either.
SKIPPED_MIN = 5

# Rule 7: what may be left when one published set of answers is taken from another, and who may be compared.
REST_MIN_ANSWERS = 5
REST_MIN_UNITS = 2
OTHERS_MIN_UNITS = 3
OTHERS_MIN_ANSWERS = 15
OTHERS_MAX_SHARE = 0.6

# Rule 9: a change is told when it exceeds noise; to be replaced by estimates from pooled data.
NOISE_SD = 2.0
NOISE_R = 0.5
CONFIDENCE = 1.96
TURNOVER_MAX = Fraction(1, 3)

STATE_LIMITS = (70, 50)  # the instrument's data; this is the default of a new one

TOO_FEW, FEW, SOME, EXACT = "too_few", "few", "some", "exact"
COARSENESS = {FEW: 0, SOME: 1, EXACT: 2}
KNOWN_N = {FEW: 5, SOME: 8, EXACT: 10}


# Counting


def tally(answers: bytes, size: int) -> array:
    """Count the answers, laid end to end, of `size` statements each: eleven counts a statement."""
    if len(answers) % size:
        raise ValueError("The answers are not whole.")
    counts = array("H")
    for i in range(size):
        count = answers[i::size].count
        counts.extend(map(count, range(VALUES)))
    return counts


def answered(counts: Sequence[int]) -> list[int]:
    """n_i: how many answered each statement of a tally."""
    return [sum(counts[at : at + VALUES]) for at in range(0, len(counts), VALUES)]


# The gate (rules 1, 2 and 14)


def gate(invited: int, *, leader_inside: bool = False, floor: int = GATE_FLOOR) -> int:
    """The answers a unit needs for a result: about half of those invited, five at least, one more with its leader."""
    if floor < GATE_FLOOR:
        raise ValueError("The floor of the gate can only be raised.")
    return max(floor, (invited + 1) // 2) + bool(leader_inside)


def is_too_small(invited: int) -> bool:
    """Never numbers of its own (rule 2)."""
    return invited <= SMALL_TEAM


def answers_band(n: int, gate: int) -> str:
    """How much detail n answers allow: "too_few", "few", "some" or "exact" (rule 5)."""
    if n < max(gate, GATE_FLOOR):
        return TOO_FEW
    if n < SPREAD_FROM:
        return FEW
    return SOME if n < EXACT_FROM else EXACT


def published_n(n: int, gate: int) -> int | None:
    """The number of answers of a unit, said exactly only from ten."""
    return n if answers_band(n, gate) == EXACT else None


# A unit's figures (rule 5)


def unit_figures(tally: Sequence[int], n: int, gate: int) -> list[dict | None] | None:
    """What is shown of a unit, statement by statement; None below the gate.

    Bins add up to the number of answers, so they are shown only where that number is.
    """
    if answers_band(n, gate) == TOO_FEW:
        return None
    return [_unit_figure(tally[at : at + VALUES], n, gate) for at in range(0, len(tally), VALUES)]


def _unit_figure(counts, n, gate):
    n_i = sum(counts)
    band = answers_band(n_i, gate)
    if band == TOO_FEW:
        return None
    figure = {"band": band, "mean": None, "spread": None, "n": None, "bins": None}
    total = sum(map(int.__mul__, counts, range(VALUES)))
    if band == EXACT:
        figure["mean"] = _rounded(10 * total, n_i)
        if _skipping_may_be_told(n - n_i):
            figure["n"] = n_i
            bins = _bins(counts)
            figure["bins"] = bins if _bins_may_be_seen(bins) else None
    else:
        figure["mean"] = _coarse(10 * total, n_i)
        figure["spread"] = _spread(counts, n_i, total) if band == SOME else None
    return figure


def _rounded(numerator, denominator):
    """To the nearest whole number, halves up, without a float."""
    return (2 * numerator + denominator) // (2 * denominator)


def _coarse(numerator, denominator):
    """To the nearest five tenths, kept within 1–9: a mean of 0 or 10 would tell everybody's answer."""
    low, high = COARSE_LIMITS
    return min(max(5 * _rounded(numerator, 5 * denominator), low), high)


def _spread(counts, n, total):
    """One word for the standard deviation of these answers, compared as squares of whole numbers."""
    squares = sum(count * value * value for value, count in enumerate(counts))
    scaled = 100 * (n * squares - total * total)  # (10 n s)²
    if scaled < (ALIKE_BELOW * n) ** 2:
        return "alike"
    return "varied" if scaled <= (VARIED_TO * n) ** 2 else "divided"


def _bins(counts):
    return [sum(counts[low : high + 1]) for low, high in BINS]


def _bins_may_be_seen(bins):
    return all(not count or count >= BIN_MIN for count in bins)


def _skipping_may_be_told(skipped):
    return not skipped or skipped >= SKIPPED_MIN


# The one tree (rule 7)


class Unit(NamedTuple):
    """One reporting unit with all its answers; without an organisation it stands directly under its county."""

    key: object
    organisation: object | None
    county: object | None
    n: int
    gate: int
    tally: Sequence[int]

    @property
    def answered(self) -> list[int]:
        return answered(self.tally)


class Level:
    """One organisation, county or the whole area: what is shown of it, and who may be compared with it."""

    __slots__ = ("_others", "figures", "key")

    def __init__(self, key, figures, others):
        self.key = key
        self.figures = figures  # one dict or None a statement
        self._others = others  # beside it (answers, units, the largest unit, its answers, the next one's answers)

    def __repr__(self):
        return f"<Level {self.key}: {sum(figure is not None for figure in self.figures)} statements shown>"

    def comparable_for(self, unit: Unit) -> list[bool]:
        """Whether the unit may be set beside this level, statement by statement (rule 7).

        Never where the unit has no figure of its own, and only with a level it belongs to. So its answers are in
        the level's figure, and the rest of that figure must be three other units or more, fifteen answers or more,
        no unit over 60 % of them.
        """
        if self.key not in {("organisation", unit.organisation), ("county", unit.county), ("all", None)}:
            return [False] * len(self.figures)
        return [
            figure is not None and answers_band(n_i, unit.gate) != TOO_FEW and self._may_compare(unit.key, n_i, *others)
            for figure, n_i, others in zip(self.figures, unit.answered, self._others, strict=True)
        ]

    @staticmethod
    def _may_compare(key, own, answers, units, holder, largest, second):
        others = answers - own
        return (
            units - 1 >= OTHERS_MIN_UNITS
            and others >= OTHERS_MIN_ANSWERS
            and (second if holder == key else largest) <= OTHERS_MAX_SHARE * others
        )


def levels(units: Iterable[Unit]) -> dict[tuple[str, object], Level]:
    """Every level above the units: ("organisation", id), ("county", id) and ("all", None), from one pass.

    For each statement by itself the answers of a level fall in two. *Shown*: those in a published set below it.
    *Fresh*: those of units below their gate that no published set holds yet. The fresh ones join the level all
    together, if they are five or more from two units or more; otherwise they are left out, and may join further up
    with others. So every published set is a union of disjoint groups, each a published unit or five answers from
    two units at least, and no sum or difference of published sets can hold less than one of those groups.

    Counts, bins and distributions are published more sparingly than means, so the same is kept for each of them:
    what is *not yet counted*, *binned* or *distributed* below must be enough by itself before the level says it.

    An organisation in two counties has no level of its own: it would lie across the tree. Its units stay in theirs.
    """
    organisations, counties, whole = {}, {}, None
    for unit in units:
        if whole is None:
            whole = _Node(("all", None), None, len(unit.tally) // VALUES)
        node = whole
        if unit.county is not None:
            if unit.county not in counties:
                counties[unit.county] = _Node(("county", unit.county), whole, whole.size)
            node = counties[unit.county]
        if unit.organisation is not None:
            parts = organisations.setdefault(unit.organisation, {})
            if unit.county not in parts:
                parts[unit.county] = _Node(("organisation", unit.organisation), node, whole.size)
            node = parts[unit.county]
        node.take(unit)
    if whole is None:
        return {}
    found = {}
    for parts in organisations.values():
        for node in parts.values():
            if len(parts) == 1:
                found[node.key] = node.close()
            node.pass_on()
    for node in (*counties.values(), whole):
        found[node.key] = node.close()
        node.pass_on()
    return found


# A row has fourteen lanes of 32 bits a statement: eleven counts, the units with an answer to it, those who skipped it
# in these units, and those who skipped it in units where nobody answered it.
# As one long integer, rows add in a stroke and a mask picks statements; so a national round takes a second or two.
_UNITS, _SKIPPED, _SILENT, _LANES = 11, 12, 13, 14
_NOBODY = (None, 0, 0)  # the largest unit, its answers, the next one's answers


class _Node:
    """What gathers for one level: piles of answers, each split by statement into what may be told and what not."""

    __slots__ = (
        "fresh",
        "fresh_largest",
        "key",
        "parent",
        "shown",
        "shown_largest",
        "size",
        "unbinned",
        "uncounted",
        "undistributed",
    )

    def __init__(self, key, parent, size):
        self.key, self.parent, self.size = key, parent, size
        self.shown = self.fresh = self.uncounted = self.unbinned = self.undistributed = 0
        self.shown_largest = [_NOBODY] * size
        self.fresh_largest = [_NOBODY] * size

    def take(self, unit):
        """Add a unit: its answers are shown where it passes its gate, fresh where it does not."""
        numbers = unit.answered
        if len(numbers) != self.size:
            raise ValueError("Units of one tree answer the same statements.")
        shown = counted = binned = 0
        for i, n_i in enumerate(numbers):
            band = answers_band(n_i, unit.gate)
            largest = self.fresh_largest if band == TOO_FEW else self.shown_largest
            if n_i > largest[i][2]:
                largest[i] = _merged(largest[i], (unit.key, n_i, 0))
            if band != TOO_FEW:
                shown |= 1 << i
                if band == EXACT and _skipping_may_be_told(unit.n - n_i):
                    counted |= 1 << i
                    if _bins_may_be_seen(_bins(unit.tally[i * VALUES : (i + 1) * VALUES])):
                        binned |= 1 << i
        row = _row(unit.tally, numbers, unit.n)
        told = row & _mask(shown, self.size)
        self.shown += told
        self.fresh += row - told
        self.undistributed += told
        self.uncounted += told - (row & _mask(counted, self.size))
        self.unbinned += told - (row & _mask(binned, self.size))

    def close(self):
        """Decide what the level shows, and return it."""
        shown, fresh, uncounted, unbinned, undistributed = (
            _statements(pile, self.size)
            for pile in (self.shown, self.fresh, self.uncounted, self.unbinned, self.undistributed)
        )
        figures, others = [], []
        joined = counted = distributed = 0
        for i in range(self.size):
            fits = _is_nothing_or(fresh[i], REST_MIN_ANSWERS, REST_MIN_UNITS)
            joining = fresh[i] if fits else [0] * _LANES
            row = _sum(shown[i], joining)
            n, units = sum(row[:VALUES]), row[_UNITS]
            if n < LEVEL_MIN_ANSWERS or units < LEVEL_MIN_UNITS:
                figures.append(None)
                others.append((0, 0, *_NOBODY))
                continue
            is_counted = _may_be_counted(_sum(uncounted[i], joining))
            is_distributed = (
                is_counted
                and n >= DISTRIBUTION_FROM
                and _is_nothing_or(_sum(undistributed[i], joining), DISTRIBUTION_FROM, LEVEL_MIN_UNITS)
                and _may_be_binned(_sum(unbinned[i], joining))
            )
            joined |= fits << i
            counted |= is_counted << i
            distributed |= is_distributed << i
            figures.append(_level_figure(row[:VALUES], n, units, is_counted, is_distributed, not fits))
            largest = _merged(self.shown_largest[i], self.fresh_largest[i]) if fits else self.shown_largest[i]
            others.append((n, units, *largest))
        self._settle(joined, counted, distributed)
        return Level(self.key, figures, others)

    def _settle(self, joined, counted, distributed):
        """What has been told at this level is known at every level above it."""
        joining = self.fresh & _mask(joined, self.size)
        self.fresh -= joining
        self.shown += joining
        self.uncounted = _without(self.uncounted + joining, _mask(counted, self.size))
        self.unbinned = _without(self.unbinned + joining, _mask(distributed, self.size))
        self.undistributed = _without(self.undistributed + joining, _mask(distributed, self.size))
        for i in range(self.size):
            if joined >> i & 1:
                self.shown_largest[i] = _merged(self.shown_largest[i], self.fresh_largest[i])
                self.fresh_largest[i] = _NOBODY

    def pass_on(self):
        """Give everything to the level above: told or not, it is a part of that."""
        above = self.parent
        if above is None:
            return
        above.shown += self.shown
        above.fresh += self.fresh
        above.uncounted += self.uncounted
        above.unbinned += self.unbinned
        above.undistributed += self.undistributed
        above.shown_largest = list(map(_merged, above.shown_largest, self.shown_largest))
        above.fresh_largest = list(map(_merged, above.fresh_largest, self.fresh_largest))


def _level_figure(counts, n, units, is_counted, is_distributed, left_out):
    return {
        "mean": _rounded(10 * sum(map(int.__mul__, counts, range(VALUES))), n),
        "n": n if is_counted else None,
        "units": units,
        "distribution": counts if is_distributed else None,
        "interval": interval(counts) if is_distributed else None,
        "left_out": left_out,
    }


def interval(distribution: Sequence[int]) -> list[int]:
    """Where the mean lies with 95 % certainty, in tenths, from a published distribution."""
    n = sum(distribution)
    mean = sum(map(int.__mul__, distribution, range(VALUES))) / n
    variance = sum(count * (value - mean) ** 2 for value, count in enumerate(distribution)) / (n - 1)
    half = CONFIDENCE * math.sqrt(variance / n)
    return [max(0, math.floor(10 * (mean - half) + 0.5)), min(100, math.floor(10 * (mean + half) + 0.5))]


def _is_nothing_or(row, answers, units):
    n = sum(row[:VALUES])
    return not n or (n >= answers and row[_UNITS] >= units)


def _may_be_counted(row):
    """Rule 12: numbers of answers only where rule 7 allows.

    Nor may they tell that one to four people of a small group skipped the statement. Where a full distribution would
    be allowed, three of a hundred say nothing about anybody, and hiding them would hide nearly every distribution.
    """
    n = sum(row[:VALUES])
    is_large = n >= DISTRIBUTION_FROM and row[_UNITS] >= LEVEL_MIN_UNITS
    return _is_nothing_or(row, REST_MIN_ANSWERS, REST_MIN_UNITS) and (
        is_large or (_skipping_may_be_told(row[_SKIPPED]) and _skipping_may_be_told(row[_SKIPPED] + row[_SILENT]))
    )


def _may_be_binned(row):
    n = sum(row[:VALUES])
    return not n or (n >= EXACT_FROM and _bins_may_be_seen(_bins(row)))


def _sum(row, other):
    return [a + b for a, b in zip(row, other, strict=True)]


def _merged(one, other):
    """The two largest of two groups of units that share none."""
    if one[1] >= other[1]:
        return one[0], one[1], max(one[2], other[1])
    return other[0], other[1], max(other[2], one[1])


def _row(counts, numbers, people):
    lanes = array("I", bytes(4 * _LANES * len(numbers)))
    for value in range(VALUES):
        lanes[value::_LANES] = array("I", counts[value::VALUES])
    lanes[_UNITS::_LANES] = array("I", map(bool, numbers))
    lanes[_SKIPPED::_LANES] = array("I", [people - n_i if n_i else 0 for n_i in numbers])
    lanes[_SILENT::_LANES] = array("I", [0 if n_i else people for n_i in numbers])
    return int.from_bytes(lanes.tobytes(), sys.byteorder)


@lru_cache(maxsize=1024)
def _mask(statements, size):
    """All lanes of the statements whose bits are set."""
    lanes = array("I")
    for i in range(size):
        lanes.extend([0xFFFFFFFF * (statements >> i & 1)] * _LANES)
    return int.from_bytes(lanes.tobytes(), sys.byteorder)


def _without(pile, mask):
    return pile - (pile & mask)


def _statements(pile, size):
    lanes = array("I")
    lanes.frombytes(pile.to_bytes(4 * _LANES * size, sys.byteorder))
    return [lanes[at : at + _LANES].tolist() for at in range(0, len(lanes), _LANES)]


# Everything else, from published figures only (rule 6)


def oriented(mean: int, is_reversed: bool) -> int:
    """The mean turned so that more is always better."""
    return 100 - mean if is_reversed else mean


def oriented_bins(bins: Sequence[int], is_reversed: bool) -> list[tuple[int, int, int]]:
    """(from, to, how many), worst first. Turned bins have turned limits: 8–10 of a negative statement is 0–2."""
    limited = [(low, high, count) for (low, high), count in zip(BINS, bins, strict=True)]
    return [(10 - high, 10 - low, count) for low, high, count in reversed(limited)] if is_reversed else limited


def state(mean_oriented: int, limits: Sequence[int] = STATE_LIMITS) -> str:
    """ "good", "mid" or "bad" by the instrument's own limits."""
    good_from, fair_from = limits
    if mean_oriented >= good_from:
        return "good"
    return "mid" if mean_oriented >= fair_from else "bad"


def theme_mean(figures_oriented: Sequence[tuple[int, str] | None]) -> tuple[int, str] | None:
    """(mean, band) of a theme: the mean of its published, turned means, no finer than the coarsest of them.

    None stands for a statement that is not shown; with fewer than half of them shown the theme has no mean.
    """
    shown = [figure for figure in figures_oriented if figure is not None]
    if not shown or 2 * len(shown) < len(figures_oriented):
        return None
    total = sum(mean for mean, _band in shown)
    band = min((band for _mean, band in shown), key=COARSENESS.__getitem__)
    return (_rounded(total, len(shown)) if band == EXACT else _coarse(total, len(shown))), band


def known_n(figure: dict) -> int:
    """How many answers a published figure, of a unit or a level, is known to have at least."""
    return figure.get("n") or KNOWN_N[figure.get("band", EXACT)]


# Change (rule 9)


class Change(NamedTuple):
    """A change between two rounds, in tenths; clear when it is at least the limit, which is in points."""

    tenths: int
    is_clear: bool
    limit: float


def noise(n: int, sd: float = NOISE_SD, r: float = NOISE_R) -> float:
    """How many points the mean of n people moves by itself between two rounds."""
    return CONFIDENCE * sd * math.sqrt(2 * (1 - r) / n)


def change(
    now: dict | None, before: dict | None, sd: float = NOISE_SD, r: float = NOISE_R, *, is_reversed: bool = False
) -> Change | None:
    """From one published figure to another, turned so that up is better; None if either is missing."""
    if now is None or before is None:
        return None
    tenths = now["mean"] - before["mean"]
    limit = noise(min(known_n(now), known_n(before)), sd, r)
    return Change(-tenths if is_reversed else tenths, abs(tenths) >= 10 * limit, limit)


def has_turned_over(before_ids: Iterable, now_ids: Iterable) -> bool:
    """Whether over a third of the unit has changed: those who stayed are under two thirds of the larger list."""
    before, now = set(before_ids), set(now_ids)
    larger = max(len(before), len(now))
    return larger - len(before & now) > TURNOVER_MAX * larger


# The simulator: what would be shown, before anybody answers


class Shown(NamedTuple):
    """With `first` to `last` answers a unit shows figures of this kind."""

    first: int
    last: int
    kind: str


def simulation(invited: int, leader_inside: bool = False, floor: int = GATE_FLOOR) -> list[tuple[int, str]]:
    """(n, what would be shown) for every possible number of answers."""
    needed = gate(invited, leader_inside=leader_inside, floor=floor)
    return [(n, answers_band(n, needed)) for n in range(invited + 1)]


def simulation_ranges(invited: int, leader_inside: bool = False, floor: int = GATE_FLOOR) -> list[Shown]:
    """The same in a few ranges."""
    ranges = []
    for n, kind in simulation(invited, leader_inside, floor):
        if ranges and ranges[-1].kind == kind:
            ranges[-1] = ranges[-1]._replace(last=n)
        else:
            ranges.append(Shown(n, n, kind))
    return ranges
