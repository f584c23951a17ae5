"""The front page, and everything that is coming in one calendar."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from events.calendars import entry_of
from events.feeds import news_of as event_news
from events.models import Event
from networks.calendars import event_of
from networks.feeds import news_of as network_news
from networks.models import Meeting, Network
from projects.feeds import news_of as project_news
from projects.models import Project
from publishing.calendars import calendar_answer, published_calendar
from publishing.feeds import NEWEST, NewsFeed
from publishing.query import page_of
from website import statistics
from website.coming import by_week, coming_rows, entries_of, next_event
from website.latest import latest_facts
from website.structured import organisation_json

NEXT = 6
LATEST_FACTS = 5


def next_tile(event, coming):
    """Where the amber dot leads: to the next open event, else to whatever is coming, else to the calendar."""
    if event is not None:
        words = _("webinar") if event.mode == event.Mode.REMOTE else _("event")
        return {"url": event.get_absolute_url(), "starts_at": event.starts_at, "words": words, "name": event.title}
    if coming:
        first = coming[0]
        return {"url": first.url, "starts_at": first.starts_at, "words": first.kind.lower(), "name": first.title}
    return {"url": reverse("website:calendar"), "words": _("calendar")}


@login_not_required
@require_safe
def home(request):
    """What the centre is, what happens next, the regions, the year and the latest."""
    counties = statistics.counties_in_figures()
    coming = entries_of(coming_rows()[:NEXT])
    context = {
        "counties": counties,
        "tiles": [
            {
                "code": county.code,
                "url": county.get_absolute_url(),
                "name": county.short_name,
                "words": ngettext("%(count)s network", "%(count)s networks", county.network_count)
                % {"count": county.network_count},
            }
            for county in counties
        ],
        "next": next_tile(next_event(), coming),
        "weeks": by_week(coming),
        "year": statistics.year_in_figures(),
        "people": statistics.people_in_networks(),
        "latest": latest_facts(Network.objects.published(), LATEST_FACTS),
        "organisation_json": organisation_json(),
    }
    return render(request, "website/home.html", context)


@login_not_required
@require_safe
def calendar(request):
    """Everything public that is coming, by week."""
    page = page_of(coming_rows(), request)
    return render(request, "website/calendar.html", {"page": page, "weeks": by_week(entries_of(page))})


@login_not_required
@require_safe
def calendar_ics(request):
    """The same to subscribe to."""
    meetings = Meeting.objects.filter(network__published_at__isnull=False).for_feed()
    events = Event.objects.published().lately_and_coming().for_calendar()
    entries = [*map(event_of, meetings), *map(entry_of, events)]
    return calendar_answer(published_calendar(entries, name="Pikassos"), filename="pikassos.ics")


@login_not_required
@require_safe
def feed(request):
    """What is new, as Atom."""
    news = [
        *network_news(Network.objects.published()),
        *project_news(Project.objects.published()),
        *event_news(Event.objects.published()),
    ]
    newest = sorted(news, key=lambda item: item["at"], reverse=True)[:NEWEST]
    return NewsFeed(newest, name="Pikassos", address="/")(request)
