"""What a project sets out to do, does, and leaves behind: objectives, activities, outputs, indicators."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from directory.models import County, Organisation
from networks.models import Meeting, Network
from projects.models.part import OrderedPart
from publishing.dated_facts import Precision, named
from publishing.parts import PartQuerySet
from publishing.search import search_field
from publishing.web_address import WebAddressField


class ObjectiveQuerySet(PartQuerySet):
    def for_page(self, user):
        """With their activities and outputs, in order; those of the whole before those of our part."""
        return self.prefetch_related(
            Prefetch("activities", Activity.objects.for_page(user)), Prefetch("outputs", Output.objects.in_order())
        ).order_by("part", "position", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["position"])
class Objective(OrderedPart):
    """What the whole project, or our part of it, wants to reach."""

    ANCHOR = "tavoitteet"

    class Part(models.TextChoices):
        WHOLE = "a_whole", _("the whole project")
        OURS = "b_ours", _("our part")

    project = models.ForeignKey(
        "projects.Project", models.CASCADE, related_name="objectives", verbose_name=_("project")
    )
    part = models.CharField(_("whose objective"), max_length=10, choices=Part, default=Part.WHOLE)
    text = models.CharField(_("objective"), max_length=300)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("objective")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "part", "text"],
                name="objective_once",
                violation_error_message=_("The project has this objective already."),
            )
        ]

    def __str__(self):
        return self.text

    def siblings(self):
        return super().siblings().filter(part=self.part)


class ActivityQuerySet(PartQuerySet):
    def for_page(self, user):
        """With counties, and with those of the linked meetings and networks that the user may see."""
        meetings = Meeting.objects.visible_to(user).select_related("network").defer("agenda", "summary", "search")
        return self.prefetch_related(
            Prefetch("counties", County.objects.order_by("-is_ours", "position")),
            Prefetch("meetings", meetings.order_by("starts_at")),
            Prefetch("networks", Network.objects.visible_to(user).defer("search", "background").order_by("name_key")),
        ).order_by("position", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["position"])
class Activity(OrderedPart):
    """Something done for an objective. A meeting or a network that has a record of its own is linked, not retyped."""

    ANCHOR = "tavoitteet"

    project = models.ForeignKey(
        "projects.Project", models.CASCADE, related_name="activities", verbose_name=_("project")
    )
    objective = models.ForeignKey(
        Objective,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("for which objective"),
    )
    text = models.CharField(_("activity"), max_length=300)
    counties = models.ManyToManyField(County, blank=True, related_name="+", verbose_name=_("counties"))
    meetings = models.ManyToManyField(
        Meeting, blank=True, related_name="project_activities", verbose_name=_("meetings")
    )
    networks = models.ManyToManyField(
        Network, blank=True, related_name="project_activities", verbose_name=_("networks")
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "objective", "text"],
                name="activity_once",
                nulls_distinct=False,
                violation_error_message=_("The objective has this activity already."),
            )
        ]

    def __str__(self):
        return self.text

    def siblings(self):
        return super().siblings().filter(objective=self.objective_id)


class OutputQuerySet(PartQuerySet):
    def in_order(self):
        return self.select_related("owner").defer("search").order_by("position", "pk")


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["position", "search"]
)
class Output(OrderedPart):
    """What a project leaves behind: an operating model, a report, a video; where it took root and who owns it now."""

    ANCHOR = "tuotokset"

    class Kind(models.TextChoices):
        OPERATING_MODEL = "operating_model", _("operating model")
        REPORT = "report", _("report")
        TRAINING = "training", _("training")
        VIDEO = "video", _("video")
        NEWSLETTER = "newsletter", _("newsletter")
        MEASURE = "measure", _("measure or form")
        GATHERING = "gathering", _("forum or gathering")
        NETWORK = "network", _("network")
        MATERIAL = "material", _("material")
        OTHER = "other", _("other output")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        UNDER_WAY = "under_way", _("under way")
        READY = "ready", _("ready")
        IN_USE = "in_use", _("in use")
        DROPPED = "dropped", _("dropped")

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="outputs", verbose_name=_("project"))
    objective = models.ForeignKey(
        Objective, models.SET_NULL, null=True, blank=True, related_name="outputs", verbose_name=_("for which objective")
    )
    title = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READY)
    url = WebAddressField(_("address on the web"), blank=True, max_length=500)
    note = models.CharField(_("about it"), max_length=300, blank=True)
    ready_on = models.DateField(_("ready"), null=True, blank=True)
    ready_precision = models.CharField(_("how exactly"), max_length=10, choices=Precision, default=Precision.DAY)
    rooted_in = models.CharField(_("where it took root"), max_length=300, blank=True)
    owner = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="outputs_owned",
        verbose_name=_("who owns it now"),
    )
    checked_on = models.DateField(_("last checked"), null=True, blank=True)
    search = search_field(a=["title"], b=["note"], prose=["rooted_in"])

    objects = OutputQuerySet.as_manager()

    class Meta:
        verbose_name = _("output")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "title"],
                name="output_once",
                violation_error_message=_("The project has an output of this name already."),
            )
        ]

    def __str__(self):
        return self.title

    @property
    def ready_words(self):
        return named(self.ready_on, self.ready_precision) if self.ready_on else ""


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["position"])
class Indicator(OrderedPart):
    """A figure that tells whether a project reached what it wanted: start, target, outcome."""

    ANCHOR = "mittarit"

    project = models.ForeignKey(
        "projects.Project", models.CASCADE, related_name="indicators", verbose_name=_("project")
    )
    name = models.CharField(_("what is counted"), max_length=150)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.DecimalField(_("at the start"), max_digits=12, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2, null=True, blank=True)
    actual = models.DecimalField(_("actual"), max_digits=12, decimal_places=2, null=True, blank=True)
    measured_on = models.DateField(_("measured"), null=True, blank=True)
    measured_precision = models.CharField(_("how exactly"), max_length=10, choices=Precision, default=Precision.DAY)
    note = models.CharField(_("where the figure comes from"), max_length=200, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="indicator_once",
                violation_error_message=_("The project has an indicator of this name already."),
            ),
            models.CheckConstraint(
                name="indicator_has_a_figure",
                condition=Q(baseline__isnull=False) | Q(target__isnull=False) | Q(actual__isnull=False),
                violation_error_message=_("Write at least one figure: at the start, target or actual."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def measured_words(self):
        return named(self.measured_on, self.measured_precision) if self.measured_on else ""

    @property
    def reached_percent(self):
        """How much of the way from the start to the target was gone, in whole per cent; None when one is not known.

        A target below the start counts as well: fewer may be better.
        """
        if self.target is None or self.actual is None:
            return None
        start = self.baseline or Decimal(0)
        if self.target == start:
            return None
        return round(100 * (self.actual - start) / (self.target - start))
