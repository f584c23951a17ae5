"""What is new about events, as Atom."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event
from publishing.feeds import NEWEST, NewsFeed, morning, plain
from publishing.templatetags.portal import time_range, weekday_date


def news_of(events):
    """Events published and recordings shown, of the published ones among the events, newest first.

    A recording is news for as long as it may be seen; on the day after, it is gone from here as from the page.
    """
    public = events.published().select_related("series").defer("search", "description", "after", "remote_link")
    news = []
    for event in public.order_by("-published_at", "pk")[:NEWEST]:
        when = f"{weekday_date(event.starts_at)} {time_range(event.starts_at, event.ends_at)}"
        title = _("Cancelled: %(title)s") % {"title": event.title} if event.is_cancelled else event.title
        at = event.cancelled_at or event.published_at
        news.append(item(at, f"{title}, {when}", event.summary, event.get_absolute_url(), f"event-{event.pk}"))
    for event in public.with_recording().filter(cancelled_at=None).order_by("-recording_added_on", "pk")[:NEWEST]:
        title = _("Recording: %(title)s") % {"title": event.title}
        address = f"{event.get_absolute_url()}#tallenne"
        added = event.recording_added_on or timezone.localdate(event.ends_at)
        news.append(item(morning(added), title, event.summary, address, f"recording-{event.pk}"))
    return sorted(news, key=lambda one: one["at"], reverse=True)[:NEWEST]


def item(at, title, text, url, tag):
    return {"at": at, "title": plain(title), "text": plain(text), "url": url, "tag": tag}


def events_feed(request, events, *, name, address=None):
    """The answer with the feed."""
    return NewsFeed(news_of(Event.objects.filter(pk__in=events.order_by().values("pk"))), name=name,
                    address=address or reverse("events:index"))(request)  # fmt: skip
