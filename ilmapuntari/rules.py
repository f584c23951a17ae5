"""What may be shown of answers, and what follows from it: pure functions that know no database.

"Rule n" is the n-th rule of the privacy page of the Ilmapuntari. One answer is a byte a statement, 0–10 or SKIP.
Answers are counted into a *tally*: eleven counts a statement, one after another. Tallies of two groups add up.
A mean is an integer in tenths, raw as answered; pages turn it with `oriented`.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from fractions import Fraction
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
        figure["mean"] = rounded(10 * total, n_i)
        if skipping_may_be_told(n - n_i):
            figure["n"] = n_i
            bins = bins_of(counts)
            figure["bins"] = bins if bins_may_be_seen(bins) else None
    else:
        figure["mean"] = _coarse(10 * total, n_i)
        figure["spread"] = _spread(counts, n_i, total) if band == SOME else None
    return figure


def rounded(numerator, denominator):
    """To the nearest whole number, halves up, without a float."""
    return (2 * numerator + denominator) // (2 * denominator)


def _coarse(numerator, denominator):
    """To the nearest five tenths, kept within 1–9: a mean of 0 or 10 would tell everybody's answer."""
    low, high = COARSE_LIMITS
    return min(max(5 * rounded(numerator, 5 * denominator), low), high)


def _spread(counts, n, total):
    """One word for the standard deviation of these answers, compared as squares of whole numbers."""
    squares = sum(count * value * value for value, count in enumerate(counts))
    scaled = 100 * (n * squares - total * total)  # (10 n s)²
    if scaled < (ALIKE_BELOW * n) ** 2:
        return "alike"
    return "varied" if scaled <= (VARIED_TO * n) ** 2 else "divided"


def bins_of(counts):
    return [sum(counts[low : high + 1]) for low, high in BINS]


def bins_may_be_seen(bins):
    return all(not count or count >= BIN_MIN for count in bins)


def skipping_may_be_told(skipped):
    return not skipped or skipped >= SKIPPED_MIN


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
    return (rounded(total, len(shown)) if band == EXACT else _coarse(total, len(shown))), band


def known_n(figure: dict, answers: int | None = None) -> int:
    """How many answers a published figure has: at least so many of a unit; in a level it is the level's `answers`.

    A level tells the number of its people, not of those who answered a statement: where a distribution is shown, they
    are taken to be about as many.
    """
    if figure.get("distribution"):
        return answers or DISTRIBUTION_FROM
    return figure.get("n") or KNOWN_N[figure.get("band", EXACT)]


def interval(mean: int, distribution: Sequence[int], n: int) -> list[int]:
    """Where a level's mean lies with 95 % certainty, in tenths: from its published mean, percentages and number."""
    total = sum(distribution)
    middle = sum(map(int.__mul__, distribution, range(VALUES))) / total
    variance = sum(share * (value - middle) ** 2 for value, share in enumerate(distribution)) / total
    half = 10 * CONFIDENCE * math.sqrt(variance / n)
    return [max(0, math.floor(mean - half + 0.5)), min(100, math.floor(mean + half + 0.5))]


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
