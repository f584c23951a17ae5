"""From frozen lists to sealed boxes, in two steps so that no process holds both keys.

The queue `post` derives the codes and lays down their hashes; the queue `compute` seals them into boxes and takes the
clear list away. Only then does the round open. Each step may run twice or be killed half-way. Every unit has some codes
to spare: whoever joins later takes one that lies in the box already, because a hash written for one person is theirs.
"""

import logging
import random

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from ilmapuntari import codes, keys
from ilmapuntari.answering import statement_count
from ilmapuntari.models import Invitee, PendingCodes, ReportingUnit, Round, SealedBox
from ilmapuntari.models.unit import SPARE_NUMBERS, spare_name
from ilmapuntari.sealed_box import Box, CannotOpen, open_box

logger = logging.getLogger(__name__)

CHUNK = 200  # units a transaction

shuffled = random.SystemRandom().shuffle


# For the process that holds `link` ----------------------------------------------------------------------------------


def write_codes(round):
    """Lay down the hashes of the codes of every unit that has none yet. Returns how many units were done."""
    done = 0
    while count := write_codes_of_chunk(round):
        done += count
    return done


@transaction.atomic
def write_codes_of_chunk(round):
    """The next units, locked: what another process has in its hands, or has sealed meanwhile, is left alone."""
    if not hold(round):
        return 0
    chunk = list(waiting_for_codes(round).select_for_update(of=("self",), skip_locked=True)[:CHUNK])
    if not chunk:
        return 0
    begun = round.units.filter(Q(is_sealed=True) | Q(pending_codes__isnull=False)).exists()
    key = key_for(keys.link, round, is_begun=begun)
    sources = {unit.pk: [spare_name(number) for number in SPARE_NUMBERS] for unit in chunk}
    for unit_id, pk in Invitee.objects.filter(unit__in=chunk).values_list("unit_id", "pk"):
        sources[unit_id].append(pk)
    PendingCodes.objects.bulk_create(
        [PendingCodes(unit=unit, hashes=hashes_of(key, unit.pk, sources[unit.pk])) for unit in chunk],
        ignore_conflicts=True,
    )
    return len(chunk)


def hashes_of(key, unit, names):
    """The hashes of the codes derived from these names, in no order that tells whose they are."""
    hashes = [codes.hashed(unit, codes.derive(key, unit, name)) for name in names]
    shuffled(hashes)
    return b"".join(hashes)


def waiting_for_codes(round):
    """Whether a box is made is asked of the unit: the process of letters may not even see the boxes."""
    return round.units.measured().filter(is_sealed=False, pending_codes=None).order_by("pk")


# For both -----------------------------------------------------------------------------------------------------------


def hold(round):
    """Whether the round is still being prepared; it cannot be called off before the end of the transaction.

    A shared lock, so that several processes prepare a round at once. Without it a round called off meanwhile would get
    a key and boxes after everything of it had been destroyed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM ilmapuntari_round"
            " WHERE id = %s AND called_off_at IS NULL AND closed_at IS NULL AND destroyed_at IS NULL FOR SHARE",
            [round.pk],
        )
        return cursor.fetchone() is not None


def key_for(folder, round, *, is_begun):
    """The round's key, made for its first units. Raises KeyGone when it is lost: a new one would not fit the others."""
    if not is_begun:
        folder.make(round.token)
    return folder.read(round.token)


# For the process that holds `box` -----------------------------------------------------------------------------------


def seal_codes(round):
    """Seal what was laid down into boxes and take the clear lists away. Returns how many units were done."""
    done = 0
    while count := seal_chunk(round, statement_count(round.instrument_id)):
        done += count
    return done


@transaction.atomic
def seal_chunk(round, statements):
    if not hold(round):
        return 0
    pending = list(
        PendingCodes.objects.filter(unit__round=round, unit__is_sealed=False)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("unit_id")[:CHUNK]
    )
    # Computing asks for the key of a round without a single box too.
    key = key_for(keys.box, round, is_begun=round.units.filter(is_sealed=True).exists())
    if not pending:
        return 0
    SealedBox.objects.bulk_create(
        [
            SealedBox(unit_id=row.unit_id, blob=Box.empty(cut(row.hashes), statements).seal(key, row.unit_id))
            for row in pending
        ]
    )
    units = [row.unit_id for row in pending]
    ReportingUnit.objects.filter(pk__in=units).update(is_sealed=True)
    PendingCodes.objects.filter(pk__in=units).delete()
    return len(pending)


def cut(hashes):
    """The hashes of a clear list."""
    hashes = bytes(hashes)
    return [hashes[start : start + codes.HASH_SIZE] for start in range(0, len(hashes), codes.HASH_SIZE)]


@transaction.atomic
def mark_sealed(round):
    """The round may open once every unit that can get numbers has its box."""
    if round.units.measured().filter(is_sealed=False).exists():
        return False
    return bool(Round.objects.filter(pk=round.pk, sealed_at=None).update(sealed_at=timezone.now()))


@transaction.atomic
def reseal(round, *, on):
    """The nightly batch: every box sealed anew, changed or not, and the progress written (rule 10).

    All boxes of the round in one transaction, in random order, so that row versions say nothing of the day. A second
    time on the same day changes nothing.
    """
    this = Round.objects.select_for_update().get(pk=round.pk)
    if this.resealed_on == on or this.opened_at is None or this.closed_at is not None:
        return False
    key = keys.box.read(this.token)
    units = {unit.pk: unit for unit in this.units.filter(is_sealed=True).select_related("round")}
    order = list(units)
    shuffled(order)
    # Locked in one order whatever the order of writing, so that nothing can wait for each other.
    blobs = dict(
        SealedBox.objects.filter(unit__in=units).order_by("unit_id").select_for_update().values_list("unit_id", "blob")
    )
    for pk in order:
        unit = units[pk]
        try:
            box = open_box(key, pk, blobs[pk])
        except CannotOpen:
            # A damaged box stays as it is, and the others are sealed anew.
            logger.error("box_damaged", extra={"unit": str(pk)})
            continue
        SealedBox.objects.filter(pk=pk).update(blob=box.seal(key, pk))
        unit.progress = unit.step_of(len(box.answers))
    ReportingUnit.objects.bulk_update(units.values(), ["progress"], batch_size=1000)
    this.resealed_on = on
    this.save(update_fields=["resealed_on"])
    return True
