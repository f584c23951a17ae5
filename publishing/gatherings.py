"""What all that people come to has in common: a time, a place or a link, an entry in calendars, being called off."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from publishing.web_address import WebAddressField


class GatheringQuerySet(models.QuerySet):
    def upcoming(self):
        """Not over and not cancelled."""
        return self.filter(ends_at__gte=timezone.now(), cancelled_at=None)

    def held(self):
        """Over and not cancelled."""
        return self.filter(ends_at__lt=timezone.now(), cancelled_at=None)

    def uncancelled(self):
        return self.filter(cancelled_at=None)

    def in_year(self, year):
        return self.filter(starts_at__year=year)

    def lately_and_coming(self):
        """What calendars subscribe to: the last year and everything to come, cancelled ones as cancelled."""
        return self.filter(starts_at__gte=timezone.now() - timedelta(days=365))


class Gathering(models.Model):
    """Something held at a time, in a room, online or both. The remote link is for those who take part, never public."""

    class Mode(models.TextChoices):
        ON_SITE = "on_site", _("on site")
        REMOTE = "remote", _("online")
        BOTH = "both", _("both")

    title = models.CharField(_("topic"), max_length=180)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    mode = models.CharField(_("where"), max_length=10, choices=Mode, default=Mode.REMOTE)
    place = models.CharField(_("place"), max_length=150, blank=True)
    remote_link = WebAddressField(_("remote link"), blank=True, max_length=500)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("sequence"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    cancelled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        abstract = True

    @property
    def is_cancelled(self):
        return self.cancelled_at is not None

    @property
    def is_over(self):
        return self.ends_at < timezone.now()

    @property
    def is_upcoming(self):
        return not self.is_over and not self.is_cancelled

    @property
    def calendar_uid(self):
        """The same in every calendar, feed and letter, for as long as it exists."""
        domain = settings.SITE_URL.split("//", 1)[-1].split(":", 1)[0]
        return f"{self.uid}@{domain}"

    @property
    def where(self):
        """The place in words, without the remote link."""
        remote = str(_("online"))
        if self.mode == self.Mode.REMOTE:
            return self.place or remote
        if self.mode == self.Mode.BOTH:
            return f"{self.place} {_('and')} {remote}" if self.place else remote
        return self.place

    def announce_change(self):
        """What stands in calendars has changed: the next entry, in feeds and letters, must outrank the last."""
        type(self).objects.filter(pk=self.pk).update(sequence=F("sequence") + 1, changed_at=timezone.now())
        self.refresh_from_db(fields=["sequence", "changed_at"])

    def cancel(self, *, by):
        """Call it off. A second time changes nothing: the first person stands. True when it was this time."""
        changed = (
            type(self)
            .objects.filter(pk=self.pk, cancelled_at=None)
            .update(cancelled_at=timezone.now(), cancelled_by=by, sequence=F("sequence") + 1, changed_at=timezone.now())
        )
        self.refresh_from_db(fields=["cancelled_at", "cancelled_by", "sequence", "changed_at"])
        return bool(changed)
