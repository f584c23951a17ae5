"""Celery's doors for what computes: the queue `compute`, which sees the folder `box`."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from ilmapuntari import computing, mail, opening
from ilmapuntari.guarding import guarded
from ilmapuntari.models import Round, forget_the_gone
from letters.tasks import send_letters
from pikassos.celery import nudge

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
        nudge(compute, round.pk)
    for round in Round.objects.to_destroy():
        guarded(round, computing.destroy, round)
    for round in Round.objects.to_publish():
        guarded(round, mail.publish_round, round)
    for round in Round.objects.to_part_from():
        guarded(round, mail.write_last_letters, round)
    nudge(send_letters)


def seal(round):
    opening.seal_codes(round)
    opening.mark_sealed(round)


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


@shared_task
def forget():
    """Names and addresses of those who left over a year ago."""
    forget_the_gone()
