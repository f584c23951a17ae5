"""A pytest plugin that gives a run its PostgreSQL and Redis (`-p tests.services`, before pytest-django reads settings).

With DATABASE_URL and REDIS_URL set, those are used. Otherwise one of each is started for the whole run, by the
controlling process alone; the workers of pytest-xdist inherit the environment, and each has a Redis database of its
own. Tests that kill servers do not use these: they start a cluster of their own (`pikassos.embedded`).
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pikassos.embedded.postgres import Postgres
from pikassos.embedded.preparation import CHECKOUT, Preparation
from pikassos.embedded.redis import Redis

WORKER = os.environ.get("PYTEST_XDIST_WORKER")  # gw0, gw1, …; unset in the controlling process
started = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """A wrapper, because pytest-django reads the settings in the same hook and asks to be first."""
    if not early_config.known_args_namespace.help and not early_config.known_args_namespace.version:
        _loosen_settings()
        if WORKER is None:
            _start()
        elif os.environ.get("PIKASSOS_TEST_REDIS"):
            # The settings use two databases each: one for messages, the next for the cache.
            number = 2 * (int(WORKER.removeprefix("gw")) + 1)
            os.environ["REDIS_URL"] = f"{os.environ['PIKASSOS_TEST_REDIS']}?db={number}"
    return (yield)


def pytest_unconfigure():
    _stop()


def _loosen_settings():
    """The tests know their settings: what happens to be in somebody's shell does not count."""
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "pikassos.settings",
            "SECRET_KEY": "only-for-tests-" + "x" * 50,
            "LOOSE": "1",
            "DEMONSTRATION": "0",
            "SITE_URL": "http://localhost:8000",
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],testserver",
        }
    )
    for name in ("EMAIL_URL", "TRUSTED_PROXY_COUNT", "LOG_JSON"):
        os.environ.pop(name, None)


def _start():
    folder = Path(tempfile.mkdtemp(prefix="pikassos-tests-"))
    try:
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(folder / "postgres", fsync=False)
            started.append(postgres)
            postgres.start()
            # The ordinary tests make their own databases, which only the owner may; the rights of the application's
            # role are tested in tests/embedded and wherever a test connects by PIKASSOS_TEST_APP_URL.
            os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = postgres.owner_url()
            os.environ["PIKASSOS_TEST_APP_URL"] = postgres.app_url()
        if not os.environ.get("REDIS_URL"):
            redis = Redis(folder / "redis")
            started.append(redis)
            redis.start()
            os.environ["REDIS_URL"] = redis.url
            os.environ["PIKASSOS_TEST_REDIS"] = redis.url.partition("?")[0]
        (folder / "media").mkdir()
        os.environ["MEDIA_ROOT"] = str(folder / "media")
        # One process plays every part here; that each needs its own folder is a test of its own.
        for name, variable in (
            ("link", "ILMAPUNTARI_LINK_KEYS"),
            ("box", "ILMAPUNTARI_BOX_KEYS"),
            ("caseload", "CASELOAD_KEYS"),
        ):
            (folder / name).mkdir(mode=0o700)
            os.environ[variable] = str(folder / name)
        _prepare_files(CHECKOUT / "var")
    except BaseException:
        _stop()
        raise
    started.append(_Folder(folder))


def _prepare_files(var):
    """Collected static files and compiled catalogues, as pages need them; kept from run to run while they fit."""
    var.mkdir(exist_ok=True)
    static = var / "test-static"
    os.environ["STATIC_ROOT"] = str(static)
    with (var / "test-files.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once would collect into each other
        for _, arguments in Preparation(notes=var / "test-files.json", static=static).files():
            subprocess.run([sys.executable, "manage.py", *arguments], cwd=CHECKOUT, check=True, capture_output=True)


def _stop():
    for part in started:
        part.remove()
    started.clear()


class _Folder:
    def __init__(self, path):
        self.path = path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
