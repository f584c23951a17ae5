"""From frozen lists to sealed boxes, in two steps so that no process holds both keys.

The queue `post` derives the codes and lays down their hashes; the queue `compute` seals them into boxes and takes the
clear list away. Only then does the round open. Each step may run twice or be killed half-way.
"""

import random
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from ilmapuntari import codes, keys
from ilmapuntari.answering import statement_count
from ilmapuntari.models import Invitee, PendingCodes, ReportingUnit, Round, SealedBox
from ilmapuntari.sealed_box import Box, open_box

CHUNK = 200  # units a transaction

shuffled = random.SystemRandom().shuffle


# For the process that holds `link` ----------------------------------------------------------------------------------


def write_codes(round):
    """Lay down the hashes of the codes of every unit that has none yet. Returns how many units were done."""
    keys.link.make(round.token)
    key = keys.link.read(round.token)
    done = 0
    while count := write_codes_of_chunk(round, key):
        done += count
    return done


@transaction.atomic
def write_codes_of_chunk(round, key):
    """The next units, locked: what another process has in its hands, or has sealed meanwhile, is left alone."""
    units = waiting_for_codes(round).select_for_update(of=("self",), skip_locked=True)
    if chunk := list(units[:CHUNK]):
        invitees = defaultdict(list)
        for unit_id, pk in Invitee.objects.filter(unit__in=chunk, joins_on=None).values_list("unit_id", "pk"):
            invitees[unit_id].append(pk)
        PendingCodes.objects.bulk_create(
            [PendingCodes(unit=unit, hashes=hashes_of(key, unit.pk, invitees[unit.pk])) for unit in chunk],
            ignore_conflicts=True,
        )
    return len(chunk)


def write_codes_of_joiners(round):
    """Lay down the hashes of those who joined while the round is open, for the next nightly batch."""
    joining = defaultdict(list)
    for unit_id, pk in Invitee.objects.waiting_to_join().filter(round=round).values_list("unit_id", "pk"):
        joining[unit_id].append(pk)
    if not joining:
        return
    key = keys.link.read(round.token)
    for unit in ReportingUnit.objects.filter(pk__in=joining):
        PendingCodes.objects.update_or_create(unit=unit, defaults={"hashes": hashes_of(key, unit.pk, joining[unit.pk])})


def hashes_of(key, unit, invitees):
    """The hashes of the invitees' codes in no order that tells whose they are."""
    hashes = [codes.hashed(unit, codes.derive(key, unit, invitee)) for invitee in invitees]
    shuffled(hashes)
    return b"".join(hashes)


def waiting_for_codes(round):
    """Whether a box is made is asked of the unit: the process of letters may not even see the boxes."""
    return round.units.measured().filter(is_sealed=False, pending_codes=None).order_by("pk")


# For the process that holds `box` -----------------------------------------------------------------------------------


def seal_codes(round):
    """Seal what was laid down into boxes and take the clear lists away. Returns how many units were done."""
    keys.box.make(round.token)
    key = keys.box.read(round.token)
    statements = statement_count(round.instrument_id)
    done = 0
    while True:
        with transaction.atomic():
            pending = list(
                PendingCodes.objects.filter(unit__round=round, unit__is_sealed=False)
                .select_for_update(of=("self",), skip_locked=True)
                .order_by("unit_id")[:CHUNK]
            )
            if not pending:
                return done
            SealedBox.objects.bulk_create(
                [
                    SealedBox(unit_id=row.unit_id, blob=Box.empty(cut(row.hashes), statements).seal(key, row.unit_id))
                    for row in pending
                ]
            )
            units = [row.unit_id for row in pending]
            ReportingUnit.objects.filter(pk__in=units).update(is_sealed=True)
            PendingCodes.objects.filter(pk__in=units).delete()
        done += len(pending)


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
    """The nightly batch: every box sealed anew, changed or not, joiners let in, the progress written (rules 3 and 10).

    All boxes of the round in one transaction, in random order, so that row versions say nothing of the day. A second
    time on the same day changes nothing.
    """
    this = Round.objects.select_for_update().get(pk=round.pk)
    if this.resealed_on == on or this.opened_at is None or this.closed_at is not None:
        return False
    key = keys.box.read(this.token)
    units = {unit.pk: unit for unit in this.units.filter(is_sealed=True).select_related("round")}
    joining = dict(PendingCodes.objects.filter(unit__in=units).values_list("unit_id", "hashes"))
    order = list(units)
    shuffled(order)
    # Locked in one order whatever the order of writing, so that nothing can wait for each other.
    blobs = dict(
        SealedBox.objects.filter(unit__in=units).order_by("unit_id").select_for_update().values_list("unit_id", "blob")
    )
    for pk in order:
        unit, box = units[pk], open_box(key, pk, blobs[pk])
        if pk in joining:
            let_in(unit, box, cut(joining[pk]))
        SealedBox.objects.filter(pk=pk).update(blob=box.seal(key, pk))
        unit.progress = unit.step_of(len(box.answers))
    ReportingUnit.objects.bulk_update(units.values(), ["progress", "invited"], batch_size=1000)
    PendingCodes.objects.filter(unit__in=units).delete()
    this.resealed_on = on
    this.save(update_fields=["resealed_on"])
    return True


def let_in(unit, box, hashes):
    """Joiners come in while answers are below the gate; later a list could be made to fit what was answered.

    Somebody added so late that no hash was laid down waits, with all of the unit, until the next night.
    """
    joiners = Invitee.objects.waiting_to_join().filter(unit=unit)
    if joiners.count() != len(hashes):
        return
    if len(box.answers) >= unit.gate or len(box.codes) + len(hashes) > box.capacity:
        joiners.update(is_refused=True)
        return
    box.add_codes(hashes)
    unit.invited += joiners.update(joins_on=None)
