"""A whole portal of its own for tests that kill parts of it: database, broker, mail server, web and worker."""

import http.client
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from pikassos.embedded import processes
from pikassos.embedded.postgres import Postgres
from pikassos.embedded.preparation import CHECKOUT
from pikassos.embedded.redis import Redis
from tests.cluster.smtp_sink import SmtpSink

MARK = "PIKASSOS_CLUSTER"
WEB = ["gunicorn", "pikassos.wsgi", "--worker-class", "gthread", "--workers", "1", "--threads", "4"]
WORKER = ["celery", "-A", "pikassos", "worker", "-Q", "post", "-c", "1", "--without-gossip", "--without-mingle"]


class Cluster:
    """The servers and programs, each started and killed by name."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.postgres = Postgres(self.folder / "postgres", fsync=False)
        self.redis = Redis(self.folder / "redis")
        self.sink = SmtpSink(delay=0.004)
        self.programs = {}
        self.token = secrets.token_hex(8)
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]

    def start(self):
        self.postgres.start()
        self.redis.start()
        self.sink.__enter__()
        self.environment = os.environ | {
            "DATABASE_URL": self.postgres.app_url(),
            "DATABASE_OWNER_URL": self.postgres.owner_url(),
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": self.sink.url,
            "DJANGO_SETTINGS_MODULE": "pikassos.settings",
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(CHECKOUT),
        }
        self.run("manage.py", "migrate", "--database", "owner", "--noinput")
        self.run("manage.py", "rights")
        return self

    def stop(self):
        for name in list(self.programs):
            self.kill(name)
        self.sink.__exit__()
        self.redis.remove()
        self.postgres.remove()

    def run(self, *arguments):
        """A short program to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    # Programs that stay

    def begin(self, name):
        command = [*WORKER] if name == "worker" else [*WEB, "--bind", f"127.0.0.1:{self.port}"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=CHECKOUT,
                env=self.environment | {MARK: f"{self.token}-{name}"},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGKILL),
            )
        if name == "web":
            wait_until(lambda: not self.is_port_free(), "the web server")

    def is_port_free(self):
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0

    def children(self, name):
        """The processes that the program has started, without itself."""
        return [pid for pid in processes.marked(MARK, f"{self.token}-{name}") if pid != self.programs[name].pid]

    def kill(self, name):
        """SIGKILL for the program and all its children at once, as when a machine's memory runs out."""
        program = self.programs.pop(name)
        for pid in [program.pid, *processes.marked(MARK, f"{self.token}-{name}")]:
            kill(pid)
        program.wait()
        wait_until(lambda: not processes.marked(MARK, f"{self.token}-{name}"), f"the end of {name}")

    def sweep(self):
        """What beat does every half a minute."""
        self.run("-m", "celery", "-A", "pikassos", "call", "letters.tasks.send_letters", "--queue", "post")

    # What happened

    def rows(self, statement, *values):
        with psycopg.connect(self.postgres.superuser_url("pikassos")) as connection:
            return connection.execute(statement, values).fetchall()

    def count(self, statement, *values):
        return self.rows(statement, *values)[0][0]

    def sent(self, network):
        """The letters that arrived for the members of a network: (recipient, Message-ID, UID) each."""
        with self.sink.lock:
            letters = list(self.sink.letters)
        return [described(letter) for letter in letters if f"jasen{network.number}-" in letter["To"]]

    def post(self, network, path):
        """Press a button as staff; the status of the answer, None when there was none."""
        secret = "a" * 32
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "Cookie": f"sessionid={network.session}; csrftoken={secret}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", path, urlencode({"csrfmiddlewaretoken": secret}), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class InventedNetwork:
    """Two hundred members, somebody who may invite them, and meetings to invite them to."""

    numbers = itertools.count(1)

    def __init__(self, cluster, size, meetings):
        self.number, self.size = next(self.numbers), size
        arguments = map(str, (self.number, size, meetings))
        made = json.loads(cluster.run("tests/cluster/invented_network.py", *arguments).splitlines()[-1])
        self.session, self.meetings = made["session"], made["meetings"]


def described(letter):
    calendar = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    text = calendar.get_content().replace("\r\n ", "").replace("\n ", "")
    uid = next(line.removeprefix("UID:") for line in text.splitlines() if line.startswith("UID:"))
    return letter["To"], letter["Message-ID"], uid


def kill(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def wait_until(is_so, what, patience=30):
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come in {patience} s"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def cluster():
    folder = tempfile.mkdtemp(prefix="pikassos-cluster-")
    made = Cluster(folder)
    try:
        yield made.start()
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def network(cluster):
    """A network with two hundred members in a portal that is whole and idle."""
    for name in ("web", "worker"):
        if name not in cluster.programs:
            cluster.begin(name)
    return InventedNetwork(cluster, 200, 4)
