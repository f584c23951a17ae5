"""What is counted of contacts, from rows without a person (Fact). Figures here are exact and for the caseload alone.

The rules, also in words in `account_reading.RULES` (docs/decisions/0012):

- A contact counts in the month in which it came; who corrects it later writes a new row, and only that one stands.
- A client counts once a year, with the first contact; consultations of staff are about none.
- A contact has one value of each kind, but may have several reasons and measures.
- Measures taken in a matter between contacts count among measures and nowhere else.
- Codes of another time count as what has come instead of them, so that years are comparable.

Deleting a contact changes nothing of this. Figures are never put into a cache or a log.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Count

from directory.models import Municipality
from ombudsman.models import Code, Fact, OtherWork, ServedArea, Variable

REST = "rest"  # the area of contacts from outside of the counties served, or from nobody knows where
OTHER, UNKNOWN = "other", "unknown"  # instead of a municipality: one that is not served; none that is known
NOT_RECORDED = ""
SINGLE = (Variable.WHO, Variable.WAY, Variable.LANGUAGE, Variable.NATURE, Variable.TASK, Variable.PROVIDER)


@dataclass(frozen=True)
class Time:
    """Whole months, from the first day of one to the last day of another."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year):
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def of_months(cls, first, last):
        """From the month of one day to the month of another."""
        return cls(first.replace(day=1), (last.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1))

    @property
    def months(self):
        return self.place_of(self.last)

    def place_of(self, day):
        """1 for the first month, 2 for the next …"""
        return (day.year - self.first.year) * 12 + day.month - self.first.month + 1

    def month(self, place):
        """The first day of a month by its place."""
        years, month = divmod(self.first.month + place - 2, 12)
        return date(self.first.year + years, month + 1, 1)

    @property
    def is_year(self):
        return self == Time.of_year(self.first.year)

    @property
    def before(self):
        """The same months a year earlier; of a longer time as many years earlier as it takes not to overlap."""
        years = (self.months + 11) // 12
        first, last = (day.replace(year=day.year - years, day=1) for day in (self.first, self.last))
        return Time.of_months(first, last)

    @property
    def name(self):
        """2022, or 3/2022–5/2022"""
        if self.is_year:
            return str(self.first.year)
        first, last = (f"{day.month}/{day.year}" for day in (self.first, self.last))
        return first if first == last else f"{first}–{last}"


@dataclass(frozen=True)
class Counted:
    """Exact counts by area: the codes of the counties served, then REST. The sums over all areas are not among them."""

    contacts: dict  # {area: contacts}
    between: dict  # {area: rows of measures taken between contacts}
    tables: dict  # {table: {area: {category: count}}}


class Frame:
    """What figures of a time are laid over: who is served then, and the values that are valid then."""

    def __init__(self, time):
        self.time = time
        served = ServedArea.objects.within(time.first, time.last).values("municipality")
        self.municipalities = list(
            Municipality.objects.filter(pk__in=served).select_related("sub_region__county").order_by("name_key")
        )
        by_code = {place.sub_region.county_id: place.sub_region.county for place in self.municipalities}
        self.counties = sorted(by_code.values(), key=lambda county: (county.position, county.code))
        self.areas = [*(county.pk for county in self.counties), REST]
        self.mapping = {variable: Code.objects.mapping(variable, time.first, time.last) for variable in Variable}

    @cached_property
    def valid(self):
        """{variable: the codes that hold within the time, in order}"""
        valid = {variable: [] for variable in Variable}
        for code in Code.objects.valid_within(self.time.first, self.time.last).in_order():
            valid[code.variable].append(code.code)
        return valid

    @cached_property
    def served(self):
        return {place.pk for place in self.municipalities}

    def code_of(self, variable, code):
        """What a code is counted as within the time."""
        return self.mapping[variable].get(code, code)

    def area_of(self, county):
        return county if county in self.areas else REST

    def place_of(self, municipality):
        """The category of a municipality's code."""
        if municipality is None:
            return UNKNOWN
        return municipality if municipality in self.served else OTHER

    def places_of(self, area):
        """The categories of municipalities that an area always has."""
        return [*(place.pk for place in self.municipalities if place.sub_region.county_id == area), OTHER, UNKNOWN]

    def count(self, time):
        """The figures of a time, which may be another than the frame's own, by what holds in the frame's."""
        standing = Fact.objects.standing().within(time.first, time.last)
        contacts = standing.of_contacts()
        months = self._tally(contacts, "month", lambda month: [f"{time.place_of(month):02}"])
        tables = {
            "month": self._with(months, [f"{place:02}" for place in range(1, time.months + 1)]),
            "client": self._with(
                self._tally(contacts, "is_client_counted", lambda counts: ["first" if counts else "later"]),
                ["first", "later"],
            ),
            "interpreter": self._with(
                self._tally(contacts, "has_interpreter", lambda has: ["with"] if has else []), ["with"]
            ),
        }
        for variable in SINGLE:
            tables[variable.value] = self._by_codes(variable, contacts, variable.value, lambda code: [code])
        tables["reason"] = self._by_codes(Variable.REASON, contacts, "reasons", list)
        tables["measure"] = self._by_codes(Variable.MEASURE, standing, "measures", list)
        places = self._tally(contacts, "municipality_id", lambda place: [self.place_of(place)])
        tables["municipality"] = {
            area: dict.fromkeys(self.places_of(area), 0) | places.get(area, {}) for area in self.areas
        }
        return Counted(
            contacts={area: sum(tables["month"][area].values()) for area in self.areas},
            between=self._sums(standing.filter(kind=Fact.Kind.MEASURE)),
            tables=tables,
        )

    def _tally(self, facts, column, categories_of):
        """{area: {category: rows}}; a row counts once in each of its categories."""
        found = {}
        rows = facts.order_by().values_list("county_id", column).annotate(rows=Count("pk"))
        for county, value, count in rows:
            counts = found.setdefault(self.area_of(county), Counter())
            for category in {*categories_of(value)}:
                counts[category] += count
        return found

    def _by_codes(self, variable, facts, column, codes_of):
        counts = self._tally(facts, column, lambda value: [self.code_of(variable, code) for code in codes_of(value)])
        return self._with(counts, self.valid[variable])

    def _with(self, tally, categories):
        """Every area has every category, also those that only another area has used."""
        used = dict.fromkeys(categories, 0) | {category: 0 for counts in tally.values() for category in counts}
        return {area: used | tally.get(area, {}) for area in self.areas}

    def _sums(self, facts):
        counts = self._tally(facts, "kind", lambda kind: [kind])
        return {area: sum(counts.get(area, {}).values()) for area in self.areas}


def other_work(time):
    """{county's code, or None for no county: {kind: how many}} of work that is about no client."""
    found = {}
    rows = OtherWork.objects.filter(done_on__gte=time.first, done_on__lte=time.last).order_by()
    for county, kind, count in rows.values_list("county_id", "kind").annotate(rows=Count("pk")):
        found.setdefault(county, Counter())[kind] += count
    return found


def corrections(time):
    """(corrected, taken back): how many rows were written within a time to mend earlier ones."""
    rows = Fact.objects.filter(corrected_on__gte=time.first, corrected_on__lte=time.last)
    counts = dict(rows.order_by().values_list("is_withdrawn").annotate(rows=Count("pk")))
    return counts.get(False, 0), counts.get(True, 0)


def years_of_contacts():
    """The years that have contacts, the latest first."""
    return [day.year for day in Fact.objects.dates("month", "year", order="DESC")]
