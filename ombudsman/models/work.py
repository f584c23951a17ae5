"""Drafts of contacts, the ombudsman's other work, and what the public page says."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ombudsman.models.record import SealedRecord
from ombudsman.models.substitution import sight_of
from ombudsman.sealing import SealedJSONField


class DraftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own: what was begun on the telephone is finished by whoever held it."""
        return self.filter(owner=user) if sight_of(user) else self.none()

    editable_by = visible_to


class Draft(SealedRecord):
    """A contact that is being written: what has been typed so far."""

    MOST = 30  # of one person; more than a day has calls

    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("writer"))
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    is_from_rest = models.BooleanField(
        _("kept from a rest"), default=False, help_text=_("Sent when the caseload had come to rest; shown once.")
    )
    typed = SealedJSONField(_("what was typed"))

    objects = DraftQuerySet.as_manager()

    class Meta(SealedRecord.Meta):
        abstract = False
        verbose_name = _("draft")
        ordering = ["-saved_at"]

    def __str__(self):
        return f"{self.saved_at:%Y-%m-%d %H:%M}"


class OtherWorkQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.all() if sight_of(user) else self.none()

    editable_by = visible_to

    def of_year(self, year):
        return self.filter(done_on__year=year)


class OtherWork(models.Model):
    """What the ombudsman did besides contacts; the yearly account counts it. Nothing in it is about a client."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting with professionals")
        TRAINING = "training", _("training given")
        STATEMENT = "statement", _("statement on a bill")
        SPEECH = "speech", _("speech")
        OTHER = "other", _("other work")

    done_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("what it was"), max_length=200)
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    county = models.ForeignKey(
        "directory.County", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county")
    )
    participants = models.PositiveSmallIntegerField(_("participants"), null=True, blank=True)

    objects = OtherWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("other work")
        ordering = ["-done_on", "-pk"]

    def __str__(self):
        return self.title


class Retention(models.Model):
    """How long records of one kind are kept, in months. How long the law asks was not found, so it is a setting."""

    class Kind(models.TextChoices):
        CONTACT = "contact", _("contact that belongs to no matter")
        CASE = "case", _("closed matter with all its contacts and files")
        MESSAGE = "message", _("answered message of the form")
        DRAFT = "draft", _("unfinished draft")

    NOTICE = timedelta(days=30)  # our own rule: so long before is told what will go
    LEAST = {Kind.CONTACT: 3, Kind.CASE: 6, Kind.MESSAGE: 1, Kind.DRAFT: 1}  # months, our own

    kind = models.CharField(_("kind of record"), max_length=10, choices=Kind, primary_key=True)
    months = models.PositiveSmallIntegerField(_("months"))

    class Meta:
        verbose_name = _("time of keeping")
        ordering = ["kind"]

    def __str__(self):
        return f"{self.kind}: {self.months}"


class PublicDetails(models.Model):
    """What the public page says of reaching the ombudsman; one row."""

    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    hours = models.CharField(_("telephone hours"), max_length=200, blank=True)
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    note = models.CharField(
        _("notice"), max_length=300, blank=True, help_text=_("For example a holiday and who answers.")
    )

    class Meta:
        verbose_name = _("details of the public page")

    def __str__(self):
        return self.phone

    @classmethod
    def present(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)
