"""Teams and their people, who are deliberately not in the directory: a name and an address, here only."""

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.models import County, Organisation
from publishing.finnish_order import finnish_key_field
from publishing.models import free_slug


class DatedQuerySet(models.QuerySet):
    """Rows that hold from one day to another."""

    def present(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The coordinator and the director see all; leaders their own teams, managers those of their organisation."""
        if not user.is_authenticated:
            return self.none()
        if user.is_coordinator or user.is_director:
            return self.all()
        leads = Lead.objects.present().filter(user=user, team=OuterRef("pk"))
        managed = Manager.objects.present().filter(
            Q(organisation=OuterRef("organisation")) | Q(county=OuterRef("county")), user=user
        )
        return self.filter(Exists(leads) | Exists(managed))

    def led_by(self, user):
        """Those the user leads today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Exists(Lead.objects.present().filter(user=user, team=OuterRef("pk"))))

    def agreeable_by(self, user):
        """Those whose agreed actions the user may keep: the leader's own, the organisation's manager's, all for us."""
        return self.visible_to(user)

    def editable_by(self, user):
        """The coordinator keeps the teams."""
        return self.all() if user.is_authenticated and user.is_coordinator else self.none()

    def working(self):
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=timezone.localdate()))

    def in_finnish_order(self):
        return self.order_by("name_key", "pk")

    def with_member_count(self):
        members = TeamMember.objects.present().filter(team=OuterRef("pk")).order_by().values("team")
        count = models.Subquery(members.annotate(count=models.Count("pk")).values("count"))
        return self.annotate(member_count=models.functions.Coalesce(count, 0))

    def for_list(self):
        return self.select_related("organisation", "county").with_member_count().in_finnish_order()


class Team(models.Model):
    """People who work together and answer together."""

    class Service(models.TextChoices):
        CHILD_PROTECTION = "child_protection", _("child protection")
        FAMILY_SOCIAL_WORK = "family_social_work", _("family social work")
        ASSESSMENT = "assessment", _("assessment of need")
        AFTERCARE = "aftercare", _("aftercare")
        FOSTER_CARE = "foster_care", _("foster care")
        FAMILY_WORK = "family_work", _("family work")
        OTHER = "other", _("other service for families")

    RESERVED_SLUGS = frozenset({"uusi", "tuonti", "ehdotukset"})  # addresses of ours beside those of teams

    name = models.CharField(_("name"), max_length=120)
    name_key = finnish_key_field("name")
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ilmapuntari_teams", verbose_name=_("organisation")
    )
    county = models.ForeignKey(County, models.PROTECT, related_name="+", verbose_name=_("wellbeing services county"))
    service = models.CharField(_("service"), max_length=30, choices=Service, default=Service.CHILD_PROTECTION)
    leader_answers_with_team = models.BooleanField(
        _("the leader answers with the team"),
        default=False,
        help_text=_("Otherwise leaders answer in the leaders' unit of their county."),
    )
    slips = models.PositiveSmallIntegerField(
        _("paper slips"),
        default=0,
        help_text=_("For a team without e-mail: how many unnamed slips are printed instead of letters."),
    )
    started_on = models.DateField(_("joined the Ilmapuntari"), default=timezone.localdate)
    ended_on = models.DateField(_("left the Ilmapuntari"), null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                "organisation",
                condition=Q(ended_on=None),
                name="team_name_once_in_an_organisation",
                violation_error_message=_("The organisation has a team of this name already."),
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("ilmapuntari:team", kwargs={"slug": self.slug})

    @property
    def is_working(self):
        return self.ended_on is None or self.ended_on > timezone.localdate()

    @classmethod
    @transaction.atomic
    def found(cls, *, on=None, **fields):
        """A new team, with the first line of its history."""
        on = on or timezone.localdate()
        team = cls(slug=free_slug(cls, fields["name"]), started_on=on, **fields)
        team.full_clean(exclude=["slug"])
        team.save()
        team.changes.create(kind=TeamChange.Kind.FOUNDED, on=on, name=team.name)
        return team

    @transaction.atomic
    def rename(self, name, *, on=None, by=None):
        """Another name for the same team; its results go on. The same name again changes nothing."""
        if name == self.name:
            return
        old, self.name = self.name, name
        self.full_clean(exclude=["slug"])
        self.save(update_fields=["name"])
        self.changes.create(kind=TeamChange.Kind.RENAMED, on=on or timezone.localdate(), name=old, by=by)

    @transaction.atomic
    def join_into(self, other, *, on=None, by=None):
        """The team ends and its people work in the other from now on. The trend goes on in the other."""
        on = on or timezone.localdate()
        there = set(other.members.present(on).values_list(Lower("email"), flat=True))
        for member in self.members.present(on):
            member.leave(on=on)
            if member.email.lower() not in there:
                other.members.create(name=member.name, email=member.email, starts_on=on)
        self.leads.present(on).update(ends_on=on)
        self.end(on=on)
        self.changes.create(kind=TeamChange.Kind.JOINED, on=on, name=self.name, other=other, by=by)

    @transaction.atomic
    def split_off(self, name, members, *, on=None, by=None):
        """A new team of some of these people; its trend goes on from this one's. Returns the new team."""
        on = on or timezone.localdate()
        new = Team.found(on=on, name=name, organisation=self.organisation, county=self.county, service=self.service)
        for member in self.members.present(on).filter(pk__in=[member.pk for member in members]):
            member.leave(on=on)
            new.members.create(name=member.name, email=member.email, starts_on=on)
        new.changes.create(kind=TeamChange.Kind.SPLIT, on=on, name=self.name, other=self, by=by)
        return new

    def end(self, *, on=None):
        """The team takes part no more; what was published stays."""
        self.ended_on = on or timezone.localdate()
        self.save(update_fields=["ended_on"])

    @property
    def ancestors(self):
        """The teams in whose results this one's trend goes on, nearest first: [(team, until day)]."""
        found, seen, wave = [], {self.pk}, [self]
        while wave:
            splits = TeamChange.objects.filter(team__in=wave, kind=TeamChange.Kind.SPLIT).select_related("other")
            joins = TeamChange.objects.filter(other__in=wave, kind=TeamChange.Kind.JOINED).select_related("team")
            pairs = [(change.other, change.on) for change in splits] + [(change.team, change.on) for change in joins]
            wave = []
            for team, on in sorted(pairs, key=lambda pair: pair[1], reverse=True):
                if team.pk not in seen:
                    seen.add(team.pk)
                    found.append((team, on))
                    wave.append(team)
        return found


class TeamChange(models.Model):
    """A dated fact of a team's life: founded, renamed, joined into another, split off from another."""

    class Kind(models.TextChoices):
        FOUNDED = "founded", _("came along")
        RENAMED = "renamed", _("got a new name")
        JOINED = "joined", _("joined another team")
        SPLIT = "split", _("split off from another team")

    team = models.ForeignKey(Team, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField(_("day"))
    name = models.CharField(_("name then"), max_length=120)
    other = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self):
        return f"{self.on} {self.team_id} {self.kind}"


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
        if self.ends_on is None:
            self.ends_on = max(on or timezone.localdate(), self.starts_on)
            self.save(update_fields=["ends_on"])


class TeamMember(Dated):
    """Somebody who answers with the team: a name and an address."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))

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


class Lead(Dated):
    """Somebody leads a team: sees its results when signed in, and proposes changes to its list."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="leads")
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


class MemberProposalQuerySet(models.QuerySet):
    def open(self):
        return self.filter(decided_at=None)

    def decidable_by(self, user):
        return self.open() if user.is_authenticated and user.is_coordinator else self.none()


class MemberProposal(models.Model):
    """A leader's wish to change the team's list; the coordinator confirms it (rule 3 of the privacy page)."""

    class Kind(models.TextChoices):
        ADD = "add", _("joins the team")
        REMOVE = "remove", _("leaves the team")
        CHANGE = "change", _("name or address changes")

    team = models.ForeignKey(Team, models.CASCADE, related_name="proposals")
    kind = models.CharField(_("change"), max_length=10, choices=Kind)
    member = models.ForeignKey(TeamMember, models.CASCADE, null=True, blank=True, related_name="proposals")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    proposed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_accepted = models.BooleanField(null=True)

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

    @transaction.atomic
    def accept(self, *, by):
        """Carry the change out. A proposal that has been decided on stays as it was decided."""
        if not self._decide(accepted=True, by=by):
            return
        if self.kind == self.Kind.ADD:
            there = self.team.members.present().filter(email__iexact=self.email)
            if not there.exists():
                self.team.members.create(name=self.name, email=self.email.lower())
        elif self.kind == self.Kind.REMOVE:
            self.member.leave()
        else:
            TeamMember.objects.filter(pk=self.member_id).update(name=self.name, email=self.email.lower())

    def refuse(self, *, by):
        """Leave the list as it is."""
        self._decide(accepted=False, by=by)

    def _decide(self, *, accepted, by):
        decided = MemberProposal.objects.filter(pk=self.pk, decided_at=None).update(
            decided_at=timezone.now(), decided_by=by, is_accepted=accepted
        )
        self.refresh_from_db()
        return bool(decided)
