"""The pages of answering, drawn once: a page is the same for everybody who answers a round in a language.

Twelve cells for each of 28 statements cost some 20 ms of processor to draw, so the page is kept in the memory of the
process, compressed as well, under everything that it is made of. It names neither the unit nor anybody.
"""

import gzip
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, override

from ilmapuntari.answering import Outcome, state_of
from ilmapuntari.models import Instrument, Round

SKIPPED = "ohita"  # what the last cell of a statement sends
VALUES = {str(number): number for number in range(11)}
MOST_PAGES = 24  # kept at once: three languages of the rounds that are about to open, open or just closed


class Body(NamedTuple):
    """A page as bytes, plain and compressed."""

    plain: bytes
    gzipped: bytes

    @classmethod
    def of(cls, html):
        plain = html.encode()
        return cls(plain, gzip.compress(plain, 6, mtime=0))


class Facts(NamedTuple):
    """Everything that the page of a round is made of besides its statements."""

    language: str
    state: Outcome | None  # EARLY or CLOSED; None while it can be answered
    name: str
    instrument: int
    opens_at: datetime
    closes_at: datetime
    publishes_at: datetime
    destroyed_by: date
    is_called_off: bool

    @classmethod
    def of(cls, round: Round):
        return cls(
            language=get_language(),
            state=state_of(round),
            name=round.name,
            instrument=round.instrument_id,
            opens_at=round.opens_at,
            closes_at=round.closes_at,
            publishes_at=round.publishes_at,
            destroyed_by=round.destroyed_by,
            is_called_off=round.called_off_at is not None,
        )

    @property
    def last_day(self):
        """The last day on which one can answer; a round that closes at midnight is open until the day before."""
        return timezone.localdate(self.closes_at - timedelta(minutes=1))

    @property
    def closes_during_day(self):
        """Whether the hour has to be told as well."""
        return timezone.localtime(self.closes_at).time() not in (time(0, 0), time(23, 59), time(23, 59, 59))


class Cell(NamedTuple):
    value: str
    is_chosen: bool


class Question(NamedTuple):
    number: int
    text: str
    cells: list[Cell]


class Part(NamedTuple):
    """A theme with its statements, and the theme after it."""

    number: int
    name: str
    questions: list[Question]
    next_name: str


def in_themes(instrument):
    """[(name of a theme, [its statements])] in the reader's language."""
    return [(theme.name, [statement.text for statement in theme.statements.all()]) for theme in instrument.themes.all()]


@lru_cache(maxsize=MOST_PAGES)
def texts(instrument, language):
    """The statements of a version in a language. Versions that rounds use never change."""
    with override(language):
        return in_themes(Instrument.objects.with_statements().get(pk=instrument))


def parts_of(themes, chosen: Mapping[str, str]):
    """The themes with the cells that are chosen: {"v1": "7"}."""
    parts, number = [], 0
    for place, (name, statements) in enumerate(themes):
        questions = []
        for text in statements:
            number += 1
            value = chosen.get(f"v{number}")
            cells = [Cell(letters, letters == value) for letters in [*VALUES, SKIPPED]]
            questions.append(Question(number, text, cells))
        next_name = themes[place + 1][0] if place + 1 < len(themes) else ""
        parts.append(Part(place + 1, name, questions, next_name))
    return parts


def form(facts, *, code="", chosen=None, trouble=""):
    """The form as HTML; after a refusal with everything that was chosen, and what was in the way."""
    themes = texts(facts.instrument, facts.language)
    return render(themes, chosen or {}, facts=facts, typed_code=code, trouble=trouble)


def preview(instrument):
    """A version as somebody who answers would see it, drafts included; nothing can be sent from it."""
    return render(in_themes(instrument), {}, facts=None, typed_code="", trouble="")


def render(themes, chosen, **context):
    context |= {
        "parts": parts_of(themes, chosen),
        "statements": sum(len(statements) for _name, statements in themes),
        "languages": settings.LANGUAGES,
        "is_preview": context["facts"] is None,
    }
    return render_to_string("ilmapuntari/answer.html", context)


@lru_cache(maxsize=MOST_PAGES)
def drawn(facts):
    """The page that opens for everybody: the form, or why there is none."""
    if facts.state is None:
        return Body.of(form(facts))
    return Body.of(render_to_string("ilmapuntari/answer_not_open.html", {"facts": facts, "was_sent": False}))


@lru_cache(maxsize=MOST_PAGES)
def thanks(facts, *, is_new):
    """The reply to an answer that is saved: now, or earlier with the same code."""
    return Body.of(render_to_string("ilmapuntari/answer_saved.html", {"facts": facts, "is_new": is_new}))
