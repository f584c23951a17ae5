"""A series of events: what its occasions have in common, its life, and what is known of its years."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import County, Person
from networks.models import Network
from projects.models import Project
from publishing.audience import Audience
from publishing.finnish_order import finnish_key_field
from publishing.gatherings import Gathering
from publishing.life import LifePhase, Living, LivingQuerySet
from publishing.parts import Part, PartQuerySet
from publishing.prose import ProseField
from publishing.search import search_field
from publishing.web_address import WebAddressField


class SeriesQuerySet(LivingQuerySet):
    def in_counties(self, codes):
        """Those held for any of the counties, given by their codes, and those for the whole area."""
        counties = SeriesCounty.objects.filter(series=OuterRef("pk"))
        return self.filter(models.Exists(counties.filter(county__in=codes)) | ~models.Exists(counties))

    def with_counties(self):
        return self.prefetch_related(Prefetch("counties", County.objects.order_by("-is_ours", "position", "code")))

    def with_next_event(self, user):
        """The start of the next occasion that the user may see beside each, and how many are recorded."""
        from events.models.event import Event

        events = Event.objects.visible_to(user).filter(series=OuterRef("pk"))
        counted = events.uncancelled().order_by().values("series").annotate(count=Count("pk"))
        return self.annotate(
            next_event_at=Subquery(events.upcoming().order_by("starts_at").values("starts_at")[:1]),
            event_count=Coalesce(Subquery(counted.values("count")), Value(0)),
        )

    def for_cards(self):
        return self.with_status().with_counties()

    def for_page(self):
        return self.for_cards().select_related("coordinator__organisation", "coordinator__user")


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["search", "name_key"]
)
class Series(Living):
    """Events of one kind that come again: the Friday reviews, a forum, a training."""

    class Kind(models.TextChoices):
        REVIEW = "review", _("review")
        FORUM = "forum", _("forum")
        SEMINAR = "seminar", _("seminar")
        TRAINING = "training", _("training")
        WORKSHOP = "workshop", _("workshop")
        INFORMATION = "information", _("information session")
        DISCUSSION = "discussion", _("discussion")
        GATHERING = "gathering", _("gathering")

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        PLANNED = "planned", _("planned")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    BEFORE_LIFE = Status.PLANNED
    RESERVED_SLUGS = frozenset({"uusi"})

    name = models.CharField(_("name"), max_length=180)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.REVIEW)
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    purpose = models.TextField(_("what it is for"), blank=True, max_length=1500)
    background = ProseField(_("more about it"))
    cadence = models.CharField(_("how often"), max_length=120, blank=True)
    audience = ArrayField(
        models.CharField(max_length=30, choices=Audience), verbose_name=_("audience"), default=list, blank=True
    )
    audience_note = models.CharField(_("for whom in words"), max_length=200, blank=True)
    area_note = models.CharField(_("about the area in words"), max_length=200, blank=True)
    counties = models.ManyToManyField(County, blank=True, related_name="event_series", verbose_name=_("counties"))
    networks = models.ManyToManyField(Network, blank=True, related_name="event_series", verbose_name=_("networks"))
    projects = models.ManyToManyField(Project, blank=True, related_name="event_series", verbose_name=_("projects"))
    partners = models.CharField(_("organised with"), max_length=300, blank=True)
    coordinator = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="series_coordinated",
        verbose_name=_("answers for it"),
    )
    recordings_page = WebAddressField(_("where the recordings are"), blank=True)

    # What a new occasion begins with.
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(6)]
    )
    starts = models.TimeField(_("starts"), null=True, blank=True)
    ends = models.TimeField(_("ends"), null=True, blank=True)
    mode = models.CharField(_("where"), max_length=10, choices=Gathering.Mode, default=Gathering.Mode.REMOTE)
    place = models.CharField(_("place"), max_length=150, blank=True)
    takes_registrations = models.BooleanField(_("one registers"), default=True)
    takes_standing = models.BooleanField(_("one may register for the whole series"), default=False)

    name_key = finnish_key_field("name")
    search = search_field(a=["name"], b=["summary", "purpose"], prose=["background", "partners", "audience_note"])

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series of events")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="series_name_unique",
                violation_error_message=_("There is a series of this name already."),
            ),
            models.CheckConstraint(
                name="series_ends_after_start",
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gt=F("starts")),
                violation_error_message=_("An event cannot end before it starts."),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="series_search"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="series_name_trgm"),
            models.Index(fields=["name_key"], name="series_finnish_order"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("events:series", kwargs={"slug": self.slug})

    @property
    def is_over(self):
        return self.status == self.Status.ENDED

    @property
    def audience_labels(self):
        return [Audience(code).label for code in self.audience]

    @property
    def missing_words(self):
        """What the page still lacks, in words; empty when it is whole."""
        lacks = {
            _("the sentence for lists"): not self.summary,
            _("what it is for"): not self.purpose,
            _("who answers for it"): self.coordinator_id is None,
        }
        return [words for words, is_missing in lacks.items() if is_missing]


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)
class SeriesCounty(Series.counties.through):
    """That a series is held for a county; the row of the many-to-many relation, tracked like the rest."""

    class Meta:
        proxy = True
        verbose_name = _("county")

    def __str__(self):
        return f"{self.series_id}: {self.county_id}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Phase(LifePhase, Part):
    """A dated fact in the life of a series; with a status, the series is in it from that day on."""

    OWNER = "series"
    ANCHOR = "vaiheet"

    series = models.ForeignKey(Series, models.CASCADE, related_name="phases", verbose_name=_("series"))
    status = models.CharField(_("status from then on"), max_length=10, choices=Series.Status, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("phase")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="series_phase_says_something",
                condition=~Q(status="", text=""),
                violation_error_message=_("Choose a status or write what happened."),
            ),
            models.UniqueConstraint(
                fields=["series", "on", "status"],
                condition=~Q(status=""),
                name="series_phase_status_once_a_day",
                violation_error_message=_("The series has this status from that day already."),
            ),
        ]
        indexes = [
            models.Index(fields=["series", "-on", "-id"], name="series_phase_latest", condition=~Q(status="")),
        ]

    def __str__(self):
        return f"{self.series}: {self.on} {self.get_status_display()} {self.text}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class YearFigure(Part):
    """What is known of a year of a series of which the single occasions were not recorded here."""

    OWNER = "series"
    ANCHOR = "vuodet"

    series = models.ForeignKey(Series, models.CASCADE, related_name="year_figures", verbose_name=_("series"))
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1990), MaxValueValidator(2100)])
    event_count = models.PositiveIntegerField(_("how many events"), null=True, blank=True)
    participant_count = models.PositiveIntegerField(_("participants in all"), null=True, blank=True)
    text = models.CharField(_("in words"), max_length=300, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("figures of a year")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year"],
                name="year_figure_once",
                violation_error_message=_("The figures of this year are there already."),
            ),
            models.CheckConstraint(
                name="year_figure_says_something",
                condition=~Q(event_count=None, participant_count=None, text=""),
                violation_error_message=_("Write a number or what is known in words."),
            ),
        ]

    def __str__(self):
        return f"{self.series} {self.year}"
