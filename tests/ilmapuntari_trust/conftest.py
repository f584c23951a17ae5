"""A portal for the tests of the Ilmapuntari's promise: every process with its own keys and role, nothing patched."""

import itertools
import json

import psycopg
import pytest

from tests.cluster.portal import a_cluster, wait_until


@pytest.fixture(scope="session")
def cluster():
    with a_cluster(environment={"LOG_LEVEL": "INFO"}, web_workers=2, mail_takes=0) as made:
        # Dead rows stay where an attacker finds them, and the write-ahead log tells of what we do and of nothing else.
        with psycopg.connect(made.postgres.superuser_url("pikassos"), autocommit=True) as superuser:
            superuser.execute("ALTER SYSTEM SET autovacuum = off")
            superuser.execute("SELECT pg_reload_conf()")
        yield made


class Work:
    """What `work.py` does, in a process of the cluster: `work.opened(teams=3, size=10)`."""

    numbers = itertools.count(1)

    def __init__(self, cluster):
        self.cluster = cluster

    def __getattr__(self, what):
        return lambda **wanted: self.do(what, wanted)

    def do(self, what, wanted, **environment):
        """With an environment that differs, such as a key folder that is not there."""
        said = self.cluster.run("tests/ilmapuntari_trust/work.py", what, given=json.dumps(wanted), **environment)
        return json.loads(said.splitlines()[-1])

    def opened(self, **wanted):
        return self.do("opened", wanted | {"number": next(self.numbers)})

    def plan(self, **wanted):
        return self.do("plan", wanted | {"number": next(self.numbers)})


@pytest.fixture(scope="session")
def work(cluster):
    return Work(cluster)


@pytest.fixture(scope="module")
def quiet(cluster):
    """Nothing runs but what a test starts; what ran has told its statistics. Returns the superuser's address."""
    for name in list(cluster.programs):
        cluster.kill(name)
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'pikassos' AND pid <> pg_backend_pid()"
    wait_until(lambda: cluster.count(others) == 0, "the end of all connections")
    return cluster.postgres.superuser_url("pikassos")
