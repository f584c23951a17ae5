"""The background: two queues, one for what sends letters and one for what computes.

Everything that is due is found in the database by a sweep, so a lost message loses nothing;
whoever causes work only nudges the sweep to come early.
"""

import logging
import os

from celery import Celery
from celery.signals import beat_init
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pikassos.settings")

logger = logging.getLogger(__name__)

app = Celery("pikassos")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def beat_at_once(sender, **kwargs):
    """The first heartbeats go out when beat starts, so that a new start is known to be well within seconds."""
    for queue in ("post", "compute"):
        app.send_task(f"pikassos.tasks.beat_{queue}", queue=queue, expires=30)


def nudge(task):
    """Queue `task` once the present transaction has been committed.

    Nobody's page waits for the broker or fails because of it: time-outs are short, a failure is
    logged and forgotten, and the sweep finds the work in any case.
    """

    def queue():
        try:
            task.apply_async(retry=False, ignore_result=True)
        except Exception:
            logger.warning("broker_unreachable", extra={"task": task.name})

    transaction.on_commit(queue, robust=True)
