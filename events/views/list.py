"""All events: as rows, by month, as a table, calendar and feed; their materials; their figures."""

import calendar as months
from datetime import date, timedelta

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import statistics
from events.calendars import calendar_response
from events.exports import figures_table, public_table
from events.feeds import events_feed
from events.filters import EventFilter
from events.models import Event, Series
from publishing.fragments import page_or_fragment
from publishing.models import Attachment
from publishing.query import choice_of, page_of
from publishing.tables import KINDS

FIRST_MONTH, LAST_MONTH = date(1990, 1, 1), date(2100, 12, 1)


def found_events(request):
    """The events that the address asks for, of those that the user may see."""
    visible = Event.objects.visible_to(request.user)
    return EventFilter(request.GET, visible.for_cards(), visible=visible)


def list_context(request, found):
    """What the list and the month have in common: the limits, and the way from one to the other."""
    return {"found": found, "groups": list(found.groups({})), "query": request.GET.urlencode()}


@login_not_required
@require_safe
def index(request):
    """What is to come, or what the limits ask for; for htmx only the rows."""
    found = found_events(request)
    page = page_of(found.qs, request)
    visible = Event.objects.visible_to(request.user)
    context = list_context(request, found) | {
        "page": page,
        "coming_count": visible.not_over().count(),
        "past_count": visible.past().count(),
        "upcoming_first": found.asked_when == "tulevat",
    }
    return page_or_fragment(request, "events/index.html", "events/_results.html", context)


def asked_month(request):
    """The first day of the month in the address; this month instead of nonsense."""
    year, _dash, month = request.GET.get("kk", "").partition("-")
    if len(year) == 4 and year.isdecimal() and month.isdecimal() and len(month) < 3 and 1 <= int(month) <= 12:
        asked = date(int(year), int(month), 1) if int(year) >= FIRST_MONTH.year else FIRST_MONTH
        return min(max(asked, FIRST_MONTH), LAST_MONTH)
    return timezone.localdate().replace(day=1)


@login_not_required
@require_safe
def month(request):
    """One month, a day a square; the same limits as the list."""
    first = asked_month(request)
    following = (first + timedelta(days=32)).replace(day=1)
    found = found_events(request)
    events = found.of_any_time.filter(starts_at__date__gte=first, starts_at__date__lt=following).by_start()[:400]
    by_day = {}
    for event in events:
        by_day.setdefault(event.day, []).append(event)
    today = timezone.localdate()
    weeks = [
        [
            {"day": day, "events": by_day.get(day, []), "outside": day.month != first.month, "today": day == today}
            for day in week
        ]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]
    query = request.GET.copy()
    query.pop("kk", None)
    context = list_context(request, found) | {
        "weeks": weeks,
        "days": sorted(by_day.items()),
        "first": first,
        "previous": (first - timedelta(days=1)).replace(day=1),
        "following": following,
        "count": sum(map(len, by_day.values())),
        "rest": query.urlencode(),
    }
    return page_or_fragment(request, "events/month.html", "events/_month_results.html", context)


@login_not_required
@require_safe
def table(request):
    """Exactly the listed events as CSV."""
    return public_table(found_events(request).qs)


@login_not_required
@require_safe
def calendar(request):
    """Exactly the listed events to subscribe to; without a limit all of the last year and to come."""
    found = found_events(request)
    listed = found.qs if found.value("when") else found.of_any_time
    listed = listed.order_by().lately_and_coming()
    return calendar_response(Event.objects.filter(pk__in=listed.values("pk")).for_calendar(), name=_("Events"))


@login_not_required
@require_safe
def feed(request):
    """What is new about exactly the listed events."""
    found = found_events(request)
    listed = found.qs if found.value("when") else found.of_any_time
    return events_feed(request, listed, name=_("News of the events"))


@login_not_required
@require_safe
def materials(request):
    """What remains of events: every material that is public, by the day of its event."""
    found = found_events(request)
    events = found.of_any_time.with_materials().latest_first()
    page = page_of(events, request)
    files = {}
    for file in Attachment.objects.filter(
        content_type__app_label="events",
        content_type__model="event",
        object_id__in=[event.pk for event in page],
        purpose=Event.MATERIAL,
        is_public=True,
    ).order_by("added_at", "pk"):
        files.setdefault(file.object_id, []).append(file)
    rows = [(event, files.get(event.pk, [])) for event in page]
    context = list_context(request, found) | {"page": page, "rows": rows}
    return page_or_fragment(request, "events/materials.html", "events/_material_results.html", context)


@login_not_required
@require_safe
def series_index(request):
    """All series, those that run first."""
    shown = choice_of(request, "nayta", ["kaikki"], "")
    visible = Series.objects.visible_to(request.user).for_cards().with_next_event(request.user)
    every = list(visible.in_finnish_order())
    alive = [one for one in every if not one.is_over]
    context = {
        "rows": every if shown or not alive else alive,
        "shown": shown,
        "all_count": len(every),
        "over_count": len(every) - len(alive),
    }
    return render(request, "events/series_index.html", context)


@login_not_required
@require_safe
def figures(request):
    """How many events and participants in a year, by series."""
    years = statistics.known_years(request.user)
    this_year = timezone.localdate().year
    year = int(choice_of(request, "vuosi", [str(one) for one in years], str(years[0] if years else this_year)))
    rows = statistics.year_rows(request.user, year)
    context = {
        "years": years,
        "year": year,
        "rows": rows,
        "event_total": sum(row.event_count for row in rows),
        "participant_total": sum(row.participants or 0 for row in rows),
    }
    return render(request, "events/figures.html", context)


@login_not_required
@require_safe
def figures_export(request):
    years = statistics.known_years(request.user)
    this_year = timezone.localdate().year
    year = int(choice_of(request, "vuosi", [str(one) for one in years], str(years[0] if years else this_year)))
    return figures_table(statistics.year_rows(request.user, year), year, choice_of(request, "muoto", KINDS, "xlsx"))
