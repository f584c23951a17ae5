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
from ilmapuntari.sealed_box import SPARE

SPARE_NUMBERS = range(1, SPARE + 1)
JOINING_ENDS = timedelta(days=2)  # our own, before the closing: the letter that names a newcomer has to be read in time
TOLD_IN_HALVES = 8  # our own: with so few people or fewer, finer steps of progress would be exact numbers


def spare_name(number):
    """What a spare code is derived from, in the place of somebody invited."""
    return f"spare-{number}"


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
        """Those that can get numbers: large enough (rule 2), and for the gate too."""
        return self.filter(self.model.IS_MEASURED)

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

    # The same as `not is_too_small`: half of five people or more is never the larger part of the gate.
    IS_MEASURED = Q(invited__gt=rules.SMALL_TEAM) & (
        Q(leader_inside=False, invited__gte=F("round__floor")) | Q(leader_inside=True, invited__gt=F("round__floor"))
    )

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
        """Four or fewer (rule 2), or so few that not even everybody's answers would be enough."""
        invited = self.invited or 0
        return rules.is_too_small(invited) or self.gate > invited

    def slip_teams(self):
        """Its teams that answer from slips of paper, with how many slips each has."""
        slips = self.invitees.filter(slip_of__isnull=False)
        counted = Team.objects.filter(pk__in=slips.values("slip_of"))
        count = models.Count("unit_teams__unit__invitees", filter=Q(unit_teams__unit__invitees__slip_of=F("pk")))
        return counted.filter(unit_teams__unit=self).annotate(slip_count=count)

    # Joining while the round is open ---------------------------------------------------------------------------------

    @property
    def spares(self):
        """The numbers of the codes in its box that nobody has, in order."""
        taken = set(self.invitees.exclude(spare=None).values_list("spare", flat=True))
        return [number for number in SPARE_NUMBERS if number not in taken]

    @property
    def why_nobody_joins(self):
        """The reason in a sentence; empty while somebody can join.

        Asked of what is told to everybody and never of the box: a refusal must not tell how many have answered.
        """
        if self.is_leaders or not self.is_sealed or not self.round.is_open:
            return gettext("Nobody can join this unit now.")
        if timezone.now() > self.round.closes_at - JOINING_ENDS:
            return gettext("Nobody can join in the last two days: everybody has to hear of a newcomer in time.")
        if self.progress >= self.Progress.HALF:
            return gettext("Half have answered, so nobody can join any more.")
        if not self.spares:
            return gettext("%(count)s people have joined already, and more cannot.") % {"count": SPARE}
        return ""

    def possible_joiners(self):
        """Members of its teams whom nobody has invited in this round, while they can still come in."""
        if self.why_nobody_joins:
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
    def let_in(self, members):
        """These people are invited from now on, each with a spare code, for as long as there are any; N and the gate
        rise. Nothing is written that has to do with a code. Returns the new invitees.
        """
        self.round = type(self.round).objects.select_for_update(no_key=True).get(pk=self.round_id)
        self.refresh_from_db(fields=["invited", "invitations", "is_sealed", "progress"])
        allowed = self.possible_joiners().filter(pk__in=[member.pk for member in members])
        by_address = {member.address: member for member in allowed}
        joiners = [
            Invitee(
                unit=self, round_id=self.round_id, member=member, name=member.name, email=address, spare=number
            )
            for (address, member), number in zip(by_address.items(), self.spares, strict=False)
        ]  # fmt: skip
        Invitee.objects.bulk_create(joiners)
        self.invited += len(joiners)
        self.save(update_fields=["invited"])
        return joiners

    def renew_secret(self):
        """The old result link works no more."""
        self.result_secret = new_secret()
        self.save(update_fields=["result_secret"])

    def step_of(self, answers):
        """How far answering has come, in the only steps that are told (rule 10); of few people only whether half."""
        if answers and answers * 2 >= (self.invited or 0):
            return self.Progress.HALF
        if not answers or self.is_told_in_halves:
            return self.Progress.NONE
        return self.Progress.THIRD if answers >= math.ceil((self.invited or 0) / 3) else self.Progress.STARTED

    @property
    def is_told_in_halves(self):
        return (self.invited or 0) <= TOLD_IN_HALVES

    @property
    def progress_words(self):
        if self.is_told_in_halves and self.progress < self.Progress.HALF:
            return gettext("half not reached yet")
        return self.get_progress_display()


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
    spare = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Joined while the round was open, with this one of the unit's spare codes.")
    )

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
            ),
            models.UniqueConstraint(fields=["unit", "spare"], name="spare_code_taken_once"),
            models.CheckConstraint(
                name="spare_code_that_is_in_the_box", condition=Q(spare__gte=1, spare__lte=SPARE) | Q(spare=None)
            ),
        ]

    def __str__(self):
        return self.name or str(self.pk)

    @property
    def code_name(self):
        """What the code is derived from."""
        return spare_name(self.spare) if self.spare else self.pk
