"""`make bench`: how much our own work costs, as shares of what the same server does without it.

Public pages beside an empty view; registering for an event beside an empty locked update; answering the Ilmapuntari
beside a bare pair of views that serve a page drawn once and make one locked update; computing a round of the whole
country beside the plain sum over the same boxes; the pages of results at that size beside the demonstration's; and the
caseload with 100,000 contacts beside the same with 1,000. The shares hold whatever the machine; the figures are this
machine's. A stack of its own is started in a temporary folder and taken away afterwards.
"""

import argparse
import gzip
import itertools
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg

from pikassos.embedded import Trouble, say
from pikassos.embedded.preparation import CHECKOUT
from pikassos.embedded.supervisor import Server, Stopped, Supervisor, health

EMPTY = "/tyhja/"
PAGES = {
    "front page": "/",
    "list of networks": "/verkostot/",
    "network": "/verkostot/kriisityon-verkosto/",
    "list of projects": "/hankkeet/",
    "project": "/hankkeet/pro-sos/",
    "map of projects": "/hankkeet/kartta/",
    "line of projects": "/hankkeet/aikajana/",
    "list of events": "/tapahtumat/",
    "past events": "/tapahtumat/?when=menneet",
    "event": "/tapahtumat/hyvinvointialueet-alkavat-mita-ammattilainen-tarvitsee-tana-vuonna-14-1-2022/",
    "month of events": "/tapahtumat/kuukausi/",
    "series": "/tapahtumat/sarjat/sosiaalialan-ajankohtaiskatsaukset/",
    "search": "/haku/?q=lastensuojelu",
}
WSGI = "pikassos.embedded.bench_wsgi"
TOKEN = "c" * 32  # of the forms that are sent, in the cookie and beside the fields


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
            "Keys of the caseload": ["caseload_keys", "begin"],
            "Counties and municipalities": ["areas"],
            f"Demonstration data, {self.scale} times": ["demo", "--scale", str(self.scale)],
            "Static files": ["collectstatic", "--noinput"],
        }
        for what, arguments in steps.items():
            with say.step(what) as step:
                self._manage(arguments, environment, step)
        self.environment = environment
        self.postgres = next(server.server for server in self.started if server.name == "PostgreSQL")
        self.vacuum()
        self._start(next(program for program in self._programs(environment) if program.name == "web"))
        deadline = time.monotonic() + 30
        while health(self.port)[0] is None:
            self._tend()
            self._pause(0.1)
            if time.monotonic() > deadline:
                raise Trouble("The web server does not answer; see the log above.")

    def ask(self, *arguments):
        """What a command of manage.py prints as JSON on its last line."""
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Trouble(f"manage.py {arguments[0]} failed:\n{done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def make_boxes_of_the_bare_pair(self):
        """What the bare pair locks and updates: rows as large as a sealed box."""
        with psycopg.connect(self.postgres.owner_url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE bench_box (id int PRIMARY KEY, blob bytea NOT NULL)")
            connection.execute("ALTER TABLE bench_box ALTER blob SET STORAGE PLAIN, SET (fillfactor = 50)")
            connection.execute(
                "INSERT INTO bench_box SELECT n, decode(repeat(md5(''), 114), 'hex') FROM generate_series(0, 399) n"
            )

    def vacuum(self):
        self._vacuum(self.postgres)

    def _vacuum(self, postgres):
        """As autovacuum would have done by the next day."""
        with psycopg.connect(postgres.owner_url(), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def _end(self):
        servers = [part.server for part in self.started if isinstance(part, Server)]
        super()._end()
        for server in servers:
            server.remove()


def fetch(connection, port, path, *, form=None, cookie=""):
    """One request on an open connection: status and body. As small as can be, for it shares the cores it measures."""
    head = f"{'GET' if form is None else 'POST'} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept-Encoding: gzip\r\n"
    if cookie:
        head += f"Cookie: {cookie}\r\n"
    if form is not None:
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
    connection.sendall(f"{head}\r\n{form or ''}".encode())
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


def requests_per_second(port, path, seconds, connections=8, cookie="", form=None):
    """How many answers come in the time, asked over several open connections at once; the median of three turns.

    With a form it is sent each time.
    """
    turns = []
    for _ in range(3):
        counts, deadline = [0] * connections, time.monotonic() + seconds / 3
        wrong = []

        def ask(number, deadline=deadline, counts=counts, wrong=wrong):
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            try:
                while time.monotonic() < deadline:
                    status, _ = fetch(connection, port, path, form=form, cookie=cookie)
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


# Registering for an event --------------------------------------------------------------------------------------------


def posts_per_second(port, jobs, seconds, clients, expected):
    """Forms sent over and over by so many at once: how many a second."""
    counts, wrong, deadline = [0] * clients, [], time.monotonic() + seconds

    def send(number):
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        try:
            while time.monotonic() < deadline:
                path, form = next(jobs)
                status, _ = fetch(connection, port, path, form=form, cookie=f"csrftoken={TOKEN}")
                if status != expected:
                    wrong.append(f"{path}: {status}")
                    return
                counts[number] += 1
        except (OSError, Trouble, StopIteration) as error:
            wrong.append(error)
        finally:
            connection.close()

    began = time.monotonic()
    people = [threading.Thread(target=send, args=(number,)) for number in range(clients)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    if wrong:
        raise Trouble(f"Sending came to {wrong[0]!r} while it was measured.")
    return sum(counts) / (time.monotonic() - began)


def open_event(port):
    """The address of an event of the demonstration for which one may register and everybody gets a seat."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        page = gzip_or_plain(fetch(connection, port, "/tapahtumat/")[1])
        for path in re.findall(r'row-title"><a href="(/tapahtumat/[^"]+)"', page):
            form = gzip_or_plain(fetch(connection, port, f"{path}ilmoittaudu/")[1])
            if 'name="consent"' in form and "jonoon" not in form:
                return path
    raise Trouble("The demonstration has no event that is open.")


def gzip_or_plain(body):
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()


def measure_registering(bench, seconds):
    """Registering for one event, all for the same, beside an empty locked update of one row; turn about."""
    with psycopg.connect(bench.postgres.owner_url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_row (id int PRIMARY KEY, number int NOT NULL)")
        connection.execute("INSERT INTO bench_row VALUES (1, 0)")
        connection.execute("GRANT SELECT, UPDATE ON bench_row TO PUBLIC")
    path = open_event(bench.port)
    shared = f"csrfmiddlewaretoken={TOKEN}&name=Tulija&consent=on&organisation=Esimerkki"
    real = Jobs((f"{path}ilmoittaudu/", f"{shared}&email=tulija{number}%40example.org") for number in itertools.count())
    bare = Jobs(("/lukittu/", f"{shared}&email=tulija{number}%40example.org") for number in itertools.count())
    say.line("\nRegistering for an event, everybody for the same one, with the letter that confirms it")
    say.line(f"\n  {'at once':<10}{'registrations/s':>18}{'locked updates/s':>20}{'ratio':>10}")
    for clients in (1, 4, 16):
        turns = []
        for _ in range(3):
            updates = posts_per_second(bench.port, bare, seconds / 3, clients, 200)
            turns.append((posts_per_second(bench.port, real, seconds / 3, clients, 302), updates))
        rate, updates = sorted(turns, key=lambda turn: turn[0] / turn[1])[1]
        say.line(f"  {clients:<10}{rate:>18.0f}{updates:>20.0f}{rate / updates:>10.2f}")


# Answering the Ilmapuntari ------------------------------------------------------------------------------------------


def whole_answers(port, jobs, seconds, clients):
    """Open the page and send an answer, over and over by so many at once: (whole answers a second, their p95 in ms)."""
    times, wrong = [], []
    deadline = time.monotonic() + seconds

    def answer(jobs=jobs):
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        try:
            while time.monotonic() < deadline:
                path, form = next(jobs)
                began = time.monotonic()
                opened, _ = fetch(connection, port, path)
                sent, _ = fetch(connection, port, path, form=form)
                times.append(time.monotonic() - began)
                if (opened, sent) != (200, 200):
                    wrong.append((opened, sent))
                    return
        except (OSError, Trouble, StopIteration) as error:
            wrong.append(error)
        finally:
            connection.close()

    began = time.monotonic()
    people = [threading.Thread(target=answer) for _ in range(clients)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    if wrong:
        raise Trouble(f"Answering came to {wrong[0]!r} while it was measured.")
    return len(times) / (time.monotonic() - began), sorted(times)[int(len(times) * 0.95)] * 1000


class Jobs:
    """What is still to be sent, handed out to several threads."""

    def __init__(self, jobs):
        self.jobs, self.lock = iter(jobs), threading.Lock()

    def __next__(self):
        with self.lock:
            return next(self.jobs)


def measure_answering(bench, seconds):
    """Whole answers beside the bare pair, turn about, so that both meet the same noise."""
    bench.make_boxes_of_the_bare_pair()
    found = bench.ask("bench_ilmapuntari", "open", "--teams", 1600)
    values = "&".join(f"v{number}={number % 11}" for number in range(2, 29))
    sheets = [
        (path, code) for codes in zip(*found.values(), strict=True) for path, code in zip(found, codes, strict=True)
    ]
    real = Jobs((path, f"koodi={code}&v1=7&{values}") for path, code in sheets)
    bare = Jobs(("/paljas/", f"koodi=AAAA-BBBB-CCCC-DDDD&v1={number}&{values}") for number in itertools.count())
    bench.vacuum()
    say.line("\nAnswering the Ilmapuntari: the page opened and an answer sent")
    say.line(
        f"\n  {'at once':<10}{'answers/s':>12}{'p95 ms':>10}{'bare pair/s':>14}{'p95 ms':>10}{'of the bare pair':>20}"
    )
    for clients in (1, 4, 16):
        turns = []
        for _ in range(3):
            turns.append(
                (
                    whole_answers(bench.port, bare, seconds / 3, clients),
                    whole_answers(bench.port, real, seconds / 3, clients),
                )
            )
        (bare_rate, bare_p95), (rate, p95) = sorted(turns, key=lambda turn: turn[1][0] / turn[0][0])[1]
        say.line(
            f"  {clients:<10}{rate:>12.0f}{p95:>10.0f}{bare_rate:>14.0f}{bare_p95:>10.0f}{rate / bare_rate:>20.2f}"
        )


def measure_country(bench, seconds):
    """A round of 1,000 and of 10,000 teams computed, and the pages of results before and after."""
    before = result_pages(bench, seconds)
    say.line("\nComputing a round, fifteen answers a team")
    say.line(f"\n  {'teams':<10}{'seconds':>10}{'MB':>8}{'plain sum s':>14}{'times the sum':>16}{'ms a team':>12}")
    for teams in (1000, 10_000):
        bench.ask("bench_ilmapuntari", "country", "--teams", teams)
        bench.vacuum()
        done = bench.ask("bench_ilmapuntari", "compute")
        say.line(
            f"  {teams:<10}{done['seconds']:>10.1f}{done['megabytes']:>8.0f}{done['plain_seconds']:>14.2f}"
            f"{done['seconds'] / done['plain_seconds']:>16.1f}{done['seconds'] / teams * 1000:>12.2f}"
        )
    bench.vacuum()
    after = result_pages(bench, seconds)
    say.line("\nPages of results with the country's round in the database, beside the demonstration alone")
    say.line(f"\n  {'page':<34}{'alone/s':>10}{'country/s':>12}{'ratio':>8}")
    for name, rate in before.items():
        say.line(f"  {name:<34}{rate:>10.0f}{after[name]:>12.0f}{after[name] / rate:>8.2f}")


def result_pages(bench, seconds):
    found = bench.ask("bench_ilmapuntari", "pages")
    cookie = f"sessionid={found['session']}"
    return {
        name: requests_per_second(bench.port, path, seconds / 2, cookie=cookie) for name, path in found["pages"].items()
    }


# The ombudsman's caseload -------------------------------------------------------------------------------------------


def measure_caseload(bench, seconds):
    """Pages of the caseload with 1,000 and with 100,000 contacts, all of one year, and what opening takes of them."""
    rates, shares = [], []
    for contacts in (1000, 100_000):
        bench.ask("bench_caseload", "fill", "--contacts", contacts)
        bench.vacuum()
        shares.append(bench.ask("bench_caseload", "opening"))
        rates.append(caseload_pages(bench, seconds))
    say.line("\nThe caseload, asked by one ombudsman at a time, with 1,000 and with 100,000 contacts of one year")
    say.line(
        f"\n  {'page':<34}{'1,000: /s':>12}{'100,000: /s':>14}{'ratio':>8}{'opening of 1,000':>18}{'of 100,000':>12}"
    )
    for name, rate in rates[0].items():
        many = rates[1][name]
        opening = f"{shares[0][name]:>18.1%}{shares[1][name]:>12.1%}" if name in shares[0] else ""
        say.line(f"  {name:<34}{rate:>12.1f}{many:>14.2f}{many / rate:>8.3f}{opening}")


def caseload_pages(bench, seconds):
    """{page: answers a second}"""
    found = bench.ask("bench_caseload", "pages")
    cookie = f"sessionid={found['session']}; csrftoken={TOKEN}"
    return {
        name: requests_per_second(
            bench.port,
            path,
            seconds / 2,
            connections=1,
            cookie=cookie,
            form=f"csrfmiddlewaretoken={TOKEN}&{form}" if form else None,
        )
        for name, (path, form) in found["pages"].items()
    }


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
        for name, address in PAGES.items():
            requests_per_second(port, address, 1)
            found = requests_per_second(port, address, seconds)
            say.line(f"  {name:<20}{found:>12.0f}{found / empty:>20.0%}")
        measure_registering(bench, seconds)
        if scale == 1:
            measure_answering(bench, seconds * 2)
            measure_country(bench, seconds)
            measure_caseload(bench, seconds)
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
