"""A unit's result in a round, with all that stands around it: earlier rounds, comparison, trend, questions."""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext as _

from ilmapuntari import rules
from ilmapuntari.models import ReportingUnit, Round, Statement
from ilmapuntari.published.reading import Figure, Level, Reading, ThemeFigure, mean_of
from ilmapuntari.published.words import answers_words, change_words, in_sentence, written

QUESTIONS = 6  # so many at first, the rest folded
ROUNDS = 5  # in the small pictures of a trend
LEVEL_ORDER = "oca"  # organisation, county, the whole area: the nearest first


@dataclass(frozen=True)
class Row:
    """A line of a table: a statement's or a theme's figure, its change, and the level beside it."""

    figure: Figure | ThemeFigure
    change: rules.Change | None
    level: Level | None
    compared: int | None

    @property
    def change_words(self):
        return change_words(self.change)

    @property
    def compared_words(self):
        return written(self.compared)


@dataclass(frozen=True)
class Point:
    """A theme in one round of a trend; without a mean where there is no result."""

    round: Round
    mean: int | None
    name: str  # of the team then, where it was another one
    is_joined: bool  # the same people, more or less, as in the point before: a line may be drawn


@dataclass(frozen=True)
class Trend:
    theme: ThemeFigure
    points: tuple


class PastResult:
    """What a team, or the team it comes from, got in one round."""

    def __init__(self, unit, result, sheet, *, is_ancestor=False):
        self.unit, self.result, self.sheet, self.is_ancestor = unit, result, sheet, is_ancestor
        self.round = unit.round

    @property
    def is_shown(self):
        return self.result.figures is not None

    @cached_property
    def reading(self):
        return Reading(self.sheet, self.result.figures) if self.is_shown else None


class TeamResult:
    """A unit's result in a round, and all that its page shows; `past` is every published round, newest first."""

    def __init__(self, current, past, *, levels=(), rounds=(), teams=(), team=None):
        self.current = current
        self.unit, self.round, self.sheet = current.unit, current.round, current.sheet
        self.past = list(past)
        self.teams = list(teams)
        self.team = team
        self._levels = {level.letter: level for level in levels}
        self._rounds = list(rounds)

    # What it is

    @property
    def title(self):
        return self.team.name if self.team else self.unit.title

    @property
    def joined_teams(self):
        """The teams that answered as one unit; empty for a team by itself."""
        return self.teams if self.unit.kind == ReportingUnit.Kind.JOINED else []

    @property
    def is_shown(self):
        return self.current.is_shown

    @property
    def is_small(self):
        """Four or fewer: the team works without numbers of its own (rule 2)."""
        return self.unit.is_too_small

    @property
    def reading(self):
        return self.current.reading

    @property
    def band(self):
        return self.current.result.band

    @property
    def answers_words(self):
        return answers_words(self.band, self.current.result.answers)

    @property
    def is_coarse(self):
        """Every mean is to half a point."""
        return self.is_shown and all(figure.band != rules.EXACT for figure in self.reading.shown)

    @property
    def is_latest(self):
        return not self.past or self.past[0].round == self.round

    @property
    def own_rounds(self):
        """The rounds whose results can be opened, newest first: the team's own, not those of its ancestors."""
        return [past.round for past in self.past if not past.is_ancestor]

    @property
    def band_words(self):
        """The limits of "fair" as they are said: 5 and 7."""
        return [written(limit).removesuffix(",0").removesuffix(".0") for limit in reversed(self.sheet.limits)]

    @property
    def lead(self):
        """The strongest and the weakest theme in a sentence or two."""
        if not self.is_shown:
            return ""
        sentences = []
        if names := in_sentence(self.reading.strongest_themes):
            sentences.append(_("The strongest theme is %(theme)s.") % {"theme": names})
        if names := in_sentence(self.reading.weakest_themes):
            sentences.append(_("There is most to talk about in %(theme)s.") % {"theme": names})
        return " ".join(sentences)

    # Since earlier rounds

    @cached_property
    def _earlier(self):
        """Rounds before this one, newest first."""
        return self.past[self.past.index(self.current) + 1 :] if self.current in self.past else []

    @cached_property
    def before(self):
        """The round with a result before this one, if the unit is still the same; None otherwise (rule 9)."""
        past = self._last_shown
        return past if past is not None and self.is_same_since(past) else None

    @cached_property
    def _last_shown(self):
        return next((past for past in self._earlier if past.is_shown), None)

    @property
    def has_turned_over(self):
        """There is an earlier result, and too many have changed since to speak of a change."""
        return self._last_shown is not None and self.before is None

    def is_same_since(self, past):
        """No more than a third has changed at any step from that round to this one, and it was the same team."""
        if past.is_ancestor:
            return False
        between = self.past[self.past.index(self.current) : self.past.index(past)]
        return not any(step.result.has_turned_over for step in between)

    def since(self, round):
        """The result of an earlier round to which this one may be set beside; None otherwise."""
        past = next((past for past in self._earlier if past.round == round), None)
        return past if past is not None and past.is_shown and self.is_same_since(past) else None

    def statement_change(self, identity, round):
        """The change of a statement since an earlier round, if it may be told."""
        past = self.since(round)
        return self.reading.change_of(identity, past.reading) if past and self.is_shown else None

    @property
    def since_words(self):
        """ "since spring": the head of the column of changes."""
        return self.before.round.since if self.before else ""

    @cached_property
    def change_limit(self):
        """The least change of a theme that is told, in tenths: (least, most) over the themes; None without any."""
        limits = [math.ceil(round(10 * row.change.limit, 6)) for row in self.themes if row.change]
        return (min(limits), max(limits)) if limits else None

    @property
    def change_limit_words(self):
        if self.change_limit is None:
            return ""
        least, most = self.change_limit
        return written(least) if least == most else f"{written(least)}–{written(most)}"

    # The level beside it

    @cached_property
    def level(self):
        """The level with which most statements may be compared, the nearest of equals; None without any."""
        letters = Counter(letter for letter in self.current.result.comparable or () if letter in self._levels)
        if not letters:
            return None
        return self._levels[max(letters, key=lambda letter: (letters[letter], -LEVEL_ORDER.index(letter)))]

    def _compared(self, figure):
        """(level, its figure) beside a statement of this unit, where the rules allow."""
        comparable = self.current.result.comparable
        level = self._levels.get(comparable[figure.number - 1]) if comparable and figure.is_shown else None
        beside = level.reading.figures[figure.number - 1] if level else None
        return (level, beside) if beside is not None and beside.is_shown else (None, None)

    # Tables

    @cached_property
    def statements(self):
        """A row for every statement, in the order in which they are asked."""
        if not self.is_shown:
            return []
        rows = []
        for figure in self.reading.figures:
            change = self.reading.change_of(figure.identity, self.before.reading) if self.before else None
            level, beside = self._compared(figure)
            rows.append(Row(figure, change, level, beside.mean if beside else None))
        return rows

    @cached_property
    def themes(self):
        """A row for every theme. The level's mean is over the very statements that the unit's is, or not shown."""
        if not self.is_shown:
            return []
        rows = []
        for theme in self.reading.themes:
            change = self.reading.theme_change(theme.key, self.before.reading) if self.before else None
            mean = self._compared_theme(theme) if theme.is_shown and self.level else None
            rows.append(Row(theme, change, self.level if mean else None, mean))
        return rows

    @property
    def has_theme_spread(self):
        return any(row.figure.spread for row in self.themes)

    @property
    def has_answers_column(self):
        """Some statement has a word for spread, or its number of answers."""
        return any(figure.spread or figure.n for figure in self.reading.shown)

    def _compared_theme(self, theme):
        beside = []
        for figure in theme.figures:
            level, other = self._compared(figure)
            if figure.is_shown and (level is None or level.letter != self.level.letter):
                return None
            beside.append(other)
        mean = mean_of(beside)
        return mean[0] if mean else None

    @cached_property
    def statements_by_theme(self):
        """[(row of the theme, rows of its statements)]"""
        rows = {row.figure.number: row for row in self.statements}
        return [(theme, [rows[figure.number] for figure in theme.figure.figures]) for theme in self.themes]

    # Trend

    @cached_property
    def trend(self):
        """The last rounds of every theme, the oldest first, over the statements that this version asks."""
        if not self.is_shown:
            return []
        steps = self._trend_steps
        if sum(past is not None and past.is_shown for _round, past in steps) < 2:
            return []
        return [Trend(theme, self._points(theme, steps)) for theme in self.reading.themes if theme.is_shown]

    @cached_property
    def _trend_steps(self):
        """[(round, the result then or None)], the oldest first, from the first that has a result."""
        by_round = {past.round.pk: past for past in [self.current, *self._earlier]}
        rounds = self._rounds or [past.round for past in [self.current, *self._earlier]]
        steps = [(round, by_round.get(round.pk)) for round in reversed(rounds[:ROUNDS])]
        while steps and (steps[0][1] is None or not steps[0][1].is_shown):
            steps.pop(0)
        return steps

    def _points(self, theme, steps):
        points, last = [], None
        for round, past in steps:
            mean = mean_of(past.reading.over(theme)) if past is not None and past.is_shown else None
            if mean is None:
                points.append(Point(round, None, "", False))
                continue
            same = last is not None and not past.result.has_turned_over and past.is_ancestor == last.is_ancestor
            is_joined = same and points[-1].mean is not None
            name = past.unit.title if past.is_ancestor or past.unit.title != self.unit.title else ""
            points.append(Point(round, mean[0], name, is_joined))
            last = past
        return tuple(points)

    @property
    def trend_heading(self):
        count = len(self._trend_steps)
        return {2: _("Two rounds"), 3: _("Three rounds"), 4: _("Four rounds"), 5: _("Five rounds")}.get(count, "")

    @property
    def has_break(self):
        """Somewhere two results stand side by side without a line between them."""
        return any(
            before.mean is not None and after.mean is not None and not after.is_joined
            for before, after in pairwise(self.trend[0].points)
        )

    @property
    def older_names(self):
        """[(short name of a round, what the unit was called then)] of the rounds in the trend."""
        points = self.trend[0].points if self.trend else ()
        return [(point.round.short_name, point.name) for point in points if point.name]

    # Talking

    @cached_property
    def instead(self):
        """The level that is read when the unit has no figures of its own: the nearest that has any."""
        return next((self._levels[letter] for letter in LEVEL_ORDER if letter in self._levels), None)

    @property
    def instead_themes(self):
        """The rows of that level's themes."""
        themes = self.instead.reading.themes if self.instead else []
        return [Row(theme, None, None, None) for theme in themes if theme.is_shown]

    @cached_property
    def questions(self):
        """What the team talks about: from its own figures, or without them from the level's; else from all themes."""
        if self.is_shown:
            return [Question(figure.question, figure) for figure in self.reading.questions]
        if self.instead is not None and self.instead.reading.questions:
            return [Question(figure.question, figure) for figure in self.instead.reading.questions[:QUESTIONS]]
        return general_questions(self.sheet)

    @property
    def first_questions(self):
        return self.questions[:QUESTIONS]

    @property
    def more_questions(self):
        return self.questions[QUESTIONS:]


@dataclass(frozen=True)
class Question:
    """Something to talk about, and the figure from which it comes; none where there are no figures at all."""

    text: str
    figure: Figure | None
    statement: Statement | None = None

    @property
    def asked(self):
        """The statement it belongs to."""
        return self.figure.statement if self.figure else self.statement


def general_questions(sheet):
    """One question a theme, for a team without any figures."""
    firsts = {}
    for statement in sheet.statements:
        if statement.question("mid"):
            firsts.setdefault(statement.theme_id, statement)
    return [Question(statement.question("mid"), None, statement) for statement in firsts.values()]
