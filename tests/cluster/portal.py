"""A whole portal of its own for tests that kill parts of it: database, broker, mail server, web and workers."""

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from pikassos.embedded import processes
from pikassos.embedded.postgres import Postgres
from pikassos.embedded.preparation import CHECKOUT
from pikassos.embedded.redis import Redis
from pikassos.embedded.supervisor import ACCESS_LOG, BOX, CASELOAD, KEYS_OF, LINK
from tests.cluster.smtp_sink import SmtpSink

MARK = "PIKASSOS_CLUSTER"
WORKER = ["celery", "-A", "pikassos", "worker", "-c", "1", "--without-gossip", "--without-mingle"]
COMMANDS = {
    "web": ["gunicorn", "pikassos.wsgi", "--worker-class", "gthread", "--threads", "4", "--no-control-socket"],
    "worker-post": [*WORKER, "-Q", "post", "-n", "post@%h"],
    "worker-compute": [*WORKER, "-Q", "compute", "-n", "compute@%h"],
    "beat": ["celery", "-A", "pikassos", "beat", "--pidfile", "", "--loglevel", "INFO"],
}
USUAL = ("web", "worker-post", "worker-compute")  # most tests ask for each sweep themselves


class Cluster:
    """The servers and programs, each started and killed by name, each with the keys and the role it has in earnest."""

    def __init__(self, folder, *, web_workers=1, mail_takes=0.004):
        self.folder = Path(folder)
        self.postgres = Postgres(self.folder / "postgres", fsync=False)
        self.redis = Redis(self.folder / "redis")
        self.sink = SmtpSink(delay=mail_takes)
        self.web_workers = web_workers
        self.programs = {}
        self.token = secrets.token_hex(8)
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]

    def start(self, **environment):
        """Servers, tables and rights. What is named goes into the environment of everything that runs here."""
        self.postgres.start()
        self.redis.start()
        self.sink.__enter__()
        for name in ("link", "box", "caseload"):
            self.keys(name).mkdir(parents=True, mode=0o700)
        self.environment = os.environ | {
            "DATABASE_URL": self.postgres.app_url(),
            "DATABASE_OWNER_URL": self.postgres.owner_url(),
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": self.sink.url,
            "DJANGO_SETTINGS_MODULE": "pikassos.settings",
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(CHECKOUT),
            LINK: str(self.keys("link")),
            BOX: str(self.keys("box")),
            CASELOAD: str(self.keys("caseload")),
            **environment,
        }
        self.run("manage.py", "migrate", "--database", "owner", "--noinput")
        self.run("manage.py", "rights")
        self.run("manage.py", "caseload_keys", "begin")
        return self

    def stop(self):
        for name in list(self.programs):
            self.kill(name)
        self.sink.__exit__()
        self.redis.remove()
        self.postgres.remove()

    def keys(self, name):
        return self.folder / "keys" / name

    def run(self, *arguments, given=None, **environment):
        """A short program to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=CHECKOUT,
            env=self.environment | environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    # Programs that stay

    def environment_of(self, name):
        """As the supervisor gives it out: no program has both keys, and what writes letters a role of its own."""
        closed = {LINK, BOX, CASELOAD, "DATABASE_OWNER_URL"}
        own = {key: value for key, value in self.environment.items() if key not in closed}
        own |= {key: self.environment[key] for key in KEYS_OF[name]}
        if name in {"worker-post", "beat"}:
            own["DATABASE_URL"] = self.postgres.post_url()
        return own | {MARK: f"{self.token}-{name}"}

    def begin(self, name):
        command = [*COMMANDS[name]]
        if name == "web":
            command += ["--workers", str(self.web_workers), "--bind", f"127.0.0.1:{self.port}"]
            command += [*ACCESS_LOG, "--access-logfile", str(self.folder / "access.log")]
        if name == "beat":
            command += ["--schedule", str(self.folder / "beat-schedule")]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=CHECKOUT,
                env=self.environment_of(name),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGKILL),
            )
        if name == "web":
            wait_until(lambda: not self.is_port_free(), "the web server")

    def begin_all(self, *names):
        for name in names or USUAL:
            if name not in self.programs:
                self.begin(name)

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
        if name == "web":  # a process that ends loses its memory, by which it is known, before it lets go of the port
            wait_until(self.is_port_free, "the free port")

    def sweep(self, task="letters.tasks.send_letters", queue="post"):
        """What beat does every half a minute."""
        self.run("-m", "celery", "-A", "pikassos", "call", task, "--queue", queue)

    # What happened

    def rows(self, statement, *values):
        with psycopg.connect(self.postgres.superuser_url("pikassos")) as connection:
            return connection.execute(statement, values).fetchall()

    def count(self, statement, *values):
        return self.rows(statement, *values)[0][0]

    def post(self, path, fields, **headers):
        """Send a form; (status, page), or None when there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers
        try:
            connection.request("POST", path, urlencode(fields), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def press(self, session, path):
        """Press a button as somebody signed in; the status of the answer, None when there was none."""
        secret = "a" * 32
        answer = self.post(path, {"csrfmiddlewaretoken": secret}, Cookie=f"sessionid={session}; csrftoken={secret}")
        return answer and answer[0]


@contextmanager
def a_cluster(*, environment=None, **options):
    """A cluster in a folder of its own, which leaves nothing behind."""
    folder = tempfile.mkdtemp(prefix="pikassos-cluster-")
    made = Cluster(folder, **options)
    try:
        yield made.start(**environment or {})
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def kill(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def wait_until(is_so, what, patience=30):
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come in {patience} s"
        time.sleep(0.01)
