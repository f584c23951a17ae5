"""One chosen round of an area as plain objects: its own level, the heat map, participation, what was agreed."""

from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from ilmapuntari import rules
from ilmapuntari.models import AgreedAction, Round
from ilmapuntari.published import STATES, Level, Point, Trend, answers_words, change_words, written

TREND_ROUNDS = 5
MOST_ACTIONS = 100  # in the list of a page; the rest stand on the pages of their teams


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
        shares = self.figure.distribution
        most = max(shares)
        heights = [28 * share / most for share in shares]
        return "".join(
            f"M{11 * place} 28v-{height:.3g}h9v{height:.3g}z" for place, height in enumerate(heights) if height
        )

    @property
    def shares_words(self):
        """The same for those who do not see it: how large a part gave each answer from 0 to 10."""
        return ", ".join(f"{value}: {share} %" for value, share in enumerate(self.figure.distribution))

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
    above: Level | None = None  # the next larger level, as far as it may stand beside (rule 7)
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
            lines.append(LevelTheme(theme, change, self._compared(theme)))
        return lines

    def _compared(self, theme):
        """The mean of the level above over the very statements that this one shows, or none."""
        other = self.above.reading.theme(theme.key) if self.above else None
        if other is None or [one.is_shown for one in other.figures] != [one.is_shown for one in theme.figures]:
            return None
        return other.mean

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


def level_answers(level):
    """How many answered in a level, where that may be said."""
    return answers_words("exact", level.answers) if level.answers else ""
