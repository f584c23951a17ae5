"""The terms in which series run, and the days of a term on which an occasion can be."""

from dataclasses import dataclass
from datetime import date, timedelta

import holidays
from django.utils.translation import gettext as _

from events.models.event import midsummer_eve

SPRING, AUTUMN = "kevat", "syksy"


@dataclass(frozen=True)
class Term:
    """Spring lasts until midsummer, autumn from August until Christmas."""

    year: int
    season: str

    @property
    def code(self):
        """As it stands in the address: 2026-kevat."""
        return f"{self.year}-{self.season}"

    @property
    def words(self):
        name = _("Spring %(year)s") if self.season == SPRING else _("Autumn %(year)s")
        return name % {"year": self.year}

    @property
    def first(self):
        return date(self.year, 1, 1) if self.season == SPRING else date(self.year, 8, 1)

    @property
    def last(self):
        return midsummer_eve(self.year) if self.season == SPRING else date(self.year, 12, 23)

    @property
    def next(self):
        return Term(self.year, AUTUMN) if self.season == SPRING else Term(self.year + 1, SPRING)

    @property
    def previous(self):
        return Term(self.year - 1, AUTUMN) if self.season == SPRING else Term(self.year, SPRING)

    def days(self, weekday):
        """Every such weekday of the term."""
        day = self.first + timedelta(days=(weekday - self.first.weekday()) % 7)
        while day <= self.last:
            yield day
            day += timedelta(days=7)


def term_of(day):
    """The term that a day belongs to; what lies between the terms belongs to the next one."""
    spring, autumn = Term(day.year, SPRING), Term(day.year, AUTUMN)
    if day <= spring.last:
        return spring
    return autumn if day <= autumn.last else autumn.next


def term_named(text, default):
    """The term of an address; the default instead of nonsense."""
    year, _dash, season = (text or "").partition("-")
    if season in (SPRING, AUTUMN) and len(year) == 4 and year.isdecimal() and 1990 <= int(year) <= 2100:
        return Term(int(year), season)
    return default


def holiday_names(term, language):
    """{day: name} of the public holidays of the term, and of the eves on which nobody works."""
    names = holidays.country_holidays("FI", years=[term.year], language="fi" if language == "fi" else "en_US")
    found = dict(names.items())
    found.setdefault(midsummer_eve(term.year), _("Midsummer Eve"))
    return found
