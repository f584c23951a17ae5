"""`make bench`: requests a second of the public pages, as a share of what an empty view does on the same server.

The share says how much our own work costs whatever the machine; the figures themselves are this machine's.
A stack of its own is started in a temporary folder and taken away afterwards.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg

from pikassos.embedded import Trouble, say
from pikassos.embedded.supervisor import Server, Stopped, Supervisor, health

EMPTY = "/tyhja/"
PAGES = {"front page": "/", "list of networks": "/verkostot/", "network": None, "search": "/haku/?q=lastensuojelu"}
WSGI = "pikassos.embedded.bench_wsgi"


class Bench(Supervisor):
    """The stack without workers: web, PostgreSQL and Redis, with the demonstration made so many times as large."""

    WSGI = WSGI

    def __init__(self, data, port, scale):
        super().__init__(data, port)
        self.scale = scale

    def begin(self):
        self._take_the_folder()
        environment = self._environment()
        environment |= self._start_servers(environment)
        steps = {
            "Message catalogues": ["catalogues"],
            "Database tables": ["migrate", "--database", "owner", "--noinput"],
            "Database rights": ["rights"],
            "Counties and municipalities": ["areas"],
            f"Demonstration data, {self.scale} times": ["demo", "--scale", str(self.scale)],
            "Static files": ["collectstatic", "--noinput"],
        }
        for what, arguments in steps.items():
            with say.step(what) as step:
                self._manage(arguments, environment, step)
        for server in self.started:
            if server.name == "PostgreSQL":
                self._vacuum(server.server)
        self._start(next(program for program in self._programs(environment) if program.name == "web"))
        deadline = time.monotonic() + 30
        while health(self.port)[0] is None:
            self._tend()
            self._pause(0.1)
            if time.monotonic() > deadline:
                raise Trouble("The web server does not answer; see the log above.")

    def _vacuum(self, postgres):
        """As autovacuum would have done by the next day."""
        with psycopg.connect(postgres.owner_url(), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def _end(self):
        servers = [part.server for part in self.started if isinstance(part, Server)]
        super()._end()
        for server in servers:
            server.remove()


def fetch(connection, port, path):
    """One request on an open connection: status and body. As small as can be, for it shares the cores it measures."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    if length is None:
        raise Trouble(f"{path} came without a length, so it cannot be measured.")
    while len(body) < int(length[1]):
        body += received(connection)
    return int(head.split(b" ", 2)[1]), body


def received(connection):
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


def requests_per_second(port, path, seconds, connections=8):
    """How many answers come in the time, asked over several open connections at once; the median of three turns."""
    turns = []
    for _ in range(3):
        counts, deadline = [0] * connections, time.monotonic() + seconds / 3
        wrong = []

        def ask(number, deadline=deadline, counts=counts, wrong=wrong):
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            try:
                while time.monotonic() < deadline:
                    status, _ = fetch(connection, port, path)
                    if status != 200:
                        wrong.append(status)
                        return
                    counts[number] += 1
            except (OSError, Trouble) as error:
                wrong.append(error)
            finally:
                connection.close()

        began = time.monotonic()
        askers = [threading.Thread(target=ask, args=(number,)) for number in range(connections)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        if wrong:
            raise Trouble(f"{path} answered {wrong[0]} while it was measured.")
        turns.append(sum(counts) / (time.monotonic() - began))
    return statistics.median(turns)


def a_network(port):
    """The address of the first network in the list."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(f"GET /verkostot/ HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n".encode())
        page = b""
        while data := connection.recv(65536):
            page += data
    found = re.search(rb'href="(/verkostot/[a-z0-9-]+/)"', page)
    if found is None:
        raise Trouble("There is no network in the list, so there is nothing to measure.")
    return found[1].decode()


def measure(scale, seconds):
    folder = Path(tempfile.mkdtemp(prefix="pikassos-bench-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    bench = Bench(folder / "var", port, scale)
    say.line(f"\nThe demonstration, {scale} times")
    try:
        bench.begin()
        say.line(f"\n  {'page':<20}{'requests/s':>12}{'of an empty view':>20}")
        requests_per_second(port, EMPTY, 1)  # warm
        empty = requests_per_second(port, EMPTY, seconds)
        say.line(f"  {'empty view':<20}{empty:>12.0f}{'100 %':>20}")
        for name, path in PAGES.items():
            address = path or a_network(port)
            requests_per_second(port, address, 1)
            found = requests_per_second(port, address, seconds)
            say.line(f"  {name:<20}{found:>12.0f}{found / empty:>20.0%}")
    finally:
        bench._end()
        shutil.rmtree(folder, ignore_errors=True)


def interrupted(*_):
    raise Stopped


def main():
    parser = argparse.ArgumentParser(prog="python -m pikassos.embedded.bench", description=__doc__)
    parser.add_argument("--scale", type=int, nargs="*", default=[1, 100], help="how many times the demonstration")
    parser.add_argument("--seconds", type=float, default=6, help="how long each page is asked")
    options = parser.parse_args()
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SITE_URL"):
        os.environ.pop(name, None)  # never measure, nor fill, somebody's real portal
    signal.signal(signal.SIGTERM, interrupted)
    try:
        for scale in options.scale:
            measure(scale, options.seconds)
    except (Stopped, KeyboardInterrupt):
        return 1
    except Trouble as trouble:
        say.warning(f"\n{trouble}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
