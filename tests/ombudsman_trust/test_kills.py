"""Killed in the middle of changing keys or of deleting what is old: run again, nothing lost, nothing half."""

import random
import subprocess
import sys
import time

import pytest

from pikassos.embedded.preparation import CHECKOUT
from tests.cluster.portal import kill, wait_until

pytestmark = pytest.mark.cluster

TABLES = [
    f"ombudsman_{name}" for name in ("contact", "case", "measure", "casefile", "message", "messageaddition", "draft")
]
KEY_OF_EACH = " UNION ALL ".join(f"SELECT id, key_slot FROM {table}" for table in TABLES)
CONNECTIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = 'pikassos' AND pid <> pg_backend_pid()"
    " AND application_name = 'killed'"
)
moments = random.Random(812)


@pytest.fixture(autouse=True)
def quiet(cluster):
    """Nobody else works."""
    for name in list(cluster.programs):
        cluster.kill(name)


class Killed:
    """A command that is killed a moment after it has begun to do something."""

    def __init__(self, cluster, *command, given=None):
        self.cluster, self.command, self.given = cluster, command, given

    def after(self, has_begun, most):
        """Killed up to `most` seconds after it has begun. Returns whether it had ended by itself."""
        url = self.cluster.environment["DATABASE_URL"]
        url += ("&" if "?" in url else "?") + "application_name=killed"
        started = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=CHECKOUT,
            env=self.cluster.environment | {"DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        if self.given is not None:
            started.stdin.write(self.given)
        started.stdin.close()
        wait_until(lambda: has_begun() or started.poll() is not None, "the first change", patience=60)
        time.sleep(moments.uniform(0, most))
        has_ended = started.poll() is not None
        kill(started.pid)
        started.wait()
        wait_until(lambda: self.cluster.count(CONNECTIONS) == 0, "the end of its connection")
        return has_ended


def keys_of_each(cluster):
    return {str(pk): slot for pk, slot in cluster.rows(KEY_OF_EACH)}


def facts(cluster):
    return cluster.rows("SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY id)) FROM ombudsman_fact AS t")


def files(cluster):
    return sorted(file.name for file in cluster.keys("caseload").glob("*.key"))


def test_a_change_of_keys_that_is_killed_again_and_again_loses_nothing(cluster, work, many):
    opened, first, counted = work.opened(), keys_of_each(cluster), facts(cluster)
    number = int(files(cluster)[0].removeprefix("index-").removesuffix(".key"))
    command = Killed(cluster, "manage.py", "caseload_keys", "change")
    states = []

    for most in (0.1, 0.8, 0.3):
        before = keys_of_each(cluster)
        has_ended = command.after(lambda before=before: keys_of_each(cluster) != before, most)
        now = keys_of_each(cluster)
        states.append((has_ended, sum(now[pk] != slot for pk, slot in first.items())))
    assert any(not has_ended and 0 < changed < len(first) for has_ended, changed in states), states
    assert work.opened() == opened
    cluster.run("manage.py", "caseload_keys", "change")

    phones = [f"040 {number:07}" for number in range(240)]
    assert work.looked(phones=phones, receipts=list(many["receipts"]), slots=list(first.values())) == {
        "opened": opened, "phones": dict.fromkeys(phones, 1), "receipts": many["receipts"], "keys": [],
    }  # fmt: skip
    assert files(cluster) == [f"index-{number + 1}.key", f"master-{number + 1}.key"]
    assert cluster.count("SELECT count(*) FROM ombudsman_doomedkey") == 0
    assert facts(cluster) == counted


def test_deleting_what_is_old_that_is_killed_again_and_again_deletes_that_and_nothing_else(cluster, work, many):
    old = work.old(contacts=100, cases=25, messages=25, drafts=20)
    going, opened, slots, counted = set(old["going"]), work.opened(), keys_of_each(cluster), facts(cluster)
    last = cluster.count("SELECT max(id) FROM ombudsman_logrow")
    command = Killed(cluster, "tests/ombudsman_trust/work.py", "sweep", given="{}")
    states = []

    for most in (0.05, 0.4, 0.2):
        before = len(keys_of_each(cluster))
        has_ended = command.after(lambda before=before: len(keys_of_each(cluster)) < before, most)
        states.append((has_ended, len(slots) - len(keys_of_each(cluster))))
    assert any(not has_ended and 0 < deleted < len(going) for has_ended, deleted in states), states
    work.sweep()

    found = work.looked(slots=[slots[pk] for pk in going])
    assert slots.keys() - keys_of_each(cluster).keys() == going
    assert found["opened"] == {pk: values for pk, values in opened.items() if pk not in going}
    assert set(old["staying"]) <= found["opened"].keys()
    assert found["keys"] == []
    assert cluster.count("SELECT count(*) FROM ombudsman_doomedkey") == 0
    assert facts(cluster) == counted
    told = cluster.rows("SELECT wrote FROM ombudsman_logrow WHERE address = 'retention' AND id > %s", last)
    assert sorted(str(pk) for (wrote,) in told for pk in wrote) == sorted(going)
