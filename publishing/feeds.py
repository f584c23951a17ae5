"""What is new, as Atom: what every room's feed has in common."""

from datetime import datetime, time

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed

NEWEST = 40


def plain(text):
    """The text on one line without control characters, which XML cannot hold and word processors paste."""
    return " ".join("".join(letter if letter >= " " else " " for letter in text).split())


def morning(day):
    """The moment from which a fact of a day counts as news."""
    return datetime.combine(day, time(9), timezone.get_default_timezone())


class NewsFeed(Feed):
    """Atom of news, dicts of at (aware datetime), title, text, url and a tag that stays, newest first."""

    feed_type = Atom1Feed

    def __init__(self, news, *, name, address):
        self.news, self.name, self.address = news, name, address

    def title(self):
        return plain(self.name)

    def link(self):
        return self.address

    def items(self):
        return self.news

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
