"""Bodies that people represent."""

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models.areas import County
from publishing.finnish_order import finnish_key_field
from publishing.search import words_of
from publishing.web_address import WebAddressField


class OrganisationQuerySet(models.QuerySet):
    def us(self):
        """The centre itself."""
        return self.filter(is_us=True)

    def working(self):
        """Those that have not ceased to exist."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=timezone.localdate()))

    def visible_to(self, user):
        return self.all() if user.is_staff else self.none()

    def editable_by(self, user):
        return self.all() if user.is_staff else self.none()

    def search(self, text):
        """Those whose name or short name holds every word."""
        found = self
        for word in words_of(text):
            found = found.filter(Q(name__icontains=word) | Q(short_name__icontains=word))
        return found

    def in_finnish_order(self):
        return self.order_by("name_key", "pk")

    def for_list(self):
        """All that a row of a list shows."""
        return self.select_related("county").with_people_count().in_finnish_order()

    def with_people_count(self):
        return self.annotate(people_count=models.Count("people", filter=Q(people__left_on=None)))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["name_key"])
class Organisation(models.Model):
    """A body that people represent: a county, a university, an association."""

    class Kind(models.TextChoices):
        WELLBEING_COUNTY = "wellbeing_county", _("wellbeing services county")
        MUNICIPALITY = "municipality", _("municipality")
        JOINT_AUTHORITY = "joint_authority", _("joint municipal authority")
        UNIVERSITY = "university", _("university or college")
        ASSOCIATION = "association", _("association")
        STATE = "state", _("state authority")
        COMPETENCE_CENTRE = "competence_centre", _("competence centre")
        CHURCH = "church", _("church")
        COMPANY = "company", _("company")
        OTHER = "other", _("other")

    name = models.CharField(_("name"), max_length=150)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    county = models.ForeignKey(
        County, models.SET_NULL, null=True, blank=True, related_name="organisations", verbose_name=_("county")
    )
    website = WebAddressField(_("website"), blank=True)
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_us = models.BooleanField(_("this centre"), default=False, editable=False)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    name_key = finnish_key_field("name")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name_key"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="organisation_name_unique",
                violation_error_message=_("There is an organisation of this name already."),
            ),
            models.UniqueConstraint(fields=["is_us"], condition=Q(is_us=True), name="organisation_only_one_is_us"),
        ]
        indexes = [GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="organisation_name_trgm")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("directory:organisation", kwargs={"pk": self.pk})

    @property
    def called(self):
        """The name that people use."""
        return self.short_name or self.name

    @property
    def has_ended(self):
        return self.ended_on is not None and self.ended_on <= timezone.localdate()
