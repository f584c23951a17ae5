"""Who sits in a network, for whom, as what and from when to when."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import DateRange
from directory.models import Organisation, Person
from networks.models.network import Network


class MembershipQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Names are for those inside the network; the public sees organisations and numbers."""
        return self.filter(network__in=Network.objects.inside_visible_to(user))

    def editable_by(self, user):
        return self.filter(network__in=Network.objects.editable_by(user))

    def present(self, on=None):
        """Those in force on a day, today unless told."""
        on = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def past(self):
        return self.filter(ends_on__lt=timezone.localdate())

    def invitable(self):
        """Present members who can be written to."""
        return self.present().exclude(person__email="").filter(person__left_on=None)

    def with_names(self):
        """Everything a list of members shows, in Finnish order."""
        return self.select_related("person__organisation", "organisation").order_by(
            "person__family_name_key", "person__given_name_key", "pk"
        )

    def by_organisation(self):
        """How many members each organisation has: rows of name and count, the largest first."""
        return (
            self.values(name=F("organisation__name"))
            .annotate(count=models.Count("pk"), key=models.Min("organisation__name_key"))
            .order_by("-count", "key")
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Membership(models.Model):
    """A person's seat in a network, from one day to another."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        DEPUTY = "deputy", _("deputy member")
        CONVENER = "convener", _("convener")
        CHAIR = "chair", _("chair")
        SECRETARY = "secretary", _("secretary")

    network = models.ForeignKey(Network, models.CASCADE, related_name="memberships", verbose_name=_("network"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation represented"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    starts_on = models.DateField(_("member from"), default=timezone.localdate)
    ends_on = models.DateField(_("member until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The membership cannot end before it starts."),
            ),
            ExclusionConstraint(
                name="membership_once_at_a_time",
                expressions=[
                    ("network", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is a member of the network in that time already."),
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.network}"

    def get_absolute_url(self):
        return f"{self.network.get_absolute_url()}#jasenet"

    @property
    def is_present(self):
        today = timezone.localdate()
        return self.starts_on <= today and (self.ends_on is None or self.ends_on >= today)

    @classmethod
    @transaction.atomic
    def join(cls, network, person, *, role=Role.MEMBER, organisation=None, starts_on=None):
        """The person sits in the network from a day on, and may sign in to see it.

        Somebody who is a member already stays as they are. Returns (membership, whether it is new).
        """
        starts_on = starts_on or timezone.localdate()
        present = cls.objects.filter(network=network, person=person).filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
        membership = present.first()
        if membership:
            return membership, False
        membership = cls.objects.create(
            network=network,
            person=person,
            role=role,
            organisation=organisation or person.organisation,
            starts_on=starts_on,
        )
        return membership, True

    def end(self, *, on=None):
        """The seat is left on a day, today unless told; one that ended earlier stays ended then."""
        on = max(on or timezone.localdate(), self.starts_on)
        type(self).objects.filter(pk=self.pk).filter(Q(ends_on=None) | Q(ends_on__gt=on)).update(ends_on=on)
        self.refresh_from_db(fields=["ends_on"])
