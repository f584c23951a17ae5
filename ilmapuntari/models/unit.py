"""The units that get a result from a round, and who is invited to them."""

import math
import secrets
import uuid
from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.models import County, Organisation
from ilmapuntari import rules
from ilmapuntari.models.people import Lead, TeamMember
from ilmapuntari.models.team import Team


def new_secret():
    """128 random bits for a link."""
    return secrets.token_urlsafe(16)


class ReportingUnitQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those whose result the user may see when signed in."""
        if not user.is_authenticated:
            return self.none()
        if user.is_coordinator or user.is_director:
            return self.all()
        return self.filter(pk__in=UnitTeam.objects.filter(team__in=Team.objects.visible_to(user)).values("unit"))

    def measured(self):
        """Those that can get numbers: large enough (rule 2)."""
        return self.filter(invited__gt=rules.SMALL_TEAM)

    def to_invite(self):
        """Somebody in them has no invitation written yet: nobody has, or people have joined."""
        return self.filter(invited__gt=F("invitations"))

    def to_part_from(self):
        """Somebody's name and address stand in their lists."""
        return self.filter(models.Exists(Invitee.objects.filter(unit=models.OuterRef("pk")).exclude(email="")))


class ReportingUnit(models.Model):
    """One team, or several small ones joined, in one round. Its key is the address at which it answers."""

    class Kind(models.TextChoices):
        TEAM = "team", _("team")
        JOINED = "joined", _("teams together")
        LEADERS = "leaders", _("leaders")

    class Progress(models.IntegerChoices):
        NONE = 0, _("not started")
        STARTED = 1, _("started")
        THIRD = 2, _("about a third")
        HALF = 3, _("half reached")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("ilmapuntari.Round", models.CASCADE, related_name="units")
    kind = models.CharField(max_length=10, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    county = models.ForeignKey(County, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200, blank=True)
    teams = models.ManyToManyField(Team, through="UnitTeam", related_name="units")
    invited = models.PositiveSmallIntegerField(_("invited"), null=True, blank=True)
    leader_inside = models.BooleanField(default=False)
    is_sealed = models.BooleanField(default=False, help_text=_("Its codes are in its box."))
    progress = models.PositiveSmallIntegerField(choices=Progress, default=Progress.NONE)
    invitations = models.PositiveSmallIntegerField(
        default=0, help_text=_("For how many of those invited the invitations are written.")
    )
    reminders = models.PositiveSmallIntegerField(default=0, help_text=_("How many reminders are written."))
    result_secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)

    objects = ReportingUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting unit")
        constraints = [
            models.CheckConstraint(
                name="unit_of_leaders_or_of_an_organisation",
                condition=Q(kind="leaders") | Q(organisation__isnull=False),
            )
        ]

    def __str__(self):
        return self.title

    @property
    def is_leaders(self):
        return self.kind == self.Kind.LEADERS

    @property
    def title(self):
        """What the unit is called on pages and in letters."""
        if not self.is_leaders:
            return self.name
        area = self.organisation.called if self.organisation else self.county.short_name
        return gettext("Leaders of teams, %(area)s") % {"area": area}

    @property
    def answer_url(self):
        return reverse("ilmapuntari:answer", kwargs={"pk": self.pk})

    @property
    def result_url(self):
        return reverse("ilmapuntari:result", kwargs={"secret": self.result_secret})

    @property
    def gate(self):
        """How many answers a result needs; frozen with N."""
        return rules.gate(self.invited or 0, leader_inside=self.leader_inside, floor=self.round.floor)

    @property
    def is_too_small(self):
        return rules.is_too_small(self.invited or 0)

    def slip_teams(self):
        """Its teams that answer from slips of paper, with how many slips each has."""
        slips = self.invitees.filter(slip_of__isnull=False)
        counted = Team.objects.filter(pk__in=slips.values("slip_of"))
        count = models.Count("unit_teams__unit__invitees", filter=Q(unit_teams__unit__invitees__slip_of=F("pk")))
        return counted.filter(unit_teams__unit=self).annotate(slip_count=count)

    def possible_joiners(self):
        """Members of its teams whom nobody has invited in this round, while they can still come in."""
        if self.is_leaders or not self.is_sealed or not self.round.is_open:
            return TeamMember.objects.none()
        invited = Invitee.objects.filter(round=self.round_id).with_address()
        return (
            TeamMember.objects.present()
            .filter(team__in=self.unit_teams.values("team"), team__slips=0)
            .annotate(address=Lower("email"))
            .exclude(address__in=invited.values("email"))
            .order_by("name", "pk")
        )

    @transaction.atomic
    def expect(self, members):
        """These people join in the next nightly batch if answers are below the gate then. Returns how many are new."""
        allowed = self.possible_joiners().filter(pk__in=[member.pk for member in members])
        tomorrow = timezone.localdate() + timedelta(days=1)
        joiners = [
            Invitee(
                unit=self, round_id=self.round_id, member=member, name=member.name, email=member.address,
                joins_on=tomorrow,
            )
            for member in allowed
        ]  # fmt: skip
        Invitee.objects.bulk_create(joiners, ignore_conflicts=True)
        return len(joiners)

    def renew_secret(self):
        """The old result link works no more."""
        self.result_secret = new_secret()
        self.save(update_fields=["result_secret"])

    def step_of(self, answers):
        """How far answering has come, in the only three steps that are told (rule 10)."""
        if not answers:
            return self.Progress.NONE
        if answers * 2 >= (self.invited or 0):
            return self.Progress.HALF
        return self.Progress.THIRD if answers >= math.ceil((self.invited or 0) / 3) else self.Progress.STARTED


class UnitTeam(models.Model):
    """That a team answers in a unit of a round: in one unit only."""

    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="unit_teams")
    round = models.ForeignKey("ilmapuntari.Round", models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, related_name="unit_teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "team"], name="team_in_one_unit_of_a_round")]

    def __str__(self):
        return f"{self.team_id} {self.unit_id}"


class InviteeQuerySet(models.QuerySet):
    def in_the_box(self):
        """Those whose code is in the box of their unit, or will be before it opens."""
        return self.filter(joins_on=None, is_refused=False)

    def waiting_to_join(self):
        """Added while the round is open, and not let in by a nightly batch yet."""
        return self.filter(joins_on__isnull=False, is_refused=False)

    def with_address(self):
        return self.exclude(email="")

    def forget(self):
        """Names and addresses go; that somebody was invited stays."""
        return self.with_address().update(name="", email="")


class Invitee(models.Model):
    """Somebody invited to answer in a unit, as the list stood when it was frozen. Says nothing of answering."""

    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="invitees")
    round = models.ForeignKey("ilmapuntari.Round", models.CASCADE, related_name="+")
    member = models.ForeignKey(TeamMember, models.SET_NULL, null=True, blank=True, related_name="+")
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, blank=True, related_name="+")
    slip_of = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    joins_on = models.DateField(
        _("added while open"), null=True, blank=True, help_text=_("Gets a code in the next nightly batch.")
    )
    is_refused = models.BooleanField(default=False)

    objects = InviteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("invited person")
        constraints = [
            models.UniqueConstraint(
                "round",
                Lower("email"),
                condition=~Q(email=""),
                name="address_invited_once_in_a_round",
                violation_error_message=_("This address is invited in this round already."),
            )
        ]

    def __str__(self):
        return self.name or str(self.pk)
