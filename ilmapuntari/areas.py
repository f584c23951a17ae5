"""What the pages of an organisation, a county and the whole area show: published figures only (rules 5–7 and 12).

An `AreaPage` holds one chosen round of an area: its own level, rows of the heat map, participation over the years.
Nothing here counts answers: numbers of answers are those that the levels have published.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import County, Organisation
from ilmapuntari import rules
from ilmapuntari.models import AgreedAction, LevelResult, Manager, ReportingUnit, Round, Team, UnitResult, UnitTeam
from ilmapuntari.published import (
    STATES,
    Level,
    Point,
    Reading,
    Trend,
    answers_words,
    change_words,
    in_sentence,
    sheets,
    written,
)

TREND_ROUNDS = 5
MOST_ACTIONS = 100  # in the list of a page; the rest stand on the pages of their teams


# Who sees what --------------------------------------------------------------------------------------------------------


def organisations_visible_to(user):
    """The organisations whose teams' figures the user sees: a manager's own, all for the coordinator and director."""
    taking_part = Organisation.objects.filter(Exists(Team.objects.filter(organisation=OuterRef("pk"))))
    if not user.is_authenticated:
        return taking_part.none()
    if user.is_coordinator or user.is_director:
        return taking_part
    managed = Manager.objects.present().filter(user=user)
    in_counties = Team.objects.filter(county__in=managed.values("county"), organisation=OuterRef("pk"))
    # Of an organisation in two counties the gate of units lets through those of the manager's own county.
    return taking_part.filter(Q(pk__in=managed.values("organisation")) | Exists(in_counties))


def counties_visible_to(user):
    """The counties whose level the user sees: those a manager answers for, all that take part for the house."""
    counties = County.objects.filter(Q(is_ours=True) | Exists(Team.objects.filter(county=OuterRef("pk"))))
    if not user.is_authenticated:
        return counties.none()
    if user.is_staff:
        return counties
    return counties.filter(pk__in=Manager.objects.present().filter(user=user).values("county"))


def sees_whole_area(user):
    """The house, and managers of counties, who set their own beside it."""
    return user.is_authenticated and (
        user.is_staff or Manager.objects.present().filter(user=user).exclude(county=None).exists()
    )


# Rows and figures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A theme that has clearly changed since the round before."""

    theme: str
    words: str

    def __str__(self):
        return f"{self.theme} {self.words}"


@dataclass(frozen=True)
class HeatRow:
    """A row of the heat map: a figure for each theme, or one sentence instead of them."""

    name: str
    url: str = ""
    links: tuple = ()  # ((name, address), …) of teams that answered as one
    answers: str = ""
    cells: tuple = ()
    instead: str = ""
    changes: tuple | None = None  # None: not to be told
    is_level: bool = False


@dataclass(frozen=True)
class Participation:
    """How many units of teams took part in a round; no numbers of answers (rule 12)."""

    round: Round
    enrolled: int
    with_result: int

    @property
    def year(self):
        return self.round.year


@dataclass(frozen=True)
class LevelTheme:
    """A theme of a level in the chosen round."""

    figure: object
    change: object
    compared: int | None

    @property
    def change_words(self):
        return change_words(self.change)

    @property
    def compared_words(self):
        return written(self.compared)


@dataclass(frozen=True)
class LevelStatement:
    """A statement of a level: its figure, its change, and its distribution drawn."""

    figure: object
    change: object

    @property
    def change_words(self):
        return change_words(self.change)

    @property
    def bars(self):
        """Eleven bars as one path, in a box of 121 by 28, the most frequent answer the full height."""
        counts = self.figure.distribution
        most = max(counts)
        heights = [28 * count / most for count in counts]
        return "".join(
            f"M{11 * place} 28v-{height:.3g}h9v{height:.3g}z" for place, height in enumerate(heights) if height
        )

    @property
    def counts_words(self):
        """The same for those who do not see it: how many gave each answer from 0 to 10."""
        return ", ".join(f"{value}: {count}" for value, count in enumerate(self.figure.distribution))

    @property
    def interval_words(self):
        return "–".join(map(written, self.figure.interval))


@dataclass
class AreaPage:
    """One round of an area, ready to be shown."""

    area: object
    kind: str  # organisation, county or area
    name: str
    rounds: list
    round: Round | None = None
    before: Round | None = None
    sheet: object = None
    levels: dict = field(default_factory=dict)  # {round: the area's own Level}
    above: Level | None = None  # the next larger level, to set beside
    above_before: Level | None = None
    rows: list = field(default_factory=list)
    participation: list = field(default_factory=list)
    participation_by_county: list = field(default_factory=list)
    actions: list = field(default_factory=list)

    @property
    def themes(self):
        return self.sheet.themes if self.sheet else []

    @property
    def level(self):
        """The area's own published figures in the chosen round; None where the rules show none."""
        return self.levels.get(self.round)

    @property
    def level_before(self):
        return self.levels.get(self.before)

    @property
    def since_words(self):
        return self.before.since if self.before else ""

    @property
    def level_since_words(self):
        """The same for the area's own level, where the round before has one."""
        return self.since_words if self.level_before else ""

    @property
    def has_changes(self):
        return any(row.changes is not None for row in self.rows)

    @property
    def present(self):
        """Participation in the chosen round."""
        return next((row for row in self.participation if row.round == self.round), None)

    @cached_property
    def trend(self):
        """Every theme over the rounds in which the area has figures; nothing with fewer than two of them."""
        at = self.rounds.index(self.round)
        rounds = [round for round in reversed(self.rounds[at : at + TREND_ROUNDS]) if round in self.levels]
        if self.level is None or len(rounds) < 2:
            return []
        return [
            Trend(theme, tuple(self._point(theme, round) for round in rounds))
            for theme in self.level.reading.themes
            if theme.is_shown
        ]

    def _point(self, theme, round):
        figures = self.levels[round].reading.over(theme)
        mean = rules.theme_mean(
            [(figure.mean, figure.band) if figure is not None and figure.is_shown else None for figure in figures]
        )
        return Point(round, mean[0] if mean else None, "", True)

    @property
    def level_answers(self):
        return level_answers(self.level) if self.level else ""

    @property
    def heat_columns(self):
        """Of the heat map, beside the names of its rows."""
        return len(self.themes) + self.has_changes

    @property
    def limits_words(self):
        """{state: its word and its limits}"""
        good, fair = map(written, self.sheet.limits)
        return {
            "good": _("%(state)s, from %(limit)s") % {"state": STATES["good"], "limit": good},
            "mid": _("%(state)s, from %(limit)s") % {"state": STATES["mid"], "limit": fair},
            "bad": _("%(state)s, below %(limit)s") % {"state": STATES["bad"], "limit": fair},
        }

    @cached_property
    def level_themes(self):
        """A line for every theme of the area's own level."""
        if self.level is None:
            return []
        lines = []
        for theme in self.level.reading.themes:
            reading = self.level.reading
            change = None
            if self.level_before is not None:
                change = reading.theme_change(theme.key, self.level_before.reading)
            other = self.above.reading.theme(theme.key) if self.above else None
            lines.append(LevelTheme(theme, change, other.mean if other and other.is_shown else None))
        return lines

    @cached_property
    def level_statements(self):
        """[(theme, its statements)] of the area's own level."""
        if self.level is None:
            return []
        reading = self.level.reading
        before = self.level_before.reading if self.level_before else None
        return [
            (
                theme,
                [LevelStatement(figure, reading.change_of(figure.identity, before)) for figure in theme.figures],
            )
            for theme in reading.themes
        ]

    @property
    def has_distributions(self):
        return any(figure.distribution for figure in self.level.reading.figures)

    @property
    def has_left_out(self):
        """Very small groups are missing from some figure of the level."""
        return self.level is not None and self.level.reading.left_out

    @property
    def all_left_out(self):
        return self.has_left_out and all(figure.left_out for figure in self.level.reading.shown)

    @property
    def counties_taking_part(self):
        return [name for name, _one in self.participation_by_county[0][1]] if self.participation_by_county else []

    # Agreed actions by state

    @cached_property
    def action_counts(self):
        """(words, number) for each state."""
        happened = AgreedAction.Happened
        done = [action for action in self.actions if action.happened in (happened.YES, happened.PARTLY)]
        helped = (AgreedAction.Helped.YES, AgreedAction.Helped.SOMEWHAT)
        return [
            (_("under way"), sum(not action.happened and not action.is_late for action in self.actions)),
            (_("late"), sum(action.is_late for action in self.actions)),
            (_("done, wholly or in part"), len(done)),
            (_("of them helped"), sum(action.helped in helped for action in done)),
        ]

    @cached_property
    def _listed_actions(self):
        """The first to be done first, each with the text of its statement."""
        ranked = sorted(self.actions, key=lambda action: (bool(action.happened), action.by_on, action.pk))
        for action in ranked[:MOST_ACTIONS]:
            place = self.sheet.places.get(action.statement) if self.sheet else None
            action.statement_text = self.sheet.statements[place].text if place is not None else ""
        return ranked[:MOST_ACTIONS]

    @property
    def actions_ahead(self):
        """Late ones, and those under way."""
        return [action for action in self._listed_actions if not action.happened]

    @property
    def actions_behind(self):
        """Those that the teams have looked back on, the latest first."""
        return [action for action in reversed(self._listed_actions) if action.happened]

    @property
    def more_actions(self):
        return max(0, len(self.actions) - MOST_ACTIONS)


# An organisation ------------------------------------------------------------------------------------------------------


def organisation_page(organisation, user, asked=""):
    """The heat map of an organisation's teams in the asked round, the newest unless told."""
    units = ReportingUnit.objects.visible_to(user).filter(organisation=organisation)
    page = _page(organisation, "organisation", organisation.name, units, asked)
    if page.round is None:
        return page
    found = list(
        units.filter(round__in=[page.round, *([page.before] if page.before else [])], result__isnull=False)
        .select_related("result", "county")
        .prefetch_related(Prefetch("unit_teams", UnitTeam.objects.select_related("team")))
    )
    known = _sheets_of(page)
    counties = {unit.county_id for unit in found}
    if len(counties) > 1:  # of an organisation in two counties no one county is the next larger level
        counties = set()
    _read_levels(
        page,
        known,
        Q(organisation=organisation) | Q(organisation=None, county__in=counties),
        own=lambda result: result.organisation_id == organisation.pk,
        above=lambda result: result.county_id is not None,
    )
    before = _units_before(page, found)
    now = sorted((unit for unit in found if unit.round_id == page.round.pk), key=_unit_order)
    levels = [(page.level, page.level_before), (page.above, page.above_before)]
    page.rows = [_level_row(level.name, "", level, then, is_level=True) for level, then in levels if level]
    page.rows += [_unit_row(unit, page, known, before) for unit in now]
    page.actions = list(
        AgreedAction.objects.visible_to(user).filter(team__organisation=organisation).select_related("team")
    )
    return page


def _unit_order(unit):
    """Leaders last, teams in Finnish order."""
    keys = sorted(row.team.name_key for row in unit.unit_teams.all())
    return unit.is_leaders, keys


def _units_before(page, found):
    """{unit of this round: that of the same teams in the round before}"""
    if page.before is None:
        return {}
    of_team = {row.team_id: unit for unit in found if unit.round_id == page.before.pk for row in unit.unit_teams.all()}
    pairs = {}
    for unit in found:
        if unit.round_id == page.round.pk:
            then = {of_team.get(row.team_id) for row in unit.unit_teams.all()}
            if len(then) == 1 and None not in then:
                pairs[unit.pk] = then.pop()
    return pairs


def _unit_row(unit, page, known, before):
    result = unit.result
    teams = sorted((row.team for row in unit.unit_teams.all()), key=lambda team: team.name_key)
    links = tuple((team.name, _with_round(team.get_absolute_url(), page)) for team in teams)
    row = {"name": unit.title, "url": links[0][1] if len(links) == 1 else "", "links": links if len(links) > 1 else ()}
    if result.figures is None:
        if unit.is_too_small:
            return HeatRow(**row, instead=_("A small team: it works in discussion mode, without numbers of its own."))
        return HeatRow(**row, instead=_("Too few answers"))
    reading = Reading(page.sheet, result.figures)
    then, changes = before.get(unit.pk), None
    if then is not None and then.result.figures is not None and not result.has_turned_over:
        changes = clear_changes(reading, Reading(known[page.before.instrument_id], then.result.figures))
    answers = answers_words(result.band, result.answers)
    return HeatRow(**row, answers=answers, cells=tuple(reading.themes), changes=changes)


def _with_round(url, page):
    return url if page.round == page.rounds[0] else f"{url}?kierros={page.round.pk}"


def clear_changes(reading, before):
    """The themes whose change exceeds noise, in words (rule 9)."""
    changed = []
    for theme in reading.themes:
        change = reading.theme_change(theme.key, before)
        if change is not None and change.is_clear:
            changed.append(Change(theme.name if not changed else in_sentence([theme]), change_words(change)))
    return tuple(changed)


# A county, the whole area ---------------------------------------------------------------------------------------------


def county_page(county, user, asked=""):
    """A county's level, and its organisations where the rules show them."""
    units = ReportingUnit.objects.filter(county=county)
    page = _page(county, "county", county.short_name, units, asked)
    if page.round is None:
        return page
    organisations = list(
        Organisation.objects.filter(
            Exists(units.filter(round=page.round, organisation=OuterRef("pk")).exclude(kind=ReportingUnit.Kind.LEADERS))
        ).in_finnish_order()
    )
    known = _sheets_of(page)
    beside = _read_levels(
        page,
        known,
        Q(county=county, organisation=None) | Q(organisation__in=organisations) | Q(organisation=None, county=None),
        own=lambda result: result.county_id == county.pk,
        above=lambda result: not result.county_id and not result.organisation_id,
    )
    allowed = set(organisations_visible_to(user).values_list("pk", flat=True))
    page.rows = [
        _level_row(
            organisation.name,
            _with_round(reverse("ilmapuntari:organisation", kwargs={"pk": organisation.pk}), page)
            if organisation.pk in allowed
            else "",
            beside.get((page.round.pk, organisation.pk, None)),
            beside.get((page.before.pk, organisation.pk, None)) if page.before else None,
        )
        for organisation in organisations
    ]
    return page


def area_page(user, asked=""):
    """The level of the whole area, and its counties."""
    units = ReportingUnit.objects.all()
    page = _page(None, "area", _("The whole area"), units, asked)
    if page.round is None:
        return page
    counties = list(
        County.objects.filter(Exists(units.filter(round=page.round, county=OuterRef("pk")))).order_by(
            "-is_ours", "position", "short_name"
        )
    )
    known = _sheets_of(page)
    beside = _read_levels(
        page, known, Q(organisation=None), own=lambda result: not result.county_id and not result.organisation_id
    )
    allowed = set(counties_visible_to(user).values_list("pk", flat=True))
    page.rows = [
        _level_row(
            county.short_name,
            _with_round(reverse("ilmapuntari:county", kwargs={"slug": county.slug}), page)
            if county.pk in allowed
            else "",
            beside.get((page.round.pk, None, county.pk)),
            beside.get((page.before.pk, None, county.pk)) if page.before else None,
        )
        for county in counties
    ]
    page.participation_by_county = participation_by_county(page.participation)
    return page


def _level_row(name, url, level, before, *, is_level=False):
    if level is None:
        return HeatRow(name, url, instead=_("No figures: they need ten answers from at least three units."))
    return HeatRow(
        name,
        url,
        answers=level_answers(level),
        cells=tuple(level.reading.themes),
        changes=clear_changes(level.reading, before.reading) if before else None,
        is_level=is_level,
    )


def level_answers(level):
    """How many answered in a level, where that may be said."""
    return answers_words("exact", level.answers) if level.answers else ""


# Loading --------------------------------------------------------------------------------------------------------------


def _page(area, kind, name, units, asked):
    """The page with its rounds and participation; without a round where nothing has been published."""
    # The leaders' units are no teams, so they are not counted among those that take part.
    counted = participation_in(units.exclude(kind=ReportingUnit.Kind.LEADERS))
    rounds = [
        round
        for round in Round.objects.published().filter(called_off_at=None).order_by("-year", "-season_order")
        if round.pk in counted
    ]
    page = AreaPage(area, kind, name, rounds)
    page.participation = [Participation(round, *counted[round.pk]) for round in rounds]
    if rounds:
        page.round = next((round for round in rounds if str(round.pk) == asked), rounds[0])
        page.before = next(iter(rounds[rounds.index(page.round) + 1 :]), None)
    return page


def participation_in(units):
    """{round: (enrolled, with a result)}"""
    rows = _counted(units.filter(round__published_at__isnull=False, round__called_off_at=None), "round")
    return {round: (enrolled, shown) for round, enrolled, shown in rows.values_list("round", "enrolled", "shown")}


def _counted(units, *by):
    """How many units, and how many of them with a result."""
    with_result = Q(result__isnull=False) & ~Q(result__band=UnitResult.Band.TOO_FEW)
    return units.order_by().values(*by).annotate(enrolled=Count("pk"), shown=Count("pk", filter=with_result))


def participation_by_county(participation):
    """[(a row of the whole area, [(county, Participation or None)])], a line for each round."""
    rounds = {row.round.pk: row.round for row in participation}
    rows = _counted(
        ReportingUnit.objects.filter(round__in=rounds).exclude(kind=ReportingUnit.Kind.LEADERS), "round", "county"
    ).values_list("round", "county", "enrolled", "shown")
    found = {(round, county): Participation(rounds[round], *counts) for round, county, *counts in rows}
    counties = County.objects.filter(pk__in={county for _round, county in found}).order_by(
        "-is_ours", "position", "short_name"
    )
    return [
        (row, [(county.short_name, found.get((row.round.pk, county.pk))) for county in counties])
        for row in participation
    ]


def _sheets_of(page):
    known = sheets({round.instrument_id for round in page.rounds})
    page.sheet = known[page.round.instrument_id]
    return known


def _read_levels(page, known, wanted, *, own, above=lambda result: False):
    """Read the levels of the page's rounds; returns {(round, organisation, county): level} of those beside its own.

    The area's own level is read in several rounds, the others in the chosen one and the one before it.
    """
    at = page.rounds.index(page.round)
    rounds = {round.pk: round for round in page.rounds[at : at + TREND_ROUNDS]}
    found = {}
    for result in LevelResult.objects.filter(wanted, round__in=rounds).select_related("organisation", "county"):
        round = rounds[result.round_id]
        if own(result):
            page.levels[round] = Level.of(result, known[round.instrument_id])
        elif round in (page.round, page.before):
            level = Level.of(result, known[round.instrument_id])
            found[result.round_id, result.organisation_id, result.county_id] = level
            if above(result) and round == page.round:
                page.above = level
            elif above(result):
                page.above_before = level
    return found
