"""Who carries a project: organisations with their roles and periods, people with their share of time."""

from decimal import Decimal

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import DateRange
from directory.models import Organisation, Person
from projects.models.part import Part
from publishing.dated_facts import Precision, period
from publishing.parts import PartQuerySet


class Period(models.Model):
    """From one day to another, both included; an empty end is open."""

    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def period_words(self):
        """From when to when; nothing when that is the time of the whole project."""
        return period(self.starts_on, Precision.DAY, self.ends_on, Precision.DAY)

    def is_in_force(self, on):
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or self.ends_on >= on)


class PartnerQuerySet(PartQuerySet):
    def in_order(self):
        """Who leads first, then co-implementers, then partners, as they were written down."""
        rank = models.Case(
            models.When(role=Partner.Role.LEAD, then=0),
            models.When(role=Partner.Role.CO_IMPLEMENTER, then=1),
            default=2,
        )
        return self.select_related("organisation").order_by(rank, F("starts_on").asc(nulls_first=True), "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Partner(Period, Part):
    """A body that leads a project, carries it out with others or works together with it."""

    ANCHOR = "toteuttajat"

    class Role(models.TextChoices):
        LEAD = "lead", _("lead")
        CO_IMPLEMENTER = "co_implementer", _("co-implementer")
        PARTNER = "partner", _("partner")

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="partners", verbose_name=_("project"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="partnerships", verbose_name=_("organisation")
    )
    name = models.CharField(
        _("name"), max_length=150, blank=True, help_text=_("Only if it is not in the directory of organisations.")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.PARTNER)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        constraints = [
            models.CheckConstraint(
                name="partner_is_named_once",
                condition=Q(organisation=None) & ~Q(name="") | Q(organisation__isnull=False, name=""),
                violation_error_message=_("Choose an organisation or write a name, not both."),
            ),
            models.CheckConstraint(
                name="partner_ends_after_start",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The period cannot end before it starts."),
            ),
            ExclusionConstraint(
                name="partner_one_lead_at_a_time",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(role="lead"),
                violation_error_message=_("Another organisation leads the project in that time already."),
            ),
            ExclusionConstraint(
                name="partner_once_at_a_time",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(organisation__isnull=False),
                violation_error_message=_("This organisation is in the project in that time already."),
            ),
        ]

    def __str__(self):
        return self.called

    @property
    def called(self):
        return self.organisation.name if self.organisation_id else self.name

    @property
    def short_name(self):
        """The name that people use, where room is scarce."""
        return self.organisation.called if self.organisation_id else self.name


class StaffingQuerySet(PartQuerySet):
    def for_months(self):
        """With what months of work are counted from: the person, and the project with its span. People by name."""
        projects = self.owners.with_status().with_span()
        return (
            self.select_related("person")
            .prefetch_related(models.Prefetch("project", projects))
            .order_by(F("person__family_name_key").asc(nulls_last=True), "person__given_name_key", "title", "pk")
        )

    def in_order(self):
        return self.select_related("person__organisation", "person__user").order_by(
            F("starts_on").asc(nulls_first=True), "pk"
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Staffing(Period, Part):
    """Somebody of ours who works in a project: a title, a share of time, a period; the person where it is known."""

    ANCHOR = "henkilosto"

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="staffings", verbose_name=_("project"))
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="staffings", verbose_name=_("person")
    )
    title = models.CharField(_("title in the project"), max_length=120)
    share = models.PositiveSmallIntegerField(
        _("share of working time, per cent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )

    objects = StaffingQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of staff")
        constraints = [
            models.CheckConstraint(
                name="staffing_ends_after_start",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The period cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="staffing_share_is_a_part",
                condition=Q(share=None) | Q(share__gte=1, share__lte=100),
                violation_error_message=_("The share is from 1 to 100 per cent."),
            ),
            ExclusionConstraint(
                name="staffing_once_at_a_time",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(person__isnull=False),
                violation_error_message=_("This person works in the project in that time already. Change that row."),
            ),
        ]

    def __str__(self):
        return f"{self.title}, {self.project}"

    @property
    def fraction(self):
        """The share of a full working time as a number from 0 to 1; 0 when it is not known."""
        return Decimal(self.share or 0) / 100
