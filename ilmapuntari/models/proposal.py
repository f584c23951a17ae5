"""What leaders wish to change in the lists of their teams, until and after the coordinator decides."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ilmapuntari.models.people import Lead, Manager, TeamMember
from ilmapuntari.models.team import Team


class MemberProposalQuerySet(models.QuerySet):
    def open(self):
        return self.filter(decided_at=None)

    def visible_to(self, user):
        """The coordinator decides, the director sees; leaders see those of their own teams."""
        return self.filter(team__in=Team.objects.with_names_visible_to(user))

    def decidable_by(self, user):
        return self.open() if user.is_authenticated and user.is_coordinator else self.none()

    def own_of(self, user):
        """Waiting ones that the user made and may take back."""
        return self.open().filter(proposed_by=user) if user.is_authenticated else self.none()

    def lately_decided(self):
        return self.filter(decided_at__gt=timezone.now() - MemberProposal.SHOWN)

    def forgettable(self):
        """Decided so long ago that the names in them are needed no more."""
        return self.filter(decided_at__lt=timezone.now() - MemberProposal.KEPT)

    def with_twice(self):
        """Whether accepting would put an address twice in the team; and whether it is in another team."""
        same = TeamMember.objects.not_over().filter(email__iexact=OuterRef("email"))
        here = same.filter(team=OuterRef("team")).exclude(pk=Coalesce(OuterRef("member"), 0))
        elsewhere = same.exclude(team=OuterRef("team")).order_by("pk").values("team__name")[:1]
        return self.annotate(is_twice=Exists(here), other_team=models.Subquery(elsewhere))

    def for_page(self):
        """All that a row of the page shows, the oldest first."""
        return (
            self.with_twice()
            .select_related("team__organisation", "member", "proposed_by")
            .annotate(
                leader=models.Subquery(
                    Lead.objects.filter(team=OuterRef("team"), user=OuterRef("proposed_by"))
                    .order_by("-pk")
                    .values("name")[:1]
                )
            )
            .order_by("proposed_at", "pk")
        )

    def accept_all(self, *, by):
        """Carry out each, the oldest first. Returns how many were, and those that would put an address twice."""
        accepted, left = 0, []
        for proposal in self.select_related("team", "member").order_by("proposed_at", "pk"):
            try:
                accepted += proposal.accept(by=by)
            except ValidationError:
                left.append(proposal)
        return accepted, left

    def refuse_all(self, *, by):
        """Leave the lists as they are. Returns how many were refused."""
        return sum(proposal.refuse(by=by) for proposal in self)


class MemberProposal(models.Model):
    """A leader's wish to change the team's list; the coordinator confirms it (rule 3 of the privacy page)."""

    class Kind(models.TextChoices):
        ADD = "add", _("joins the team")
        REMOVE = "remove", _("leaves the team")
        CHANGE = "change", _("name or address changes")

    SHOWN = timedelta(days=30)  # the leader sees so long what was decided
    KEPT = timedelta(days=90)

    team = models.ForeignKey(Team, models.CASCADE, related_name="proposals")
    kind = models.CharField(_("change"), max_length=10, choices=Kind)
    member = models.ForeignKey(TeamMember, models.CASCADE, null=True, blank=True, related_name="proposals")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    proposed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_accepted = models.BooleanField(null=True, blank=True)

    objects = MemberProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="proposal_names_whom",
                condition=Q(kind="add", member=None) & ~Q(name="") & ~Q(email="")
                | Q(kind="remove", member__isnull=False)
                | Q(kind="change", member__isnull=False) & ~Q(name="") & ~Q(email=""),
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(decided_at=None),
                name="proposal_one_open_for_a_member",
                violation_error_message=_("A change for this person is waiting already."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.name or self.member}"

    def clean(self):
        if self.kind == self.Kind.REMOVE or not self.email or not self.team_id:
            return
        self.email = self.email.lower()
        self.check_address()
        waiting = self.team.proposals.open().exclude(pk=self.pk).filter(kind=self.Kind.ADD, email__iexact=self.email)
        if self.kind == self.Kind.ADD and waiting.exists():
            raise ValidationError({"email": _("This address has been proposed and waits for the coordinator.")})

    def check_address(self):
        """A ValidationError when accepting would put the address twice in the team."""
        members = self.team.members.not_over().exclude(pk=self.member_id).filter(email__iexact=self.email)
        if self.kind != self.Kind.REMOVE and members.exists():
            raise ValidationError({"email": _("This address is in the team already.")}, code="twice")

    @property
    def is_waiting(self):
        return self.decided_at is None

    @property
    def outcome(self):
        """What the coordinator decided, in a word; nothing while it waits."""
        if self.is_waiting:
            return ""
        return gettext("accepted") if self.is_accepted else gettext("refused")

    @property
    def who(self):
        """Whom it is about, by the name in the team's list or the new one."""
        return self.member.name if self.member else self.name

    @classmethod
    def propose(cls, team, kind, *, by, member=None, name="", email=""):
        """A leader's wish, to wait for the coordinator; a ValidationError says why it cannot be one."""
        proposal = cls(team=team, kind=kind, member=member, name=name, email=email, proposed_by=by)
        proposal.full_clean()
        proposal.save()
        return proposal

    def take_back(self):
        """The leader thought better of it. A proposal that has been decided on stays. Returns whether it was gone."""
        gone, _rows = MemberProposal.objects.open().filter(pk=self.pk).delete()
        return bool(gone)

    @transaction.atomic
    def accept(self, *, by):
        """Carry the change out. A proposal that has been decided on stays as it was decided.

        A ValidationError when it would put an address twice in the team; then it goes on waiting. Returns whether it
        was carried out just now.
        """
        Team.objects.select_for_update(of=("self",)).get(pk=self.team_id)
        if self.is_waiting:
            self.check_address()
        if not self._decide(accepted=True, by=by):
            return False
        if self.kind == self.Kind.ADD:
            self.team.members.create(name=self.name, email=self.email.lower())
        elif self.kind == self.Kind.REMOVE:
            self.member.leave()
        else:
            TeamMember.objects.filter(pk=self.member_id).update(name=self.name, email=self.email.lower())
        return True

    def refuse(self, *, by):
        """Leave the list as it is. Returns whether it was refused just now."""
        return self._decide(accepted=False, by=by)

    def _decide(self, *, accepted, by):
        decided = MemberProposal.objects.filter(pk=self.pk, decided_at=None).update(
            decided_at=timezone.now(), decided_by=by, is_accepted=accepted
        )
        self.refresh_from_db()
        return bool(decided)


@transaction.atomic
def forget_the_gone():
    """Remove the names and addresses of those who left over a year ago; for the nightly sweep. Returns how many.

    Results are of units and hold no names, and an invitation outlives the member it was made for, so nothing
    published changes. A round to come counts whoever was forgotten as somebody else.
    """
    gone = [
        rows.delete()[0]
        for rows in (
            TeamMember.objects.forgettable(),
            Lead.objects.forgettable(),
            Manager.objects.forgettable(),
            MemberProposal.objects.forgettable(),
        )
    ]
    return sum(gone)
