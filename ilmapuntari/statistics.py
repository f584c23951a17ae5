"""Figures over the whole of a round, for those who keep it: letters, results, how far answering has come, the check."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import CharField, Count, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ilmapuntari import rules
from ilmapuntari.models import Lead, ReportingUnit, Statement, Team, UnitPlan, UnitResult, plans_of
from ilmapuntari.models.unit import TOLD_IN_HALVES
from ilmapuntari.sealed_box import LARGEST_UNIT
from letters.models import Letter

# Mailing and computing ------------------------------------------------------------------------------------------------

KINDS = {
    "invitation": _("invitations"),
    "reminder1": _("first reminder"),
    "reminder2": _("second reminder"),
    "newcomer": _("letters about newcomers"),
    "discussion": _("letters about discussing"),
    "result": _("letters with the result"),
    "leaders": _("letters to leaders and managers"),
    "called_off": _("letters about calling off"),
}


@dataclass
class Mailing:
    """How many letters of a kind are written, and what has become of them."""

    kind: str
    written: int = 0
    sent: int = 0
    waiting: int = 0
    failed: int = 0
    kept_back: int = 0

    @property
    def words(self):
        return KINDS.get(self.kind, _("codes sent again and slips"))


def mailing(round):
    """[Mailing] in the order in which letters go out; only those of which there are any."""
    waiting = Q(sent_at=None, called_off_at=None, given_up_at=None)
    about = [
        round.letters_about,
        *(f"{round.letters_about}:{kind}" for kind in ("discussion", "results", "called_off")),
    ]
    counted = (
        Letter.objects.filter(about__in=about)
        .annotate(kind=Func(F("key"), Value(":"), Value(3), function="split_part", output_field=CharField()))
        .values("kind")
        .annotate(
            written=Count("pk"),
            sent=Count("pk", filter=Q(sent_at__isnull=False)),
            waiting=Count("pk", filter=waiting),
            failed=Count("pk", filter=Q(given_up_at__isnull=False)),
            kept_back=Count("pk", filter=Q(called_off_at__isnull=False)),
        )
    )
    found = {}
    for row in counted:
        kind = row["kind"] if row["kind"] in KINDS else "other"
        total = found.setdefault(kind, Mailing(kind))
        for name in ("written", "sent", "waiting", "failed", "kept_back"):
            setattr(total, name, getattr(total, name) + row[name])
    return [found[kind] for kind in (*KINDS, "other") if kind in found]


def unit_figures(round):
    """What the page of a round tells of its units: how many, how large, how far their letters and results are."""
    measured, halves = ReportingUnit.IS_MEASURED, Q(invited__lte=TOLD_IN_HALVES)
    steps = ReportingUnit.Progress
    return round.units.aggregate(
        units=Count("pk"),
        measured=Count("pk", filter=measured),
        small=Count("pk", filter=Q(invited__isnull=False) & ~measured),
        sealed=Count("pk", filter=Q(is_sealed=True)),
        too_large=Count("pk", filter=measured & Q(is_sealed=False, invited__gt=LARGEST_UNIT)),
        to_invite=Count("pk", filter=Q(invited__gt=F("invitations"))),
        computed=Count("pk", filter=Q(result__isnull=False)),
        shown=Count("pk", filter=~Q(result__band=UnitResult.Band.TOO_FEW) & Q(result__isnull=False)),
        not_half=Count("pk", filter=measured & halves & ~Q(progress=steps.HALF)),
        **{
            f"progress_{step.name.lower()}": Count("pk", filter=measured & ~halves & Q(progress=step))
            for step in (steps.NONE, steps.STARTED, steps.THIRD)
        },
        progress_half=Count("pk", filter=measured & Q(progress=steps.HALF)),
    )


# The check before a round opens ---------------------------------------------------------------------------------------


@dataclass
class UnitCheck:
    """What is known of a unit before anybody has answered."""

    plan: UnitPlan
    teams_without_leader: list = field(default_factory=list)

    def __post_init__(self):
        self.unit = self.plan.counted()

    @property
    def invited(self):
        return self.plan.invited

    @property
    def is_too_small(self):
        return self.unit.is_too_small

    @property
    def is_too_large(self):
        return self.invited > LARGEST_UNIT

    @property
    def is_empty(self):
        return not self.invited

    @property
    def elsewhere(self):
        return self.plan.elsewhere

    @property
    def needs_a_look(self):
        return bool(self.is_too_small or self.is_too_large or self.teams_without_leader or self.elsewhere)

    @cached_property
    def shown(self):
        """[(answers in words, what would be shown in words)] for every possible number of answers."""
        return shown_in_words(self.invited, self.unit.leader_inside, self.unit.round.floor)


SHOWN = {
    rules.TOO_FEW: _("too few answers: no figures"),
    rules.FEW: _("state and mean to the nearest half"),
    rules.SOME: _("state, mean to the nearest half, and one word for spread"),
    rules.EXACT: _("mean to a tenth, number of answers, three groups where they are large enough"),
}


def shown_in_words(invited, leader_inside, floor):
    if rules.is_too_small(invited) or rules.gate(invited, leader_inside=leader_inside, floor=floor) > invited:
        return []
    return [
        (f"{kind.first}–{kind.last}" if kind.first != kind.last else f"{kind.first}", SHOWN[kind.kind])
        for kind in rules.simulation_ranges(invited, leader_inside, floor)
    ]


class RoundCheck:
    """Everything that can be known before a round opens: what keeps it from opening, and what is worth a look."""

    def __init__(self, round):
        self.round = round
        plans = plans_of(round)
        teams = [team.pk for plan in plans for team in plan.teams]
        led = set(Lead.objects.present().filter(team__in=teams).values_list("team_id", flat=True))
        self.units = [UnitCheck(plan, [team for team in plan.teams if team.pk not in led]) for plan in plans]
        self.left_out = Team.objects.working().exclude(pk__in=teams).count()

    @cached_property
    def invited(self):
        return sum(unit.invited for unit in self.units)

    @cached_property
    def team_units(self):
        return [unit for unit in self.units if not unit.unit.is_leaders]

    @cached_property
    def leaders_units(self):
        return [unit for unit in self.units if unit.unit.is_leaders]

    @cached_property
    def small(self):
        return [unit for unit in self.team_units if unit.is_too_small and not unit.is_empty]

    @cached_property
    def empty(self):
        return [unit for unit in self.team_units if unit.is_empty]

    @cached_property
    def too_large(self):
        return [unit for unit in self.units if unit.is_too_large]

    @cached_property
    def without_leader(self):
        return [unit for unit in self.units if unit.teams_without_leader]

    @cached_property
    def with_doubles(self):
        return [unit for unit in self.units if unit.elsewhere]

    @cached_property
    def sorted_units(self):
        """Those that need a look first, otherwise as they come."""
        return sorted(self.units, key=lambda unit: (not unit.needs_a_look, unit.unit.is_leaders))

    @cached_property
    def obstacles(self):
        """Sentences that say why the round cannot be confirmed."""
        found = []
        if all(unit.is_too_small for unit in self.units):
            found.append(_("No team is large enough for figures: at least five people are needed."))
        for unit in self.too_large:
            found.append(
                ngettext(
                    "%(unit)s has %(count)s person, and %(most)s is the most that can answer as one.",
                    "%(unit)s has %(count)s people, and %(most)s is the most that can answer as one.",
                    unit.invited,
                )
                % {"unit": unit.unit.title, "count": unit.invited, "most": LARGEST_UNIT}
            )
        if self.round.has_missed_its_opening:
            found.append(_("The time of opening has passed. Change the times first."))
        return found


# Versions of the questionnaire ----------------------------------------------------------------------------------------


def kept_identities(versions):
    """[(statement in its newest wording, [its place in each version, or nothing])]: what can be compared with what."""
    places, wording = {}, {}
    statements = (
        Statement.objects.filter(theme__instrument__in=versions)
        .select_related("theme")
        .order_by("-theme__instrument__number", "theme__position", "position")
    )
    counts = {}
    for statement in statements:
        number = counts[statement.theme.instrument_id] = counts.get(statement.theme.instrument_id, 0) + 1
        wording.setdefault(statement.identity, statement)
        places.setdefault(statement.identity, {})[statement.theme.instrument_id] = number
    return [
        (statement, [places[identity].get(version.pk) for version in versions])
        for identity, statement in wording.items()
    ]
