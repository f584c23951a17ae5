"""Whether the addresses that projects point to still answer."""

import html
import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.part import Part
from publishing.parts import PartQuerySet

HREF = re.compile(r'href="(https?://[^"]+)"')
MOST_LINKS = 200  # of one project; a page with more is a list that somebody else keeps


def addresses_of(project):
    """The addresses on the web in the records of a project: its website, its outputs, links in its texts."""
    texts = [project.background, project.lives_on, *project.reports.values_list("text", flat=True)]
    found = [project.website, *project.outputs.order_by("position", "pk").values_list("url", flat=True)]
    found += [html.unescape(url) for text in texts for url in HREF.findall(text)]
    length = Link._meta.get_field("url").max_length
    return list(dict.fromkeys(url for url in found if url and len(url) <= length))[:MOST_LINKS]


class LinkQuerySet(PartQuerySet):
    def dead(self):
        """Failed at least twice in a row: once may be a pause of somebody's server."""
        return self.filter(failures__gte=Link.DEAD_AFTER)

    def due(self, at=None):
        """Not asked for a week, or never; those that failed once are asked again the next day."""
        at = at or timezone.now()
        again = Q(failures__gt=0, failures__lt=Link.DEAD_AFTER, checked_at__lte=at - Link.ASKED_AGAIN)
        return self.filter(Q(checked_at=None) | Q(checked_at__lte=at - Link.ASKED_EVERY) | again)

    def untold(self):
        """Dead, and the one who answers for the project does not know yet."""
        return self.dead().filter(told_at=None)

    @transaction.atomic
    def renew(self, project):
        """A row for each address that the project points to; what is known of those that stay is kept."""
        wanted = addresses_of(project)
        self.filter(project=project).exclude(url__in=wanted).delete()
        there = set(self.filter(project=project).values_list("url", flat=True))
        self.bulk_create([Link(project=project, url=url) for url in wanted if url not in there], ignore_conflicts=True)

    def ask_again(self, project):
        """Somebody has mended the addresses and wants to know: they are due at once."""
        return self.filter(project=project).update(checked_at=None)


class Link(Part):
    """One address that a project's page points to, and what came when it was asked last.

    Rows follow from the records (`Link.objects.renew`); nothing is typed here, so no history is kept.
    """

    ANCHOR = "tuotokset"
    ASKED_EVERY = timedelta(days=7)
    ASKED_AGAIN = timedelta(days=1)
    DEAD_AFTER = 2

    class Trouble(models.TextChoices):
        NOT_FOUND = "not_found", _("the page is not there any more")
        REFUSED = "refused", _("the server does not show the page")
        BROKEN = "broken", _("the server has an error")
        NO_ANSWER = "no_answer", _("the server does not answer")
        NO_NAME = "no_name", _("no server has this name")
        CERTIFICATE = "certificate", _("the certificate of the server is not valid")
        LOOP = "loop", _("the address leads in circles")
        FORBIDDEN = "forbidden", _("the address leads into a closed network")

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="links", verbose_name=_("project"))
    url = models.URLField(_("address"), max_length=500)
    checked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    trouble = models.CharField(_("trouble"), max_length=20, choices=Trouble, blank=True)
    told_at = models.DateTimeField(_("told to the one who answers"), null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        constraints = [models.UniqueConstraint(fields=["project", "url"], name="link_once")]
        indexes = [models.Index(fields=["checked_at"], name="link_checked")]

    def __str__(self):
        return self.url

    @property
    def host(self):
        """The server's name; empty where the address has none."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return ""

    @property
    def is_dead(self):
        return self.failures >= self.DEAD_AFTER

    def record(self, trouble, *, at=None):
        """What came of asking: empty when the page is there. Failures in a row are counted."""
        at = at or timezone.now()
        self.checked_at = at
        self.trouble = trouble
        self.failures = min(self.failures + 1, 1000) if trouble else 0
        self.failing_since = (self.failing_since or at) if trouble else None
        self.told_at = self.told_at if trouble else None
        self.save(update_fields=["checked_at", "trouble", "failures", "failing_since", "told_at"])

    def postpone(self, *, at=None):
        """The server asked for patience: nothing is known, and it is asked again in its turn."""
        self.checked_at = at or timezone.now()
        self.save(update_fields=["checked_at"])
