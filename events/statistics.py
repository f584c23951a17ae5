"""Figures over many events."""

from dataclasses import dataclass, field

from django.db.models.functions import ExtractYear

from events.models import Event, Series, YearFigure
from publishing.finnish_order import FinnishKey


def event_years(events):
    """The years in which any of the events is held, the latest first."""
    years = events.order_by().annotate(held_in=ExtractYear("starts_at")).values_list("held_in", flat=True)
    return sorted(set(years.distinct()), reverse=True)


@dataclass
class YearRow:
    """A series in a year: how many events, who came, and what is told of those that are not recorded one by one."""

    series: Series | None
    counts: list = field(default_factory=list)  # participants of the events of which somebody said how many
    held: int = 0
    cancelled: int = 0
    registered: int = 0
    told: YearFigure | None = None

    def add(self, event):
        """Count an event in, with its participants where somebody said how many. Needs `with_participants`."""
        if event.is_cancelled:
            self.cancelled += 1
        elif event.is_over:
            self.held += 1
            self.registered += event.registered
            if event.participants is not None:
                self.counts.append(event.participants)

    @property
    def is_known(self):
        """Something has happened or is told; what is only planned makes no figures."""
        return bool(self.held or self.cancelled or self.told)

    @property
    def event_count(self):
        """Those recorded, or those told where that is more."""
        return max(self.held, (self.told.event_count or 0) if self.told else 0)

    @property
    def participants(self):
        """All participants together; None if nobody said."""
        if self.counts:
            return sum(self.counts)
        return self.told.participant_count if self.told else None

    @property
    def least(self):
        return min(self.counts, default=None)

    @property
    def most(self):
        return max(self.counts, default=None)

    @property
    def uncounted(self):
        """Events of which nobody has said how many came."""
        return self.held - len(self.counts)


def year_rows(user, year):
    """A row for each series of which something is known in the year, in Finnish order; single events last.

    Two queries, however many events there are. Drafts count only for those who see them.
    """
    rows = {}
    events = (
        Event.objects.visible_to(user)
        .in_year(year)
        .with_participants()
        .select_related("series")
        .annotate(series_key=FinnishKey("series__name"))
        .defer("search", "description", "after", "remote_link", "series__search", "series__background")
        .order_by("series_key", "starts_at", "pk")
    )
    for event in events:
        rows.setdefault(event.series_id, YearRow(event.series)).add(event)
    told = YearFigure.objects.visible_to(user).filter(year=year).select_related("series").defer("series__search")
    for figure in told:
        rows.setdefault(figure.series_id, YearRow(figure.series)).told = figure
    known = [row for row in rows.values() if row.is_known]
    return sorted(known, key=lambda row: (row.series is None, row.series.name_key if row.series else ""))


def known_years(user):
    """The years of which anything is known, the latest first."""
    years = set(event_years(Event.objects.visible_to(user).past()))
    return sorted(years | set(YearFigure.objects.visible_to(user).values_list("year", flat=True)), reverse=True)


def of_series(series, user):
    """A row for each year of one series, the latest first; two queries."""
    rows = {}
    events = (
        Event.objects.visible_to(user)
        .filter(series=series)
        .with_participants()
        .annotate(held_in=ExtractYear("starts_at"))
        .defer("search", "description", "after", "remote_link")
    )
    for event in events:
        rows.setdefault(event.held_in, YearRow(series)).add(event)
    for figure in series.year_figures.all():
        rows.setdefault(figure.year, YearRow(series)).told = figure
    return sorted(((year, row) for year, row in rows.items() if row.is_known), reverse=True)
