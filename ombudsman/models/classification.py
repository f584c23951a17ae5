"""What a contact is counted by: variables, and their values with the days on which they hold."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Variable(models.TextChoices):
    """What is asked of every contact. Values seen in published accounts: docs/decisions/0012."""

    WHO = "who", _("who contacted")
    WAY = "way", _("way of contact")
    LANGUAGE = "language", _("language")
    NATURE = "nature", _("nature")
    TASK = "task", _("service task")
    PROVIDER = "provider", _("provider")
    REASON = "reason", _("reason")
    MEASURE = "measure", _("measure")


# A contact has several reasons and measures, so their figures have no sum.
SEVERAL = {Variable.REASON, Variable.MEASURE}


class CodeQuerySet(models.QuerySet):
    def of(self, variable):
        return self.filter(variable=variable)

    def valid(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), Q(starts_on=None) | Q(starts_on__lte=on))

    def valid_within(self, first, last):
        """Those that held on some day of a time."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=first), Q(starts_on=None) | Q(starts_on__lte=last))

    def in_order(self):
        return self.order_by("variable", "position", "pk")

    def labels(self):
        """{variable: {code: its name}} of all values there have ever been; one query."""
        found = {variable: {} for variable in Variable.values}
        for code in self.in_order():
            found[code.variable][code.code] = code.label
        return found

    def mapping(self, variable, first, last):
        """{code: code it is counted as} in tables of a time: itself, or what has come instead of it."""
        codes = {code.pk: code for code in self.of(variable)}
        valid = set(self.of(variable).valid_within(first, last).values_list("pk", flat=True))
        found = {}
        for code in codes.values():
            counted, seen = code, set()
            while counted.pk not in valid and counted.maps_to_id and counted.pk not in seen:
                seen.add(counted.pk)
                counted = codes[counted.maps_to_id]
            found[code.code] = counted.code
        return found


class Code(models.Model):
    """One value of a variable, with the days on which it may be chosen and what it is counted as afterwards."""

    variable = models.CharField(_("variable"), max_length=10, choices=Variable)
    code = models.SlugField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    name_sv = models.CharField(_("name in Swedish"), max_length=80, blank=True)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    key = models.CharField(_("key"), max_length=1, blank=True, help_text=_("Pressed on the keyboard, it chooses this."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    maps_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("counted afterwards as"),
        help_text=_("So that years stay comparable when a code changes."),
    )

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("code")
        constraints = [
            models.UniqueConstraint(
                fields=["variable", "code"],
                name="code_once_in_variable",
                violation_error_message=_("There is such a code already."),
            ),
            models.CheckConstraint(
                name="code_ends_after_start",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.CheckConstraint(name="code_maps_to_another", condition=Q(maps_to=None) | ~Q(maps_to=F("id"))),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """In the reader's language, in Finnish where there are no words in it."""
        return {"sv": self.name_sv, "en": self.name_en}.get(get_language(), "") or self.name

    @property
    def is_valid_now(self):
        today = timezone.localdate()
        return (self.starts_on or date.min) <= today <= (self.ends_on or date.max)


class ServedAreaQuerySet(models.QuerySet):
    def in_force(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def within(self, first, last):
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=first), starts_on__lte=last)


class ServedArea(models.Model):
    """A municipality whose people the ombudsman serves from one day to another."""

    municipality = models.ForeignKey(
        "directory.Municipality", models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = ServedAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("served municipality")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "starts_on"], name="served_area_once"),
            models.CheckConstraint(
                name="served_area_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day cannot be before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality} {self.starts_on}"


# The law's titles: act 812/2000 until the end of 2023, act 739/2023 from the beginning of 2024.
NEW_TITLE_FROM = date(2024, 1, 1)


def title_on(day):
    """What the office was called on a day."""
    return (
        _("social ombudsman (sosiaaliasiavastaava)")
        if day >= NEW_TITLE_FROM
        else _("social ombudsman (sosiaaliasiamies)")
    )
