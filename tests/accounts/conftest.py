"""Attempts are counted in the cache, and one test's attempts are not another's."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()
