"""Small counts in the yearly account: nobody finds them, and not more is hidden than that takes."""

from collections import defaultdict
from itertools import product
from random import Random

import pytest

from ombudsman.suppression import ALL, LIMIT, Figure, Table, Year, hidden_figures, published

# An attacker, written apart from what it attacks: it narrows intervals and tries, and knows nothing of networks.


class Attacker:
    """Reads a published account, and answers whether a hidden figure can still be so large.

    The exact counts are given to say where to look first; they rule nothing out.
    """

    PATIENCE = 3000

    def __init__(self, account, exact):
        self.exact = figures(exact)
        # Nothing bounds the contacts of all, if they are hidden: then this is as good as no bound.
        self.most = 20 + max(self.exact.values(), default=0)
        self.bounds = {
            figure: (1, self.most) if value is None else (value, value) for figure, value in figures(account).items()
        }
        # What must hold, by table: (parts, whole, whether they sum to it or only stay under it).
        contacts = [Figure(None, area, None) for area in counties(account)]
        self.rules = {None: [(contacts, Figure(None, ALL, None), True)]}
        for name, table in account.tables.items():
            rules = self.rules[name] = []
            for category in table.counts[ALL]:
                cells = [Figure(name, area, category) for area in counties(account)]
                rules.append(([cell for cell in cells if cell in self.bounds], Figure(name, ALL, category), True))
            for area, counts in table.counts.items():
                cells, contacts = [Figure(name, area, category) for category in counts], Figure(None, area, None)
                if table.adds_up:
                    rules.append((cells, contacts, True))
                rules += [([cell], contacts, False) for cell in cells]
        self.touching = defaultdict(list)
        for rules in self.rules.values():
            for rule in rules:
                for figure in (*rule[0], rule[1]):
                    self.touching[figure].append(rule)

    def found(self):
        """The figures of 1–4 that it computes, or knows to be small; fails when it cannot tell."""
        small = [figure for figure, value in self.exact.items() if 0 < value < LIMIT]
        suspected = [figure for figure in small if self.bounds[figure][1] >= LIMIT]
        found = [figure for figure in small if figure not in suspected]
        while suspected:
            figure = suspected.pop()
            other = self.other_counts(figure, LIMIT)
            if other is None:
                found.append(figure)
            else:
                suspected = [figure for figure in suspected if other[figure] < LIMIT]
        return found

    def other_counts(self, figure, at_least):
        """Counts with the figure so large that would have been published as the same; None if there are none."""
        self.left = self.PATIENCE
        bounds = self.bounds | {figure: (at_least, self.bounds[figure][1])}
        for settled in self.fitting(bounds, [figure], None):
            fit = settled  # contacts are all that tables share: now each can be tried by itself
            for name in self.rules:
                fit = fit and next(self.fitting(fit, [], name), None)
            if fit:
                return {figure: low for figure, (low, _high) in fit.items()}
        return None

    def fitting(self, bounds, changed, name):
        """Bounds in which every figure of a table is settled, and fits."""
        self.left -= 1
        if not self.left:
            pytest.fail("The attacker gave up.")
        bounds = dict(bounds)
        if not self.narrow(bounds, changed):
            return
        own = [figure for figure in bounds if figure.table == name]
        guess = {figure: min(max(self.exact[figure], bounds[figure][0]), bounds[figure][1]) for figure in bounds}
        wrong = next((rule for rule in self.rules[name] if not self.fits(rule, guess)), None)
        still_open = [figure for figure in own if bounds[figure][0] < bounds[figure][1]]
        if wrong:
            figure, value = self.repair(bounds, guess, *wrong)
        elif name is None and still_open:
            figure, value = still_open[0], guess[still_open[0]]
        else:
            yield bounds | {figure: (guess[figure], guess[figure]) for figure in own}
            return
        low, high = bounds[figure]
        for limits in ((value, value), (value + 1, high), (low, value - 1)):
            if limits[0] <= limits[1]:
                yield from self.fitting(bounds | {figure: limits}, [figure], name)

    def fits(self, rule, guess):
        parts, whole, is_sum = rule
        over = sum(guess[part] for part in parts) - guess[whole]
        return over == 0 if is_sum else over <= 0

    def repair(self, bounds, guess, parts, whole, _is_sum):
        """The open figure that can make it fit best, and the value to try."""
        over = sum(guess[part] for part in parts) - guess[whole]
        wanted = {part: guess[part] - over for part in parts} | {whole: guess[whole] + over}
        tries = [
            (abs(wanted[figure] - min(max(wanted[figure], low), high)), high - low, figure)
            for figure, (low, high) in ((figure, bounds[figure]) for figure in wanted)
            if low < high
        ]
        _miss, _width, figure = min(tries, key=lambda tried: (tried[0], -tried[1]))
        low, high = bounds[figure]
        return figure, min(max(wanted[figure], low), high)

    def narrow(self, bounds, changed):
        """Draw from every sum what it says on its parts, as far as that goes; False if something cannot be."""
        queue = list(changed)
        while queue:
            figure = queue.pop()
            news = []
            for parts, whole, is_sum in self.touching[figure]:
                low, high = sum(bounds[part][0] for part in parts), sum(bounds[part][1] for part in parts)
                whole_low, whole_high = bounds[whole]
                news.append((whole, low, high if is_sum else whole_high))
                for part in parts:
                    part_low, part_high = bounds[part]
                    least = whole_low - (high - part_high) if is_sum else part_low
                    news.append((part, least, whole_high - (low - part_low)))
            for other, low, high in news:
                old = bounds[other]
                new = max(old[0], low), min(old[1], high)
                if new[0] > new[1]:
                    return False
                if new != old:
                    bounds[other] = new
                    queue.append(other)
        return True


def figures(account):
    """{figure: what stands there}; exact counts get their totals."""
    if ALL not in account.contacts:
        account = with_totals(account)
    found = {Figure(None, area, None): value for area, value in account.contacts.items()}
    for name, table in account.tables.items():
        for area, counts in table.counts.items():
            found |= {Figure(name, area, category): value for category, value in counts.items()}
    return found


def with_totals(year):
    tables = {}
    for name, table in year.tables.items():
        totals = defaultdict(int)
        for counts in table.counts.values():
            for category, value in counts.items():
                totals[category] += value
        tables[name] = Table({**table.counts, ALL: dict(totals)}, table.adds_up)
    return Year({**year.contacts, ALL: sum(year.contacts.values())}, tables)


def counties(account):
    return [area for area in account.contacts if area != ALL]


def hiding_only_small_ones(year):
    """The naive account: a figure is hidden if it is small, and that is all."""

    def seen(value):
        return None if 0 < value < LIMIT else value

    exact = with_totals(year)
    return Year(
        {area: seen(value) for area, value in exact.contacts.items()},
        {
            name: Table(
                {area: {key: seen(value) for key, value in row.items()} for area, row in table.counts.items()},
                table.adds_up,
            )
            for name, table in exact.tables.items()
        },
    )


# The same for tiny accounts by trying everything.


def all_values(account, most):
    """{hidden figure: every value it takes in some counts that would be published as the same}."""
    areas, values = counties(account), defaultdict(set)
    for numbers in product(*(span(account.contacts[area], most) for area in areas)):
        contacts = dict(zip(areas, numbers, strict=True)) | {ALL: sum(numbers)}
        if account.contacts[ALL] not in (None, contacts[ALL]) or contacts[ALL] > most:
            continue
        possible = [list(all_tables(table, contacts, areas)) for table in account.tables.values()]
        if not all(possible):
            continue
        for area, value in contacts.items():
            values[Figure(None, area, None)].add(value)
        for name, tables in zip(account.tables, possible, strict=True):
            for table in tables:
                for (area, category), value in table.items():
                    values[Figure(name, area, category)].add(value)
    return values


def span(value, most):
    return range(1, most + 1) if value is None else [value]


def all_tables(table, contacts, areas):
    rows = []
    for area in areas:
        counts = table.counts[area]
        tries = product(*(span(value, contacts[area]) for value in counts.values()))
        rows.append(
            [
                {(area, category): value for category, value in zip(counts, row, strict=True)}
                for row in tries
                if (sum(row) == contacts[area] if table.adds_up else max(row, default=0) <= contacts[area])
            ]
        )
    for chosen in product(*rows):
        cells = {place: value for row in chosen for place, value in row.items()}
        totals = defaultdict(int)
        for (_area, category), value in cells.items():
            totals[ALL, category] += value
        if all(shown in (None, totals[ALL, category]) for category, shown in table.counts[ALL].items()):
            yield cells | totals


# Years at random


def random_year(random, contacts, *, single=(12, 5, 5, 4, 3, 11, 3), several=(8, 10), municipalities=None):
    """Every contact gets its categories by lot: some are common, some are rare, as in the yearly accounts."""
    tables = {}
    for number, size in enumerate(single):
        shares = [0.005 + random.random() ** 3 for _ in range(size)]
        tables[f"single {number}"] = Table({a: lots(random, range(size), shares, n) for a, n in contacts.items()}, True)
    for number, size in enumerate(several):
        shares = [0.7 * random.random() ** 2 for _ in range(size)]
        rows = {
            a: {i: sum(random.random() < shares[i] for _ in range(n)) for i in range(size)} for a, n in contacts.items()
        }
        tables[f"several {number}"] = Table(rows, False)
    if municipalities:
        rows = {}
        for area, n in contacts.items():
            own = [*(f"{area} {number}" for number in range(municipalities[area])), "unknown"]
            rows[area] = lots(random, own, [0.005 + random.random() ** 3 for _ in own], n)
        tables["municipality"] = Table(rows, True)
        tables["clients"] = Table({area: {"clients": n - n // 5} for area, n in contacts.items()}, False)
    return Year(contacts, tables)


def lots(random, categories, shares, n):
    row = dict.fromkeys(categories, 0)
    for category in random.choices(list(categories), shares, k=n):
        row[category] += 1
    return row


def usual_year(random, *sizes):
    contacts = {f"county {number}": size for number, size in enumerate(sizes)}
    return random_year(random, contacts, municipalities=dict(zip(contacts, (11, 2, 5, 4, 3), strict=False)))


def tiny_year(random):
    contacts = {area: random.randint(0, 7) for area in "ab"[: random.randint(1, 2)]}
    return random_year(random, contacts, single=(2, random.randint(1, 3)), several=(1,))


def small_year(random):
    contacts = {area: random.choice([0, 1, 3, 5, 6, 8, 15, 30, 60]) for area in "abcd"[: random.randint(1, 4)]}
    return random_year(random, contacts, single=(2, 3, 5), several=(1, 4))


def one_table(adds_up=True, contacts=None, **rows):
    """A year of one table: the row of each county as a list."""
    counts = {area: dict(enumerate(row)) for area, row in rows.items()}
    return Year(contacts or {area: sum(row) for area, row in rows.items()}, {"t": Table(counts, adds_up)})


def seen(year):
    """(contacts, rows) of a year of one table as published."""
    account = published(year)
    return account.contacts, {area: list(counts.values()) for area, counts in account.tables["t"].counts.items()}


# By hand


def test_a_small_cell_is_hidden_with_the_smallest_one_that_protects_it():
    contacts, rows = seen(one_table(a=[3, 57, 40]))

    assert contacts == {"a": 100, ALL: 100}
    assert rows == {"a": [None, 57, None], ALL: [None, 57, None]}


def test_two_cells_that_sum_to_two_need_a_third():
    _contacts, rows = seen(one_table(a=[1, 1, 40, 58]))

    assert rows["a"] == [None, None, None, 58]


def test_cells_that_protect_each_other_need_no_more():
    _contacts, rows = seen(one_table(a=[4, 3, 2, 91]))

    assert rows["a"] == [None, None, None, 91]


def test_the_total_less_the_other_county_does_not_give_the_cell():
    contacts, rows = seen(one_table(a=[3, 40, 50], b=[10, 60, 70]))

    assert contacts == {"a": 93, "b": 140, ALL: 233}
    assert rows == {"a": [None, None, 50], "b": [None, None, 70], ALL: [13, 100, 120]}


def test_a_row_without_room_hides_the_contacts_of_its_county():
    contacts, rows = seen(one_table(a=[4, 1], b=[30, 40]))

    assert contacts == {"a": None, "b": None, ALL: 75}
    assert rows["a"] == [None, None]


def test_one_county_with_a_single_small_category_hides_everything():
    contacts, rows = seen(one_table(a=[3, 0]))

    assert contacts == {"a": None, ALL: None}
    assert rows == {"a": [None, 0], ALL: [None, 0]}


def test_a_tiny_county_hides_the_contacts_of_another_and_not_of_all():
    contacts, rows = seen(one_table(a=[200, 100], b=[1, 1], c=[20, 30]))

    assert contacts == {"a": 300, "b": None, "c": None, ALL: 352}
    assert rows == {"a": [200, 100], "b": [None, None], "c": [None, None], ALL: [221, 131]}


def test_every_table_follows_where_contacts_of_a_county_are_hidden():
    year = random_year(Random(1), {"a": 300, "b": 2}, single=(3, 3), several=())

    account = published(year)

    assert account.contacts == {"a": None, "b": None, ALL: 302}
    assert all(None in table.counts["a"].values() for table in account.tables.values())


def test_a_table_of_several_choices_is_protected_down_its_columns():
    contacts, rows = seen(
        one_table(adds_up=False, contacts={"a": 50, "b": 60, "c": 70}, a=[2, 9], b=[30, 9], c=[20, 0])
    )

    assert contacts == {"a": 50, "b": 60, "c": 70, ALL: 180}
    assert rows == {"a": [None, 9], "b": [30, 9], "c": [None, 0], ALL: [52, 18]}


def test_the_contacts_bound_a_table_of_several_choices():
    year = one_table(adds_up=False, contacts={"a": 9, "b": 4, "c": 300}, a=[9], b=[4], c=[300])

    contacts, rows = seen(year)

    assert contacts == {"a": None, "b": None, "c": 300, ALL: 313}
    assert rows == {"a": [None], "b": [None], "c": [300], ALL: [313]}


def test_a_municipality_is_hidden_in_its_county_and_in_the_total():
    counts = {"a": {"Akaa": 3, "unknown": 20, "Urjala": 30}, "b": {"Hattula": 40, "Loppi": 50}}
    year = Year({"a": 53, "b": 90}, {"municipality": Table(counts, True)})

    shown = published(year).tables["municipality"].counts

    assert shown["a"] == {"Akaa": None, "unknown": None, "Urjala": 30}
    assert shown["b"] == {"Hattula": 40, "Loppi": 50}
    assert shown[ALL] == shown["a"] | shown["b"]


def test_zeros_are_shown():
    assert seen(one_table(a=[0, 0], b=[0, 0])) == ({"a": 0, "b": 0, ALL: 0}, {"a": [0, 0], "b": [0, 0], ALL: [0, 0]})


def test_a_year_without_anything_is_published_as_it_is():
    assert published(Year({}, {})) == Year({ALL: 0}, {})
    assert published(Year({"a": 7}, {})) == Year({"a": 7, ALL: 7}, {})


@pytest.mark.parametrize(
    "year",
    [
        one_table(contacts={"a": 10}, a=[3, 6]),
        one_table(a=[-1, 6]),
        one_table(adds_up=False, contacts={"a": 10}, a=[11]),
        one_table(contacts={"b": 10}, a=[10]),
        one_table(**{ALL: [10]}),
    ],
)
def test_counts_that_contradict_each_other_are_refused(year):
    with pytest.raises(ValueError, match=r"contacts|computed"):
        hidden_figures(year)


# At random


def test_no_small_count_is_found_in_tiny_accounts_by_trying_everything():
    random = Random(6)

    for _ in range(80):
        year = tiny_year(random)
        values = all_values(published(year), most=sum(year.contacts.values()) + 5)
        for figure, value in figures(year).items():
            assert not 0 < value < LIMIT or max(values[figure]) >= LIMIT, (figure, year)
            assert value in values[figure]


def test_no_small_count_is_found_in_small_accounts():
    random = Random(7)

    for _ in range(250):
        year = small_year(random)
        assert Attacker(published(year), year).found() == [], year


def test_no_small_count_is_found_in_usual_accounts():
    random = Random(8)

    for sizes in [(450, 120, 60), (450, 30), (450,), (300, 3, 40), (20, 6, 2), (300, 5, 1, 0, 70)] * 2:
        year = usual_year(random, *sizes)
        assert Attacker(published(year), year).found() == [], year


def test_the_attacker_finds_what_trying_everything_finds():
    random = Random(9)

    for _ in range(60):
        year = tiny_year(random)
        account = hiding_only_small_ones(year)
        attacker = Attacker(account, year)
        values = all_values(account, attacker.most)
        small = {figure for figure, value in figures(year).items() if 0 < value < LIMIT}
        assert set(attacker.found()) == {figure for figure in small if max(values[figure]) < LIMIT}, year


def test_the_attacker_finds_small_counts_where_only_they_are_hidden():
    random = Random(10)
    years = [small_year(random) for _ in range(60)] + [usual_year(random, 450, 120, 60) for _ in range(5)]

    found = [bool(Attacker(hiding_only_small_ones(year), year).found()) for year in years]

    assert sum(found[:60]) > 40
    assert all(found[60:])


# Not more than needed


def test_nothing_is_hidden_where_nothing_is_small():
    year = one_table(a=[5, 0, 60], b=[7, 8, 9])

    assert hidden_figures(year) == frozenset()


def test_zeros_are_shown_and_small_counts_hidden_whatever_comes():
    random = Random(11)

    for year in [small_year(random) for _ in range(100)]:
        hidden = hidden_figures(year)
        for figure, value in figures(year).items():
            assert (figure in hidden) or not 0 < value < LIMIT
            assert value or figure not in hidden


def test_of_what_may_be_shown_in_a_usual_account_four_fifths_are():
    random = Random(12)
    shown = large = 0

    for _ in range(10):
        year = usual_year(random, 450, 120, 60)
        hidden = hidden_figures(year)
        figures_of_five = [figure for figure, value in figures(year).items() if value >= LIMIT]
        large += len(figures_of_five)
        shown += sum(figure not in hidden for figure in figures_of_five)
        assert not any(figure.table is None for figure in hidden)

    assert shown > 0.8 * large


def test_the_order_of_the_counts_changes_nothing():
    random = Random(13)

    for year in [small_year(random) for _ in range(20)] + [usual_year(random, 300, 3, 40)]:
        turned = Year(
            dict(reversed(year.contacts.items())),
            {
                name: Table(
                    {area: dict(reversed(row.items())) for area, row in reversed(table.counts.items())}, table.adds_up
                )
                for name, table in reversed(year.tables.items())
            },
        )
        assert hidden_figures(turned) == hidden_figures(year)
