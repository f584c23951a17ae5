"""The background: two queues, one for what sends letters and one for what computes.

Everything that is due is found in the database by a sweep, so a lost message loses nothing;
whoever causes work only nudges the sweep to come early.
"""

import logging
import os
from functools import cache

import redis
from celery import Celery
from celery.signals import beat_init
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pikassos.settings")

logger = logging.getLogger(__name__)

app = Celery("pikassos")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="post_tasks")  # a room's tasks for the queue `post`, where it has any of its own


@beat_init.connect
def beat_at_once(sender, **kwargs):
    """The first heartbeats go out when beat starts, so that a new start is known to be well within seconds."""
    for queue in ("post", "compute"):
        app.send_task(f"pikassos.tasks.beat_{queue}", queue=queue, expires=30)


@cache
def broker():
    """A connection to Redis that gives up within half a second and does not try again."""
    return redis.Redis.from_url(
        settings.CACHE_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0)
    )


def nudge(task, *keys):
    """Queue `task` once the present transaction has been committed; `keys` are numbers of rows and nothing else.

    Nobody's page waits for the broker or fails because of it: time-outs are short, a failure is
    logged and forgotten, and the sweep finds the work in any case.
    """

    def queue():
        try:
            # A broker that takes the connection and never answers would hold up the page for as long as its library
            # tries again, some six seconds; so it is asked first whether it is there at all.
            broker().ping()
            task.apply_async(keys, retry=False, ignore_result=True)
        except Exception:
            logger.warning("broker_unreachable", extra={"task": task.name})

    transaction.on_commit(queue, robust=True)
