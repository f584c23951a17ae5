"""The one tree of a round (rule 7): what is published of organisations, counties and the whole area.

Pure functions that know no database; a tally is that of `rules`. Two questions are kept apart. *How many people*
there are in a level is decided once, on who answered at all. *What they answered* is decided statement by statement,
and nothing but means and percentages comes out of that: whatever else differed from statement to statement (a number,
a note, a gap) would tell which statements a few people had skipped.
"""

import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from ilmapuntari import rules
from ilmapuntari.rules import EXACT, TOO_FEW, VALUES


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
        return rules.answered(self.tally)


class Level:
    """One organisation, county or the whole area: what is shown of it, and who may be compared with it."""

    __slots__ = ("_others", "answers", "comparable", "figures", "key", "left_out", "units")

    def __init__(self, key, figures, others, *, units, answers, left_out):
        self.key = key
        self.figures = figures  # one dict or None a statement
        self.units = units  # how many have answers in the figures
        self.answers = answers  # of how many people; None where that may not be said
        self.left_out = left_out  # whether very small groups are not in the figures
        self.comparable = None  # statement by statement: whether the level above may stand beside this one
        self._others = others  # what a unit has beside it, see `_Node.others`

    def __repr__(self):
        return f"<Level {self.key}: {sum(figure is not None for figure in self.figures)} statements shown>"

    @property
    def is_shown(self):
        return any(self.figures)

    @property
    def published(self) -> dict:
        """All that is kept of the level."""
        return {name: getattr(self, name) for name in ("figures", "units", "answers", "left_out", "comparable")}

    def comparable_for(self, unit: Unit) -> list[bool]:
        """Whether the unit may be set beside this level, statement by statement (rule 7).

        Never where the unit has no figure of its own, and only with a level it belongs to. So its answers are in
        the level's figure, and the rest of that figure must be three other units or more, fifteen answers or more,
        no unit over 60 % of them.
        """
        if self.key not in {("organisation", unit.organisation), ("county", unit.county), ("all", None)}:
            return [False] * len(self.figures)
        return [
            figure is not None
            and rules.answers_band(n_i, unit.gate) != TOO_FEW
            and _may_compare(unit.key, n_i, 1, others)
            for figure, n_i, others in zip(self.figures, unit.answered, self._others, strict=True)
        ]


def _may_compare(key, answers, units, beside):
    """Rule 7 for a part, with its answers and units, beside the whole it belongs to (see `_Node.others`)."""
    all_answers, all_units, (holder, largest, second) = beside
    others = all_answers - answers
    return (
        all_units - units >= rules.OTHERS_MIN_UNITS
        and others >= rules.OTHERS_MIN_ANSWERS
        and (second if holder == key else largest) <= rules.OTHERS_MAX_SHARE * others
    )


def levels(units: Iterable[Unit]) -> dict[tuple[str, object], Level]:
    """Every level above the units: ("organisation", id), ("county", id) and ("all", None), from one pass.

    For each statement by itself the answers of a level fall in two. *Shown*: those in a published set below it.
    *Fresh*: those of units below their gate that no published set holds yet. The fresh ones join the level all
    together, if they are five or more from two units or more; otherwise they are left out, and may join further up
    with others. So every published set is a union of disjoint groups, each a published unit or five answers from
    two units at least, and no sum or difference of published sets can hold less than one of those groups. The people
    of a level are counted by the same rule, as if there were one more statement which nobody skips.

    Whether a statement has a figure, a distribution or something beside it rests on the answers of units above their
    gate: so what small units skip moves means and nothing else. Where a level needs the small ones to be shown at all,
    it shows every statement or none that needs them. A distribution holds the units above their gate alone, and says
    percentages. It is published more sparingly than means, so the same is kept for it: what is *not yet counted*,
    *binned* or *distributed* below must be enough by itself before the level says it.

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
    closed = []
    for parts in organisations.values():
        for node in parts.values():
            if len(parts) == 1:
                closed.append(node.close())
            node.pass_on()
    for node in (*counties.values(), whole):
        closed.append(node.close())
        node.pass_on()
    for node in closed:
        node.compare()
    return {node.key: node.level for node in closed}


# A row has thirteen lanes of 32 bits a statement: eleven counts, the units with an answer to it, and those who skipped
# it in these units. After the statements comes one more that nobody skips: the people, all counted as zeros.
# As one long integer, rows add in a stroke and a mask picks statements; so a national round takes a second or two.
_UNITS, _SKIPPED, _LANES = 11, 12, 13
_NOBODY = (None, 0, 0)  # the largest of its kind, its answers, the next one's answers


class _Node:
    """What gathers for one level: piles of answers, each split by statement into what may be told and what not."""

    __slots__ = (
        "families",
        "firm",
        "fresh",
        "key",
        "largest",
        "level",
        "others",
        "parent",
        "shown",
        "size",
        "unbinned",
        "uncounted",
        "undistributed",
    )

    def __init__(self, key, parent, size):
        self.key, self.parent, self.size = key, parent, size
        self.level = None
        # `firm` holds the answers of units above their gate: what stays whatever the others skip.
        self.shown = self.fresh = self.firm = self.uncounted = self.unbinned = self.undistributed = 0
        # By statement the largest unit, and the largest unit of a level below. One below its gate is taken to be as
        # large as it may be: all its people.
        self.largest = [_NOBODY] * size
        self.families = [_NOBODY] * size
        self.others = []  # by statement (answers, units, the largest unit) to which a part is compared

    @property
    def people(self):
        """The place of what nobody skips."""
        return self.size

    def take(self, unit):
        """Add a unit: its answers are shown where it passes its gate, fresh where it does not."""
        numbers = unit.answered
        if len(numbers) != self.size:
            raise ValueError("Units of one tree answer the same statements.")
        shown = counted = binned = 0
        largest = self.largest
        for i, n_i in enumerate(numbers):
            band = rules.answers_band(n_i, unit.gate)
            most = unit.n if band == TOO_FEW else n_i
            if most > largest[i][2]:
                largest[i] = _merged(largest[i], (unit.key, most, 0))
            if band != TOO_FEW:
                shown |= 1 << i
                if band == EXACT and rules.skipping_may_be_told(unit.n - n_i):
                    counted |= 1 << i
                    if rules.bins_may_be_seen(rules.bins_of(unit.tally[i * VALUES : (i + 1) * VALUES])):
                        binned |= 1 << i
            if self.key[0] != "organisation":
                self.families[i] = _merged(self.families[i], (unit.key, most, 0))
        band = rules.answers_band(unit.n, unit.gate)
        shown |= (band != TOO_FEW) << self.people
        counted |= (band == EXACT) << self.people
        row = _row(unit.tally, numbers, unit.n)
        told = row & _mask(shown, self.size)
        self.shown += told
        self.fresh += row - told
        self.firm += told
        self.undistributed += told
        self.uncounted += told - (row & _mask(counted, self.size))
        self.unbinned += told - (row & _mask(binned, self.size))

    def close(self):
        """Decide what the level shows."""
        shown, fresh, firm, uncounted, unbinned, undistributed = (
            _statements(pile, self.size)
            for pile in (self.shown, self.fresh, self.firm, self.uncounted, self.unbinned, self.undistributed)
        )
        fits = [_is_nothing_or(row, rules.REST_MIN_ANSWERS, rules.REST_MIN_UNITS) for row in fresh]
        rows = [_sum(row, fresh[i]) if fits[i] else row for i, row in enumerate(shown)]
        people = rows[self.people]
        may_be_shown = _is_level(people)
        needs_nobody_out = all(map(_is_level, rows))
        is_counted = may_be_shown and _may_be_counted(
            _sum(uncounted[self.people], fresh[self.people]) if fits[self.people] else uncounted[self.people]
        )
        answers = _count(people) if is_counted else None
        figures = []
        joined, told = (fits[self.people] and may_be_shown) << self.people, is_counted << self.people
        for i in range(self.size):
            if not may_be_shown or not (needs_nobody_out or _is_level(firm[i])):
                figures.append(None)
                continue
            is_distributed = (
                _count(firm[i]) >= rules.DISTRIBUTION_FROM
                and _is_nothing_or(undistributed[i], rules.DISTRIBUTION_FROM, rules.LEVEL_MIN_UNITS)
                and _may_be_counted(uncounted[i])
                and _may_be_binned(unbinned[i])
            )
            joined |= fits[i] << i
            told |= is_distributed << i
            figures.append(_figure(rows[i], firm[i] if is_distributed else None, answers))
        self._settle(joined, told)
        self.others = [
            (_count(row), row[_UNITS], largest) for row, largest in zip(firm[: self.size], self.largest, strict=True)
        ]
        self.level = Level(
            self.key, figures, self.others, units=people[_UNITS], answers=answers, left_out=not fits[self.people]
        )
        return self

    def _settle(self, joined, told):
        """What has been told at this level is known at every level above it."""
        joining = self.fresh & _mask(joined, self.size)
        self.fresh -= joining
        self.shown += joining
        told = _mask(told, self.size)
        self.uncounted = _without(self.uncounted + (joining & _mask(1 << self.people, self.size)), told)
        self.unbinned = _without(self.unbinned, told)
        self.undistributed = _without(self.undistributed, told)

    def pass_on(self):
        """Give everything to the level above: told or not, it is a part of that."""
        above = self.parent
        if above is None:
            return
        above.shown += self.shown
        above.fresh += self.fresh
        above.firm += self.firm
        above.uncounted += self.uncounted
        above.unbinned += self.unbinned
        above.undistributed += self.undistributed
        above.largest = list(map(_merged, above.largest, self.largest))
        whole = [(self.key, most, 0) for _unit, most, _next in self.largest]
        above.families = list(map(_merged, above.families, whole))

    def compare(self):
        """Decide with which figures of the level above this one may be compared (rule 7)."""
        if self.parent is None:
            return
        above = self.parent
        self.level.comparable = [
            figure is not None
            and beside is not None
            and _may_compare(self.key, own[0], own[1], (all_of[0], all_of[1], family))
            for figure, beside, own, all_of, family in zip(
                self.level.figures, above.level.figures, self.others, above.others, above.families, strict=True
            )
        ]


def _figure(row, distributed, answers):
    mean = rules.rounded(10 * sum(map(int.__mul__, row[:VALUES], range(VALUES))), _count(row))
    if distributed is None:
        return {"mean": mean, "distribution": None, "interval": None}
    n = _count(distributed)
    distribution = [rules.rounded(100 * count, n) for count in distributed[:VALUES]]
    found = {"mean": mean, "distribution": distribution}
    return found | {"interval": rules.interval(mean, distribution, rules.known_n(found, answers))}


def _count(row):
    return sum(row[:VALUES])


def _is_level(row):
    return row[_UNITS] >= rules.LEVEL_MIN_UNITS and _count(row) >= rules.LEVEL_MIN_ANSWERS


def _is_nothing_or(row, answers, units):
    n = _count(row)
    return not n or (n >= answers and row[_UNITS] >= units)


def _may_be_counted(row):
    """Rule 12: numbers of answers only where rule 7 allows; percentages may give them away.

    Nor may they tell that one to four people of a small group skipped the statement. Where a full distribution would
    be allowed, three of a hundred say nothing about anybody, and hiding them would hide nearly every distribution.
    """
    is_large = _is_nothing_or(row, rules.DISTRIBUTION_FROM, rules.LEVEL_MIN_UNITS)
    return _is_nothing_or(row, rules.REST_MIN_ANSWERS, rules.REST_MIN_UNITS) and (
        is_large or rules.skipping_may_be_told(row[_SKIPPED])
    )


def _may_be_binned(row):
    n = _count(row)
    return not n or (n >= rules.EXACT_FROM and rules.bins_may_be_seen(rules.bins_of(row)))


def _sum(row, other):
    return [a + b for a, b in zip(row, other, strict=True)]


def _merged(one, other):
    """The two largest of two groups that share none."""
    if one[1] >= other[1]:
        return one[0], one[1], max(one[2], other[1])
    return other[0], other[1], max(other[2], one[1])


def _row(counts, numbers, people):
    end = _LANES * len(numbers)
    lanes = array("I", bytes(4 * (end + _LANES)))
    for value in range(VALUES):
        lanes[value:end:_LANES] = array("I", counts[value::VALUES])
    lanes[_UNITS:end:_LANES] = array("I", map(bool, numbers))
    lanes[_SKIPPED:end:_LANES] = array("I", [people - n_i if n_i else 0 for n_i in numbers])
    lanes[end] = people
    lanes[end + _UNITS] = bool(people)
    return int.from_bytes(lanes.tobytes(), sys.byteorder)


@lru_cache(maxsize=1024)
def _mask(statements, size):
    """All lanes of the statements whose bits are set, the people among them."""
    lanes = array("I")
    for i in range(size + 1):
        lanes.extend([0xFFFFFFFF * (statements >> i & 1)] * _LANES)
    return int.from_bytes(lanes.tobytes(), sys.byteorder)


def _without(pile, mask):
    return pile - (pile & mask)


def _statements(pile, size):
    lanes = array("I")
    lanes.frombytes(pile.to_bytes(4 * _LANES * (size + 1), sys.byteorder))
    return [lanes[at : at + _LANES].tolist() for at in range(0, len(lanes), _LANES)]
