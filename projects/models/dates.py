"""Dates that a project owes: applications and reports, with what was told in them."""

from datetime import timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import DateRange
from projects.models.part import Part
from publishing.parts import PartQuerySet
from publishing.prose import ProseField


class DeadlineQuerySet(PartQuerySet):
    def visible_to(self, user):
        """Staff see every date, the public those meant for them."""
        found = super().visible_to(user)
        return found if user.is_staff else found.filter(is_public=True)

    def waiting(self):
        """Not done yet, however late."""
        return self.filter(done_on=None)

    def late(self, on=None):
        """The day has passed and it is not done."""
        return self.waiting().filter(on__lt=on or timezone.localdate())

    def to_remind(self, on=None):
        """Close enough, not done, the project alive, and somebody there to be reminded.

        At most a week late: then the desk tells.
        """
        on = on or timezone.localdate()
        near = self.waiting().filter(
            on__lte=on + F("remind_days") * Value(timedelta(days=1)), on__gte=on - timedelta(days=7)
        )
        asked = near.exclude(project__coordinator=None).exclude(project__coordinator__email="")
        alive = self.owners.with_status(on).alive()
        return asked.filter(project__in=alive.values("pk")).select_related("project__coordinator")

    def in_order(self):
        return self.order_by("on", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Deadline(Part):
    """A day by which something has to be done: an application, a report, a claim for payment."""

    ANCHOR = "maarapaivat"

    class Kind(models.TextChoices):
        APPLICATION = "application", _("application")
        REPORT = "report", _("report")
        PAYMENT = "payment", _("claim for payment")
        OTHER = "other", _("other date")

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="deadlines", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.REPORT)
    title = models.CharField(_("what has to be done"), max_length=150)
    on = models.DateField(_("by"))
    remind_days = models.PositiveSmallIntegerField(
        _("remind so many days before"), default=14, validators=[MaxValueValidator(180)]
    )
    is_public = models.BooleanField(_("everybody may see the date"), default=False)
    done_on = models.DateField(_("done"), null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("date")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "on", "title"],
                name="deadline_once",
                violation_error_message=_("The project has this date already."),
            )
        ]

    def __str__(self):
        return f"{self.project}: {self.title}"

    def stage(self, on=None):
        """How near the day is, for a reminder: "ahead", "tomorrow" (or today) or "late"."""
        days = (self.on - (on or timezone.localdate())).days
        return "late" if days < 0 else "tomorrow" if days < 2 else "ahead"

    @property
    def is_late(self):
        return self.done_on is None and self.on < timezone.localdate()

    def mark_done(self, *, on=None):
        """It is done; a second time changes nothing."""
        type(self).objects.filter(pk=self.pk, done_on=None).update(done_on=on or timezone.localdate())
        self.refresh_from_db(fields=["done_on"])


class ReportQuerySet(PartQuerySet):
    def visible_to(self, user):
        """Staff read every report, the public those meant for them."""
        found = super().visible_to(user)
        return found if user.is_staff else found.filter(is_public=True)

    def in_order(self):
        return self.order_by("-starts_on", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Report(Part):
    """What is told of one reporting period: what was done and what came of it. Periods do not overlap."""

    ANCHOR = "raportit"

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="reports", verbose_name=_("project"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    text = ProseField(_("what was done and what came of it"), blank=False)
    is_public = models.BooleanField(_("everybody may read it"), default=False)
    submitted_on = models.DateField(_("handed in"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a period")
        constraints = [
            models.CheckConstraint(
                name="report_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The period cannot end before it starts."),
            ),
            ExclusionConstraint(
                name="report_periods_do_not_overlap",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another report tells of a part of this period already."),
            ),
        ]

    def __str__(self):
        return f"{self.project}: {self.starts_on}–{self.ends_on}"
