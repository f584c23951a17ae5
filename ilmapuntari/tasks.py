"""Celery's doors for what computes: the queue `compute`, which sees the folder `box`."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from ilmapuntari import computing, keys, mail, opening
from ilmapuntari.models import Round
from letters.tasks import send_letters
from pikassos.celery import nudge

logger = logging.getLogger(__name__)

NIGHT = 3  # o'clock; when the nightly batch comes, or as soon as anything works again


@shared_task(acks_late=True, reject_on_worker_lost=True)
def advance():
    """Whatever a round waits for is done here, derived from the database: a lost message loses nothing."""
    for round in Round.objects.to_freeze():
        guarded(round, round.freeze)
    for round in Round.objects.under_way().filter(frozen_at__isnull=False, sealed_at=None):
        guarded(round, seal, round)
    for round in Round.objects.to_open():
        guarded(round, mail.open_round, round)
    for round in Round.objects.open():
        guarded(round, mail.write_due_letters, round)
    for round in Round.objects.to_close():
        guarded(round, round.close)
    for round in Round.objects.to_compute():
        nudge_compute(round)
    for round in Round.objects.to_destroy():
        guarded(round, computing.destroy, round)
    for round in Round.objects.to_publish():
        guarded(round, mail.publish_round, round)
    for round in Round.objects.to_part_from():
        guarded(round, mail.write_last_letters, round)
    nudge(send_letters)


def guarded(round, verb, *arguments):
    """One round's trouble holds up no other; the sweep tries again."""
    try:
        return verb(*arguments)
    except keys.KeyGone:
        logger.error("round_key_gone", extra={"round": round.pk})
    except Exception:
        logger.exception("round_not_advanced", extra={"round": round.pk})


def seal(round):
    opening.seal_codes(round)
    opening.mark_sealed(round)


def nudge_compute(round):
    """Queue the computing; without a broker it is done here and now."""
    compute.apply(args=[round.pk])


@shared_task(acks_late=True, reject_on_worker_lost=True)
def compute(round_id):
    """Compute a closed round: units, then levels, then the end of the answers. May run twice or be killed half-way."""
    round = Round.objects.to_compute().filter(pk=round_id).first()
    if round is None:
        return
    computing.compute_units(round)
    if computing.compute_levels(round):
        computing.destroy(round)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def reseal():
    """The nightly batch of every open round."""
    now = timezone.localtime()
    if now.hour < NIGHT:
        return
    for round in Round.objects.open().filter(opened_at__lt=now.replace(hour=0, minute=0) + timedelta(hours=NIGHT)):
        if guarded(round, resealed_today, round, now.date()):
            guarded(round, mail.write_due_letters, round)


def resealed_today(round, today):
    return opening.reseal(round, on=today)
