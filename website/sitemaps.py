"""What search engines are told of: the public pages, under the site's one public address."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from directory.models import County
from events.models import Event, Series
from networks.models import Meeting, Network
from projects.models import Project


class PublicSitemap(Sitemap):
    """Addresses begin as SITE_URL does, whatever name the request came by."""

    protocol = urlsplit(settings.SITE_URL).scheme
    limit = 5000

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class PagesSitemap(PublicSitemap):
    """The pages that are not records."""

    def items(self):
        return [
            "website:home", "website:regions", "networks:index", "website:calendar", "projects:index",
            "projects:area_map", "projects:timeline", "events:index", "events:series_index", "events:materials",
            "events:figures", "ilmapuntari:index", "ombudsman:about", "ombudsman:message_create", "ombudsman:accounts",
            "directory:contacts", "website:accessibility", "website:privacy", "website:feedback",
        ]  # fmt: skip

    def location(self, item):
        return reverse(item)


class RegionsSitemap(PublicSitemap):
    def items(self):
        return County.objects.ours()


class NetworksSitemap(PublicSitemap):
    def items(self):
        return Network.objects.published().only("slug", "changed_at").order_by("pk")

    def lastmod(self, network):
        return network.changed_at


class ProjectsSitemap(PublicSitemap):
    def items(self):
        return Project.objects.published().only("slug", "changed_at").order_by("pk")

    def lastmod(self, project):
        return project.changed_at


class EventsSitemap(PublicSitemap):
    def items(self):
        return Event.objects.published().only("slug", "changed_at").order_by("pk")

    def lastmod(self, event):
        return event.changed_at


class SeriesSitemap(PublicSitemap):
    def items(self):
        return Series.objects.published().only("slug", "changed_at").order_by("pk")

    def lastmod(self, series):
        return series.changed_at


class MeetingsSitemap(PublicSitemap):
    def items(self):
        return (
            Meeting.objects.uncancelled()
            .filter(network__in=Network.objects.published())
            .select_related("network")
            .only("changed_at", "network__slug")
            .order_by("pk")
        )

    def lastmod(self, meeting):
        return meeting.changed_at


SITEMAPS = {
    "pages": PagesSitemap,
    "regions": RegionsSitemap,
    "networks": NetworksSitemap,
    "projects": ProjectsSitemap,
    "events": EventsSitemap,
    "series": SeriesSitemap,
    "meetings": MeetingsSitemap,
}
