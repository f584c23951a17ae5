"""A project and the dated facts of its life."""

from decimal import Decimal

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Least, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import County, Municipality, Person, SubRegion
from networks.models import Network
from projects.models.dates import Deadline
from projects.models.life import Extension, Phase, Status
from projects.models.links import Link
from projects.models.money import Funding
from projects.models.people import Partner, Staffing
from projects.models.work import Output
from publishing.audience import Audience
from publishing.dated_facts import Precision, named, period
from publishing.finnish_order import finnish_key_field
from publishing.life import Living, LivingQuerySet
from publishing.prose import ProseField
from publishing.search import search_field
from publishing.web_address import WebAddressField


class ProjectQuerySet(LivingQuerySet):
    def in_county(self, county):
        """Those that work in the county, in a part of it, or in the whole country."""
        return self.in_counties([county.pk])

    def in_counties(self, codes):
        """Those that work in any of the counties, given by their codes."""
        of_it = {"project": OuterRef("pk")}
        return self.filter(
            Exists(ProjectCounty.objects.filter(**of_it, county__in=codes))
            | Exists(ProjectSubRegion.objects.filter(**of_it, subregion__county__in=codes))
            | Exists(ProjectMunicipality.objects.filter(**of_it, municipality__sub_region__county__in=codes))
            | Q(is_national=True)
        )

    def in_municipality(self, municipality):
        """Those that work there: they name it, or else its sub-region, its county or the whole country.

        What is named inside a wider area narrows it down: beside Tampere, "Pirkanmaa" means Tampere. The same rule as
        `Project.covers`.
        """
        place = municipality.sub_region
        towns = ProjectMunicipality.objects.filter(project=OuterRef("pk"))
        parts = ProjectSubRegion.objects.filter(project=OuterRef("pk"))
        county = ProjectCounty.objects.filter(project=OuterRef("pk"), county=place.county_id)
        return self.filter(
            Exists(towns.filter(municipality=municipality))
            | Exists(parts.filter(subregion=place)) & ~Exists(towns.filter(municipality__sub_region=place))
            | (Exists(county) | Q(is_national=True))
            & ~Exists(parts.filter(subregion__county=place.county_id))
            & ~Exists(towns.filter(municipality__sub_region__county=place.county_id))
        )

    def with_span(self):
        """`first_on` and `last_on`: from when to when something is known of it; `ending_on`: the end with extensions.

        `last_on` is empty while it goes on and nobody has said until when. Needs `with_status`.
        """
        of_it = {"project": OuterRef("pk")}
        extended = Extension.objects.filter(**of_it).order_by().values("project").annotate(most=Max("until"))
        phases = Phase.objects.filter(**of_it).order_by().values("project")
        first, last = phases.annotate(least=Min("on")).values("least"), phases.annotate(most=Max("on")).values("most")
        going = Q(status__in=Project.ALIVE, ending_on=None)
        return self.annotate(
            ending_on=Coalesce(Subquery(extended.values("most")), F("ends_on")),
            first_on=Least(F("starts_on"), Subquery(first)),
        ).annotate(
            last_on=Case(
                When(going, then=Value(None)),
                default=Greatest(F("ending_on"), Case(When(ending_on=None, then=Subquery(last)))),
                output_field=models.DateField(),
            )
        )

    def alive(self):
        """Neither ended nor refused, ideas and applications included. Needs `with_status`."""
        return self.exclude(status__in=Project.OVER)

    def over(self):
        """Ended or refused. Needs `with_status`."""
        return self.filter(status__in=Project.OVER)

    def by_end(self):
        """The latest end first. Needs `with_span`."""
        return self.order_by(F("last_on").desc(nulls_last=True), "name_key", "pk")

    def in_year(self, year):
        """Those of which something happened in the year. Needs `with_span`."""
        return self.filter(Q(last_on=None) | Q(last_on__year__gte=year), first_on__year__lte=year)

    def coordinated_by_user(self, user):
        """Those that the one who has signed in answers for."""
        return self.filter(coordinator__user=user)

    def in_portfolio_order(self, order):
        """As the staff ask: by name, phase, our share, end, next date, or what lacks a text first.

        What is not known comes last. Needs `for_portfolio`.
        """
        orders = {
            "name": [],
            "status": ["status"],
            "share": [F("our_share").desc(nulls_last=True)],
            "end": [F("ending_on").asc(nulls_last=True)],
            "deadline": [F("next_deadline_on").asc(nulls_last=True)],
            "missing": [Case(When(Q(coordinator=None) | Q(summary="") | Q(purpose=""), then=0), default=1)],
        }
        return self.order_by(*orders[order], "name_key", "pk")

    def by_start(self):
        """As they began, those of unknown beginning last. Needs `with_span`."""
        start = Coalesce(F("starts_on"), F("first_on"))
        return self.order_by(start.asc(nulls_last=True), "name_key", "pk")

    def ending_next_first(self):
        """What goes on and ends first, then what has no end, then what is over, the latest first. Needs `with_span`."""
        over = Case(When(status__in=Project.OVER, then=1), default=0)
        alive_end = Case(When(status__in=Project.OVER, then=None), default=F("ending_on"))
        return self.order_by(over, alive_end.asc(nulls_last=True), F("last_on").desc(nulls_last=True), "name_key", "pk")

    def with_next_deadline(self):
        """The nearest date that is not done yet beside each, `next_deadline_on`; it may have passed."""
        waiting = Deadline.objects.waiting().filter(project=OuterRef("pk")).order_by("on", "pk")
        return self.annotate(
            next_deadline_on=Subquery(waiting.values("on")[:1]), next_deadline=Subquery(waiting.values("title")[:1])
        )

    def with_output_count(self):
        outputs = Output.objects.filter(project=OuterRef("pk")).order_by().values("project")
        return self.annotate(
            output_count=Coalesce(Subquery(outputs.annotate(count=Count("pk")).values("count")), Value(0))
        )

    def with_areas(self):
        return self.prefetch_related(
            Prefetch("counties", County.objects.order_by("-is_ours", "position", "code")),
            Prefetch("sub_regions", SubRegion.objects.select_related("county").order_by("name_key")),
            Prefetch(
                "municipalities",
                Municipality.objects.select_related("sub_region__county").defer("search").order_by("name_key"),
            ),
        )

    def with_partners(self):
        return self.prefetch_related(Prefetch("partners", Partner.objects.in_order()))

    def with_money(self):
        return self.prefetch_related(Prefetch("fundings", Funding.objects.in_order()))

    def for_cards(self):
        """All that a row of a list shows."""
        return self.with_status().with_span().with_areas().with_partners().with_money().prefetch_related("extensions")

    def for_portfolio(self):
        """All that a row of the portfolio shows: people, the next date, dead links and what is missing as well."""
        dead = Link.objects.dead().filter(project=OuterRef("pk")).order_by().values("project")
        return (
            self.for_cards()
            .with_next_deadline()
            .select_related("coordinator")
            .prefetch_related(Prefetch("staffings", Staffing.objects.in_order()))
            .annotate(
                dead_link_count=Coalesce(Subquery(dead.annotate(count=Count("pk")).values("count")), Value(0)),
                deadline_is_late=Q(next_deadline_on__lt=timezone.localdate()),
            )
        )

    def for_page(self):
        """All that the page of one project shows of itself."""
        return self.for_cards().select_related("coordinator__organisation", "coordinator__user", "steering_group")


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["search", "name_key"]
)
class Project(Living):
    """Work for a time with money of its own: one we lead, take part in, steer or sell our work to."""

    Status = Status

    class OurRole(models.TextChoices):
        LEAD = "lead", _("we lead")
        CO_IMPLEMENTER = "co_implementer", _("co-implementer")
        STEERING_SEAT = "steering_seat", _("seat in the steering group")
        EXPERT_SOLD = "expert_sold", _("expert work sold")
        PARTNER = "partner", _("partner in co-operation")

    # In which there is work and money now.
    ALIVE = (Status.GRANTED, Status.RUNNING, Status.EXTENDED)
    OVER = (Status.ENDED, Status.REFUSED)
    RESERVED_SLUGS = frozenset({"uusi", "tuo", "kartta", "aikajana", "salkku", "henkilotyo"})
    BEFORE_LIFE = Status.IDEA
    MISSING_WORDS = {
        "summary": _("the sentence for lists"),
        "purpose": _("what it is for"),
        "role": _("our role"),
        "area": _("the area"),
        "period": _("the start"),
        "funder": _("the funder"),
        "lead": _("who leads"),
        "coordinator": _("who answers for it"),
        "sums": _("sums that match, or why they do not"),
        "end": _("whether it has ended"),
    }

    name = models.CharField(_("name"), max_length=250)
    acronym = models.CharField(_("acronym or short name"), max_length=60, blank=True)
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    purpose = models.TextField(_("what it is for"), blank=True, max_length=1500)
    background = ProseField(_("more about it"))
    lives_on = ProseField(_("what lives on"))
    audience = ArrayField(
        models.CharField(max_length=30, choices=Audience), verbose_name=_("themes"), default=list, blank=True
    )
    website = WebAddressField(_("website"), blank=True)
    programme = models.CharField(_("programme"), max_length=200, blank=True)

    starts_on = models.DateField(_("starts"), null=True, blank=True)
    starts_precision = models.CharField(
        _("how exactly the start is known"), max_length=10, choices=Precision, default=Precision.DAY
    )
    ends_on = models.DateField(_("ends, without extensions"), null=True, blank=True)
    ends_precision = models.CharField(
        _("how exactly the end is known"), max_length=10, choices=Precision, default=Precision.DAY
    )

    our_roles = ArrayField(
        models.CharField(max_length=20, choices=OurRole), verbose_name=_("our role"), default=list, blank=True
    )
    our_role_note = models.CharField(_("our role in words"), max_length=300, blank=True)
    days_sold = models.PositiveSmallIntegerField(_("working days sold"), null=True, blank=True)
    percent_sold = models.PositiveSmallIntegerField(
        _("share of working time sold, per cent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )

    is_national = models.BooleanField(_("national"), default=False)
    counties = models.ManyToManyField(County, blank=True, related_name="projects", verbose_name=_("counties"))
    sub_regions = models.ManyToManyField(SubRegion, blank=True, related_name="projects", verbose_name=_("sub-regions"))
    municipalities = models.ManyToManyField(
        Municipality, blank=True, related_name="projects", verbose_name=_("municipalities")
    )
    municipality_total = models.PositiveSmallIntegerField(
        _("municipalities in all"), null=True, blank=True, help_text=_("With those outside our area.")
    )
    centre_total = models.PositiveSmallIntegerField(_("competence centres in all"), null=True, blank=True)
    area_note = models.CharField(_("about the area in words"), max_length=300, blank=True)

    budget = models.PositiveIntegerField(_("budget of the whole, euros"), null=True, blank=True)
    our_share = models.PositiveIntegerField(_("our share, euros"), null=True, blank=True)
    is_money_public = models.BooleanField(_("the sums are public"), default=True)
    sums_note = models.CharField(_("why the sums do not match"), max_length=300, blank=True)

    coordinator = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="projects_coordinated",
        verbose_name=_("answers for it"),
    )
    steering_group = models.ForeignKey(
        Network,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="projects_steered",
        verbose_name=_("steering group"),
    )
    name_key = finnish_key_field(Case(When(acronym="", then=F("name")), default=F("acronym")))
    search = search_field(
        a=["acronym", "name"],
        b=["summary", "purpose", "programme"],
        prose=["background", "lives_on", "our_role_note", "area_note"],
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="project_name_unique",
                violation_error_message=_("There is a project of this name already."),
            ),
            models.CheckConstraint(
                name="project_ends_after_start",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The project cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="project_share_within_budget",
                condition=Q(our_share=None) | Q(budget=None) | Q(our_share__lte=F("budget")),
                violation_error_message=_("Our share cannot be larger than the whole budget."),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="project_search"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="project_name_trgm"),
            GinIndex(fields=["audience"], name="project_audience"),
            models.Index(fields=["name_key"], name="project_finnish_order"),
        ]

    def __str__(self):
        return self.called

    def get_absolute_url(self):
        return reverse("projects:detail", kwargs={"slug": self.slug})

    # Questions

    @property
    def called(self):
        """The name that people use."""
        return self.acronym or self.name

    @property
    def status_sign(self):
        """Which drawn sign stands for the annotated status: that of running, planned or ended."""
        if self.status in {self.Status.RUNNING, self.Status.EXTENDED}:
            return "running"
        return "ended" if self.status in self.OVER else "planned"

    @property
    def is_over(self):
        return self.status in self.OVER

    @property
    def starts_words(self):
        """The start as exactly as it is known; nothing when it is not."""
        return named(self.starts_on, self.starts_precision) if self.starts_on else ""

    @property
    def end(self):
        """The end with the last extension, and how exactly it is known; (None, "") when nobody has said."""
        last = self.last_extension
        if last:
            return last.until, last.precision
        return (self.ends_on, self.ends_precision) if self.ends_on else (None, "")

    @property
    def first_end_words(self):
        """The end as it was first meant, without extensions."""
        return named(self.ends_on, self.ends_precision) if self.ends_on else ""

    @property
    def ends_words(self):
        """The end with the last extension, as exactly as it is known."""
        on, precision = self.end
        return named(on, precision) if on else ""

    @property
    def period_words(self):
        """From when to when, extensions included: "1.8.2016 – spring 2019"."""
        return period(self.starts_on, self.starts_precision, *self.end)

    @property
    def last_extension(self):
        return max(self.extensions.all(), key=lambda extension: extension.until, default=None)

    @property
    def audience_labels(self):
        return [Audience(code).label for code in self.audience]

    @property
    def our_role_labels(self):
        """Our roles in words, with what was sold."""
        return [self.role_words(role) for role in self.our_roles]

    def role_words(self, role):
        label = str(self.OurRole(role).label)
        if role != self.OurRole.EXPERT_SOLD:
            return label
        sold = [
            _("%(days)s working days") % {"days": self.days_sold} if self.days_sold else "",
            _("%(percent)s per cent of working time") % {"percent": self.percent_sold} if self.percent_sold else "",
        ]
        sold = ", ".join(str(part) for part in sold if part)
        return f"{label} ({sold})" if sold else label

    @property
    def share_percent(self):
        """Our share of the whole budget in whole per cent; None when either is not known."""
        if not self.budget or self.our_share is None:
            return None
        return round(100 * self.our_share / self.budget)

    @property
    def lead(self):
        """Who leads today, or led last; None when nobody is named. We lead when our role says so and nobody is."""
        leads = [partner for partner in self.partners.all() if partner.role == Partner.Role.LEAD]
        today = timezone.localdate()
        present = [partner for partner in leads if partner.is_in_force(today)]
        return next(iter(present or sorted(leads, key=lambda lead: lead.starts_on or today, reverse=True)), None)

    @property
    def funders(self):
        """Whose money it is, in words, each once."""
        return list(dict.fromkeys(funding.funder_words for funding in self.fundings.all()))

    def sums(self):
        """For the whole and for our share: (part, total said, sum of the rows), where any row has a sum."""
        for part, total in ((Funding.Part.WHOLE, self.budget), (Funding.Part.OURS, self.our_share)):
            amounts = [row.amount for row in self.fundings.all() if row.part == part and row.amount is not None]
            if amounts:
                yield part, total, sum(amounts)

    @property
    def sums_differ(self):
        """Whether the rows of money add up to something else than the total said, and nobody has told why."""
        return not self.sums_note and any(total is not None and total != added for _part, total, added in self.sums())

    @property
    def people_today(self):
        """The rows of staff that are in force today, while the project is alive. Needs `for_portfolio`."""
        today = timezone.localdate()
        return [] if self.is_over else [row for row in self.staffings.all() if row.is_in_force(today)]

    @property
    def full_time_today(self):
        """Full-time workers today: the sum of the shares; 0 where no share is known."""
        return sum((row.fraction for row in self.people_today), Decimal(0))

    @property
    def ends_within_months(self):
        """Whether what is alive ends within half a year, so that somebody thinks of what comes after."""
        today = timezone.localdate()
        return self.status in self.ALIVE and self.ending_on is not None and (self.ending_on - today).days <= 183

    @property
    def is_overdue(self):
        """It should have ended by its own dates and nobody has said that it has. Needs `with_status`, `with_span`."""
        return self.status in self.ALIVE and self.ending_on is not None and self.ending_on < timezone.localdate()

    @property
    def missing(self):
        """What the page still lacks, as codes; empty when it is whole. Needs `for_cards`."""
        has_area = self.is_national or self.counties.all() or self.sub_regions.all() or self.municipalities.all()
        begun = self.status not in {self.Status.IDEA, self.Status.REFUSED}
        lacks = {
            "summary": not self.summary,
            "purpose": not self.purpose,
            "role": not self.our_roles,
            "area": not has_area,
            "period": begun and self.starts_on is None,
            "funder": begun and not self.fundings.all(),
            "lead": begun and self.lead is None and self.OurRole.LEAD not in self.our_roles,
            "coordinator": self.coordinator_id is None and not self.is_over,
            "sums": self.sums_differ,
            "end": self.is_overdue,
        }
        return [code for code, is_missing in lacks.items() if is_missing]

    @property
    def missing_words(self):
        """The same in words."""
        return [self.MISSING_WORDS[code] for code in self.missing]

    def covers(self, municipality):
        """Whether it works in the municipality, by the rule of `in_municipality`. Needs `with_areas`."""
        place, towns, parts = municipality.sub_region, self.municipalities.all(), self.sub_regions.all()
        if municipality in towns:
            return True
        if place in parts:
            return all(town.sub_region_id != place.pk for town in towns)
        whole = self.is_national or any(county.pk == place.county_id for county in self.counties.all())
        inside = [*parts, *(town.sub_region for town in towns)]
        return whole and all(part.county_id != place.county_id for part in inside)

    @property
    def area_counties(self):
        """The counties in which it works, ours first, those of its sub-regions and municipalities included."""
        named = [*self.counties.all(), *(part.county for part in self.sub_regions.all())]
        named += [place.sub_region.county for place in self.municipalities.all()]
        found = {county.pk: county for county in named}
        return sorted(found.values(), key=lambda county: (not county.is_ours, county.position, county.pk))

    @property
    def our_municipalities(self):
        """The municipalities of our counties that it names."""
        return [place for place in self.municipalities.all() if place.sub_region.county.is_ours]

    def shows_money_to(self, user):
        """Whether the user may see its sums; who gives the money everybody sees."""
        return self.is_money_public or user.is_staff

    def check_areas(self, *, counties, sub_regions, municipalities):
        """Parts lie within what is named above them.

        Raises ValidationError naming the municipalities that lie outside the chosen counties.
        """
        codes = {county.pk for county in counties}
        outside = [place for place in municipalities if place.sub_region.county_id not in codes]
        outside += [part for part in sub_regions if part.county_id not in codes]
        if codes and outside:
            raise ValidationError(
                _("Outside the chosen counties: %(names)s. Choose their county as well, or leave them out.")
                % {"names": ", ".join(map(str, outside))},
                code="outside",
            )

    # Verbs

    @transaction.atomic
    def extend(self, *, until, on, precision="day", text=""):
        """The project goes on until a later day, as was decided on another; its status says so from then on.

        Raises ValidationError when it would not go on longer than it does already.
        """
        extension = Extension(project=self, until=until, decided_on=on, precision=precision, text=text)
        extension.full_clean()
        extension.save()
        self.begin(self.Status.EXTENDED, on=on, precision=precision if on == until else "day", text=text)
        return extension


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)
class ProjectCounty(Project.counties.through):
    """That a project works in a county; the row of the many-to-many relation, tracked like the rest."""

    class Meta:
        proxy = True
        verbose_name = _("county")

    def __str__(self):
        return f"{self.project_id}: {self.county_id}"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)
class ProjectSubRegion(Project.sub_regions.through):
    """That a project works in a sub-region."""

    class Meta:
        proxy = True
        verbose_name = _("sub-region")

    def __str__(self):
        return f"{self.project_id}: {self.subregion_id}"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)
class ProjectMunicipality(Project.municipalities.through):
    """That a project works in a municipality."""

    class Meta:
        proxy = True
        verbose_name = _("municipality")

    def __str__(self):
        return f"{self.project_id}: {self.municipality_id}"
