"""Figures over many projects."""

from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Min
from django.utils import timezone

from directory.models import County, Municipality, Organisation
from projects.models import Funding, ProjectCounty, ProjectMunicipality, ProjectSubRegion


def projects_by_county(projects):
    """How many of the projects work in each of our counties, or in a part of it: {code: count}; a query a county."""
    return {county.code: projects.in_counties([county.code]).order_by().count() for county in County.objects.ours()}


def projects_by_status(projects):
    """How many of the projects are in each phase today: {status: count}, one query."""
    return dict(projects.with_status().order_by().values_list("status").annotate(count=Count("pk")))


def project_years(projects):
    """The years in which the projects began, went on or ended, newest first; one query."""
    span = projects.with_status().with_span().order_by().aggregate(first=Min("first_on"), last=Max("last_on"))
    if span["first"] is None:
        return []
    last = max(span["last"].year if span["last"] else 0, timezone.localdate().year)
    return list(range(last, span["first"].year - 1, -1))


def funder_choices(projects, prefix):
    """Who gives money to the projects, as choices: kinds of source, then bodies by name under `prefix` and their key.

    Two queries.
    """
    rows = Funding.objects.filter(project__in=projects.order_by().values("pk"))
    sources = set(rows.order_by().values_list("source", flat=True).distinct())
    bodies = Organisation.objects.filter(pk__in=rows.values("organisation")).in_finnish_order()
    choices = [(code, label) for code, label in Funding.Source.choices if code in sources]
    return [*choices, *((f"{prefix}{pk}", name) for pk, name in bodies.values_list("pk", "name"))]


def projects_by_municipality(projects):
    """How many of the projects work in each of our municipalities, by the rule of `in_municipality`: {code: count}.

    Five queries of keys alone, however many projects there are.
    """
    keys = set(projects.order_by().values_list("pk", flat=True))
    places = list(
        Municipality.objects.filter(sub_region__county__is_ours=True).values_list(
            "code", "sub_region", "sub_region__county"
        )
    )
    in_region, in_county = defaultdict(list), defaultdict(list)
    for code, region, county in places:
        in_region[region].append(code)
        in_county[county].append(code)
    counts = Counter()
    towns_in_region, named_in_county = set(), set()
    for project, code, region, county in ProjectMunicipality.objects.values_list(
        "project", "municipality", "municipality__sub_region", "municipality__sub_region__county"
    ):
        if project in keys:
            counts[code] += 1
            towns_in_region.add((project, region))
            named_in_county.add((project, county))
    for project, region, county in ProjectSubRegion.objects.values_list("project", "subregion", "subregion__county"):
        if project in keys:
            named_in_county.add((project, county))
            if (project, region) not in towns_in_region:
                counts.update(in_region[region])
    whole = {pair for pair in ProjectCounty.objects.values_list("project", "county") if pair[0] in keys}
    national = projects.filter(is_national=True).order_by().values_list("pk", flat=True)
    whole |= {(project, county) for project in national for county in in_county}
    for project, county in whole:
        if (project, county) not in named_in_county:
            counts.update(in_county[county])
    return {code: counts[code] for code, _region, _county in places}


# Person-months --------------------------------------------------------------------------------------------------------


def months_of_work(staffing, *, until):
    """What one row of staff works: {(year, month): share of a full month, 0 to 1}.

    The share of time times the days of the month on which the row is in force, of all days of the month. An empty start
    is the start of the project, an empty end its end with extensions, or `until` where nobody has said any; a row
    without a share or without any start counts nothing. Needs the project `with_span`.
    """
    first = staffing.starts_on or staffing.project.starts_on
    last = staffing.ends_on or staffing.project.ending_on or until
    last = min(last, until)
    if not staffing.share or first is None or last < first:
        return {}
    work = {}
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        days = monthrange(year, month)[1]
        begin, end = date(year, month, 1), date(year, month, days)
        in_force = (min(end, last) - max(begin, first)).days + 1
        work[year, month] = staffing.fraction * in_force / days
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return work


@dataclass
class Worker:
    """One person, or one title where nobody is named, with the months worked over all projects."""

    name: str
    is_person: bool
    months: dict = field(default_factory=lambda: defaultdict(Decimal))  # (year, month): share
    by_project: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(Decimal)))

    def of_year(self, year):
        """Person-months of the year."""
        return sum((share for (y, _month), share in self.months.items() if y == year), Decimal(0))

    def of_month(self, year, month):
        return self.months.get((year, month), Decimal(0))

    def overbooked(self, year):
        """The months of the year in which the shares are more than the whole: [(month, share)]; titles cannot be."""
        if not self.is_person:
            return []
        return [(month, self.of_month(year, month)) for month in range(1, 13) if self.of_month(year, month) > 1]


def workers(staffings, *, until):
    """Everybody's months over all projects, in the order of the rows."""
    found = {}
    for staffing in staffings:
        key = ("person", staffing.person_id) if staffing.person_id else ("row", staffing.pk)
        name = staffing.person.name if staffing.person_id else f"{staffing.title}, {staffing.project.called}"
        worker = found.setdefault(key, Worker(name, bool(staffing.person_id)))
        for when, share in months_of_work(staffing, until=until).items():
            worker.months[when] += share
            worker.by_project[staffing.project][when] += share
    return [worker for worker in found.values() if worker.months]
