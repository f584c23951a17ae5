"""The front page, and everything that is coming in one calendar."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from networks.calendars import calendar_response
from networks.feeds import news_of as network_news
from networks.models import Meeting, Network
from projects.feeds import news_of as project_news
from projects.models import Project
from publishing.feeds import NEWEST, NewsFeed
from publishing.query import page_of
from website import statistics
from website.latest import latest_facts
from website.structured import organisation_json

NEXT_MEETINGS = 6
LATEST_FACTS = 5


def by_week(meetings):
    """The meetings in groups, one a week, as pairs of the first start and the group."""
    weeks = groupby(meetings, key=lambda meeting: timezone.localtime(meeting.starts_at).isocalendar()[:2])
    return [(group[0].starts_at, group) for group in (list(found) for _week, found in weeks)]


def public_meetings():
    """Meetings of published networks that are still to come, the next first."""
    return Meeting.objects.upcoming().filter(network__published_at__isnull=False).for_calendar()


def next_tile(coming):
    """Where the amber dot leads: to the next meeting, and to the calendar when nothing is coming."""
    if not coming:
        return {"url": reverse("website:calendar"), "words": _("calendar")}
    meeting = coming[0]
    return {
        "url": meeting.get_absolute_url(),
        "starts_at": meeting.starts_at,
        "words": _("meeting"),
        "name": meeting.network.name,
    }


@login_not_required
@require_safe
def home(request):
    """What the centre is, what happens next, the regions, the year and the latest."""
    counties = statistics.counties_in_figures()
    coming = list(public_meetings()[:NEXT_MEETINGS])
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
        "next": next_tile(coming),
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
    page = page_of(public_meetings(), request)
    return render(request, "website/calendar.html", {"page": page, "weeks": by_week(page)})


@login_not_required
@require_safe
def calendar_ics(request):
    """The same to subscribe to."""
    meetings = Meeting.objects.filter(network__published_at__isnull=False).for_feed()
    return calendar_response(meetings, name="Pikassos", filename="pikassos.ics")


@login_not_required
@require_safe
def feed(request):
    """What is new, as Atom."""
    news = [*network_news(Network.objects.published()), *project_news(Project.objects.published())]
    newest = sorted(news, key=lambda item: item["at"], reverse=True)[:NEWEST]
    return NewsFeed(newest, name="Pikassos", address="/")(request)
