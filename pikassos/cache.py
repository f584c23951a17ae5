"""The cache holds counters of attempts and nothing that must survive; so it may not take the portal down with it."""

import logging

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)


def forgiving(name):
    """The Redis cache's method, answered from this process's memory while Redis is away.

    Limits of attempts then hold for each process instead of all together, which beats no limit and no sign-in.
    """

    def method(self, *args, **kwargs):
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except redis.RedisError:
            logger.warning("cache_unreachable")
            return getattr(self.memory, name)(*args, **kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """Redis; this process's memory when Redis does not answer."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self.memory = LocMemCache("while-redis-is-away", params)

    add = forgiving("add")
    get = forgiving("get")
    set = forgiving("set")
    touch = forgiving("touch")
    delete = forgiving("delete")
    get_many = forgiving("get_many")
    set_many = forgiving("set_many")
    delete_many = forgiving("delete_many")
    has_key = forgiving("has_key")
    incr = forgiving("incr")
