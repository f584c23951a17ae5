"""Who registers for an event, and for a whole series. Nothing of it is in the history: it goes after its time."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.series import Series
from publishing.finnish_order import FinnishKey


class RegistrationQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.all() if user.is_staff else self.none()

    def alive(self):
        """With a seat, with one held, or waiting."""
        return self.filter(state__in=Registration.ALIVE)

    def seated(self):
        return self.filter(state=Registration.State.SEATED)

    def of_address(self, email):
        return self.filter(email_key=email.lower())

    def in_queue(self):
        """As they came."""
        return self.order_by("pk")

    def by_name(self):
        return self.order_by(FinnishKey("name"), "pk")


class Registration(models.Model):
    """One person at one event: seated, offered a seat that is held for her, waiting, or no more.

    When each happened is stored, and the state follows from it in the database.
    """

    class State(models.TextChoices):
        SEATED = "seated", _("has a seat")
        OFFERED = "offered", _("a seat is held")
        WAITING = "waiting", _("waiting")
        LAPSED = "lapsed", _("did not take the seat in time")
        CANCELLED = "cancelled", _("cancelled")

    class Source(models.TextChoices):
        FORM = "form", _("registered")
        STANDING = "standing", _("registered for the series")
        DOOR = "door", _("came without registering")
        IMPORT = "import", _("from the meeting tool")

    HOLDING = (State.SEATED, State.OFFERED)
    ALIVE = (State.SEATED, State.OFFERED, State.WAITING)

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="registrations", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    organisation = models.CharField(_("organisation"), max_length=150, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    source = models.CharField(_("how"), max_length=10, choices=Source, default=Source.FORM)
    language = models.CharField(max_length=2, default="fi")
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    seated_at = models.DateTimeField(_("got a seat"), null=True, blank=True)
    offered_at = models.DateTimeField(_("was offered a seat"), null=True, blank=True)
    offered_until = models.DateTimeField(_("the seat is held until"), null=True, blank=True)
    lapsed_at = models.DateTimeField(_("did not take it in time"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    was_present = models.BooleanField(_("was present"), null=True, blank=True)
    email_key = models.GeneratedField(
        expression=Lower("email"), output_field=models.CharField(max_length=254), db_persist=True, editable=False
    )
    state = models.GeneratedField(
        expression=Case(
            When(cancelled_at__isnull=False, then=Value("cancelled")),
            When(lapsed_at__isnull=False, then=Value("lapsed")),
            When(seated_at__isnull=False, then=Value("seated")),
            When(offered_at__isnull=False, then=Value("offered")),
            default=Value("waiting"),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
        editable=False,
        choices=State,
        verbose_name=_("state"),
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        constraints = [
            models.UniqueConstraint(fields=["event", "email_key"], condition=~Q(email=""), name="registration_once"),
            models.CheckConstraint(
                name="registration_offer_has_an_end",
                condition=Q(offered_at=None, offered_until=None)
                | Q(offered_at__isnull=False, offered_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["event", "state"], name="registration_state"),
            models.Index(fields=["email_key"], name="registration_address"),
        ]

    def __str__(self):
        return f"{self.name}: {self.event}"

    @property
    def is_alive(self):
        return self.state in self.ALIVE

    @property
    def is_seated(self):
        return self.state == self.State.SEATED

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    @property
    def is_offered(self):
        """A seat is held, and there is still time to take it."""
        return self.state == self.State.OFFERED and self.offered_until > timezone.now()

    def place_in_queue(self):
        """1 for who is next."""
        waiting = Registration.objects.filter(event=self.event_id, state=self.State.WAITING, pk__lte=self.pk)
        return waiting.count()

    def answered(self):
        """The event's own questions with what was answered, as pairs of text."""
        return [
            (question.text, self.answers[str(question.pk)])
            for question in sorted(self.event.questions.all(), key=lambda question: (question.position, question.pk))
            if str(question.pk) in self.answers
        ]

    # Verbs; the event is locked meanwhile, and counts its seats afterwards

    def cancel(self):
        """No more. True when it was this time."""
        changed = Registration.objects.filter(pk=self.pk, state__in=self.ALIVE).update(cancelled_at=timezone.now())
        self.refresh_from_db()
        return bool(changed)

    def take_seat(self):
        """The held seat is taken. True when it was still held."""
        changed = Registration.objects.filter(
            pk=self.pk, state=self.State.OFFERED, offered_until__gt=timezone.now()
        ).update(seated_at=timezone.now())
        self.refresh_from_db()
        return bool(changed)

    def correct(self, *, name, organisation, answers):
        """The person mends what she wrote; seat and place in the queue stay."""
        Registration.objects.filter(pk=self.pk).update(name=name, organisation=organisation, answers=answers)
        self.refresh_from_db(fields=["name", "organisation", "answers"])

    def come(self):
        """Is at the door. Twice is once."""
        Registration.objects.filter(pk=self.pk).update(was_present=True)
        self.refresh_from_db(fields=["was_present"])


class StandingQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.all() if user.is_staff else self.none()

    def alive(self):
        return self.filter(ended_at=None)

    def of_address(self, email):
        return self.filter(email_key=email.lower())

    def to_forget(self):
        """Ended some while ago, by the person or with the series."""
        since = timezone.now() - StandingRegistration.KEPT_AFTERWARDS
        over = Series.objects.with_status(timezone.localdate() - StandingRegistration.KEPT_AFTERWARDS)
        return self.filter(Q(ended_at__lt=since) | Q(series__in=over.filter(status=Series.Status.ENDED).values("pk")))

    def by_name(self):
        return self.order_by(FinnishKey("name"), "pk")

    def not_in(self, event):
        """Those who are not in the event yet, as they came; who cancelled this one event stays out of it."""
        known = Registration.objects.filter(event=event, email_key=OuterRef("email_key"))
        return self.alive().filter(~Exists(known), series=event.series_id).order_by("pk")


class StandingRegistration(models.Model):
    """One person registered for every occasion of a series, until she ends it or the series does."""

    KEPT_AFTERWARDS = timedelta(days=30)  # our own rule: time to notice that it was a mistake

    series = models.ForeignKey(Series, models.CASCADE, related_name="standing", verbose_name=_("series"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    organisation = models.CharField(_("organisation"), max_length=150, blank=True)
    language = models.CharField(max_length=2, default="fi")
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    consented_at = models.DateTimeField(_("consented"), default=timezone.now)
    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    email_key = models.GeneratedField(
        expression=Lower("email"), output_field=models.CharField(max_length=254), db_persist=True, editable=False
    )

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration for a series")
        constraints = [models.UniqueConstraint(fields=["series", "email_key"], name="standing_once")]

    def __str__(self):
        return f"{self.name}: {self.series}"

    def end(self):
        """No new occasions any more; those that are there stay until cancelled."""
        StandingRegistration.objects.filter(pk=self.pk, ended_at=None).update(ended_at=timezone.now())
        self.refresh_from_db(fields=["ended_at"])
