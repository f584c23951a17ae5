"""What is new about networks, as Atom."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from networks.models import Meeting
from publishing.prose import prose_lines

NEWEST = 40


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


def plain(text):
    """The text on one line without control characters, which XML cannot hold and word processors paste."""
    return " ".join("".join(letter if letter >= " " else " " for letter in text).split())


class NewsFeed(Feed):
    """Atom of the news of some networks; `networks`, `name` and `address` say which and where it is read."""

    feed_type = Atom1Feed

    def __init__(self, networks, *, name, address):
        self.networks, self.name, self.address = networks, name, address

    def title(self):
        return plain(self.name)

    def link(self):
        return self.address

    def items(self):
        return news_of(self.networks)

    def item_title(self, item):
        return item["title"]

    def item_description(self, item):
        return item["text"]

    def item_link(self, item):
        return item["url"]

    def item_guid(self, item):
        return f"{settings.SITE_URL}/#{item['tag']}"

    item_guid_is_permalink = False

    def item_updateddate(self, item):
        return item["at"]

    def item_pubdate(self, item):
        return item["at"]


def networks_feed(request, networks, *, name, address=None):
    """The answer with the feed."""
    return NewsFeed(networks, name=name, address=address or reverse("networks:index"))(request)
