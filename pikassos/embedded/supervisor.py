"""`make run`: one process that starts the whole stack, watches over it, and stops all of it."""

import contextlib
import errno
import fcntl
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pikassos.embedded import Trouble, folders, processes, say
from pikassos.embedded.postgres import Postgres
from pikassos.embedded.preparation import CHECKOUT, Preparation
from pikassos.embedded.redis import Redis, redis_program

LINK, BOX, CASELOAD = "ILMAPUNTARI_LINK_KEYS", "ILMAPUNTARI_BOX_KEYS", "CASELOAD_KEYS"
# Which key folders each program is told of; none both of the Ilmapuntari's (the sealed box of the privacy page).
KEYS_OF = {"web": {BOX, CASELOAD}, "worker-compute": {BOX, CASELOAD}, "worker-post": {LINK}, "beat": set()}
# %(U)s is the path without the query string: what was searched for is nobody's business.
ACCESS_LOG = (
    "--logger-class",
    "pikassos.access_log.AccessLog",
    "--access-logformat",
    "%(t)s %(m)s %(U)s %(s)s %(b)s %(M)sms",
)
ENVIRONMENT = "environment.json"  # in the data folder: what commands need to reach the running portal
MARK = "PIKASSOS_PORTAL"  # in the environment of every child: the data folder it belongs to
LARGEST_LOG = 5_000_000
SIGN_INS = (
    ("henkilosto@example.org", "staff"),
    ("johtaja@example.org", "managing director"),
    ("koordinaattori@example.org", "Ilmapuntari coordinator"),
    ("asiavastaava@example.org", "social ombudsman"),
    ("sijainen@example.org", "the ombudsman's substitute"),
    ("jasen@example.org", "network member"),
    ("vetaja@example.org", "team leader"),
    ("paallikko@example.org", "manager"),
)


class Stopped(Exception):
    """Somebody asked us to stop."""


class Program:
    """One of the portal's own processes: started, watched, started again when it dies, given up when it keeps dying."""

    QUICK, TOO_MANY = 20, 5  # dying within so many seconds of its start, so many times in a row
    LONGEST_PAUSE = 15

    def __init__(self, name, command, folder, environment, stops):
        self.name, self.command, self.environment, self.stops = name, command, environment, stops
        self.log = folder / "log" / f"{name}.log"
        self.record = folder / "run" / f"{name}.json"
        self.process = None
        self.quick_deaths = 0
        self.started_at = self.start_at = 0.0

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        keep_short(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )
        self.started_at = time.monotonic()
        processes.remember(self.record, self.process.pid)

    def tend(self, too_many=TOO_MANY):
        """Start it again if it died, after a pause that grows with each quick death."""
        if self.running:
            return
        if self.process is not None:
            end_group(self.process.pid)  # its own children would hold on to the port, or to a task
            code, self.process = self.process.returncode, None
            quick = time.monotonic() - self.started_at < self.QUICK
            self.quick_deaths = self.quick_deaths + 1 if quick else 0
            if self.quick_deaths >= too_many:
                raise Trouble(f"{self.name} keeps ending ({code}). {self.log} ends:\n{processes.tail(self.log)}")
            pause = min(2**self.quick_deaths - 1, self.LONGEST_PAUSE)
            self.start_at = time.monotonic() + pause
            say.warning(f"{self.name} ended ({code}) and is started again; see {shown(self.log)}")
        if time.monotonic() >= self.start_at:
            self.start()

    def stop(self):
        if self.process is not None:
            group = self.process.pid
            processes.stop(self.process, *self.stops)
            end_group(group)
            self.process = None
            self.record.unlink(missing_ok=True)

    def kill(self):
        """At once, and from inside a signal handler: nothing is waited for here."""
        if self.process is not None:
            end_group(self.process.pid)


class Server:
    """PostgreSQL or Redis under the same care as the programs."""

    def __init__(self, name, server):
        self.name, self.server = name, server
        self.deaths = []

    def start(self):
        keep_short(self.server.log)
        self.server.start()

    def tend(self, too_many=Program.TOO_MANY):
        if self.server.running:
            return
        now = time.monotonic()
        self.deaths = [moment for moment in self.deaths if now - moment < 60] + [now]
        if len(self.deaths) >= too_many:
            raise Trouble(f"{self.name} keeps ending. {self.server.log} ends:\n{processes.tail(self.server.log)}")
        say.warning(f"{self.name} ended and is started again; see {shown(self.server.log)}")
        self.start()

    def stop(self):
        self.server.stop()

    def kill(self):
        if self.server.process is not None:
            end_group(self.server.process.pid)


class Supervisor:
    """Owns every process of one data folder. Everything it starts is in `self.started`, in the order of starting."""

    WSGI = "pikassos.wsgi"

    def __init__(self, data, port, host=None):
        self.data = Path(data).absolute()
        self.port, self.host = port, host
        self.site_url = os.environ.get("SITE_URL") or f"http://localhost:{port}"
        self.post_url = None  # how the worker of letters reaches our own database; somebody's own has one role
        self.started = []
        self.stop_asked = 0
        self.lock = None

    def run(self):
        """Until somebody says stop. Returns the exit code."""
        for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(asked, self._asked_to_stop)
        try:
            self._begin()
            self._serve()
        except Stopped:
            return 0
        except Trouble as trouble:
            say.warning(f"\n{trouble}")
            return 1
        finally:
            self._end()

    # ——— beginning ———

    def _begin(self):
        self._take_the_folder()
        self._clear_up()
        refuse_taken_port(self.port, self.host)
        environment = self._environment()
        say.line("Starting the portal")
        environment |= self._start_servers(environment)
        self._prepare(environment)
        self._start_programs(environment)
        self._wait_until_well()
        self._remember_environment(environment)
        self._tell(environment)

    def _take_the_folder(self):
        """One supervisor a folder: the lock is the kernel's, so it dies with its holder."""
        for part in ("", "log", "run", "media", "keys", "keys/link", "keys/box", "keys/caseload"):
            folders.make_own(self.data / part)
        folders.pass_through(self.data)
        lock = (self.data / "supervisor.lock").open("a+")
        if not self._lock(lock):
            lock.seek(0)
            pid, address, *stopping = lock.read().split() or ("?", "?")
            if not stopping:
                raise Trouble(
                    f"The portal is already running from this folder, at {address} (process {pid}): "
                    f"use it, or stop it first (kill {pid})."
                )
            with say.step("Waiting for the previous run to end") as step:
                while not self._lock(lock):
                    self._pause(0.1)
                    step.still()
        lock.truncate(0)
        lock.write(f"{os.getpid()} {self.site_url}")
        lock.flush()
        self.lock = lock  # held, and known to others as held, until this process ends

    def _lock(self, lock, patience=1):
        """Whether the lock could be had; a run that is being killed right now has a moment to say so."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            self._pause(0.1)
        return False

    def _clear_up(self):
        """End what a killed supervisor left running; its servers clear up after themselves when they start."""
        records = list((self.data / "run").glob("*.json"))
        left = {*processes.marked(MARK, str(self.data)), *filter(None, map(processes.remembered, records))}
        if left:
            with say.step("Ending what an interrupted run left behind"):
                processes.end(left, (signal.SIGTERM, 4), (signal.SIGQUIT, 1))
        for record in records:
            record.unlink()

    def _environment(self):
        """What pikassos/settings.py reads. Whatever is already set stays as it is."""
        own = {
            "SECRET_KEY": self._secret_key,
            "LOOSE": "1",
            "DEMONSTRATION": "1",
            "SITE_URL": self.site_url,
            "ALLOWED_HOSTS": ",".join(dict.fromkeys(["localhost", "127.0.0.1", "[::1]", socket.gethostname()])),
            "MEDIA_ROOT": str(self.data / "media"),
            "STATIC_ROOT": str(self.data / "static"),
            LINK: str(self.data / "keys" / "link"),
            BOX: str(self.data / "keys" / "box"),
            CASELOAD: str(self.data / "keys" / "caseload"),
            "LOG_JSON": "0",
        }
        environment = dict(os.environ)
        for name, value in own.items():
            if not environment.get(name):
                environment[name] = value() if callable(value) else value
        return environment | {
            MARK: str(self.data),
            "DJANGO_SETTINGS_MODULE": "pikassos.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def _secret_key(self):
        kept = self.data / "secret-key"
        if not kept.exists() or not kept.read_text():
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(50))
        return kept.read_text()

    def _start_servers(self, environment):
        """Our own PostgreSQL and Redis, unless we were told of others. Returns how to reach them."""
        reach = {}
        if not environment.get("REDIS_URL"):
            redis_program()  # better said now than after the database has been made
        if environment.get("DATABASE_URL"):
            reach["DATABASE_OWNER_URL"] = environment.get("DATABASE_OWNER_URL") or environment["DATABASE_URL"]
        else:
            postgres = Postgres(self.data / "postgres", log=self.data / "log" / "postgres.log")
            with say.step("PostgreSQL" if postgres.exists else "PostgreSQL, with a new database"):
                self._start(Server("PostgreSQL", postgres))
            reach |= {"DATABASE_URL": postgres.app_url(), "DATABASE_OWNER_URL": postgres.owner_url()}
            self.post_url = postgres.post_url()
        if not environment.get("REDIS_URL"):
            redis = Redis(self.data / "redis", log=self.data / "log" / "redis.log")
            with say.step("Redis"):
                self._start(Server("Redis", redis))
            reach["REDIS_URL"] = redis.url
        return reach

    def _prepare(self, environment):
        preparation = Preparation(
            notes=self.data / "prepared.json",
            static=Path(environment["STATIC_ROOT"]),
            database_url=environment["DATABASE_OWNER_URL"],
            own_database=not os.environ.get("DATABASE_URL"),
            demonstration=environment["DEMONSTRATION"] == "1",
        )
        for what, arguments in preparation.steps():
            with say.step(what) as step:
                self._manage(arguments, environment, step)

    def _manage(self, arguments, environment, step):
        log_path = self.data / "log" / "manage.log"
        keep_short(log_path)
        with log_path.open("ab") as log:
            log.write(f"— manage.py {' '.join(arguments)}\n".encode())
            log.flush()
            process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=CHECKOUT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )
            try:
                while process.poll() is None:
                    self._pause(0.05)
                    step.still()
            finally:
                if process.poll() is None:
                    processes.stop(process, (signal.SIGTERM, 3))
        if process.returncode:
            raise Trouble(f"manage.py {arguments[0]} failed. {log_path} ends:\n{processes.tail(log_path, lines=25)}")

    def _printed(self, command, environment):
        """What a short command of manage.py prints; nothing when it fails, for the portal runs without it."""
        done = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout if done.returncode == 0 else ""

    def _start_programs(self, environment):
        with say.step("Web server, two workers and the clock"):
            for program in self._programs(environment):
                self._start(program)

    def _programs(self, environment):
        def program(name, *command, stops):
            own = self._own_environment(name, environment)
            return Program(name, [sys.executable, "-m", *map(str, command)], self.data, own, stops)

        celery = ("celery", "-A", "pikassos")
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        # A worker asked twice drops the task in its hands, which the sweep finds again: see the decision on letters.
        worker_stops = ((signal.SIGTERM, 6), (signal.SIGQUIT, 3))
        for queue in ("post", "compute"):
            options = ("-Q", queue, "-n", f"{queue}@%h", "--concurrency", 1, "--loglevel", "INFO", *quiet)
            yield program(f"worker-{queue}", *celery, "worker", *options, stops=worker_stops)
        schedule = ("-s", self.data / "beat-schedule", "--pidfile", "", "--loglevel", "INFO")
        yield program("beat", *celery, "beat", *schedule, stops=((signal.SIGTERM, 4),))
        web = ["gunicorn", self.WSGI, "--worker-class", "gthread", "--workers", 2, "--threads", 4]
        for address in addresses(self.host):
            web += ["--bind", f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"]
        web += ["--no-control-socket", "--graceful-timeout", 4, "--timeout", 60]
        web += ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []
        web += [*ACCESS_LOG, "--access-logfile", self.data / "log" / "access.log"]
        yield program("web", *web, stops=((signal.SIGTERM, 6),))

    def _own_environment(self, name, environment):
        """What the program may know: commands of manage.py see all key folders and the owner, no program does."""
        own = {
            key: value for key, value in environment.items() if key not in {LINK, BOX, CASELOAD, "DATABASE_OWNER_URL"}
        }
        own |= {key: environment[key] for key in KEYS_OF[name]}
        if name in {"worker-post", "beat"} and self.post_url:  # they do not see the boxes
            own["DATABASE_URL"] = self.post_url
        return own

    def _start(self, part):
        self.started.append(part)
        part.start()

    def _wait_until_well(self, patience=90):
        answer = "no answer"
        with say.step("Waiting until all of it is well") as step:
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                status, answer = health(self.port)
                if status == 200:
                    return
                self._tend(too_many=2)  # what has never been well will hardly become so by itself
                self._pause(0.1)
                step.still()
        web = self.data / "log" / "web.log"
        raise Trouble(
            f"The portal was not well in {patience} s: {answer}\n{web} ends:\n{processes.tail(web)}\n"
            f"The other logs are in {web.parent}."
        )

    def _remember_environment(self, environment):
        """For `bin/manage`, which runs a command beside us; readable by its owner alone, like the keys themselves."""
        kept = self.data / ENVIRONMENT
        kept.unlink(missing_ok=True)
        kept.touch(mode=0o600)
        # What was set outside stays set there.
        kept.write_text(
            json.dumps({name: value for name, value in environment.items() if os.environ.get(name) != value})
        )

    def _tell(self, environment):
        width = max(len(name) for name, _ in SIGN_INS)
        say.line(f"\nThe portal is at  {self.site_url}/\n")
        if os.environ.get("DEMONSTRATION", "1") == "1":
            say.line("Sign in (“Kirjaudu sisään”) with the password (“Salasana”)  pikassos-demo  as")
            for name, role in SIGN_INS:
                say.line(f"    {name:<{width}}  {role}")
            say.line("\nWhere a second factor is asked for, the page shows the current code.")
            say.line(f"Letters are not sent; read them at  {self.site_url}/esittely/kirjeet/\n")
            say.line(self._printed("codes_to_try", environment).rstrip() + "\n")
        say.line(f"Logs: {shown(self.data / 'log')}/   Stop: Ctrl-C\n")

    # ——— the middle ———

    def _serve(self):
        echo = Echo([part.log for part in self.started if isinstance(part, Program)])
        while True:
            self._pause(0.5)
            self._tend()
            for told in echo.news():
                say.warning(told)

    def _tend(self, **how):
        for part in self.started:
            part.tend(**how)

    def _pause(self, seconds):
        deadline = time.monotonic() + seconds
        while not self.stop_asked and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))
        if self.stop_asked:
            raise Stopped

    # ——— the end ———

    def _asked_to_stop(self, *_):
        """Only noted, so that no start is cut in half. Whoever asks a second time means at once."""
        self.stop_asked += 1
        if self.lock is not None and self.stop_asked == 1:
            os.write(self.lock.fileno(), b" stopping")
        if self.stop_asked == 2:
            for part in reversed(self.started):
                part.kill()

    def _end(self):
        if self.started:
            say.line("Stopping the portal")
        web, background, servers = [], [], []
        for part in reversed(self.started):
            (servers if isinstance(part, Server) else web if part.name == "web" else background).append(part)
        for batch in (web, background, *([server] for server in servers)):  # nobody loses what it still needs
            with ThreadPoolExecutor(max_workers=4) as pool:
                list(pool.map(lambda part: part.stop(), batch))
        self.started = []
        if self.lock is not None:
            (self.data / ENVIRONMENT).unlink(missing_ok=True)


class Echo:
    """Tells of errors that appear in the logs, one line a log a look, so that they are not missed nor a flood."""

    SIGNS = (b"[error", b"[critical", b" ERROR", b" CRITICAL", b"ERROR/", b"CRITICAL/")

    def __init__(self, logs):
        self.read = {log: log.stat().st_size if log.exists() else 0 for log in logs}

    def news(self):
        for log, start in self.read.items():
            size = log.stat().st_size if log.exists() else 0
            if size == start:
                continue
            with log.open("rb") as file:
                file.seek(start if size > start else 0)
                lines = file.read(1_000_000).splitlines()
            self.read[log] = size
            errors = [line for line in lines if any(sign in line for sign in self.SIGNS)]
            if errors:
                more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
                yield f"{log.stem}: {errors[0].decode(errors='replace')[:300]}{more}; see {shown(log)}"


def end_group(leader):
    """SIGKILL to what a dead program left of its group; the id stays ours as long as one member lives."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def keep_short(log):
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))


def shown(path):
    """The path as a person in the checkout would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def addresses(host=None):
    """Where to listen: this machine alone, by both its names, unless a host was named."""
    if host:
        return [host]
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return ["127.0.0.1"]
    return ["127.0.0.1", "::1"]


def refuse_taken_port(port, host=None):
    for address in addresses(host):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                if error.errno == errno.EACCES:
                    why = f"Port {port} is only for root"
                elif error.errno == errno.EADDRINUSE:
                    why = f"Port {port} is taken by another program"
                else:
                    why = f"Nothing can listen at {address} port {port} ({error.strerror})"
                other = port + 1 if port >= 1024 else 8000
                raise Trouble(f"{why}: choose another one, for example PORT={other} make run.") from None


def health(port):
    """The status and the text of /terveys/, or why there was no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/terveys/", headers={"Host": f"localhost:{port}"})
        answer = connection.getresponse()
        return answer.status, f"{answer.status} {answer.read(500).decode(errors='replace')}"
    except OSError as error:
        return None, f"no answer ({error})"
    except http.client.HTTPException as error:
        return None, f"no proper answer ({error!r})"
    finally:
        connection.close()
