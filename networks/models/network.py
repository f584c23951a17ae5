"""A network and the dated facts of its life."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import County, Person
from publishing.audience import Audience
from publishing.dated_facts import dated
from publishing.finnish_order import finnish_key_field
from publishing.life import LifePhase, Living, LivingQuerySet
from publishing.prose import ProseField
from publishing.search import search_field


class NetworkQuerySet(LivingQuerySet):
    def inside_visible_to(self, user):
        """Those whose members and private files the user may see: staff all, members the public ones of their own."""
        if user.is_staff:
            return self.all()
        return self.visible_to(user).of_member(user) if user.is_authenticated else self.none()

    def of_member(self, user):
        """Those in which the user sits today."""
        from networks.models.membership import Membership

        return self.filter(Exists(Membership.objects.present().filter(network=OuterRef("pk"), person__user=user)))

    def convened_by_us(self):
        return self.filter(convened_by_us=True)

    def in_county(self, county):
        return self.filter(counties=county)

    def with_next_meeting(self):
        """The start of the next meeting that is not cancelled beside each."""
        from networks.models.meeting import Meeting

        coming = Meeting.objects.upcoming().filter(network=OuterRef("pk")).order_by("starts_at")
        return self.annotate(next_meeting_at=Subquery(coming.values("starts_at")[:1]))

    def with_member_count(self):
        from networks.models.membership import Membership

        members = Membership.objects.present().filter(network=OuterRef("pk")).order_by().values("network")
        return self.annotate(
            member_count=Coalesce(Subquery(members.annotate(count=Count("pk")).values("count")), Value(0))
        )

    def with_counties(self):
        return self.prefetch_related(Prefetch("counties", County.objects.order_by("position")))

    def for_cards(self):
        """All that a row of a list shows."""
        return self.with_status().with_next_meeting().with_counties()

    def for_page(self):
        """All that the page of one network shows of itself."""
        return self.with_status().with_counties().select_related("coordinator__organisation", "coordinator__user")

    @transaction.atomic
    def set_coordinator(self, person):
        """All of these get the same coordinator. Returns how many."""
        return self.update(coordinator=person, changed_at=timezone.now())

    @transaction.atomic
    def change_status(self, status, *, on):
        """A phase with the status begins for each that is not in it already on that day. Returns how many."""
        changed = 0
        for network in self.with_status(on).exclude(status=status):
            network.begin(status, on=on)
            changed += 1
        return changed


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["search", "name_key"]
)
class Network(Living):
    """A group in which professionals develop their work: one we convene, or one in which we hold a seat."""

    class Kind(models.TextChoices):
        NETWORK = "network", _("network")
        DEVELOPMENT_GROUP = "development_group", _("development group")
        FORUM = "forum", _("forum")
        WORKING_GROUP = "working_group", _("working group")
        COOPERATION_GROUP = "cooperation_group", _("co-operation group")
        STEERING_GROUP = "steering_group", _("steering group")
        ADVISORY_BOARD = "advisory_board", _("advisory board")
        STUDY_CIRCLE = "study_circle", _("study circle")
        CLUB = "club", _("club")
        SUPERVISION = "supervision", _("group supervision")
        SERIES = "series", _("series of gatherings")
        OTHER = "other", _("other group")

    class Scope(models.TextChoices):
        COUNTY = "county", _("of one county")
        WHOLE_AREA = "whole_area", _("of our whole area")
        COOPERATION_AREA = "cooperation_area", _("of a co-operation area")
        NATIONAL = "national", _("national")

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        PLANNED = "planned", _("planned")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    RESERVED_SLUGS = frozenset({"uusi", "vie", "joukko", "vastaus"})
    BEFORE_LIFE = Status.PLANNED

    name = models.CharField(_("name"), max_length=180)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NETWORK)
    convened_by_us = models.BooleanField(_("convened by us"), default=True)
    our_role = models.CharField(_("our role"), max_length=100, blank=True)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope, default=Scope.COUNTY)
    counties = models.ManyToManyField(County, blank=True, related_name="networks", verbose_name=_("counties"))
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    purpose = models.TextField(_("purpose"), blank=True, max_length=1500)
    background = ProseField(_("more about it"))
    audience = ArrayField(
        models.CharField(max_length=30, choices=Audience), verbose_name=_("audience"), default=list, blank=True
    )
    participants = models.CharField(_("participants"), max_length=400, blank=True)
    rhythm = models.CharField(_("meets"), max_length=120, blank=True)
    steers = models.CharField(_("steers"), max_length=300, blank=True)
    coordinator = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="coordinated", verbose_name=_("coordinator")
    )
    name_key = finnish_key_field("name")
    search = search_field(
        a=["name"], b=["summary", "purpose"], prose=["background", "participants", "steers", "our_role"]
    )

    objects = NetworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="network_name_unique",
                violation_error_message=_("There is a network of this name already."),
            )
        ]
        indexes = [
            GinIndex(fields=["search"], name="network_search"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="network_name_trgm"),
            GinIndex(fields=["audience"], name="network_audience"),
            models.Index(fields=["name_key"], name="network_finnish_order"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("networks:detail", kwargs={"slug": self.slug})

    # Questions

    @property
    def status_note(self):
        """Since when the annotated status holds, where that tells something: for a pause, an end, a plan."""
        if self.status_on is None or self.status == self.Status.RUNNING:
            return ""
        return dated(self.status_on, self.status_precision, since=self.status == self.Status.PAUSED)

    @property
    def is_of_whole_area(self):
        return self.scope == self.Scope.WHOLE_AREA

    @property
    def is_over(self):
        return self.status == self.Status.ENDED

    @property
    def audience_labels(self):
        return [Audience(code).label for code in self.audience]

    @property
    def missing(self):
        """What the page still lacks, as codes; empty when it is whole."""
        lacks = {
            "purpose": not self.purpose,
            "summary": not self.summary,
            "coordinator": self.convened_by_us and self.coordinator_id is None,
            "rhythm": self.convened_by_us and not self.rhythm,
        }
        return [code for code, is_missing in lacks.items() if is_missing]

    @property
    def missing_words(self):
        """The same in words."""
        words = {
            "purpose": _("the purpose"),
            "summary": _("the sentence for lists"),
            "coordinator": _("the coordinator"),
            "rhythm": _("how often it meets"),
        }
        return [words[code] for code in self.missing]


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)
class NetworkCounty(Network.counties.through):
    """That a network works in a county; the row of the many-to-many relation, tracked like the rest."""

    class Meta:
        proxy = True
        verbose_name = _("county")

    def __str__(self):
        return f"{self.network_id}: {self.county_id}"


class PhaseQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.filter(network__in=Network.objects.editable_by(user))

    def visible_to(self, user):
        return self.filter(network__in=Network.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Phase(LifePhase):
    """A dated fact in the life of a network; with a status, the network is in it from that day on."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="phases", verbose_name=_("network"))
    status = models.CharField(_("status from then on"), max_length=10, choices=Network.Status, blank=True)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phase")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="phase_says_something",
                condition=~Q(status="", text=""),
                violation_error_message=_("Choose a status or write what happened."),
            ),
            models.UniqueConstraint(
                fields=["network", "on", "status"],
                condition=~Q(status=""),
                name="phase_status_once_a_day",
                violation_error_message=_("The network has this status from that day already."),
            ),
        ]
        indexes = [
            models.Index(fields=["network", "-on", "-id"], name="phase_latest", condition=~Q(status="")),
        ]

    def __str__(self):
        return f"{self.network}: {self.on} {self.get_status_display()} {self.text}"

    def get_absolute_url(self):
        return f"{self.network.get_absolute_url()}#vaiheet"
