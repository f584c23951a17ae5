"""Wellbeing services counties, sub-regions and municipalities with their official codes."""

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from publishing.finnish_order import finnish_key_field
from publishing.prose import ProseField
from publishing.search import search_field


class NamedInTwoLanguages(models.Model):
    """An area with its official names."""

    name_fi = models.CharField(_("name in Finnish"), max_length=100)
    name_sv = models.CharField(_("name in Swedish"), max_length=100)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.name_sv if get_language() == "sv" else self.name_fi


class CountyQuerySet(models.QuerySet):
    def ours(self):
        """The counties whose centre this is, in the order in which they are always named."""
        return self.filter(is_ours=True).order_by("position")

    def visible_to(self, user):
        return self.ours()

    def editable_by(self, user):
        """Staff write about our own counties; names and codes come from the official list."""
        return self.ours() if user.is_staff else self.none()

    @transaction.atomic
    def renew(self, rows):
        """Bring codes, names and our own counties up to the official list; texts written by staff stay."""
        for row in rows:
            ours = County.OURS.get(row["code"])
            self.update_or_create(
                code=row["code"],
                defaults={
                    "name_fi": row["name_fi"],
                    "name_sv": row["name_sv"],
                    "short_name": row["short_fi"],
                    "slug": slugify(row["short_fi"]),
                    "is_ours": ours is not None,
                    "position": ours or 0,
                },
            )

    def with_population(self):
        """Inhabitants and the number of municipalities beside each."""
        return self.annotate(
            population=Sum("sub_regions__municipalities__population"),
            municipality_count=models.Count("sub_regions__municipalities"),
        )


@pghistory.track(pghistory.UpdateEvent(), fields=["code", "themes", "introduction"])
class County(NamedInTwoLanguages):
    """A wellbeing services county (hyvinvointialue), under its official code; Helsinki has one as well."""

    # Pirkanmaa, Kanta-Häme and Satakunta own the centre and are always named in this order.
    OURS = {"08": 1, "07": 2, "06": 3}

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    short_name = models.CharField(_("short name"), max_length=60)
    slug = models.SlugField(_("address"), unique=True)
    is_ours = models.BooleanField(_("in our area"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    themes = models.CharField(_("themes"), max_length=250, blank=True)
    introduction = ProseField(_("introduction"))
    search = search_field(a=["short_name", "name_fi", "name_sv"], b=["themes"], prose=["introduction"])

    objects = CountyQuerySet.as_manager()

    class Meta:
        verbose_name = _("wellbeing services county")
        verbose_name_plural = _("wellbeing services counties")
        indexes = [GinIndex(fields=["search"], name="county_search")]

    def __str__(self):
        return self.short_name

    def get_absolute_url(self):
        return reverse("website:region", kwargs={"slug": self.slug})

    @property
    def page_url(self):
        """The address of the county's page; nothing for counties outside our area, which have none."""
        return self.get_absolute_url() if self.is_ours else ""


class SubRegion(models.Model):
    """Municipalities that work together (seutukunta), as in the official classification."""

    name = models.CharField(_("name"), max_length=60)
    county = models.ForeignKey(County, models.CASCADE, related_name="sub_regions", verbose_name=_("county"))
    name_key = finnish_key_field("name")

    class Meta:
        verbose_name = _("sub-region")
        ordering = ["name_key"]
        constraints = [models.UniqueConstraint(fields=["county", "name"], name="sub_region_once_in_county")]

    def __str__(self):
        return self.name


class MunicipalityQuerySet(models.QuerySet):
    @transaction.atomic
    def renew(self, rows):
        """Bring municipalities and sub-regions up to the official list; a sub-region left without any goes."""
        for row in rows:
            sub_region, _created = SubRegion.objects.get_or_create(county_id=row["county_code"], name=row["sub_region"])
            self.update_or_create(
                code=row["code"],
                defaults={
                    "name_fi": row["name_fi"],
                    "name_sv": row["name_sv"],
                    "sub_region": sub_region,
                    "population": int(row["population"]),
                    "population_year": int(row["population_year"]),
                },
            )
        SubRegion.objects.filter(municipalities=None).delete()


class Municipality(NamedInTwoLanguages):
    """A municipality under its official code, with its inhabitants on the last day of a year."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    sub_region = models.ForeignKey(
        SubRegion, models.CASCADE, related_name="municipalities", verbose_name=_("sub-region")
    )
    population = models.PositiveIntegerField(_("inhabitants"))
    population_year = models.PositiveSmallIntegerField(_("year of the inhabitants"))
    name_key = finnish_key_field("name_fi")
    search = search_field(a=["name_fi", "name_sv"])

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        ordering = ["name_key"]
        indexes = [GinIndex(fields=["search"], name="municipality_search")]

    def get_absolute_url(self):
        return f"{self.sub_region.county.get_absolute_url()}#kunta-{self.code}"
