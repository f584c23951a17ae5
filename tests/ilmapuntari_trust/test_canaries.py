"""Contract 5: in a full run, with errors on the way, no code and no answer is written down anywhere.

The only places with a code are the letters themselves; the only place with a key is its folder.
"""

import base64
import http.client
import random
import re
import time
import urllib.parse

import psycopg
import pytest
from redis import Redis as Client

from tests.ilmapuntari_trust import journey
from tests.ilmapuntari_trust.scanner import forms_of_answer, forms_of_code, hits, places

pytestmark = pytest.mark.cluster

SIZE = 6


def drawn(number):
    """An answer that is like nobody else's and like nothing that stands in a file by chance."""
    values = list(range(11)) * 3
    random.Random(number).shuffle(values)
    return values[:28]


class FullRun:
    """What was typed, and what the portal and its servers had written when it was over."""

    def __init__(self, cluster, work):
        cluster.begin_all()
        made = work.plan(teams=2, size=SIZE, opens_in=-1, closes_in=3600)
        self.round = made["round"]
        self.letters = lambda: journey.letters_to(cluster, made["prefix"])
        journey.sweep_until(cluster, lambda: len(self.codes()) == 2 * SIZE, "a letter for each")
        self.answers = {code: drawn(place) for place, (_to, _unit, code) in enumerate(self.codes())}
        self.states = [journey.send(cluster, unit, code, self.answers[code]) for _to, unit, code in self.codes()]
        self.with_errors(cluster)
        self.during = places(cluster)
        work.due(round=self.round)
        time.sleep(0.1)
        journey.sweep_until(cluster, lambda: journey.is_published(cluster, self.round), "the results")
        self.secrets = [
            row[0]
            for row in cluster.rows(
                "SELECT result_secret FROM ilmapuntari_reportingunit WHERE round_id = %s", self.round
            )
        ]
        for secret in self.secrets:
            for path in ("", "keskustelu/", "tulos.pdf", "ei-ole/"):
                ask(cluster, "GET", f"/ilmapuntari/tulos/{secret}/{path}")
        self.after = places(cluster)

    def codes(self):
        return journey.codes_in(self.letters())

    def with_errors(self, cluster):
        """Everything that can go wrong while a code is typed in."""
        _to, unit, code = self.codes()[0]
        form = journey.form(code, self.answers[code])
        path = f"/ilmapuntari/vastaa/{unit}/"
        other = next(other for _to, other, _code in self.codes() if other != unit)
        journey.send(cluster, unit, code, self.answers[code])  # again
        journey.send(cluster, other, code, self.answers[code])  # in another team
        journey.send(cluster, unit, code[:-1] + "!", self.answers[code])
        ask(cluster, "POST", path, form.replace("v3=", "v3=99&v3="))  # what our page cannot send
        ask(cluster, "POST", path + f"?{form}", form)
        ask(cluster, "GET", path + f"?{form}")
        ask(cluster, "POST", path, form, {"Content-Type": "multipart/form-data; boundary=x"})
        ask(cluster, "POST", path, form, {"Origin": "https://elsewhere.example.org"})
        ask(cluster, "POST", path, form + "&x=" + "y" * 40_000)
        ask(cluster, "PUT", path, form)
        ask(cluster, "POST", path.rstrip("/"), form)
        ask(cluster, "POST", "/ilmapuntari/vastaa/ei-ole/", form)
        ask(cluster, "POST", path, form, {"Host": "elsewhere.example.org"})
        ask(cluster, "POST", path, form, {"Content-Length": "ten"})
        cluster.redis.kill()
        journey.send(cluster, other, code, self.answers[code])
        cluster.redis.start()
        cluster.postgres.kill()
        self.without_database = journey.send(cluster, unit, code, self.answers[code])
        cluster.postgres.start()
        box = cluster.keys("box")
        hidden = box.rename(box.with_name("away"))
        self.without_key = journey.send(cluster, unit, code, self.answers[code])
        hidden.rename(box)


def ask(cluster, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", cluster.port, timeout=20)
    kept = {"Host": f"localhost:{cluster.port}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, path, body, kept | (headers or {}))
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@pytest.fixture(scope="module")
def run(cluster, work):
    return FullRun(cluster, work)


def test_everybody_was_thanked_and_the_errors_were_real(run):
    assert [state[0] for state in run.states] == [200] * 2 * SIZE
    assert all(journey.SAVED in page for _status, page in run.states)
    assert run.without_database[0] == 503
    assert run.without_key[0] == 503


@pytest.mark.parametrize("moment", ["during", "after"])
def test_no_code_stands_anywhere(run, moment):
    found = getattr(run, moment)

    for _to, _unit, code in run.codes()[::3]:
        assert hits(found, forms_of_code(code)) == []


@pytest.mark.parametrize("moment", ["during", "after"])
def test_no_answer_stands_anywhere(run, moment):
    found = getattr(run, moment)

    for values in list(run.answers.values())[::3]:
        assert hits(found, forms_of_answer(values)) == []


def test_the_scanner_looked_everywhere(run):
    """Places that a quiet change could take out of sight."""
    for place in ("web.log", "worker-post.log", "worker-compute.log", "access.log", "pg_dump"):
        assert run.after[place], place
    for part in ("pg_wal/", "base/", "appendonly", "redis 0 "):
        assert any(part in place for place in run.after), part
    for table in ("letters_letter", "django_session", "ilmapuntari_sealedbox"):
        assert f"COPY public.{table}".encode() in run.after["pg_dump"]


def test_the_logs_tell_nothing_of_answering(run):
    """Not even when: no line names a unit or the address at which people answer."""
    units = {unit.encode() for _to, unit, _code in run.codes()}
    for name in ("web.log", "access.log", "worker-post.log", "worker-compute.log"):
        log = run.after[name]
        assert not [line for line in log.splitlines() if b"vastaa" in line]
        assert not hits({name: log}, units)


def test_the_secret_of_a_result_stands_in_no_log(run):
    for name in ("web.log", "access.log"):
        assert not hits({name: run.after[name]}, {secret.encode() for secret in run.secrets})
    assert run.after["access.log"].count("/ilmapuntari/tulos/…/".encode()) >= len(run.secrets)


def test_the_access_log_carries_no_address_of_a_client(run):
    lines = run.after["access.log"].decode().splitlines()
    assert lines
    assert not [line for line in lines if re.search(r"127\.0\.0\.1|Mozilla|python", line)]


def test_control_the_scanner_finds_what_is_planted(cluster, run):
    _to, _unit, code = run.codes()[0]
    values = run.answers[code]
    raw = bytes(values)
    url = cluster.postgres.superuser_url("pikassos")
    client = Client.from_url(cluster.redis.url)
    log = cluster.folder / "web.log"
    before = log.read_bytes()
    with psycopg.connect(url, autocommit=True) as connection:
        letter = connection.execute("SELECT max(id) FROM letters_letter").fetchone()[0]
        kept = connection.execute("SELECT text FROM letters_letter WHERE id = %s", [letter]).fetchone()[0]
        connection.execute("UPDATE letters_letter SET text = %s WHERE id = %s", [f"Koodi {code}", letter])
        client.set("planted", journey.form(code, values))
        log.write_bytes(before + b"POST body: " + raw + b"\n")
        try:
            found = places(cluster)
        finally:
            connection.execute("UPDATE letters_letter SET text = %s WHERE id = %s", [kept, letter])
            client.delete("planted")
            client.close()
            log.write_bytes(before)

    places_of_code = {place for place, _form in hits(found, forms_of_code(code))}
    places_of_answer = {place for place, _form in hits(found, forms_of_answer(values))}
    assert {"pg_dump", "redis 0 planted"} <= places_of_code
    assert any("pg_wal" in place for place in places_of_code)
    assert {"web.log", "redis 0 planted"} <= places_of_answer


@pytest.mark.parametrize("planted", ["{code}", "x{bare}", "a={code}&b"])
def test_control_every_form_is_known(planted):
    """What the forms are made for, written by other means than theirs."""
    code = "K7QX-2M4P-9TRB-HW3N"
    text = planted.format(code=code, bare=code.replace("-", ""))
    forms = forms_of_code(code)

    for written in (
        text.encode(),
        base64.b64encode(text.encode()),
        base64.b64encode(b"1" + text.encode()),
        base64.b64encode(b"12" + text.encode() + b"3"),
        urllib.parse.quote(text).encode(),
    ):
        assert hits({"here": written}, forms), written
