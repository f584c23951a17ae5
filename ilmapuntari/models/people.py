"""The people of teams, who are deliberately not in the directory: a name and an address, here only."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.models import County, Organisation
from publishing.finnish_order import FinnishKey

KEPT_AFTER_LEAVING = timedelta(days=400)  # a year and the round after it; then somebody who left is forgotten


class DatedQuerySet(models.QuerySet):
    """Rows that hold from one day to another."""

    def present(self, on=None):
        on = on or timezone.localdate()
        return self.not_over(on).filter(starts_on__lte=on)

    def not_over(self, on=None):
        """Those that hold on the day, and those to come."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=on or timezone.localdate()))

    def past(self):
        return self.filter(ends_on__lte=timezone.localdate())

    def forgettable(self):
        """Those so long over that the name and the address are needed no more."""
        return self.filter(ends_on__lt=timezone.localdate() - KEPT_AFTER_LEAVING)

    def by_name(self):
        return self.order_by(FinnishKey("name"), "pk")


class Dated(models.Model):
    """Something that holds from one day until another, on which it holds no more."""

    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_present(self):
        today = timezone.localdate()
        return self.starts_on <= today and (self.ends_on is None or self.ends_on > today)

    def leave(self, *, on=None):
        """Holds no more from the day on. Whoever left already stays so."""
        on = on or timezone.localdate()
        if self.ends_on is None or self.ends_on > on:
            self.ends_on = max(on, self.starts_on)
            self.save(update_fields=["ends_on"])

    @property
    def forgotten_on(self):
        """The day on which the name and the address of somebody who left are removed."""
        return self.ends_on + KEPT_AFTER_LEAVING + timedelta(days=1) if self.ends_on else None


class TeamMemberQuerySet(DatedQuerySet):
    def of_teams(self, teams):
        """The members of these teams with all that a table of them shows, team by team."""
        return (
            self.filter(team__in=teams.order_by().values("pk"))
            .select_related("team__organisation", "team__county")
            .order_by("team__organisation__name_key", "team__name_key", "team", FinnishKey("name"), "pk")
        )


class TeamMember(Dated):
    """Somebody who answers with the team: a name and an address."""

    team = models.ForeignKey("Team", models.CASCADE, related_name="members")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of the team")
        constraints = [
            models.UniqueConstraint(
                "team",
                Lower("email"),
                condition=Q(ends_on=None),
                name="team_member_once",
                violation_error_message=_("This address is in the team already."),
            )
        ]

    def __str__(self):
        return self.name

    @transaction.atomic
    def leave(self, *, on=None):
        """Answers with the team no more; what a leader had proposed about the person is void."""
        super().leave(on=on)
        self.proposals.open().delete()

    @property
    def other_team(self):
        """The name of another team in which the address is too, if any: it is invited once in a round (rule 3)."""
        others = TeamMember.objects.not_over().filter(email__iexact=self.email, team__ended_on=None)
        return others.exclude(team=self.team_id).values_list("team__name", flat=True).first()

    def come_back(self):
        """Leaving was a mistake: as if it had not been. A ValidationError when the address is in the team again."""
        self.ends_on = None
        self.full_clean()
        self.save(update_fields=["ends_on"])


class Lead(Dated):
    """Somebody leads a team: sees its results when signed in, and proposes changes to its list."""

    team = models.ForeignKey("Team", models.CASCADE, related_name="leads")
    user = models.ForeignKey(User, models.CASCADE, related_name="leads")
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("leader of the team")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                condition=Q(ends_on=None),
                name="lead_once",
                violation_error_message=_("This person leads the team already."),
            )
        ]

    def __str__(self):
        return self.name

    @classmethod
    @transaction.atomic
    def appoint(cls, team, name, email, *, starts_on=None):
        """The person leads the team from the day on and may sign in by a code sent to the address.

        Somebody who leads it already stays as they are.
        """
        user = User.objects.open_account(email.strip())
        starts_on = starts_on or timezone.localdate()
        lead, _new = cls.objects.get_or_create(
            team=team, user=user, ends_on=None, defaults={"name": name, "starts_on": starts_on}
        )
        return lead


class Manager(Dated):
    """Somebody who answers for an organisation's or a county's teams and sees what the rules show of them."""

    user = models.ForeignKey(User, models.CASCADE, related_name="ilmapuntari_managed")
    name = models.CharField(_("name"), max_length=120)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    county = models.ForeignKey(
        County, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("wellbeing services county")
    )

    class Meta:
        verbose_name = _("manager")
        constraints = [
            models.CheckConstraint(
                name="manager_of_one_thing",
                condition=Q(organisation=None, county__isnull=False) | Q(organisation__isnull=False, county=None),
                violation_error_message=_("Choose an organisation or a county, not both."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def what(self):
        """What the person answers for."""
        return str(self.organisation or self.county)

    @classmethod
    @transaction.atomic
    def appoint(cls, name, email, *, organisation=None, county=None, starts_on=None):
        """The person sees the organisation's or the county's results from the day on. A second time changes nothing."""
        user = User.objects.open_account(email.strip())
        starts_on = starts_on or timezone.localdate()
        manager, _new = cls.objects.get_or_create(
            user=user, organisation=organisation, county=county, ends_on=None,
            defaults={"name": name, "starts_on": starts_on},
        )  # fmt: skip
        return manager
