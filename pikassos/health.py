"""`/terveys/`: whether the portal and everything it stands on answers."""

import time

import redis
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pikassos.celery import broker


class Heartbeat:
    """When a worker last ran its heartbeat task; kept in Redis, because a stopped Redis stops the worker as well."""

    LATE = 60  # seconds: six missed beats

    def __init__(self, queue):
        self.key = f"heartbeat:{queue}"

    def beat(self):
        broker().set(self.key, time.time())

    def is_alive(self):
        last = broker().get(self.key)
        return last is not None and time.time() - float(last) < self.LATE


def database_answers():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_answers(question):
    try:
        return bool(question())
    except redis.RedisError:
        return False


@login_not_required
@never_cache
@require_safe
def health(request):
    """JSON with one truth a part; 200 when all are well, 503 otherwise."""
    parts = {
        "database": database_answers(),
        "redis": redis_answers(lambda: broker().ping()),
        "worker_post": redis_answers(Heartbeat("post").is_alive),
        "worker_compute": redis_answers(Heartbeat("compute").is_alive),
    }
    well = all(parts.values())
    return JsonResponse({"well": well, **parts}, status=200 if well else 503)
