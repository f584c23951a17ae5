"""Celery's doors for what needs the folder `link`: the queue `post`, which sees no box."""

from celery import shared_task

from ilmapuntari import keys, opening
from ilmapuntari.models import Invitee, Round


@shared_task(acks_late=True, reject_on_worker_lost=True)
def write_codes():
    """Codes of frozen rounds and of those who join; the keys of rounds whose codes nobody can use any more go."""
    for round in Round.objects.under_way().filter(frozen_at__isnull=False, sealed_at=None):
        opening.write_codes(round)
    for round in Round.objects.open():
        if Invitee.objects.filter(round=round, joins_on__isnull=False, is_refused=False).exists():
            opening.write_codes_of_joiners(round)
    for token in Round.objects.codes_useless().values_list("token", flat=True):
        keys.link.destroy(token)
