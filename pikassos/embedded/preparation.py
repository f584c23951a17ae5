"""The commands that make an empty database into a portal, and which of them need not run again.

A second `make run` has to come up in seconds. What a command reads (code, catalogues, static files) is summed up in a
digest; the digest of what was done to the database is kept in the database itself, as its comment, so that it can
neither outlive the data nor be lost without them.
"""

import datetime
import hashlib
import json
import os
from pathlib import Path

import psycopg
from psycopg import sql

CHECKOUT = Path(__file__).resolve().parents[2]
NOT_OURS = {"var", "tests", "docs", "node_modules", "requirements", "docker"}
DATA = {".py", ".yaml", ".yml", ".csv", ".json", ".sql"}


def _files(wanted):
    found = []
    for folder, inner, names in os.walk(CHECKOUT):
        inner[:] = [name for name in inner if not name.startswith((".", "__")) and name not in NOT_OURS]
        found += [path for name in names if wanted(path := Path(folder, name))]
    return sorted(found)


def _digest(files, *more):
    digest = hashlib.sha256(repr(more).encode())
    for path in files:
        digest.update(f"{path.relative_to(CHECKOUT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


class Preparation:
    """What has to run before the portal can serve, in order. Each step: what it is, manage.py's arguments, a digest."""

    def __init__(self, *, notes, static, database_url=None, own_database=False, demonstration=False):
        self.notes, self.static = notes, static
        self.database_url = database_url
        self.own_database = own_database  # somebody else's database is asked each time, and gets no comment of ours
        packages = CHECKOUT / "requirements" / "run.txt"
        code = _digest([packages, *_files(lambda path: path.suffix in DATA)])
        # The demonstration's present (next meetings, what is late) is made relative to the day.
        self.database_steps = {
            "migrate": ("Database tables", ["migrate", "--database", "owner", "--noinput"], code),
            "rights": ("Database rights", ["rights"], code),
            "areas": ("Counties and municipalities", ["areas"], code),
            "caseload": ("Keys of the caseload", ["caseload_keys", "begin"], code),
        }
        if demonstration:
            today = datetime.date.today().isoformat()
            self.database_steps["demo"] = ("Demonstration data", ["demo"], f"{code}-{today}")
        settings = [CHECKOUT / "pikassos" / name for name in ("settings.py", "static_files.py")]
        sources = [packages, *settings, *_files(lambda path: "static" in path.parts)]
        self.file_steps = {
            "catalogues": ("Message catalogues", ["catalogues"], _digest(self._catalogues())),
            "collectstatic": ("Static files", ["collectstatic", "--noinput"], _digest(sources)),
        }

    def steps(self):
        """What has to be run now. Each is yielded once, and remembered as done when the next one is asked for."""
        # The files go first: the demonstration writes letters, and they are in Finnish only once the catalogues are.
        yield from self.files()
        yield from self.database()

    def database(self):
        done = self._done_to_database()
        for name, (what, arguments, digest) in self.database_steps.items():
            if done.get(name) != digest:
                yield what, arguments
                done[name] = digest
                self._remember_in_database(done)

    def files(self):
        done = self._done_to_files()
        for name, (what, arguments, digest) in self.file_steps.items():
            if done.get(name) != digest:
                yield what, arguments
                done[name] = digest
                self.notes.write_text(json.dumps(done))

    def _catalogues(self):
        return _files(lambda path: path.suffix == ".po")

    def _done_to_files(self):
        done = _object(self.notes.read_text() if self.notes.exists() else "")
        if not all(path.with_suffix(".mo").exists() for path in self._catalogues()):
            done.pop("catalogues", None)
        if not self.static.exists():
            done.pop("collectstatic", None)
        return done

    def _done_to_database(self):
        if not self.own_database:
            return {}
        with psycopg.connect(self.database_url) as connection:
            comment = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
            ).fetchone()[0]
        return _object(comment or "")

    def _remember_in_database(self, done):
        if self.own_database:
            with psycopg.connect(self.database_url) as connection:
                name = sql.Identifier(connection.info.dbname)
                connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(json.dumps(done))))


def _object(text):
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
