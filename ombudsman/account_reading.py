"""An account of one area put into words: the page, the PDF, Word, the CSV and the charts all read the same here."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.template.defaultfilters import capfirst
from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from ombudsman.account_tables import ALL_SLUG, PLACES, TOTALS, WORK
from ombudsman.models import OtherWork, Variable, title_on
from ombudsman.statistics import NOT_RECORDED, OTHER, UNKNOWN, Time
from publishing.templatetags.portal import thousands

UNKNOWN_FIGURE = "–"  # of a year that has no such figure
HIDDEN = gettext_lazy("under 5 or protected")

# Each section of the account with its tables; the ombudsman writes in every one.
SECTIONS = {
    "basis": (gettext_lazy("How the figures are counted"), ()),
    "numbers": (gettext_lazy("Contacts and clients"), (TOTALS, "month")),
    "who": (gettext_lazy("Who made contact and how"), ("who", "way", "language")),
    "nature": (gettext_lazy("What kind of contacts and why"), ("nature", "reason")),
    "tasks": (gettext_lazy("Service tasks"), ("task",)),
    "measures": (gettext_lazy("What was done"), ("measure",)),
    "provider": (gettext_lazy("Public and private services"), ("provider",)),
    "municipalities": (gettext_lazy("Municipalities"), (PLACES,)),
    "work": (gettext_lazy("Other work"), (WORK,)),
    "observations": (gettext_lazy("Observations and proposals"), ()),
}

# The written rules; how they are carried out: statistics.py and suppression.py.
RULES = (
    gettext_lazy("A contact is one call, e-mail, meeting, video call or letter to the ombudsman."),
    gettext_lazy("A client is counted once a year, with the first contact. Consultations of staff count no client."),
    gettext_lazy("Each contact has one value in every table, but it may have several reasons and measures."),
    gettext_lazy("Measures that were taken in a matter between contacts are counted among measures only."),
    gettext_lazy("When a classification has changed, last year's figures are counted by this year's classification."),
)
HIDING = (
    gettext_lazy("Figures from one to four read “under 5 or protected”, so that nobody can be recognised."),
    gettext_lazy("Some larger figures are protected too, so that the small ones cannot be computed from sums."),
    gettext_lazy("Zeros are always shown."),
)
TOTAL_NAMES = {
    "contacts": pgettext_lazy("figure", "Contacts"),
    "clients": gettext_lazy("Clients"),
    "interpreter": gettext_lazy("Contacts with an interpreter"),
}
PLACE_NAMES = {OTHER: gettext_lazy("Another municipality"), UNKNOWN: gettext_lazy("Municipality not known")}


@dataclass(frozen=True)
class Row:
    """One value with its figures: a count, None where it is hidden; `before` is "" where there is none."""

    name: str
    code: str
    now: int | None
    before: int | str | None
    people: int | None = None  # inhabitants

    @property
    def is_hidden(self):
        return self.now is None

    @property
    def was_hidden(self):
        return self.before is None

    @property
    def now_words(self):
        return words_of(self.now)

    @property
    def before_words(self):
        return words_of(self.before)

    @property
    def people_words(self):
        return thousands(self.people)

    @property
    def rate(self):
        """Contacts per 1,000 inhabitants, from a figure that is shown; otherwise None."""
        return round(1000 * self.now / self.people, 1) if self.people and self.now is not None else None

    @property
    def rate_words(self):
        return "" if self.rate is None else thousands(self.rate)


@dataclass(frozen=True)
class AccountTable:
    code: str
    heading: str
    rows: list
    heads: tuple  # the name of the time and of the time before
    note: str = ""

    @property
    def has_people(self):
        return self.code == PLACES

    @property
    def shown_most(self):
        """The largest figure of this time that is shown: the length of the longest bar."""
        return max((row.now for row in self.rows if row.now is not None), default=0)

    @property
    def heads_of_figures(self):
        more = [_("Inhabitants"), _("Per 1,000 inhabitants")] if self.has_people else []
        return [*self.heads, *more]

    def cells(self, row):
        """The figures of a row in words, one for each head."""
        return [row.now_words, row.before_words, *([row.people_words, row.rate_words] if self.has_people else [])]


@dataclass(frozen=True)
class Section:
    code: str
    heading: str
    text: str  # the ombudsman's, as it was written
    tables: list = field(default_factory=list)
    finding: str = ""

    @property
    def paragraphs(self):
        return [" ".join(part.split()) for part in self.text.replace("\r", "").split("\n\n") if part.strip()]


class AreaAccount:
    """What the tables say of one area, and the account to which they belong, if any, in its prose.

    The only county, which is all there is, is found by its own address too. Raises KeyError for an area that the
    tables do not have.
    """

    def __init__(self, tables, slug, *, account=None):
        self.source, self.account = tables, account
        by_slug = {area["county_slug"]: area for area in tables["areas"]}
        self.area = (by_slug | {area["slug"]: area for area in tables["areas"]})[slug]
        self.time, self.before = (
            Time(date.fromisoformat(days["first"]), date.fromisoformat(days["last"]))
            for days in (tables, tables["before"])
        )

    @property
    def slug(self):
        return self.area["slug"]

    @property
    def county(self):
        """The county's code; "" for all together."""
        return self.area["county"]

    @property
    def county_of_texts(self):
        """The county whose prose this is: none where all is told together."""
        return "" if self.slug == ALL_SLUG else self.county

    @cached_property
    def texts(self):
        """{section: the ombudsman's prose}"""
        if self.account is None:
            return {}
        return dict(self.account.texts.filter(county=self.county_of_texts or None).values_list("section", "text"))

    @property
    def file_name(self):
        name = pgettext("file name", "account")
        return f"{name}-{self.time.first.year}-{self.slug}"

    @property
    def name(self):
        return area_name(self.area)

    @property
    def areas(self):
        """(slug, name) of every area of the same account, this one among them."""
        return [(area["slug"], area_name(area)) for area in self.source["areas"]]

    @property
    def counties(self):
        """The same without all together."""
        return [(slug, name) for slug, name in self.areas if slug != ALL_SLUG]

    @property
    def office(self):
        """What the office was called on the last day."""
        return capfirst(title_on(self.time.last))

    @property
    def title(self):
        return _("Account of the year %(year)s") % {"year": self.time.name}

    @property
    def sections(self):
        return [
            Section(
                code,
                str(heading),
                self.texts.get(code, ""),
                [self.table(name) for name in names],
                self.finding if code == "municipalities" else "",
            )
            for code, (heading, names) in SECTIONS.items()
        ]

    def table(self, name):
        rows = [
            Row(self._name(name, row), row["code"], row["now"], row.get("before", ""), row.get("people"))
            for row in self.area["tables"][name]
        ]
        return AccountTable(name, table_heading(name), rows, (self.time.name, self.before.name), self._note(name))

    @property
    def finding(self):
        """The municipalities from which nobody made contact, named."""
        rows = [row for row in self.table(PLACES).rows if row.people is not None]
        names = [row.name for row in rows if row.now == 0]
        if names:
            return _("No contacts came from: %(names)s.") % {"names": ", ".join(names)}
        return _("Contacts came from every municipality.") if rows else ""

    def _name(self, table, row):
        code, names = row["code"], row.get("names")
        if names:
            return names.get(get_language()) or names["fi"]
        if table == "month":
            day = self.time.month(int(code))
            return capfirst(MONTHS[day.month]) if self.time.is_year else f"{day.month}/{day.year}"
        if code == NOT_RECORDED:
            return pgettext("value", "Not recorded")
        known = TOTAL_NAMES | PLACE_NAMES | {kind.value: capfirst(kind.label) for kind in OtherWork.Kind}
        if table in {TOTALS, PLACES, WORK}:
            return str(known[code])
        return code

    def _note(self, name):
        if name == Variable.REASON:
            return _("A contact may have several reasons, so the figures have no sum.")
        if name == Variable.MEASURE:
            return _("A contact may have several measures, so the figures have no sum.")
        if name == PLACES and self.source["population_year"]:
            return _("Inhabitants at the end of %(year)s. Figures per 1,000 are counted from shown figures only.") % {
                "year": self.source["population_year"]
            }
        return ""


def area_name(area):
    names = area["names"]
    return names.get(get_language()) or names.get("fi") or _("All areas together")


def table_heading(name):
    headings = {"month": _("Month"), TOTALS: _("In all"), PLACES: _("Municipality"), WORK: _("Kind of work")}
    return headings.get(name) or str(capfirst(Variable(name).label))


def words_of(count):
    if count is None:
        return str(HIDDEN)
    return UNKNOWN_FIGURE if count == "" else thousands(count)
