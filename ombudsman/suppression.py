"""Which figures of a year's account may be shown, so that nobody finds a count of one to four: pure functions.

The account publishes one-way tables of contacts, by county and of all counties together. Who knows somebody could
recognise them in a count of 1–4, also in one that follows from the figures beside it. The rules, and why:

1. Every figure of 1–4 is hidden: cells, totals of a category, contacts of a county, contacts of all. Zeros are always
   shown: that nobody called from a municipality is a finding, and tells nothing of anybody who called.
2. For every figure of 1–4 there is an *alternative*: other whole numbers in the place of hidden figures, with which
   the account would look the same in every table at once, and this figure would be 5 or more. So it can neither be
   computed nor known to be small. What a reader may know is counted in: contacts are one number shared by all tables,
   rows and columns add up, a hidden figure is at least 1 (a zero would be shown), and no category of several choices
   has more than all contacts of its area. To leave room for alternatives, other figures are hidden too, by the
   cheapest way found, its price being their sum; contacts of a county or of all only where its cells do not do.
3. The same counts give the same answer, whatever order they come in. Two answers on one year would tell together
   what neither tells alone. So decide once, for the page, the files and the charts, and never show a rate, a share or
   a bar of a hidden figure.

How: the figures of a table are the arcs of a network (county → category → all), and any other counts with the same
sums differ from it by a flow around. What raises a small figure must come back by arcs that may move, and a figure
that moves has to be hidden. Cheapest paths find the way; while contacts stay, they find one whenever there is one.
Otherwise the county's contacts rise, those of another county fall or those of all rise too, and every table follows.
That can always be done: at the dearest, all that rises is hidden. Hiding more never takes an alternative away, so
one for each small figure is enough. At the end they are checked against the definition, without the network.

Not promised: a count of 5 or more, hidden to protect another, may be computable. And who knows these rules knows that
there is a small figure among hidden ones that depend on each other, but not which.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from heapq import heappop, heappush
from typing import NamedTuple

ALL = "all"  # the area of all counties together
LIMIT = 5  # the smallest count that is shown, besides zero


class Table(NamedTuple):
    """One variable: contacts by area and category.

    It adds up where each contact has exactly one category, so that they sum to the contacts of the area. Otherwise
    (several choices, clients, interpreters) a category is at most that. A category that an area lacks, such as a
    municipality of another county, has no figure there.
    """

    counts: Mapping[str, Mapping[Hashable, int | None]]
    adds_up: bool


class Year(NamedTuple):
    """All that is published of a year: contacts by area, and tables by name. None is a hidden figure."""

    contacts: Mapping[str, int | None]
    tables: Mapping[str, Table]


class Figure(NamedTuple):
    """The place of a figure; without a table and a category it is the contacts of the area."""

    table: str | None
    area: str
    category: Hashable


def published(year: Year) -> Year:
    """The same year with the area ALL after the counties, and None for what is hidden. See `hidden_figures`."""
    search = _Search(year)
    hidden = search.run()
    contacts, counts = {}, {name: {area: {} for area in (*year.contacts, ALL)} for name in year.tables}
    for figure, value in search.values.items():
        shown = None if figure in hidden else value
        if figure.table is None:
            contacts[figure.area] = shown
        else:
            counts[figure.table][figure.area][figure.category] = shown
    return Year(contacts, {name: Table(counts[name], table.adds_up) for name, table in year.tables.items()})


def hidden_figures(year: Year) -> frozenset[Figure]:
    """The figures that must not be shown, those of ALL among them.

    The counts are exact, and without ALL. Keys are put in order by their repr. ValueError if counts contradict each
    other; RuntimeError if the last check fails, and then nothing may be published.
    """
    return _Search(year).run()


def _contacts(area):
    return Figure(None, area, None)


def _figures(year) -> dict[Figure, int]:
    """Every figure with its exact value, totals included."""
    values = {_contacts(area): count for area, count in year.contacts.items()}
    values[_contacts(ALL)] = sum(year.contacts.values())
    for name, table in year.tables.items():
        totals = defaultdict(int)
        for area, counts in table.counts.items():
            for category, count in counts.items():
                values[Figure(name, area, category)] = count
                totals[category] += count
        values.update({Figure(name, ALL, category): total for category, total in totals.items()})
    return values


def _refuse_contradictions(year):
    if ALL in year.contacts:
        raise ValueError("The total of all areas is computed, not given.")
    for name, table in year.tables.items():
        if not table.counts.keys() <= year.contacts.keys():
            raise ValueError(f"{name} has areas without contacts.")
        for area, contacts in year.contacts.items():
            counts = table.counts.get(area, {}).values()
            if not all(0 <= count <= contacts for count in counts) or (table.adds_up and sum(counts) != contacts):
                raise ValueError(f"{name} does not fit the contacts of {area}.")


class _Search:
    """What is hidden so far, and the alternatives found, each as {figure: by how much it differs}."""

    def __init__(self, year):
        _refuse_contradictions(year)
        self.year = year
        self.values = _figures(year)
        self.small = {figure for figure, value in self.values.items() if 0 < value < LIMIT}
        self.hidden = set(self.small)
        self.alternatives = []
        self.areas = sorted(year.contacts, key=repr)
        self.names = sorted(year.tables)
        # A node is the row of a county, the column of a category, or the end, where the totals of categories meet.
        # Where rows need not add up, cells begin at the end as well: nothing else holds them together.
        self.end = 0
        self.rows = {area: 1 + i for i, area in enumerate(self.areas)}
        self.columns = {}
        self.cells = defaultdict(list)
        self.ends = {}  # of each arc: where it begins and where it leads
        self.network = {name: defaultdict(list) for name in self.names}  # from each node (figure, 1 or -1, node beyond)
        for figure in sorted(self.values, key=repr):
            if figure.table is not None and self.values[figure]:
                self._lay(figure)

    def _lay(self, figure):
        name, area, category = figure
        column = self.columns.setdefault(category, -1 - len(self.columns))
        if area == ALL:
            begins, leads = column, self.end
        else:
            begins, leads = self.rows[area] if self.year.tables[name].adds_up else self.end, column
            self.cells[name, area].append(figure)
        self.ends[figure] = begins, leads
        self.network[name][begins].append((figure, 1, leads))
        self.network[name][leads].append((figure, -1, begins))

    def run(self):
        for figure in sorted(self.small, key=self._turn):
            if not self._is_protected(figure):
                change = min(self._ways(figure), key=self._price)
                self.alternatives.append(change)
                self.hidden.update(change)
        self._check()
        return frozenset(self.hidden)

    def _turn(self, figure):
        """Small counties first: what has to be hidden for them serves the others too."""
        return self.values[_contacts(figure.area)], figure.table is not None, self.values[figure], repr(figure)

    def _is_protected(self, figure):
        need = LIMIT - self.values[figure]
        return any(change.get(figure, 0) >= need for change in self.alternatives)

    def _price(self, change):
        return sum(self.values[figure] for figure in change if figure not in self.hidden)

    def _now(self, figure, change):
        return self.values[figure] + change.get(figure, 0)

    # Ways to raise a small figure

    def _ways(self, figure) -> Iterator[dict]:
        """Alternatives for the figure: one that leaves all contacts as they are, if there is any, otherwise others."""
        need = LIMIT - self.values[figure]
        change = self._with_same_contacts(figure, need)
        if change:
            yield change
            return
        for area in self.areas if figure.area == ALL else [figure.area]:
            if self.values.get(figure._replace(area=area)):
                for giver in (ALL, *self.areas):
                    change = self._with_other_contacts(figure, need, area, giver)
                    if change:
                        yield change

    def _with_same_contacts(self, figure, need):
        if figure.table is None or self.values[_contacts(figure.area)] < LIMIT:
            return None
        begins, leads = self.ends[figure]
        change = {figure: need}
        return self._push(figure.table, leads, begins, need, change, {figure}) and _moved(change)

    def _with_other_contacts(self, figure, need, area, giver):
        """The contacts of the area rise as needed; those of the giver fall, or of ALL rise; every table follows."""
        change = {_contacts(area): need, _contacts(giver): need if giver == ALL else -need}
        if giver == area or self._now(_contacts(giver), change) < 1:
            return None
        if figure.table is None and figure not in change:
            return None  # the contacts of ALL do not rise when another county gives
        for name in self.names:
            raised = ()
            if name == figure.table:
                cell = figure._replace(area=area)
                raised = (cell,) if cell == figure else (cell, figure)  # a total rises with one of its cells
                change.update(dict.fromkeys(raised, need))
            follow = self._follow_rows if self.year.tables[name].adds_up else self._follow_limits
            if not follow(name, need, area, giver, raised, change):
                return None
        return _moved(change)

    def _follow_rows(self, name, need, area, giver, raised, change):
        """Fit a table that adds up to other contacts: what came into the area's row goes out where the giver is."""
        begins = self.ends[raised[-1]][1] if raised else self.rows[area]
        leads = self.end if giver == ALL else self.rows[giver]
        return self._push(name, begins, leads, need, change, {*raised})

    def _follow_limits(self, name, need, area, giver, raised, change):
        """Fit another table: what was raised goes out by its column, and no cell exceeds the contacts of the giver."""
        fixed = {*raised}
        if raised and not self._push(name, self.ends[raised[-1]][1], self.end, need, change, fixed):
            return False
        for cell in self.cells[name, giver]:
            over = self._now(cell, change) - self._now(_contacts(giver), change)
            if over > 0:
                change[cell] = change.get(cell, 0) - over
                fixed.add(cell)
                if not self._push(name, self.end, self.ends[cell][1], over, change, fixed):
                    return False
        return True

    # Cheapest paths

    def _push(self, name, begins, leads, amount, change, fixed):
        """Send the amount through the network of a table, path by path, into `change`. False if it does not fit."""
        while amount:
            path = self._cheapest_path(name, begins, leads, change, fixed)
            if path is None:
                return False
            step = min([amount, *(self._room(figure, sign, change) for figure, sign in path)])
            for figure, sign in path:
                change[figure] = change.get(figure, 0) + sign * step
            amount -= step
        return True

    def _room(self, figure, sign, change):
        """How far a figure may rise or fall: not over the contacts of its area, and not to zero."""
        now = self._now(figure, change)
        return self._now(_contacts(figure.area), change) - now if sign > 0 else now - 1

    def _cheapest_path(self, name, begins, leads, change, fixed):
        """[(figure, 1 or -1), …] between nodes with the smallest sum of figures not hidden yet, or None."""
        prices, came, queue = {begins: 0}, {}, [(0, begins)]
        while queue:
            price, node = heappop(queue)
            if node == leads:
                break
            for figure, sign, beyond in self.network[name][node]:
                is_free = figure in self.hidden or change.get(figure)
                dearer = price + (0 if is_free else self.values[figure])
                if beyond in prices and prices[beyond] <= dearer:
                    continue
                if figure not in fixed and self._room(figure, sign, change) > 0:
                    prices[beyond] = dearer
                    came[beyond] = figure, sign, node
                    heappush(queue, (dearer, beyond))
        if leads not in prices:
            return None
        path, node = [], leads
        while node != begins:
            figure, sign, node = came[node]
            path.append((figure, sign))
        return path

    # The check

    def _check(self):
        """Hold the answer to the rules, whatever the search did."""
        if not all(map(self._looks_the_same, self.alternatives)) or not all(map(self._is_protected, self.small)):
            raise RuntimeError("A small count could be found in this account: it may not be published.")

    def _looks_the_same(self, change):
        """Whether the other counts are possible, and would be published as the same account."""
        if any(
            figure not in self.hidden or min(self.values[figure], self._now(figure, change)) < 1 for figure in change
        ):
            return False
        down, across = defaultdict(int), defaultdict(int)
        for figure, more in change.items():
            down[figure.table, figure.category] += -more if figure.area == ALL else more
            across[figure.table, figure.area] += more
        moved = {figure.area for figure in change if figure.table is None}
        bounded = [*change, *(figure for figure in self.values if figure.area in moved)]
        return (
            not any(down.values())
            and all(
                across[name, area] == change.get(_contacts(area), 0)
                for name, table in self.year.tables.items()
                if table.adds_up
                for area in (*self.areas, ALL)
            )
            and all(self._now(figure, change) <= self._now(_contacts(figure.area), change) for figure in bounded)
        )


def _moved(change):
    return {figure: more for figure, more in change.items() if more}
