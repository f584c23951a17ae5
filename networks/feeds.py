"""What is new about networks, as Atom."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from networks.models import Meeting
from publishing.feeds import NEWEST, NewsFeed, plain
from publishing.prose import prose_lines


def news_of(networks):
    """The latest dated facts of the networks, newest first: founded, a phase, a meeting called, its summary.

    Returns dicts of at (aware datetime), title, text and url, with a tag that stays.
    """
    meetings = Meeting.objects.filter(network__in=networks).select_related("network")
    news = [
        {
            "at": network.published_at,
            "title": plain(network.name),
            "text": plain(network.summary),
            "url": network.get_absolute_url(),
            "tag": f"network-{network.pk}",
        }
        for network in networks.filter(published_at__isnull=False).order_by("-published_at")[:NEWEST]
    ]
    worth_telling = meetings.filter(Q(summary__gt="") | Q(starts_at__gte=timezone.now()))
    for meeting in worth_telling.order_by("-changed_at")[:NEWEST]:
        held = bool(meeting.summary)
        label = _("Summary") if held else _("Cancelled") if meeting.is_cancelled else _("Meeting")
        news.append(
            {
                "at": meeting.changed_at,
                "title": plain(f"{label}: {meeting.network.name}, {meeting.title}"),
                "text": plain(Truncator(prose_lines(meeting.summary or meeting.agenda)).words(40)),
                "url": meeting.get_absolute_url(),
                "tag": f"meeting-{meeting.pk}",
            }
        )
    return sorted(news, key=lambda item: item["at"], reverse=True)[:NEWEST]


def networks_feed(request, networks, *, name, address=None):
    """The answer with the feed."""
    return NewsFeed(news_of(networks), name=name, address=address or reverse("networks:index"))(request)
