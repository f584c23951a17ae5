"""Everything public that is coming, of all rooms, in one order of time."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import CharField, F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event
from networks.models import Meeting, Network


@dataclass(frozen=True)
class Entry:
    """A row of a calendar, whatever record it is about."""

    starts_at: datetime
    ends_at: datetime
    url: str
    title: str
    about: str
    kind: str
    area: list
    where: str


def entry_of(record):
    if isinstance(record, Event):
        area = [county.short_name for county in record.counties.all()] or [_("whole area")]
        about = record.series.name if record.series_id else record.summary
        kind = _("Event, full") if record.is_full and record.takes_registrations else _("Event")
        url = record.get_absolute_url()
        return Entry(record.starts_at, record.ends_at, url, record.title, about, kind, area, record.where)
    network = record.network
    area = [_("whole area")] if network.is_of_whole_area else [c.short_name for c in network.counties.all()]
    url = record.get_absolute_url()
    return Entry(record.starts_at, record.ends_at, url, network.name, record.title, _("Meeting"), area, record.where)


def by_week(entries):
    """The entries in groups, one a week, as pairs of the first start and the group."""
    weeks = groupby(entries, key=lambda entry: timezone.localtime(entry.starts_at).isocalendar()[:2])
    return [(group[0].starts_at, group) for group in (list(found) for _week, found in weeks)]


def public_meetings(county=None):
    """Meetings of published networks that are still to come; of a county its own and those of the whole area."""
    networks = Network.objects.published()
    if county is not None:
        networks = networks.filter(Q(counties=county) | Q(scope=Network.Scope.WHOLE_AREA))
    return Meeting.objects.upcoming().filter(network__in=networks)


def public_events(county=None):
    """Published events that are still to come; of a county its own and those for the whole area."""
    events = Event.objects.published().upcoming()
    return events if county is None else events.in_counties([county.pk])


def next_event():
    """The next published event that everybody may come to; None when none is planned."""
    return public_events().by_start().defer("search", "description", "after", "remote_link").first()


def coming_rows(county=None):
    """(kind, key, start) of all that is coming, the next first: one query, to be cut into pages."""
    rows = [
        found.order_by()
        .annotate(kind=Value(kind, output_field=CharField()), at=F("starts_at"))
        .values_list("kind", "pk", "at")
        for kind, found in (("meeting", public_meetings(county)), ("event", public_events(county)))
    ]
    return rows[0].union(rows[1], all=True).order_by("at", "kind", "pk")


def entries_of(rows):
    """The rows of a calendar for some of `coming_rows`; as many queries however many rows."""
    rows = list(rows)
    keys = {kind: [pk for found, pk, _at in rows if found == kind] for kind in ("meeting", "event")}
    records = {}
    if keys["meeting"]:
        for meeting in Meeting.objects.filter(pk__in=keys["meeting"]).for_calendar():
            records["meeting", meeting.pk] = meeting
    if keys["event"]:
        for event in Event.objects.filter(pk__in=keys["event"]).select_related("series").with_counties():
            records["event", event.pk] = event
    return [entry_of(records[kind, pk]) for kind, pk, _at in rows if (kind, pk) in records]
