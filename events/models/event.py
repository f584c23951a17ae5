"""One event: planned, published, full, held or called off; its recording and its figures."""

from datetime import date, timedelta

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import County, Person
from events.models.program import Speaker
from events.models.registration import Registration
from events.models.series import Series
from networks.models import Network
from projects.models import Project
from publishing.audience import Audience
from publishing.gatherings import Gathering, GatheringQuerySet
from publishing.models import Attachment, Publishable, PublishableQuerySet, free_slug
from publishing.prose import ProseField, prose_lines
from publishing.search import matching, search_field
from publishing.web_address import WebAddressField


class EventQuerySet(GatheringQuerySet, PublishableQuerySet):
    def in_counties(self, codes):
        """Those for any of the counties, given by their codes, and those for the whole area."""
        counties = EventCounty.objects.filter(event=OuterRef("pk"))
        return self.filter(Exists(counties.filter(county__in=codes)) | ~Exists(counties))

    def past(self):
        """Over, whether held or called off."""
        return self.filter(ends_at__lt=timezone.now())

    def not_over(self):
        return self.filter(ends_at__gte=timezone.now())

    def by_start(self):
        return self.order_by("starts_at", "pk")

    def latest_first(self):
        return self.order_by("-starts_at", "-pk")

    def with_recording(self):
        """Whose recording may be seen today."""
        shown = Q(recording_until=None) | Q(recording_until__gte=timezone.localdate())
        return self.filter(shown, recording_link__gt="")

    def with_materials(self):
        return self.filter(Exists(materials().filter(object_id=OuterRef("pk"), is_public=True)))

    def with_attendance(self):
        """How many registered and were there, as far as rows are kept."""
        rows = Registration.objects.filter(event=OuterRef("pk")).order_by().values("event")
        seated = rows.filter(state=Registration.State.SEATED).annotate(count=Count("pk")).values("count")
        came = rows.filter(was_present=True).annotate(count=Count("pk")).values("count")
        return self.annotate(
            row_count=Coalesce(Subquery(seated), Value(0)), present_rows=Coalesce(Subquery(came), Value(0))
        )

    def with_participants(self):
        """`participants`: the number told, else those marked and those whose rows are gone; None if nobody said."""
        counted = F("present_rows") + F("forgotten_present")
        return self.with_attendance().annotate(
            participants=Case(
                When(head_count__isnull=False, then=F("head_count")),
                When(Q(present_rows__gt=0) | Q(forgotten_present__gt=0), then=counted),
                default=Value(None),
                output_field=models.IntegerField(),
            ),
            registered=F("row_count") + F("forgotten_seated"),
        )

    def with_counties(self):
        return self.prefetch_related(Prefetch("counties", County.objects.order_by("-is_ours", "position", "code")))

    def with_speakers(self):
        return self.prefetch_related(Prefetch("speakers", Speaker.objects.in_order()))

    def for_cards(self):
        """All that a row of a list shows."""
        return (
            self.select_related("series")
            .with_counties()
            .with_speakers()
            .annotate(
                has_materials=Exists(materials().filter(object_id=OuterRef("pk"), is_public=True)),
            )
            .defer("search", "description", "after", "series__search", "series__background")
        )

    def for_page(self):
        return (
            self.select_related("series__coordinator", "coordinator__organisation", "coordinator__user")
            .with_counties()
            .with_speakers()
            .prefetch_related("networks", "projects", "series__networks", "series__projects")
            .with_participants()
        )

    def for_form(self):
        """All that the heading of a form shows, and the letter that answers it."""
        return self.select_related("series__coordinator", "coordinator").defer(
            "search", "after", "series__search", "series__background"
        )

    def for_calendar(self):
        return self.select_related("series").defer("search", "after").order_by("starts_at")

    def search(self, text):
        return matching(self, text, title="title")

    # What is due

    def recordings_ending(self, today):
        """Whose recording goes within a week, so that somebody can still keep it."""
        return self.with_recording().filter(
            recording_until__gte=today, recording_until__lte=today + Event.RECORDING_WARNED
        )

    def untold_of_end(self):
        return self.exclude(recording_told_until=F("recording_until"))

    def to_ask_feedback(self):
        """Over since a little while, and somebody was marked as present."""
        now = timezone.now()
        present = Registration.objects.filter(event=OuterRef("pk"), was_present=True)
        return self.held().filter(Exists(present), asks_feedback=True, ends_at__gte=now - Event.FEEDBACK_ASKED)

    def captions_late(self, today):
        """Shown for more than the time allowed without captions."""
        return self.with_recording().filter(
            captions_done_on=None, recording_added_on__lte=today - Event.CAPTIONS_WITHIN
        )

    def attendance_missing(self):
        """Held lately, and nobody has said how many were there."""
        since = timezone.now() - timedelta(days=180)
        return self.held().published().filter(starts_at__gte=since).with_participants().filter(participants=None)

    def to_forget(self, today):
        """Held so long ago that nobody needs to know who was there; also where somebody was added afterwards."""
        rows = Registration.objects.filter(event=OuterRef("pk"))
        past = self.filter(ends_at__lt=timezone.now() - timedelta(days=1), keeps_people_until__lte=today)
        return past.filter(Exists(rows) | Q(people_forgotten_at=None)).order_by("pk")

    def with_offers_over(self):
        """In which a held seat was not taken in time, or a free one waits for somebody."""
        over = Registration.objects.filter(
            event=OuterRef("pk"), state=Registration.State.OFFERED, offered_until__lt=timezone.now()
        )
        free = Q(waiting_count__gt=0) & (Q(capacity=None) | Q(seats_taken__lt=F("capacity")))
        return self.upcoming().filter(Exists(over) | free)

    def to_remind(self):
        """Close enough to be reminded of."""
        now = timezone.now()
        return self.published().filter(cancelled_at=None, starts_at__gt=now, starts_at__lte=now + Event.REMINDED_AHEAD)


def materials():
    return Attachment.objects.filter(
        content_type__app_label="events", content_type__model="event", purpose=Event.MATERIAL
    )


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["search", "remote_link", "seats_taken", "waiting_count", "recording_told_until"],
)
class Event(Gathering, Publishable):
    """One webinar, forum or training: its page, its registrations, its recording, what remains of it."""

    REMINDED_AHEAD = timedelta(hours=26)  # our own rule: the day before, whatever the hour
    OFFER_HELD = timedelta(hours=24)  # a seat that came free is held for a day
    CAPTIONS_WITHIN = timedelta(days=14)  # longer than that a recording may not be shown without captions (306/2019)
    RECORDING_WARNED = timedelta(days=7)
    PEOPLE_KEPT = timedelta(days=90)  # our own rule: certificates and feedback are asked for within three months
    CALLED_AHEAD = timedelta(days=14)  # our own rule: by then the page is public and the link is there
    FEEDBACK_ASKED = timedelta(days=7)  # after that who was marked late is not bothered any more
    FEEDBACK_TAKEN = timedelta(days=30)
    MATERIAL = "material"
    RESERVED_SLUGS = frozenset(
        {
            "uusi", "sarjat", "kuukausi", "aineistot", "luvut", "oma", "oma-sarja", "omat", "ovi", "puhuja", "todistus"
        }
    )  # fmt: skip
    # What stands in people's calendars and what they were told goes back by the form and the verbs, which tell them.
    NOT_RESTORED = frozenset(
        {
            "title", "starts_at", "ends_at", "mode", "place", "cancelled_at", "cancelled_by", "capacity",
            "takes_registrations", "registration_closes_at", "keeps_people_until", "people_forgotten_at",
            "forgotten_seated", "forgotten_present",
        }
    )  # fmt: skip

    class Language(models.TextChoices):
        FINNISH = "fi", _("Finnish")
        SWEDISH = "sv", _("Swedish")
        ENGLISH = "en", _("English")

    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="occasions", verbose_name=_("series")
    )
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    description = ProseField(_("what it is about"))
    counties = models.ManyToManyField(County, blank=True, related_name="county_events", verbose_name=_("counties"))
    audience = ArrayField(
        models.CharField(max_length=30, choices=Audience), verbose_name=_("audience"), default=list, blank=True
    )
    networks = models.ManyToManyField(Network, blank=True, related_name="hosted_events", verbose_name=_("networks"))
    projects = models.ManyToManyField(Project, blank=True, related_name="hosted_events", verbose_name=_("projects"))
    partners = models.CharField(_("organised with"), max_length=300, blank=True)
    coordinator = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events_coordinated",
        verbose_name=_("answers for it"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FINNISH)
    accessibility = models.CharField(_("accessibility"), max_length=300, blank=True)
    price = models.DecimalField(
        _("price, euros"), max_digits=7, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    price_note = models.CharField(_("about the price"), max_length=200, blank=True)

    takes_registrations = models.BooleanField(_("one registers here"), default=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    registration_address = WebAddressField(_("one registers elsewhere"), blank=True)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True, validators=[MinValueValidator(1)])
    # Counted from the rows in the statement that changes them, while the event is locked.
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    waiting_count = models.PositiveIntegerField(default=0, editable=False)
    keeps_people_until = models.DateField(_("participants are kept until"), null=True, editable=False)
    people_forgotten_at = models.DateTimeField(null=True, blank=True, editable=False)

    head_count = models.PositiveIntegerField(_("participants"), null=True, blank=True)
    # Of those whose rows are gone: the figures outlive the people.
    forgotten_seated = models.PositiveIntegerField(default=0, editable=False)
    forgotten_present = models.PositiveIntegerField(default=0, editable=False)

    recording_link = WebAddressField(_("address of the recording"), blank=True, max_length=500)
    recording_added_on = models.DateField(_("shown since"), null=True, blank=True)
    recording_until = models.DateField(_("visible until"), null=True, blank=True)
    recording_reason = models.CharField(_("why until then"), max_length=150, blank=True)
    # The day of which whoever answers was told; another day is told anew.
    recording_told_until = models.DateField(null=True, blank=True, editable=False)
    captions_done_on = models.DateField(_("captions done"), null=True, blank=True)
    after = ProseField(_("what remains"))

    asks_feedback = models.BooleanField(_("feedback is asked for afterwards"), default=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
    search = search_field(a=["title"], b=["summary", "place"], prose=["description", "after", "partners"])

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The event cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="event_never_oversold",
                condition=Q(capacity=None) | Q(seats_taken__lte=F("capacity")),
                violation_error_message=_("More people have a seat already than the event would have seats."),
            ),
            models.CheckConstraint(
                name="event_recording_ends_after_it_began",
                condition=Q(recording_until=None)
                | Q(recording_added_on=None)
                | Q(recording_until__gte=F("recording_added_on")),
                violation_error_message=_("The recording cannot end before it is shown."),
            ),
            models.CheckConstraint(
                name="event_registration_in_one_place",
                condition=Q(takes_registrations=False) | Q(registration_address=""),
                violation_error_message=_("One registers either here or elsewhere, not both."),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="event_search"),
            GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="event_title_trgm"),
            GinIndex(fields=["audience"], name="event_audience"),
            models.Index(fields=["starts_at"], name="event_in_time"),
            models.Index(fields=["ends_at"], name="event_by_end"),
            models.Index(fields=["series", "starts_at"], name="event_of_series"),
            models.Index(fields=["recording_until"], name="event_recording", condition=Q(recording_link__gt="")),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("events:detail", kwargs={"slug": self.slug})

    @classmethod
    def plan(cls, **fields):
        """A new event, a draft until published, whose address is made of its title and day."""
        counties, audience = fields.pop("counties", ()), fields.pop("audience", None)
        event = cls(**fields, audience=list(audience or ()))
        event.slug = event.slug or event.day_slug()
        event.set_people_kept()
        event.full_clean(exclude=["slug"])
        event.save()
        event.counties.set(counties)
        return event

    def day_slug(self):
        day = timezone.localdate(self.starts_at)
        return free_slug(type(self), f"{self.title[:80]} {day.day} {day.month} {day.year}", keep=self.pk)

    # Questions

    @property
    def called(self):
        return self.title

    @property
    def day(self):
        return timezone.localdate(self.starts_at)

    @property
    def is_running(self):
        return self.is_upcoming and self.starts_at <= timezone.now()

    @property
    def has_begun(self):
        """People come to the door from two hours before the start."""
        return self.starts_at <= timezone.now() + timedelta(hours=2)

    @property
    def is_full(self):
        """No seat for who comes now: all are taken, or those who wait come first."""
        return self.capacity is not None and (self.seats_taken >= self.capacity or self.waiting_count > 0)

    @property
    def free_count(self):
        return None if self.capacity is None else max(self.capacity - self.seats_taken - self.waiting_count, 0)

    @property
    def state(self):
        """draft, published, full, running, cancelled or held."""
        if self.is_cancelled:
            return "cancelled"
        if not self.is_published:
            return "draft"
        if self.is_over:
            return "held"
        if self.is_running:
            return "running"
        return "full" if self.is_full and self.takes_registrations else "published"

    @property
    def state_words(self):
        return {
            "cancelled": _("cancelled"),
            "draft": _("draft"),
            "held": _("held"),
            "running": _("going on now"),
            "full": _("full"),
            "published": _("coming up"),
        }[self.state]

    @property
    def state_sign(self):
        """The drawn sign that stands before the words."""
        signs = {"cancelled": "ended", "draft": "planned", "held": "ended", "running": "running", "full": "paused"}
        return signs.get(self.state, "running")

    @property
    def registration_closes(self):
        """The moment until which one may register: the one set, else the start."""
        return self.registration_closes_at or self.starts_at

    @property
    def is_open(self):
        """Whether one may register now."""
        return (
            self.takes_registrations
            and self.is_published
            and self.is_upcoming
            and timezone.now() < self.registration_closes
        )

    @property
    def closed_words(self):
        """Why one may not register now; empty when one may."""
        if self.is_open:
            return ""
        if self.is_cancelled:
            return _("The event is cancelled.")
        if self.is_over:
            return _("The event is over.")
        if not self.takes_registrations:
            return _("One does not register for this event here.")
        return _("Registration has closed.")

    @property
    def takes_names(self):
        """Whether names may still be written down; after the day that was promised they may not."""
        return self.keeps_people_until is None or self.keeps_people_until > timezone.localdate()

    @property
    def is_free(self):
        return not self.price

    @property
    def host(self):
        """Who answers for it: the event's own person, else the one of its series."""
        return self.coordinator or (self.series.coordinator if self.series_id else None)

    @property
    def hosts(self):
        """The networks and projects that host it, its own and those of its series, each once."""
        networks, projects = list(self.networks.all()), list(self.projects.all())
        if self.series_id:
            networks += [n for n in self.series.networks.all() if n not in networks]
            projects += [p for p in self.series.projects.all() if p not in projects]
        return networks + projects

    @property
    def audience_labels(self):
        return [Audience(code).label for code in self.audience]

    @property
    def description_lines(self):
        return prose_lines(self.description)

    @property
    def shows_recording(self):
        return bool(self.recording_link) and (
            self.recording_until is None or self.recording_until >= timezone.localdate()
        )

    @property
    def captions_due_on(self):
        """The last day without captions; None where none are needed or they are done."""
        if not self.shows_recording or self.captions_done_on or self.recording_added_on is None:
            return None
        due = self.recording_added_on + self.CAPTIONS_WITHIN
        # What is gone by then needs none.
        return None if self.recording_until and self.recording_until < due else due

    @property
    def missing_words(self):
        """What the page still lacks before it is published, in words."""
        lacks = {
            _("the sentence for lists"): not self.summary,
            _("the remote link"): self.mode != self.Mode.ON_SITE and not self.remote_link,
            _("the place"): self.mode != self.Mode.REMOTE and not self.place,
            _("who answers for it"): self.host is None,
        }
        return [words for words, is_missing in lacks.items() if is_missing]

    @property
    def hears_speakers(self):
        """Whether speakers may still send slides or change their mind about the recording: until a month after."""
        return not self.is_cancelled and timezone.now() < self.ends_at + self.FEEDBACK_TAKEN

    @property
    def takes_feedback(self):
        """From its start until a month after."""
        begun = self.starts_at <= timezone.now() < self.ends_at + self.FEEDBACK_TAKEN
        return self.asks_feedback and self.is_published and not self.is_cancelled and begun

    @property
    def feedback_url(self):
        return reverse("events:feedback", kwargs={"slug": self.slug})

    def present_total(self):
        """How many were there, as `with_participants` counts them."""
        if self.head_count is not None:
            return self.head_count
        return self.registrations.filter(was_present=True).count() + self.forgotten_present or None

    # Verbs

    def set_people_kept(self):
        """Until when names are kept follows from the end; of what is over nothing is kept longer than was promised."""
        until = timezone.localdate(self.ends_at) + self.PEOPLE_KEPT
        if self.keeps_people_until and self.is_over:
            until = min(until, self.keeps_people_until)
        self.keeps_people_until = until

    def count_seats(self):
        """Count anew who has a seat and who waits; the database refuses more seats than there are."""
        rows = Registration.objects.filter(event=OuterRef("pk")).order_by().values("event")

        def counted(states):
            return Coalesce(
                Subquery(rows.filter(state__in=states).annotate(count=Count("pk")).values("count")), Value(0)
            )

        Event.objects.filter(pk=self.pk).update(
            seats_taken=counted(Registration.HOLDING), waiting_count=counted([Registration.State.WAITING])
        )
        self.refresh_from_db(fields=["seats_taken", "waiting_count"])

    def locked(self):
        """The event as it stands now, locked: whoever changes seats waits for whoever does so before."""
        return Event.objects.select_for_update(of=("self",)).get(pk=self.pk)

    def take_in(self, *, name, email, **fields):
        """Somebody registers: with a seat while there is one and nobody waits, else at the end of the queue.

        Returns the registration and whether it is new; an address is registered once. The event is locked meanwhile.
        """
        known = self.registrations.filter(email_key=email.lower()).first()
        if known and known.is_alive:
            return known, False
        if known:
            known.delete()  # who cancelled and comes again stands at the end of the queue
        registration = self.registrations.create(
            name=name, email=email, seated_at=None if self.is_full else timezone.now(), **fields
        )
        self.count_seats()
        return registration, True

    def lapse_offers(self):
        """Seats held for somebody who did not answer in time are free again. Returns whose they were."""
        over = self.registrations.filter(state=Registration.State.OFFERED, offered_until__lt=timezone.now())
        lapsed = list(over.order_by("pk"))
        over.update(lapsed_at=timezone.now())
        if lapsed:
            self.count_seats()
        return lapsed

    def offer_seats(self):
        """Free seats go to those who wait, in their order. Returns those who got one.

        A seat is held for a day; close to the start it is given at once, for there is no time to ask.
        """
        free = None if self.capacity is None else self.capacity - self.seats_taken
        if (free is not None and free <= 0) or not self.waiting_count:
            return []
        now = timezone.now()
        queue = self.registrations.filter(state=Registration.State.WAITING).order_by("pk")
        lucky = list(queue if free is None else queue[:free])
        is_close = self.starts_at - now < 2 * self.OFFER_HELD
        for registration in lucky:
            if is_close:
                registration.seated_at = now
            else:
                registration.offered_at, registration.offered_until = now, now + self.OFFER_HELD
        Registration.objects.bulk_update(lucky, ["seated_at", "offered_at", "offered_until"])
        self.count_seats()
        for registration in lucky:
            registration.refresh_from_db(fields=["state"])
        return lucky

    def let_in_at_the_door(self):
        """Who stands in the room has a seat: there are as many seats as people who were let in."""
        seated = self.registrations.filter(state__in=Registration.HOLDING).count()
        if self.capacity is not None and seated > self.capacity:
            self.capacity = seated
            self.save(update_fields=["capacity", "changed_at"])
        self.count_seats()

    def record_present(self, present, absent=()):
        """The registrations of these keys were there, those of the others were not."""
        self.registrations.filter(pk__in=present).update(was_present=True)
        self.registrations.filter(pk__in=absent).update(was_present=False)

    @transaction.atomic
    def forget_people(self):
        """The names go, the figures stay. A second time finds nobody. Returns how many rows went."""
        event = self.locked()
        seated = event.registrations.filter(state=Registration.State.SEATED)
        Event.objects.filter(pk=event.pk).update(
            forgotten_seated=F("forgotten_seated") + seated.count(),
            forgotten_present=F("forgotten_present") + event.registrations.filter(was_present=True).count(),
            people_forgotten_at=timezone.now(),
            seats_taken=0,
            waiting_count=0,
        )
        # What speakers wrote for the page stays on it; what was for us only goes.
        event.speakers.update(email="", proposed_title="", proposed_bio="", proposed_at=None)
        for attachment in Attachment.objects.of(event).filter(purpose__startswith="puhuja-"):
            attachment.remove()
        gone, _by_model = event.registrations.all().delete()
        return gone

    def mark_told_of_end(self):
        self.recording_told_until = self.recording_until
        self.save(update_fields=["recording_told_until"])

    @transaction.atomic
    def remove(self):
        """A draft goes with its files; the history keeps that it was there."""
        for attachment in Attachment.objects.of(self):
            attachment.remove()
        self.delete()

    def show_recording(self, *, link, until, reason="", on=None):
        """The recording is shown from now on, until a day where one is told."""
        self.recording_link, self.recording_until, self.recording_reason = link, until, reason
        if self.recording_added_on is None:
            self.recording_added_on = on or timezone.localdate()
        self.save(
            update_fields=[
                "recording_link", "recording_until", "recording_reason", "recording_added_on", "changed_at"
            ]
        )  # fmt: skip


def recording_end(day):
    """Until when the recording of an event of that day is shown unless told otherwise: midsummer or Christmas.

    So it was done with the Friday reviews of 2022: spring ones until midsummer, autumn ones until Christmas.
    """
    return midsummer_eve(day.year) if day.month <= 6 and day <= midsummer_eve(day.year) else date(day.year, 12, 24)


def midsummer_eve(year):
    """The Friday between 19 and 25 June."""
    return next(date(year, 6, number) for number in range(19, 26) if date(year, 6, number).weekday() == 4)


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)
class EventCounty(Event.counties.through):
    """That an event is for a county; the row of the many-to-many relation, tracked like the rest."""

    class Meta:
        proxy = True
        verbose_name = _("county")

    def __str__(self):
        return f"{self.event_id}: {self.county_id}"
