"""The verb of answering: one locked write to one row, or none.

Whatever happens on the way (two tabs, a repeated click, a lost reply, a restart), a code brings one answer or none.
Source: the privacy page, The sealed box.
"""

import enum
import time
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.utils import timezone

from ilmapuntari import codes, keys
from ilmapuntari.models import ReportingUnit, Round, Statement
from ilmapuntari.rules import SKIP
from ilmapuntari.sealed_box import open_box

# After so many wrong codes in a quarter of an hour whoever sends one more is told so. A right code is taken all the
# same, because whoever knows the poster's address could otherwise shut a whole team out; so this slows nobody who
# goes on guessing. What keeps them out are the 80 bits of a code (see docs/decisions/0008-the-sealed-box.md). Kept by
# unit and not by address, because a whole county comes from one address, and we keep none; in the memory of each
# process, so that an answer needs nothing but the database and leaves no trace elsewhere.
MOST_TRIES = 100
TRIES_KEPT = 15 * 60  # seconds
tries = caches["wrong-codes"]


# The statements of an answer are written out: putting them together anew each time took Django twice as long as the
# database needs to carry them out (measured November 2026: 2.3 ms of 3.6 for a whole answer).
ROUND_FIELDS = (
    "id", "token", "instrument_id", "year", "season", "opens_at", "closes_at", "publishes_at", "opened_at", "closed_at",
    "called_off_at",
)  # fmt: skip
FIND_ROUND = f"""
    SELECT {", ".join(f"r.{name}" for name in ROUND_FIELDS)}
    FROM ilmapuntari_reportingunit u JOIN ilmapuntari_round r ON r.id = u.round_id
    WHERE u.id = %s
"""
LOCK_BOX = "SELECT blob FROM ilmapuntari_sealedbox WHERE unit_id = %s FOR UPDATE"
# Whether the round is still open is asked by the very statement that writes, after the lock was had: computing takes
# the same lock after the closing has been committed, so no answer is thanked for and then left out.
WRITE_BOX = """
    UPDATE ilmapuntari_sealedbox b SET blob = %s
    FROM ilmapuntari_reportingunit u JOIN ilmapuntari_round r ON r.id = u.round_id
    WHERE b.unit_id = %s AND u.id = b.unit_id
      AND r.opened_at IS NOT NULL AND r.closed_at IS NULL AND r.called_off_at IS NULL AND r.closes_at > %s
"""


class Kept(NamedTuple):
    """A round in this process's memory."""

    until: float
    round: Round


MOST_KEPT = 20_000  # units; a few megabytes
round_of = {}  # unit: round, which never changes
recently_found = {}  # round: Kept


class Outcome(enum.Enum):
    """What became of an answer. Each has a sentence of its own on the page."""

    SAVED = "saved"
    USED = "used"
    UNKNOWN = "unknown"
    EARLY = "early"
    CLOSED = "closed"
    BLANK = "blank"
    TOO_MANY = "too_many"


@lru_cache(maxsize=64)
def statement_count(instrument_id):
    """How many bytes an answer has. Versions that rounds use never change."""
    return Statement.objects.filter(theme__instrument=instrument_id).count()


def unit_for_answering(pk):
    """The unit and what answering has to know of its round, in one query. Raises ReportingUnit.DoesNotExist.

    A process asks for a round at most once a second: whether it is open is asked again when the answer is written.
    """
    kept = recently_found.get(round_of.get(pk))
    if kept is not None and kept.until > time.monotonic():
        return ReportingUnit(pk=pk, round=kept.round)
    with connection.cursor() as cursor:
        cursor.execute(FIND_ROUND, [pk])
        row = cursor.fetchone()
    if row is None:
        raise ReportingUnit.DoesNotExist
    round = Round.from_db(connection.alias, ROUND_FIELDS, row)
    if len(round_of) >= MOST_KEPT:
        round_of.clear()
    round_of[pk] = round.pk
    recently_found[round.pk] = Kept(time.monotonic() + settings.ILMAPUNTARI_ROUND_KEPT, round)
    return ReportingUnit(pk=pk, round=round)


def state_of(round):
    """EARLY or CLOSED when nothing can be answered now, else None."""
    if round.called_off_at is not None or round.closed_at is not None or timezone.now() >= round.closes_at:
        return Outcome.CLOSED
    return Outcome.EARLY if round.opened_at is None else None


def answer(unit, typed_code, answer):
    """Save one answer in the unit's box with the code that was typed.

    `answer` has one byte a statement: 0–10, or SKIP. Nothing is written unless the outcome is SAVED, and then exactly
    one row is updated once. Raises KeyGone when the round's key is lost.
    """
    refused = state_of(unit.round)
    if refused:
        return refused
    if len(answer) != statement_count(unit.round.instrument_id):
        raise ValueError("An answer has one byte a statement.")
    if any(value > 10 and value != SKIP for value in answer):
        raise ValueError("A statement is answered from 0 to 10, or skipped.")
    if all(value == SKIP for value in answer):
        return Outcome.BLANK
    code = codes.read(typed_code)
    outcome = Outcome.UNKNOWN if code is None else save(unit, codes.hashed(unit.pk, code), answer)
    return wrong_try(unit) if outcome is Outcome.UNKNOWN else outcome


@transaction.atomic
def save(unit, code_hash, answer):
    """Lock the box, spend the code, lay the answer in, seal: one write."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_BOX, [unit.pk])
        row = cursor.fetchone()
        if row is None:
            return Outcome.CLOSED
        key = keys.box.read(unit.round.token)
        box = open_box(key, unit.pk, row[0])
        place = box.place_of(code_hash)
        if place is None:
            return Outcome.UNKNOWN
        if box.spent[place]:
            return Outcome.USED
        box.answer(place, answer)
        cursor.execute(WRITE_BOX, [box.seal(key, unit.pk), unit.pk, timezone.now()])
        return Outcome.SAVED if cursor.rowcount else Outcome.CLOSED


def wrong_try(unit):
    """UNKNOWN, or TOO_MANY after many. Only wrong codes are counted, so the count says nothing of who answered."""
    if tries.get(str(unit.pk), 0) >= MOST_TRIES:
        return Outcome.TOO_MANY
    tries.add(str(unit.pk), 0, TRIES_KEPT)
    # It may have run out in this very moment.
    with suppress(ValueError):
        tries.incr(str(unit.pk))
    return Outcome.UNKNOWN
