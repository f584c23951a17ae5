"""What is counted: rows without a person and without a day, which stay when the person's matter is deleted."""

import uuid
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CODE = {"max_length": 30, "blank": True}


class FactQuerySet(models.QuerySet):
    def standing(self):
        """The rows that count: not corrected later, and not taken back."""
        return self.exclude(Exists(Fact.objects.filter(corrects=OuterRef("pk")))).filter(is_withdrawn=False)

    def of_contacts(self):
        return self.filter(kind=Fact.Kind.CONTACT)

    def within(self, first, last):
        """Of the months from one to another."""
        return self.filter(month__gte=first.replace(day=1), month__lte=last)

    def of_year(self, year):
        return self.within(date(year, 1, 1), date(year, 12, 31))


class Fact(models.Model):
    """One contact, or one measure taken in a matter between contacts, as it is counted.

    Nothing in it leads to a person: the month and not the day, codes and no words, and no key of the contact. What
    ties the two stands sealed in the contact. Rows are never changed: a correction is a new row that names the former
    one, so that the trace stays. Counting rules: docs/decisions/0012.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", _("contact")
        MEASURE = "measure", _("measure between contacts")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CONTACT)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    county = models.ForeignKey("directory.County", models.PROTECT, null=True, related_name="+")
    municipality = models.ForeignKey("directory.Municipality", models.PROTECT, null=True, related_name="+")
    who = models.CharField(_("who contacted"), **CODE)
    way = models.CharField(_("way of contact"), **CODE)
    language = models.CharField(_("language"), **CODE)
    has_interpreter = models.BooleanField(_("with an interpreter"), default=False)
    nature = models.CharField(_("nature"), **CODE)
    task = models.CharField(_("service task"), **CODE)
    provider = models.CharField(_("provider"), **CODE)
    reasons = ArrayField(models.CharField(max_length=30), verbose_name=_("reasons"), default=list, blank=True)
    measures = ArrayField(models.CharField(max_length=30), verbose_name=_("measures"), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True)
    is_client_counted = models.BooleanField(
        _("counts a client"), default=False, help_text=_("The first contact about this client in the year.")
    )
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="correction")
    corrected_on = models.DateField(_("corrected"), null=True)
    is_withdrawn = models.BooleanField(_("taken back"), default=False)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("counted contact")
        indexes = [models.Index(fields=["month", "county"], name="fact_month")]
        constraints = [
            models.CheckConstraint(name="fact_month_is_a_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="fact_correction_has_a_day",
                condition=Q(corrects=None, corrected_on=None) | Q(corrects__isnull=False, corrected_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.month:%Y-%m}"

    COUNTED = (
        "kind", "month", "county_id", "municipality_id", "who", "way", "language", "has_interpreter", "nature", "task",
        "provider", "reasons", "measures", "minutes", "is_client_counted",
    )  # fmt: skip

    def counts_the_same_as(self, other):
        return all(getattr(self, name) == getattr(other, name) for name in self.COUNTED)

    def corrected_to(self, other):
        """The other row stands from now on; this one stays as the trace. Nothing happens where both count the same.

        Returns the row that stands.
        """
        if self.counts_the_same_as(other):
            return self
        other.corrects, other.corrected_on = self, timezone.localdate()
        other.save(force_insert=True)
        return other

    def take_back(self):
        """The contact was written down by mistake: it counts no more, and the trace stays."""
        values = {name: getattr(self, name) for name in self.COUNTED}
        return Fact.objects.create(**values, corrects=self, corrected_on=timezone.localdate(), is_withdrawn=True)
