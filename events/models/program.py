"""What an event is made of: who speaks, and what is asked of those who register."""

import uuid

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.parts import OrderedPart, PartQuerySet


class SpeakerQuerySet(PartQuerySet):
    def in_order(self):
        return self.order_by("position", "pk")

    def proposed(self):
        """Who sent something that staff have not looked at."""
        return self.filter(proposed_at__isnull=False)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["nonce", "email", "proposed_title", "proposed_bio", "proposed_at"],
)
class Speaker(OrderedPart):
    """Somebody who speaks at an event. What she sends by her link is shown once staff accept it."""

    OWNER = "event"
    ANCHOR = "puhujat"

    class Permission(models.TextChoices):
        UNKNOWN = "", _("not asked yet")
        YES = "yes", _("may be recorded")
        NO = "no", _("may not be recorded")

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="speakers", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("title and organisation"), max_length=200, blank=True)
    title = models.CharField(_("title of the talk"), max_length=180, blank=True)
    bio = models.TextField(_("about the speaker"), blank=True, max_length=800)
    email = models.EmailField(_("e-mail"), blank=True)
    permission = models.CharField(_("recording"), max_length=5, choices=Permission, blank=True, default="")
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    proposed_title = models.CharField(max_length=180, blank=True, editable=False)
    proposed_bio = models.TextField(blank=True, max_length=800, editable=False)
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        verbose_name = _("speaker")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "name"],
                name="speaker_once",
                violation_error_message=_("The event has this speaker already."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def slides_purpose(self):
        """What the files are for that the speaker sent."""
        return f"puhuja-{self.pk}"

    def propose(self, *, title, bio, permission):
        """The speaker has sent her words; they wait for staff. Whether she may be recorded holds at once."""
        self.proposed_title, self.proposed_bio, self.permission = title, bio, permission
        self.proposed_at = timezone.now()
        self.save(update_fields=["proposed_title", "proposed_bio", "permission", "proposed_at"])

    @property
    def seen(self):
        """A mark of what was sent, so that a button pressed twice or late accepts nothing that was not looked at."""
        return self.proposed_at.isoformat() if self.proposed_at else ""

    def is_as_seen(self, mark):
        return bool(mark) and mark == self.seen

    def accept(self):
        """What the speaker sent is shown from now on."""
        self.title, self.bio = self.proposed_title, self.proposed_bio
        self.drop()

    def drop(self):
        """What the speaker sent is done with."""
        self.proposed_title, self.proposed_bio, self.proposed_at = "", "", None
        self.save(update_fields=["title", "bio", "proposed_title", "proposed_bio", "proposed_at"])


class QuestionQuerySet(PartQuerySet):
    def in_order(self):
        return self.order_by("position", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Question(OrderedPart):
    """Something of its own that an event asks of those who register."""

    OWNER = "event"
    ANCHOR = "kysymykset"

    class Kind(models.TextChoices):
        TEXT = "text", _("a short text")
        YES = "yes", _("yes, or nothing")
        CHOICE = "choice", _("one of several")

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="questions", verbose_name=_("event"))
    text = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("answer"), max_length=10, choices=Kind, default=Kind.TEXT)
    choices = ArrayField(models.CharField(max_length=100), verbose_name=_("choices"), default=list, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "text"],
                name="question_once",
                violation_error_message=_("The event asks this already."),
            ),
            models.CheckConstraint(name="question_choices_where_chosen", condition=Q(kind="choice") | Q(choices=[])),
        ]

    def __str__(self):
        return self.text

    def clean(self):
        if self.kind == self.Kind.CHOICE and len(set(self.choices)) < 2:
            raise ValidationError({"choices": _("Write at least two choices, one a line.")})
