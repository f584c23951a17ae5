"""One set of published figures, of a unit or a level, read with its version of the questionnaire (rule 6)."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _

from ilmapuntari import rules
from ilmapuntari.models import Statement
from ilmapuntari.published.words import SPREAD_ORDER, SPREADS, STATES, answers_words, written

BEST = 3  # so many of each at a glance


class Sheet:
    """A version of the questionnaire: its statements in the order of the figures, and its themes."""

    def __init__(self, instrument, statements):
        self.instrument = instrument
        self.statements = list(statements)
        self.places = {statement.identity: place for place, statement in enumerate(self.statements)}
        self.themes = list({statement.theme_id: statement.theme for statement in self.statements}.values())

    def __len__(self):
        return len(self.statements)

    @property
    def limits(self):
        """(green from, yellow from) of themes, in tenths."""
        return self.instrument.good_from, self.instrument.fair_from

    @property
    def noise(self):
        """The spread of answers and the correlation of two rounds, for telling change from chance."""
        return {"sd": self.instrument.noise_sd / 10, "r": self.instrument.noise_r / 100}


def sheets(instruments):
    """{key of a version: its sheet}, in one query; `instruments` are keys."""
    found = {}
    statements = (
        Statement.objects.filter(theme__instrument__in=set(instruments))
        .select_related("theme__instrument")
        .order_by("theme__instrument", "theme__position", "position")
    )
    for statement in statements:
        found.setdefault(statement.theme.instrument_id, []).append(statement)
    return {pk: Sheet(items[0].theme.instrument, items) for pk, items in found.items()}


@dataclass(frozen=True)
class Figure:
    """What is published of a statement, turned so that more is better; nothing where there were too few answers."""

    statement: Statement
    number: int  # as asked, from 1
    published: dict | None
    level_answers: int | None = None

    @property
    def is_shown(self):
        return self.published is not None

    @property
    def identity(self):
        return self.statement.identity

    @property
    def text(self):
        return self.statement.text

    @property
    def theme(self):
        return self.statement.theme

    @property
    def is_reversed(self):
        return self.statement.is_reversed

    @property
    def raw(self):
        return self.published["mean"] if self.published else None

    @property
    def mean(self):
        return rules.oriented(self.raw, self.is_reversed) if self.published else None

    @property
    def mean_words(self):
        return written(self.mean)

    @property
    def band(self):
        """How exact: "few", "some" or "exact". A level's figure is always exact."""
        return self.published.get("band", rules.EXACT) if self.published else rules.TOO_FEW

    @cached_property
    def state(self):
        return rules.state(self.mean, self.statement.limits) if self.published else ""

    @property
    def state_words(self):
        return STATES.get(self.state, "")

    @property
    def spread(self):
        return (self.published or {}).get("spread")

    @property
    def spread_words(self):
        return SPREADS.get(self.spread, "")

    @property
    def n(self):
        return (self.published or {}).get("n")

    @property
    def answers_words(self):
        return answers_words(self.band, self.n) if self.n else ""

    @property
    def bins(self):
        """[(from, to, how many)] turned, worst first; nothing where they may not be seen."""
        bins = (self.published or {}).get("bins")
        return rules.oriented_bins(bins, self.is_reversed) if bins else []

    @property
    def bins_words(self):
        """0–4: 3, 8–10: 9: only where somebody answered."""
        return ", ".join(f"{low}–{high}: {count}" for low, high, count in self.bins if count)

    @property
    def distribution(self):
        """Percentages of a level's answers from 0 to 10, turned; nothing under thirty answers."""
        shares = (self.published or {}).get("distribution")
        return (shares[::-1] if self.is_reversed else shares) if shares else []

    @property
    def interval(self):
        """(low, high) of a level's mean, in tenths, turned."""
        ends = (self.published or {}).get("interval")
        return sorted(rules.oriented(end, self.is_reversed) for end in ends) if ends else []

    @property
    def known_n(self):
        """How many answers are known to stand behind it."""
        return rules.known_n(self.published, self.level_answers)

    @property
    def question(self):
        """What to talk about because of it; nothing when it is good."""
        return self.statement.question(self.state)


@dataclass(frozen=True)
class ThemeFigure:
    """A theme's mean over its published statements, no finer than the coarsest of them."""

    theme: object
    figures: tuple
    limits: tuple

    @property
    def key(self):
        return self.theme.key

    @property
    def name(self):
        return self.theme.name

    @cached_property
    def _mean(self):
        return rules.theme_mean([(figure.mean, figure.band) if figure.is_shown else None for figure in self.figures])

    @property
    def is_shown(self):
        return self._mean is not None

    @property
    def mean(self):
        return self._mean[0] if self._mean else None

    @property
    def mean_words(self):
        return written(self.mean)

    @property
    def band(self):
        return self._mean[1] if self._mean else rules.TOO_FEW

    @property
    def state(self):
        return rules.state(self.mean, self.limits) if self._mean else ""

    @property
    def state_words(self):
        return STATES.get(self.state, "")

    @cached_property
    def spread(self):
        """The middle word of its statements, the wider of two; only where most of those shown have one."""
        words = sorted(SPREAD_ORDER.index(figure.spread) for figure in self.figures if figure.spread)
        shown = sum(figure.is_shown for figure in self.figures)
        return SPREAD_ORDER[words[len(words) // 2]] if words and 2 * len(words) >= shown else None

    @property
    def spread_words(self):
        return SPREADS.get(self.spread, "")


class Reading:
    """Published figures of a unit or a level, read with the sheet of their round.

    Of a level come its number of `answers`, where it is published, and whether very small groups were `left_out`.
    """

    def __init__(self, sheet, figures, *, answers=None, left_out=False):
        self.sheet = sheet
        self.left_out = left_out
        self.figures = [
            Figure(statement, number, published, answers)
            for number, (statement, published) in enumerate(zip(sheet.statements, figures, strict=True), 1)
        ]
        by_theme = {}
        for figure in self.figures:
            by_theme.setdefault(figure.statement.theme_id, []).append(figure)
        self.themes = [ThemeFigure(theme, tuple(by_theme[theme.pk]), sheet.limits) for theme in sheet.themes]

    def find(self, identity):
        """The figure of a statement by its identity; None where the version did not ask it."""
        place = self.sheet.places.get(identity)
        return None if place is None else self.figures[place]

    def theme(self, key):
        return next((theme for theme in self.themes if theme.key == key), None)

    @cached_property
    def shown(self):
        return [figure for figure in self.figures if figure.is_shown]

    @cached_property
    def best(self):
        """The three highest; with few statements fewer, so that nothing is both best and to be talked about."""
        return sorted(self.shown, key=lambda figure: (-figure.mean, figure.number))[: self._at_a_glance]

    @cached_property
    def to_talk(self):
        """The three lowest, the lowest first."""
        best = {figure.number for figure in self.best}
        rest = [figure for figure in self.shown if figure.number not in best]
        return sorted(rest, key=lambda figure: (figure.mean, figure.number))[: self._at_a_glance]

    @property
    def _at_a_glance(self):
        return min(BEST, len(self.shown) // 2)

    @cached_property
    def questions(self):
        """Figures with something to talk about: red ones first, then yellow, the lowest first."""
        order = {"bad": 0, "mid": 1}
        asked = [figure for figure in self.shown if figure.state in order and figure.question]
        return sorted(asked, key=lambda figure: (order[figure.state], figure.mean, figure.number))

    @property
    def strongest_themes(self):
        """The highest theme, or two that share the place; none where more share it."""
        return self._themes_at(max)

    @property
    def weakest_themes(self):
        return self._themes_at(min)

    def _themes_at(self, end):
        shown = [theme for theme in self.themes if theme.is_shown]
        means = {theme.mean for theme in shown}
        if len(means) < 2:
            return []
        at = [theme for theme in shown if theme.mean == end(means)]
        return at if len(at) <= 2 else []

    @property
    def has_spread(self):
        return any(figure.spread for figure in self.figures)

    @property
    def has_bins(self):
        return any(figure.bins for figure in self.figures)

    # Since an earlier round

    def change_of(self, identity, before):
        """The change of a statement since an earlier reading: the same identity in both, or None."""
        now, then = self.find(identity), before.find(identity) if before else None
        if now is None or then is None or not now.is_shown or not then.is_shown:
            return None
        return rules.change(_as_figure(now), _as_figure(then), **self.sheet.noise)

    def theme_change(self, key, before):
        """The change of a theme, over the statements shown in both readings."""
        theme = self.theme(key)
        if theme is None or before is None:
            return None
        then = before.over(theme)
        common = [
            (now, past) if now.is_shown and past is not None and past.is_shown else None
            for now, past in zip(theme.figures, then, strict=True)
        ]
        return rules.change(
            _theme_as_figure([pair and pair[0] for pair in common]),
            _theme_as_figure([pair and pair[1] for pair in common]),
            **self.sheet.noise,
        )

    def over(self, theme):
        """This reading's figures of the statements of another version's theme, None where they were not asked."""
        return [self.find(figure.identity) for figure in theme.figures]


def _as_figure(figure):
    return {"mean": figure.mean, "band": figure.band, "n": figure.known_n}


def _theme_as_figure(figures):
    """A theme's mean as `rules.change` takes it, known to have as many answers as its least answered statement."""
    mean = mean_of(figures)
    if mean is None:
        return None
    known = min(figure.known_n for figure in figures if figure)
    return {"mean": mean[0], "band": mean[1], "n": known}


def mean_of(figures):
    return rules.theme_mean([(figure.mean, figure.band) if figure and figure.is_shown else None for figure in figures])


@dataclass(frozen=True)
class Level:
    """An organisation, a county or the whole area in a round."""

    letter: str
    name: str
    units: int
    answers: int | None
    reading: Reading
    comparable: tuple = ()  # statement by statement: whether the level above may stand beside it

    @property
    def others(self):
        """How many units beside one of its own."""
        return self.units - 1

    @classmethod
    def of(cls, result, sheet):
        if result.organisation_id:
            letter, name = "o", result.organisation.short_name or result.organisation.name
        elif result.county_id:
            letter, name = "c", result.county.short_name
        else:
            letter, name = "a", _("The whole area")
        reading = Reading(sheet, result.figures, answers=result.answers, left_out=result.left_out)
        return cls(letter, name, result.units, result.answers, reading, tuple(result.comparable or ()))

    def beside(self, level):
        """The same with only what may stand beside a level below it (rule 7); None where nothing may."""
        if not any(level.comparable):
            return None
        pairs = zip(self.reading.figures, level.comparable, strict=True)
        figures = [figure.published if may else None for figure, may in pairs]
        reading = Reading(self.reading.sheet, figures, answers=self.answers, left_out=self.reading.left_out)
        return replace(self, reading=reading)
