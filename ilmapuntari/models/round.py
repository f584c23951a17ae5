"""A round of answering, and the units that get a result from it."""

import uuid
from datetime import datetime, time, timedelta

import holidays
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ilmapuntari import rules
from ilmapuntari.models.instrument import Instrument
from ilmapuntari.models.plan import plans_of
from ilmapuntari.models.team import Team
from ilmapuntari.models.unit import Invitee, ReportingUnit, UnitTeam
from letters.models import Letter

HOLIDAYS = holidays.country_holidays("FI")


def working_day(day):
    """The day itself, or the first working day after it."""
    while day.weekday() > 4 or day in HOLIDAYS:
        day += timedelta(days=1)
    return day


def is_quiet(day):
    """Our own: in July and around Christmas so many are away that a round would tell little."""
    return day.month == 7 or (day.month, day.day) >= (12, 19) or (day.month, day.day) <= (1, 6)


def at_clock(day, hour):
    return datetime.combine(day, time(hour), timezone.get_default_timezone())


def next_working_day_at_seven(moment):
    """07:00 on the next working day after a moment: when results are promised (rule 4)."""
    return at_clock(working_day(timezone.localdate(moment) + timedelta(days=1)), 7)


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The pages of a round are for the coordinator and the director."""
        allowed = user.is_authenticated and (user.is_coordinator or user.is_director)
        return self.all() if allowed else self.none()

    def editable_by(self, user):
        return self.all() if user.is_authenticated and user.is_coordinator else self.none()

    def for_list(self):
        """With how many units take part, those that are going on first."""
        over = Q(published_at__isnull=False) | Q(called_off_at__isnull=False)
        return self.annotate(
            unit_count=models.Count("units"), is_over=models.Case(models.When(over, then=1), default=0)
        ).order_by("is_over", "-year", "-season_order", "-pk")

    def going_on(self):
        """Those that somebody still has to think of: neither published nor called off."""
        return self.filter(published_at=None, called_off_at=None).order_by("opens_at")

    def published(self):
        return self.filter(published_at__isnull=False)

    def before(self, round):
        """Those published of seasons before the round's."""
        earlier = Q(year__lt=round.year) | Q(year=round.year, season_order__lt=Round.ORDER[round.season])
        return self.published().filter(earlier)

    def under_way(self):
        """Planned to open, open or closed, and not called off: what the sweep looks at."""
        return self.filter(called_off_at=None).exclude(scheduled_at=None)

    def in_time(self):
        """Nobody could answer in a round that opens after its closing time."""
        return self.filter(closes_at__gt=timezone.now())

    def to_freeze(self):
        """Their lists are frozen and their codes made shortly before they open."""
        soon = timezone.now() + Round.PREPARED_AHEAD
        return self.under_way().in_time().filter(frozen_at=None, opens_at__lte=soon)

    def to_seal(self):
        return self.under_way().in_time().filter(frozen_at__isnull=False, sealed_at=None)

    def to_open(self):
        return self.under_way().in_time().filter(sealed_at__isnull=False, opened_at=None, opens_at__lte=timezone.now())

    def open(self):
        return self.under_way().filter(opened_at__isnull=False, closed_at=None)

    def to_close(self):
        return self.open().filter(closes_at__lte=timezone.now())

    def to_compute(self):
        return self.under_way().filter(closed_at__isnull=False, computed_at=None, destroyed_at=None)

    def to_publish(self):
        return self.under_way().filter(computed_at__isnull=False, published_at=None, publishes_at__lte=timezone.now())

    def to_part_from(self):
        """Published or called off, with names and addresses that are not needed any more."""
        named = Invitee.objects.filter(round=models.OuterRef("pk")).exclude(email="")
        over = Q(published_at__isnull=False) | Q(called_off_at__isnull=False)
        return self.filter(over, models.Exists(named))

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
    NAMES = {
        "winter": _("Round of winter %(year)s"),
        "spring": _("Round of spring %(year)s"),
        "summer": _("Round of summer %(year)s"),
        "autumn": _("Round of autumn %(year)s"),
    }
    SINCE = {
        "winter": _("since winter"),
        "spring": _("since spring"),
        "summer": _("since summer"),
        "autumn": _("since autumn"),
    }
    PREPARED_AHEAD = timedelta(minutes=30)  # a national round's codes take minutes to make and to seal
    KEPT_SEALED = timedelta(days=60)  # rule 13 of the privacy page
    # Our own: people need a week to hear of it, and there are some three rounds a year.
    PLANNED_AHEAD = timedelta(days=7)
    USUAL_PAUSE = timedelta(weeks=16)

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
        return self.NAMES[self.season] % {"year": self.year}

    @property
    def short_name(self):
        """syksy 26"""
        return f"{self.get_season_display()} {self.year % 100:02}"

    @property
    def since(self):
        """ "since spring": what a change since this round is called."""
        return str(self.SINCE[self.season])

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
    def sign(self):
        """The shape of the status sign beside the step's word."""
        if self.step in (self.Step.PLANNED, self.Step.SCHEDULED, self.Step.PREPARED):
            return "planned"
        return "running" if self.step in (self.Step.OPEN, self.Step.CLOSED, self.Step.COMPUTED) else "ended"

    @property
    def is_open(self):
        return self.opened_at is not None and self.closed_at is None and timezone.now() < self.closes_at

    @property
    def is_changeable(self):
        """Its teams and times can still be changed."""
        return self.frozen_at is None and self.called_off_at is None

    @property
    def needs_its_key(self):
        """Its answers are in boxes that only its key opens."""
        return self.sealed_at is not None and self.destroyed_at is None

    @property
    def has_missed_its_opening(self):
        """It was to open at a time that has passed, and nobody confirmed it."""
        return self.scheduled_at is None and self.opens_at <= timezone.now()

    @property
    def has_missed_its_closing(self):
        """It was confirmed and did not open while somebody could have answered, and does not open any more."""
        waits = self.scheduled_at is not None and self.opened_at is None and self.called_off_at is None
        return waits and self.closes_at <= timezone.now()

    @property
    def can_be_called_off(self):
        """Can still be called off: its results are not out."""
        return self.published_at is None and self.called_off_at is None

    @property
    def happenings(self):
        """[(when, what, whether it has happened)], in the order of time: the calendar of the round."""
        times = [
            (self.frozen_at or self.opens_at - self.PREPARED_AHEAD, _("the lists are frozen and the codes are made"),
             self.sealed_at),
            (self.opened_at or self.opens_at, _("the round opens and the invitations go out"), self.opened_at),
            (self.first_reminded_at or self.first_reminder_at, _("first reminder to everybody"),
             self.first_reminded_at),
            (self.second_reminded_at or self.second_reminder_at, _("second reminder to everybody"),
             self.second_reminded_at),
            (self.closed_at or self.closes_at, _("the round closes"), self.closed_at),
            (self.computed_at or self.closes_at, _("the results are computed and the answers destroyed"),
             self.computed_at and self.destroyed_at),
            (self.published_at or self.publishes_at, _("the results are published and everybody gets a letter"),
             self.published_at),
        ]  # fmt: skip
        return [(moment, text, bool(happened)) for moment, text, happened in times if moment]

    @property
    def reminders_due(self):
        """How many reminders should have gone out by now: none, one or two. One that was missed is not sent late."""
        now = timezone.now()
        if self.second_reminder_at and self.second_reminder_at <= now:
            return 2
        return 1 if self.first_reminder_at and self.first_reminder_at <= now else 0

    @property
    def reminders_written(self):
        return 2 if self.second_reminded_at else 1 if self.first_reminded_at else 0

    @property
    def letters_about(self):
        """What its letters with a code are about; they are of no use once it has closed."""
        return f"ilmapuntari:{self.pk}"

    @property
    def destroyed_by(self):
        """The day by which the sealed answers are gone at the latest."""
        return timezone.localdate(self.closed_at or self.closes_at) + self.KEPT_SEALED

    @property
    def previous(self):
        """The round before this one that was published, if any."""
        return Round.objects.before(self).order_by("-year", "-season_order").first()

    # Planning -------------------------------------------------------------------------------------------------------

    @classmethod
    def proposed(cls, *, year=None, season=None):
        """The next round as it would usually be, not stored: two weeks from a Monday morning, results the day after."""
        previous = cls.objects.filter(called_off_at=None).first()
        earliest = timezone.localdate() + cls.PLANNED_AHEAD
        if previous:
            earliest = max(earliest, timezone.localdate(previous.opens_at) + cls.USUAL_PAUSE)
        day = earliest + timedelta(days=-earliest.weekday() % 7)
        while day in HOLIDAYS or is_quiet(day) or is_quiet(day + timedelta(days=14)):
            day += timedelta(days=7)
        closes_at = at_clock(day + timedelta(days=14), 16)
        return cls(
            instrument=Instrument.objects.current(),
            year=day.year + (day.month == 12),
            season=cls.season_of(day),
            opens_at=at_clock(day, 8),
            first_reminder_at=at_clock(working_day(day + timedelta(days=5)), 9),
            second_reminder_at=at_clock(working_day(day + timedelta(days=10)), 9),
            closes_at=closes_at,
            publishes_at=next_working_day_at_seven(closes_at),
            floor=previous.floor if previous else rules.GATE_FLOOR,
        )

    @classmethod
    def season_of(cls, day):
        """December is winter already, of the year that begins after it."""
        seasons = [cls.Season.WINTER, cls.Season.SPRING, cls.Season.SUMMER, cls.Season.AUTUMN]
        return seasons[day.month % 12 // 3]

    @transaction.atomic
    def plan_units(self, teams=None):
        """One unit for each working team that has none in this round, and the leaders' units (rules 2 and 14).

        Where a team answered earlier in the calendar year as one unit with others, they do so again, all of them.
        """
        joined = self._joined_this_year()
        teams = self._with_mates(teams if teams is not None else Team.objects.working(), joined)
        planned = dict(self.unit_teams().values_list("team_id", "unit_id"))
        # Where a mate takes part already, its unit is the one.
        by_joint = {joined[team].pk: unit for team, unit in planned.items() if team in joined}
        units, rows = [], []
        for team in teams:
            if team.pk in planned:
                continue
            joint = joined.get(team.pk)
            unit_id = by_joint.get(joint.pk) if joint is not None else None
            if unit_id is None:
                unit = ReportingUnit(
                    round=self, kind=ReportingUnit.Kind.TEAM, organisation_id=team.organisation_id,
                    county_id=team.county_id, name=team.name,
                )  # fmt: skip
                units.append(unit)
                unit_id = unit.pk
                if joint is not None:
                    unit.kind, unit.name = ReportingUnit.Kind.JOINED, joint.name
                    unit.organisation_id, unit.county_id = joint.organisation_id, joint.county_id
                    by_joint[joint.pk] = unit_id
            rows.append(UnitTeam(unit_id=unit_id, round=self, team=team))
        ReportingUnit.objects.bulk_create(units, batch_size=2000)
        UnitTeam.objects.bulk_create(rows, batch_size=2000)

    @transaction.atomic
    def take_part(self, teams, *, among):
        """Of the teams `among`, exactly these take part; other teams stay as they are. Returns whether it was changed.

        Teams that have answered as one this year come along with each other. Once the lists are frozen nothing changes.
        """
        if not self._held().is_changeable:
            return False
        elsewhere = Team.objects.working().filter(unit_teams__round=self).exclude(pk__in=[team.pk for team in among])
        staying = self._with_mates([*teams, *elsewhere], self._joined_this_year())
        self.unit_teams().filter(team__in=among).exclude(team__in=staying).delete()
        self._tidy_units()
        self.plan_units(staying)
        return True

    @transaction.atomic
    def join_units(self, units, name):
        """These units answer as one under the name, this calendar year at least (rule 2). Returns the unit, or None.

        They have to be of the same organisation; once the lists are frozen nothing changes any more.
        """
        units = [unit for unit in units if unit.round_id == self.pk and not unit.is_leaders]
        if not self._held().is_changeable or len(units) < 2 or len({unit.organisation_id for unit in units}) > 1:
            return None
        joint, *others = units
        self.unit_teams().filter(unit__in=others).update(unit=joint)
        self.units.filter(pk__in=[unit.pk for unit in others]).delete()
        joint.kind, joint.name = ReportingUnit.Kind.JOINED, name
        joint.save(update_fields=["kind", "name"])
        return joint

    @transaction.atomic
    def part_unit(self, unit):
        """Teams that would have answered together answer each for itself. Returns whether it was changed.

        Where they answered together earlier in the year they stay together (rule 2): two results of different people
        in one year would tell of the difference.
        """
        if not self._held().is_changeable or unit.round_id != self.pk or self.keeps_together(unit):
            return False
        for row in self.unit_teams().filter(unit=unit).select_related("team")[1:]:
            row.unit = self.units.create(
                kind=ReportingUnit.Kind.TEAM, organisation_id=row.team.organisation_id, county_id=row.team.county_id,
                name=row.team.name,
            )  # fmt: skip
            row.save(update_fields=["unit"])
        self._tidy_units()
        return True

    def _held(self):
        return Round.objects.select_for_update(no_key=True).get(pk=self.pk)

    def _tidy_units(self):
        """Units that no team is left in go, and one with a single team is that team's.

        Unless it answered earlier in the year together with teams that have ended since: it stays what they were.
        """
        self.units.exclude(kind=ReportingUnit.Kind.LEADERS).filter(unit_teams=None).delete()
        counted = self.units.filter(kind=ReportingUnit.Kind.JOINED).annotate(count=models.Count("unit_teams"))
        for unit in counted.filter(count=1).prefetch_related("teams"):
            (team,) = unit.teams.all()
            if self.keeps_together(unit):
                continue
            unit.kind, unit.name = ReportingUnit.Kind.TEAM, team.name
            unit.save(update_fields=["kind", "name"])

    def keeps_together(self, unit):
        """Whether teams of the unit have answered together earlier in the year."""
        return self._rows_joined_this_year().filter(team__in=unit.unit_teams.values("team")).exists()

    def kept_teams(self):
        """The teams, by their keys, that have answered as one with others earlier in the year."""
        return set(self._rows_joined_this_year().values_list("team_id", flat=True))

    def kept_together(self):
        """[{team}]: the teams that have answered as one earlier in the year, by their keys."""
        groups = {}
        for team, unit in self._joined_this_year().items():
            groups.setdefault(unit.pk, set()).add(team)
        return list(groups.values())

    def _with_mates(self, teams, joined):
        """The teams, and the working ones that have answered as one with any of them earlier in the year."""
        found = {team.pk: team for team in teams}
        joints = {joined[pk].pk for pk in found if pk in joined}
        mates = [pk for pk, unit in joined.items() if unit.pk in joints and pk not in found]
        return [*found.values(), *(Team.objects.working().filter(pk__in=mates) if mates else [])]

    def _joined_this_year(self):
        """{team: the joint unit in which it answered}"""
        rows = self._rows_joined_this_year().select_related("unit__organisation", "unit__county")
        return {row.team_id: row.unit for row in rows.order_by("round__season_order")}

    def _rows_joined_this_year(self):
        return UnitTeam.objects.filter(
            round__year=self.year, round__opened_at__isnull=False, round__called_off_at=None,
            unit__kind=ReportingUnit.Kind.JOINED,
        ).exclude(round=self)  # fmt: skip

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
        """There will be no results of this round; what was answered is destroyed. Published ones stay.

        Returns whether it was called off just now.
        """
        called_off = Round.objects.filter(pk=self.pk, published_at=None, called_off_at=None).update(
            called_off_at=timezone.now(), called_off_by=by
        )
        if called_off:
            Letter.objects.about(self.letters_about).call_off()
        self.refresh_from_db()
        return bool(called_off)

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

    @transaction.atomic
    def close(self):
        """Nobody can answer from now on; letters with a code that have not gone stay. A second time changes nothing.

        Returns whether it closed just now.
        """
        closed = Round.objects.filter(pk=self.pk, opened_at__isnull=False, closed_at=None).update(
            closed_at=timezone.now()
        )
        if closed:
            Letter.objects.about(self.letters_about).call_off()
        self.refresh_from_db()
        return bool(closed)

    def mark_reminded(self, number):
        """The reminder of this number has been written to everybody; earlier ones are not sent any more."""
        now = timezone.now()
        Round.objects.filter(pk=self.pk, first_reminded_at=None).update(first_reminded_at=now)
        if number > 1:
            Round.objects.filter(pk=self.pk, second_reminded_at=None).update(second_reminded_at=now)
        self.refresh_from_db(fields=["first_reminded_at", "second_reminded_at"])

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
            this._write_down(plans_of(this))
            this.frozen_at = timezone.now()
            this.save(update_fields=["frozen_at"])
        self.refresh_from_db()

    def _write_down(self, plans):
        self.units.filter(kind=ReportingUnit.Kind.LEADERS).delete()
        leaders = [plan.counted() for plan in plans if plan.unit.is_leaders]
        teams = [plan.counted() for plan in plans if not plan.unit.is_leaders]
        ReportingUnit.objects.bulk_create(leaders, batch_size=2000)
        written = ["invited", "leader_inside", "kind", "name", "organisation", "county"]
        ReportingUnit.objects.bulk_update(teams, written, batch_size=2000)
        self.unit_teams().exclude(team__in=Team.objects.working()).delete()
        self.units.filter(invited=None).delete()  # their teams have ended since the round was planned
        for start in range(0, len(plans), 500):
            chunk = plans[start : start + 500]
            Invitee.objects.bulk_create([invitee for plan in chunk for invitee in plan.invitees(self)], batch_size=2000)
