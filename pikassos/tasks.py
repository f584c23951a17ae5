"""Heartbeats: that a worker is up says little, that it ran something just now says that it consumes."""

from celery import shared_task

from pikassos.health import Heartbeat


@shared_task
def beat_post():
    """Say that the worker which sends letters consumes its queue."""
    Heartbeat("post").beat()


@shared_task
def beat_compute():
    """Say that the worker which computes consumes its queue."""
    Heartbeat("compute").beat()
