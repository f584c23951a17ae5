"""Celery's doors for what needs the folder `link`: the queue `post`, which sees no box."""

from celery import shared_task

from ilmapuntari import keys, opening
from ilmapuntari.guarding import guarded
from ilmapuntari.models import Round


@shared_task(acks_late=True, reject_on_worker_lost=True)
def write_codes():
    """Codes of frozen rounds; the keys of rounds whose codes nobody can use any more go."""
    for round in Round.objects.to_seal():
        guarded(round, opening.write_codes, round)
    for round in Round.objects.codes_useless():
        guarded(round, keys.link.destroy, round.token)
