"""Whether the addresses that projects point to still answer."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.part import Part, PartQuerySet


class LinkQuerySet(PartQuerySet):
    def dead(self):
        """Failed at least twice in a row: once may be a pause of somebody's server."""
        return self.filter(failures__gte=Link.DEAD_AFTER)

    def due(self, at=None):
        """Not asked for a week, or never; those that failed once are asked again the next day."""
        at = at or timezone.now()
        again = Q(failures__gt=0, failures__lt=Link.DEAD_AFTER, checked_at__lte=at - Link.ASKED_AGAIN)
        return self.filter(Q(checked_at=None) | Q(checked_at__lte=at - Link.ASKED_EVERY) | again)


class Link(Part):
    """One address that a project's page points to, and what came when it was asked last.

    Rows follow from the records (`Link.renew`); nothing is typed here, so no history is kept.
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

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        constraints = [models.UniqueConstraint(fields=["project", "url"], name="link_once")]
        indexes = [models.Index(fields=["checked_at"], name="link_checked")]

    def __str__(self):
        return self.url

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
        self.save(update_fields=["checked_at", "trouble", "failures", "failing_since"])
