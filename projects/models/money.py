"""With whose money a project works."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models import Organisation
from projects.models.part import Part
from publishing.parts import PartQuerySet


class FundingQuerySet(PartQuerySet):
    def visible_to(self, user):
        """Staff see every sum; the public those whose row and project say that they are public."""
        found = super().visible_to(user)
        return found if user.is_staff else found.filter(is_public=True, project__is_money_public=True)

    def in_order(self):
        return self.select_related("organisation").order_by("part", F("year").asc(nulls_first=True), "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Funding(Part):
    """Money from one source: of the whole project or of our share, for one year or for the whole time.

    Who gives it is public; how much is what `is_public` of the row and `is_money_public` of the project say.
    """

    ANCHOR = "rahoitus"

    class Part(models.TextChoices):
        WHOLE = "a_whole", _("the whole project")  # sorts before ours
        OURS = "b_ours", _("our share")

    class Source(models.TextChoices):
        STATE_GRANT = "state_grant", _("state grant")
        ESF = "esf", _("European Social Fund (ESF)")
        RRP = "rrp", _("Sustainable Growth Programme (RRP)")
        KELA = "kela", _("Kela")
        COUNTY = "county", _("wellbeing services county")
        MUNICIPALITY = "municipality", _("municipality")
        OWN = "own", _("own money")
        OTHER = "other", _("other source")

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="fundings", verbose_name=_("project"))
    part = models.CharField(_("of what"), max_length=10, choices=Part, default=Part.WHOLE)
    source = models.CharField(_("source"), max_length=20, choices=Source)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("funder")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(1990), MaxValueValidator(2100)]
    )
    amount = models.PositiveIntegerField(
        _("euros"), null=True, blank=True, validators=[MaxValueValidator(2_000_000_000)]
    )
    is_public = models.BooleanField(_("the sum is public"), default=False)

    objects = FundingQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "part", "source", "organisation", "year"],
                name="funding_once_a_year",
                nulls_distinct=False,
                violation_error_message=_("This source is there for the same year already."),
            ),
            models.CheckConstraint(
                name="funding_year_is_a_year",
                condition=Q(year=None) | Q(year__gte=1990, year__lte=2100),
                violation_error_message=_("Write the year with four digits."),
            ),
        ]

    def __str__(self):
        return f"{self.project}: {self.get_source_display()}"

    @property
    def funder_words(self):
        """Whose money it is: the body where one is named, else the kind of source."""
        return self.organisation.name if self.organisation_id else str(self.get_source_display())
