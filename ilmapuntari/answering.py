"""The verb of answering: one locked write to one row, or none.

Whatever happens on the way (two tabs, a repeated click, a lost reply, a restart), a code brings one answer or none.
Source: the privacy page, The sealed box.
"""

import enum
from functools import lru_cache

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ilmapuntari import codes, keys
from ilmapuntari.models import ReportingUnit, Round, SealedBox, Statement
from ilmapuntari.rules import SKIP
from ilmapuntari.sealed_box import open_box

# Wrong codes that a unit may be tried with in a quarter of an hour. A whole team mistypes less; a guesser of 80 bits
# gets nowhere. Kept by unit and not by address, because a whole county comes from one address, and we keep none.
MOST_TRIES = 100
TRIES_KEPT = 15 * 60  # seconds


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
    """The unit and its round, in one query. Raises ReportingUnit.DoesNotExist."""
    return ReportingUnit.objects.select_related("round").get(pk=pk)


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
    if too_many_tries(unit):
        return Outcome.TOO_MANY
    code = codes.read(typed_code)
    if code is None:
        count_wrong_try(unit)
        return Outcome.UNKNOWN
    outcome = save(unit, codes.hashed(unit.pk, code), answer)
    if outcome is Outcome.UNKNOWN:
        count_wrong_try(unit)
    return outcome


@transaction.atomic
def save(unit, code_hash, answer):
    """Lock the box, spend the code, lay the answer in, seal: one write."""
    row = SealedBox.objects.filter(pk=unit.pk)
    blob = row.select_for_update().values_list("blob", flat=True).first()
    if blob is None:
        return Outcome.CLOSED
    key = keys.box.read(unit.round.token)
    box = open_box(key, unit.pk, blob)
    place = box.place_of(code_hash)
    if place is None:
        return Outcome.UNKNOWN
    if box.spent[place]:
        return Outcome.USED
    box.answer(place, answer)
    # Whether the round is still open is asked by the very statement that writes, after the lock was had: computing
    # takes the same lock after the closing has been committed, so no answer is thanked for and then left out.
    still_open = Q(unit__round__in=Round.objects.open().filter(closes_at__gt=timezone.now()))
    return Outcome.SAVED if row.filter(still_open).update(blob=box.seal(key, unit.pk)) else Outcome.CLOSED


def tries_key(unit):
    return f"ilmapuntari:wrong-codes:{unit.pk}"


def too_many_tries(unit):
    return (cache.get(tries_key(unit)) or 0) >= MOST_TRIES


def count_wrong_try(unit):
    """Only wrong codes are counted, so the count says nothing of those who answered."""
    cache.add(tries_key(unit), 0, TRIES_KEPT)
    try:
        cache.incr(tries_key(unit))
    except ValueError:  # it ran out in this very moment
        cache.set(tries_key(unit), 1, TRIES_KEPT)
