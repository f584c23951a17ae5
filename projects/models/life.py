"""The dated facts of a project's life, and its extensions."""

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.part import Part
from publishing.dated_facts import Precision, named
from publishing.life import LifePhase
from publishing.parts import PartQuerySet


class Status(models.TextChoices):
    """Where a project is between an idea and its end."""

    IDEA = "idea", _("idea")
    APPLIED = "applied", _("applied for")
    GRANTED = "granted", _("granted")
    RUNNING = "running", _("running")
    EXTENDED = "extended", _("extended")
    ENDED = "ended", _("ended")
    REFUSED = "refused", _("refused")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Phase(LifePhase, Part):
    """A dated fact in the life of a project; with a status, the project is in it from that day on."""

    ANCHOR = "aikajana"

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="phases", verbose_name=_("project"))
    status = models.CharField(_("status from then on"), max_length=10, choices=Status, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("phase")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="project_phase_says_something",
                condition=~Q(status="", text=""),
                violation_error_message=_("Choose a status or write what happened."),
            ),
            models.UniqueConstraint(
                fields=["project", "on", "status"],
                condition=~Q(status=""),
                name="project_phase_status_once_a_day",
                violation_error_message=_("The project has this status from that day already."),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-on", "-id"], name="project_phase_latest", condition=~Q(status="")),
        ]

    def __str__(self):
        return f"{self.project}: {self.on} {self.get_status_display()} {self.text}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Extension(Part):
    """That a project goes on until a later day than was meant at first."""

    ANCHOR = "aikajana"

    project = models.ForeignKey(
        "projects.Project", models.CASCADE, related_name="extensions", verbose_name=_("project")
    )
    until = models.DateField(_("goes on until"))
    precision = models.CharField(_("how exactly"), max_length=10, choices=Precision, default=Precision.DAY)
    decided_on = models.DateField(_("decided"), default=timezone.localdate)
    text = models.CharField(_("about the extension"), max_length=300, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        ordering = ["until", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "until"],
                name="extension_once_a_day",
                violation_error_message=_("The project goes on until that day already."),
            )
        ]

    def __str__(self):
        return f"{self.project}: {self.when}"

    @property
    def when(self):
        """The new end as exactly as it is known."""
        return named(self.until, self.precision)

    def clean(self):
        """An extension goes on from an end: without one, or not beyond it, there is nothing to extend."""
        if self.until is None or self.project_id is None:
            return
        if self.project.ends_on is None:
            raise ValidationError(_("Write first when the project was to end at first, among its basic facts."))
        if self.until <= self.project.ends_on:
            raise ValidationError(
                {
                    "until": _("The project goes on until %(day)s already; an extension ends later.")
                    % {"day": self.project.ends_words}
                }
            )
