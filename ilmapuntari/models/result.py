"""What is published of a round: rounded figures, written once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import County, Organisation
from ilmapuntari.models.round import Round
from ilmapuntari.models.unit import ReportingUnit


class UnitResult(models.Model):
    """The figures of a unit, computed once after the round closed (rules 4 and 5).

    `figures` holds one item for each statement in the order of the round's instrument, see `rules.unit_figures`; it is
    null when there were too few answers. Nothing hidden is stored.
    """

    class Band(models.TextChoices):
        TOO_FEW = "too_few", _("too few answers")
        FEW = "few", _("5–7 answers")
        SOME = "some", _("8–9 answers")
        EXACT = "exact", _("10 answers or more")

    unit = models.OneToOneField(ReportingUnit, models.CASCADE, primary_key=True, related_name="result")
    band = models.CharField(max_length=10, choices=Band)
    answers = models.PositiveSmallIntegerField(null=True, blank=True)
    figures = models.JSONField(null=True, blank=True)
    comparable = models.JSONField(
        null=True, blank=True, help_text=_("Statement by statement: the level it may be compared with, see rule 7.")
    )
    has_turned_over = models.BooleanField(
        default=False, help_text=_("Over a third of the unit has changed since the round before: no trend (rule 9).")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="result_figures_unless_too_few",
                condition=Q(band="too_few", figures=None, answers=None) | ~Q(band="too_few") & Q(figures__isnull=False),
            ),
            models.CheckConstraint(
                name="result_exact_number_from_ten", condition=Q(answers=None) | Q(band="exact", answers__gte=10)
            ),
        ]

    def __str__(self):
        return str(self.unit_id)

    @property
    def is_shown(self):
        return self.band != self.Band.TOO_FEW


class LevelResult(models.Model):
    """The figures of an organisation, a county or the whole area in a round, where rules 5 and 7 show any.

    `figures` holds one item for each statement, see `tree.levels`: its mean, and from thirty answers its distribution
    in per cent and an interval. Numbers are of the whole level: of each statement they would tell who skipped it.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="levels")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    county = models.ForeignKey(County, models.PROTECT, null=True, blank=True, related_name="+")
    units = models.PositiveIntegerField(help_text=_("With answers in the figures."))
    answers = models.PositiveIntegerField(null=True, blank=True, help_text=_("People, where rule 12 tells of them."))
    left_out = models.BooleanField(default=False, help_text=_("Very small groups are not in the figures."))
    figures = models.JSONField()
    comparable = models.JSONField(
        null=True, blank=True, help_text=_("Statement by statement: beside the level above or not, see rule 7.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organisation", "county"], nulls_distinct=False, name="level_once_in_a_round"
            ),
            models.CheckConstraint(name="level_of_one_thing", condition=Q(organisation=None) | Q(county=None)),
        ]

    def __str__(self):
        return f"{self.round_id} {self.organisation_id or self.county_id or 'all'}"
