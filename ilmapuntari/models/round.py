"""A round of answering, and the units that get a result from it."""

import math
import secrets
import uuid
from datetime import datetime, time, timedelta

import holidays
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.models import County, Organisation
from ilmapuntari import rules
from ilmapuntari.models.instrument import Instrument
from ilmapuntari.models.team import Lead, Team, TeamMember

HOLIDAYS = holidays.country_holidays("FI")
OWN_LEADERS_UNIT = 8  # leaders of an organisation answer in a unit of their own from so many on (rule 14)


def new_secret():
    """128 random bits for a link."""
    return secrets.token_urlsafe(16)


def next_working_day_at_seven(moment):
    """07:00 on the next working day after a moment: when results are promised (rule 4)."""
    day = timezone.localtime(moment).date() + timedelta(days=1)
    while day.weekday() > 4 or day in HOLIDAYS:
        day += timedelta(days=1)
    return datetime.combine(day, time(7), timezone.get_default_timezone())


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The pages of a round are for the coordinator and the director."""
        allowed = user.is_authenticated and (user.is_coordinator or user.is_director)
        return self.all() if allowed else self.none()

    def editable_by(self, user):
        return self.all() if user.is_authenticated and user.is_coordinator else self.none()

    def published(self):
        return self.filter(published_at__isnull=False)

    def under_way(self):
        """Planned to open, open or closed, and not called off: what the sweep looks at."""
        return self.filter(called_off_at=None).exclude(scheduled_at=None)

    def to_freeze(self):
        """Their lists are frozen and their codes made shortly before they open."""
        soon = timezone.now() + Round.PREPARED_AHEAD
        return self.under_way().filter(frozen_at=None, opens_at__lte=soon)

    def to_open(self):
        return self.under_way().filter(sealed_at__isnull=False, opened_at=None, opens_at__lte=timezone.now())

    def open(self):
        return self.under_way().filter(opened_at__isnull=False, closed_at=None)

    def to_close(self):
        return self.open().filter(closes_at__lte=timezone.now())

    def to_compute(self):
        return self.under_way().filter(closed_at__isnull=False, computed_at=None)

    def to_publish(self):
        return self.under_way().filter(computed_at__isnull=False, published_at=None, publishes_at__lte=timezone.now())

    def codes_useless(self):
        """Nobody can answer with a code any more, so the key that derives them is not needed either."""
        return self.filter(Q(closed_at__isnull=False) | Q(called_off_at__isnull=False, frozen_at__isnull=False)).filter(
            archived_at=None
        )

    def to_destroy(self):
        """The levels are computed, or sixty days have gone since the closing; called off ones at once (rule 13)."""
        late = timezone.now() - Round.KEPT_SEALED
        return self.filter(destroyed_at=None).filter(
            Q(computed_at__isnull=False)
            | Q(closed_at__lte=late)
            | Q(called_off_at__isnull=False, frozen_at__isnull=False)
        )


class Round(models.Model):
    """One round: all its teams answer in the same weeks, and their results are published together."""

    class Season(models.TextChoices):
        WINTER = "winter", _("winter")
        SPRING = "spring", _("spring")
        SUMMER = "summer", _("summer")
        AUTUMN = "autumn", _("autumn")

    class Step(models.TextChoices):
        PLANNED = "planned", _("being planned")
        SCHEDULED = "scheduled", _("opens by itself")
        PREPARED = "prepared", _("being prepared")
        OPEN = "open", _("open")
        CLOSED = "closed", _("being computed")
        COMPUTED = "computed", _("waits for publishing")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")
        CALLED_OFF = "called_off", _("called off")

    ORDER = {"winter": 1, "spring": 2, "summer": 3, "autumn": 4}
    PREPARED_AHEAD = timedelta(minutes=30)  # a national round's codes take minutes to make and to seal
    KEPT_SEALED = timedelta(days=60)  # rule 13 of the privacy page
    MOST_REMINDERS = 2  # rule 11

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text=_("Names the round's keys."))
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="rounds", verbose_name=_("version"))
    year = models.PositiveSmallIntegerField(_("year"))
    season = models.CharField(_("season"), max_length=10, choices=Season)
    season_order = models.GeneratedField(
        expression=models.Case(
            models.When(season="winter", then=1),
            models.When(season="spring", then=2),
            models.When(season="summer", then=3),
            default=4,
            output_field=models.SmallIntegerField(),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    publishes_at = models.DateTimeField(_("results are published"))
    floor = models.PositiveSmallIntegerField(
        _("answers needed at least"), default=5, help_text=_("Five can be raised, never lowered.")
    )
    first_reminder_at = models.DateTimeField(_("first reminder"), null=True, blank=True)
    second_reminder_at = models.DateTimeField(_("second reminder"), null=True, blank=True)
    first_reminded_at = models.DateTimeField(null=True, blank=True)
    second_reminded_at = models.DateTimeField(null=True, blank=True)

    scheduled_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    scheduled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    frozen_at = models.DateTimeField(_("lists frozen"), null=True, blank=True)
    sealed_at = models.DateTimeField(_("codes sealed"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    resealed_on = models.DateField(_("last nightly sealing"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    destroyed_at = models.DateTimeField(_("answers destroyed"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    called_off_at = models.DateTimeField(_("called off"), null=True, blank=True)
    called_off_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        ordering = ["-year", "-season_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "season"],
                condition=Q(called_off_at=None),
                name="round_once_in_a_season",
                violation_error_message=_("There is a round of this season already."),
            ),
            models.CheckConstraint(
                name="round_closes_after_it_opens",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("The round has to close after it opens."),
            ),
            models.CheckConstraint(
                name="round_published_after_it_closes",
                condition=Q(publishes_at__gt=F("closes_at")),
                violation_error_message=_("Results can be published only after the round has closed."),
            ),
            models.CheckConstraint(
                name="round_floor_of_five_or_more",
                condition=Q(floor__gte=rules.GATE_FLOOR),
                violation_error_message=_("A result needs five answers at least."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("ilmapuntari:round", kwargs={"pk": self.pk})

    @property
    def name(self):
        """Syksyn 2026 kierros"""
        names = {
            self.Season.WINTER: gettext("Round of winter %(year)s"),
            self.Season.SPRING: gettext("Round of spring %(year)s"),
            self.Season.SUMMER: gettext("Round of summer %(year)s"),
            self.Season.AUTUMN: gettext("Round of autumn %(year)s"),
        }
        return names[self.season] % {"year": self.year}

    @property
    def short_name(self):
        """syksy 26"""
        return f"{self.get_season_display()} {self.year % 100:02}"

    @property
    def since(self):
        """ "since spring": what a change since this round is called."""
        return {
            self.Season.WINTER: gettext("since winter"),
            self.Season.SPRING: gettext("since spring"),
            self.Season.SUMMER: gettext("since summer"),
            self.Season.AUTUMN: gettext("since autumn"),
        }[self.season]

    @property
    def step(self):
        """Where the round is, by what has happened to it."""
        happened = [
            (self.called_off_at, self.Step.CALLED_OFF),
            (self.archived_at, self.Step.ARCHIVED),
            (self.published_at, self.Step.PUBLISHED),
            (self.computed_at, self.Step.COMPUTED),
            (self.closed_at, self.Step.CLOSED),
            (self.opened_at, self.Step.OPEN),
            (self.frozen_at, self.Step.PREPARED),
            (self.scheduled_at, self.Step.SCHEDULED),
        ]
        return next((step for at, step in happened if at), self.Step.PLANNED)

    @property
    def is_open(self):
        return self.opened_at is not None and self.closed_at is None and timezone.now() < self.closes_at

    @property
    def is_changeable(self):
        """Its teams and times can still be changed."""
        return self.frozen_at is None and self.called_off_at is None

    @property
    def destroyed_by(self):
        """The day by which the sealed answers are gone at the latest."""
        return timezone.localdate(self.closed_at or self.closes_at) + self.KEPT_SEALED

    @property
    def previous(self):
        """The round before this one that was published, if any."""
        return (
            Round.objects.published()
            .filter(Q(year__lt=self.year) | Q(year=self.year, season_order__lt=self.ORDER[self.season]))
            .order_by("-year", "-season_order")
            .first()
        )

    # Planning -------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def plan_units(self, teams=None):
        """One unit for each working team that has none in this round, and the leaders' units (rules 2 and 14).

        Where a team answered last time as one unit with others, it does so again within the calendar year.
        """
        teams = list(teams if teams is not None else Team.objects.working())
        planned = set(self.unit_teams().values_list("team_id", flat=True))
        joined = self._joined_this_year()
        by_joint = {}
        for team in teams:
            if team.pk in planned:
                continue
            joint = joined.get(team.pk)
            if joint is not None:
                unit = by_joint.get(joint.pk)
                if unit is None:
                    unit = by_joint[joint.pk] = self.units.create(
                        kind=ReportingUnit.Kind.JOINED, organisation=joint.organisation, county=joint.county,
                        name=joint.name,
                    )  # fmt: skip
            else:
                unit = self.units.create(
                    kind=ReportingUnit.Kind.TEAM, organisation_id=team.organisation_id, county_id=team.county_id,
                    name=team.name,
                )  # fmt: skip
            unit.unit_teams.create(round=self, team=team)

    def _joined_this_year(self):
        before = (
            UnitTeam.objects.filter(
                round__year=self.year, unit__kind=ReportingUnit.Kind.JOINED, round__called_off_at=None
            )
            .exclude(round=self)
            .select_related("unit__organisation", "unit__county")
            .order_by("round__season_order")
        )
        return {row.team_id: row.unit for row in before}

    def unit_teams(self):
        return UnitTeam.objects.filter(round=self)

    @transaction.atomic
    def schedule(self, *, by):
        """The plan is good: from now on the sweep opens the round at its time. A second time changes nothing."""
        Round.objects.filter(pk=self.pk, scheduled_at=None, called_off_at=None).update(
            scheduled_at=timezone.now(), scheduled_by=by
        )
        self.refresh_from_db()

    def unschedule(self):
        """Back to planning, while nothing has been frozen. Returns whether it could be done."""
        done = Round.objects.filter(pk=self.pk, frozen_at=None).update(scheduled_at=None, scheduled_by=None)
        self.refresh_from_db()
        return bool(done)

    @transaction.atomic
    def call_off(self, *, by):
        """There will be no results of this round; what was answered is destroyed. Published ones stay."""
        Round.objects.filter(pk=self.pk, published_at=None, called_off_at=None).update(
            called_off_at=timezone.now(), called_off_by=by
        )
        self.refresh_from_db()

    def open(self):
        """People can answer from now on. Only a sealed round whose time has come opens; a second time changes nothing.

        Returns whether it opened just now.
        """
        opened = Round.objects.to_open().filter(pk=self.pk).update(opened_at=timezone.now())
        self.refresh_from_db()
        return bool(opened)

    @transaction.atomic
    def publish(self):
        """The results can be read from now on; who was invited is forgotten but for what the next round needs.

        Returns whether it was published just now.
        """
        published = Round.objects.to_publish().filter(pk=self.pk).update(published_at=timezone.now())
        self.refresh_from_db()
        return bool(published)

    def close(self):
        """Nobody can answer from now on. A second time changes nothing."""
        Round.objects.filter(pk=self.pk, opened_at__isnull=False, closed_at=None).update(closed_at=timezone.now())
        self.refresh_from_db()

    def archive(self):
        """Put a published round aside: it stays in results and trends, and leaves the list of what is going on."""
        Round.objects.filter(
            pk=self.pk, published_at__isnull=False, destroyed_at__isnull=False, archived_at=None
        ).update(archived_at=timezone.now())
        self.refresh_from_db()

    @transaction.atomic
    def freeze(self):
        """Write down who is invited to each unit: N holds from now on (rule 1). A second time changes nothing."""
        this = Round.objects.select_for_update().get(pk=self.pk)
        if this.frozen_at is None and this.scheduled_at is not None and this.called_off_at is None:
            this._make_leaders_units()
            this._write_invitees()
            this.frozen_at = timezone.now()
            this.save(update_fields=["frozen_at"])
        self.refresh_from_db()

    def _make_leaders_units(self):
        """Leaders answer together: those of an organisation from eight on, the others by county (rule 14)."""
        self.units.filter(kind=ReportingUnit.Kind.LEADERS).delete()
        for county, organisation, _leads in leaders_of(self):
            self.units.create(kind=ReportingUnit.Kind.LEADERS, organisation=organisation, county=county, name="")

    def _write_invitees(self):
        units = list(self.units.prefetch_related("unit_teams__team"))
        team_units = {row.team_id: unit for unit in units for row in unit.unit_teams.all()}
        teams = {row.team_id: row.team for unit in units for row in unit.unit_teams.all()}
        leaders = {(unit.county_id, unit.organisation_id): unit for unit in units if unit.is_leaders}
        invitees, seen = [], set()

        def invite(unit, email, name, **who):
            if email and email.lower() in seen:
                return  # an address is invited once in a round (rule 3)
            seen.add(email.lower())
            invitees.append(Invitee(unit=unit, round=self, email=email.lower(), name=name, **who))

        for county, organisation, leads in leaders_of(self):
            unit = leaders[county.pk, organisation.pk if organisation else None]
            for lead in leads:
                invite(unit, lead.user.email, lead.name, lead=lead)
        members = TeamMember.objects.present().filter(team__in=team_units).order_by("team_id", "name", "pk")
        for lead in (
            Lead.objects.present()
            .filter(team__in=[pk for pk, team in teams.items() if team.leader_answers_with_team])
            .select_related("user")
        ):
            invite(team_units[lead.team_id], lead.user.email, lead.name, lead=lead)
        for member in members:
            if not teams[member.team_id].slips:
                invite(team_units[member.team_id], member.email, member.name, member=member)
        for team_id, team in teams.items():
            for _number in range(team.slips):
                invitees.append(Invitee(unit=team_units[team_id], round=self, email="", name="", slip_of=team))
        Invitee.objects.bulk_create(invitees, batch_size=2000)
        counts = {}
        for invitee in invitees:
            counts[invitee.unit_id] = counts.get(invitee.unit_id, 0) + 1
        for unit in units:
            unit.invited = counts.get(unit.pk, 0)
            unit.leader_inside = any(row.team.leader_answers_with_team for row in unit.unit_teams.all())
        ReportingUnit.objects.bulk_update(units, ["invited", "leader_inside"], batch_size=2000)


def leaders_of(round):
    """[(county, organisation or None, leads)]: who answers in which leaders' unit of the round (rule 14)."""
    leads = (
        Lead.objects.present()
        .filter(team__in=round.unit_teams().values("team"), team__leader_answers_with_team=False)
        .select_related("user", "team__organisation", "team__county")
        .order_by("pk")
    )
    # Somebody who leads two teams answers once.
    by_user = {}
    for lead in leads:
        by_user.setdefault(lead.user_id, lead)
    groups = {}
    for lead in by_user.values():
        groups.setdefault((lead.team.county, lead.team.organisation), []).append(lead)
    found, small = [], {}
    for (county, organisation), own in groups.items():
        if len(own) >= OWN_LEADERS_UNIT:
            found.append((county, organisation, own))
        else:
            small.setdefault(county, []).extend(own)
    return found + [(county, None, own) for county, own in small.items()]


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
    round = models.ForeignKey(Round, models.CASCADE, related_name="units")
    kind = models.CharField(max_length=10, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    county = models.ForeignKey(County, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200, blank=True)
    teams = models.ManyToManyField(Team, through="UnitTeam", related_name="units")
    invited = models.PositiveSmallIntegerField(_("invited"), null=True, blank=True)
    leader_inside = models.BooleanField(default=False)
    is_sealed = models.BooleanField(default=False, help_text=_("Its codes are in its box."))
    progress = models.PositiveSmallIntegerField(choices=Progress, default=Progress.NONE)
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
        area = self.organisation.name if self.organisation else self.county.name
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
    round = models.ForeignKey(Round, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, related_name="unit_teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "team"], name="team_in_one_unit_of_a_round")]

    def __str__(self):
        return f"{self.team_id} {self.unit_id}"


class Invitee(models.Model):
    """Somebody invited to answer in a unit, as the list stood when it was frozen. Says nothing of answering."""

    unit = models.ForeignKey(ReportingUnit, models.CASCADE, related_name="invitees")
    round = models.ForeignKey(Round, models.CASCADE, related_name="+")
    member = models.ForeignKey(TeamMember, models.SET_NULL, null=True, blank=True, related_name="+")
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, blank=True, related_name="+")
    slip_of = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    joins_on = models.DateField(
        _("added while open"), null=True, blank=True, help_text=_("Gets a code in the next nightly batch.")
    )
    is_refused = models.BooleanField(default=False)

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
