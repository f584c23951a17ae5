"""Two hundred planted secrets: nothing that is written down holds one of them, and with the keys each can be read.

They go in as people type them, through the pages, and everything that can go wrong goes wrong on the way.
"""

import base64
import http.client
import random
import re
import threading
import time
import urllib.parse
from contextlib import contextmanager, suppress
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone
from redis import Redis as Client

from ombudsman import abuse
from publishing.finnish_dates import written_day
from tests.cluster.portal import wait_until
from tests.ombudsman_trust.browser import MULTIPART, Browser, filled, upload_of
from tests.ombudsman_trust.canaries import Canaries, everything_written, forms_of, hits

pytestmark = pytest.mark.cluster

ROOM = "/sosiaaliasiavastaava/"
CASELOAD, WRITE, RECEIPT = f"{ROOM}asiat/", f"{ROOM}yhteydenotto/", f"{ROOM}kuitti/"
CONTACTS = f"{CASELOAD}yhteydenotot/"
NEW, DRAFT, SEARCH = f"{CONTACTS}uusi/", f"{CONTACTS}luonnos/", f"{CASELOAD}haku/"
TODAY, LATER = (written_day(timezone.localdate() + timedelta(days=days)) for days in (0, 300))
COUNTED = {
    "occurred_on": TODAY, "way": "phone", "who": "client", "language": "fi", "nature": "dissatisfaction",
    "task": "disability", "provider": "public", "reasons": ["decision"], "measures": ["advice"], "state": "done",
}  # fmt: skip
LARGE = 4_000_000  # bytes; Django would write what is larger than 2.5 million into a file of its own
TOO_LARGE = 11_000_000  # more than is taken


class FullRun:
    """Everything is written; then everything goes wrong; then it is looked at what stands where."""

    def __init__(self, cluster, work, ombudsman, written):
        cluster.begin_all("web", "worker-post", "worker-compute", "beat")
        self.cluster, self.work, self.ombudsman = cluster, work, ombudsman
        self.visitor = Browser(cluster)
        self.planted = Canaries(random.Random(7392023))
        self.folders = [written]
        self.start = re.search(r'name="start" value="([^"]+)"', self.visitor.get(WRITE).text)[1]
        self.may_send_at = time.monotonic() + abuse.FASTEST + 0.1
        self.numbers = []
        self.errors = {}
        self.write_contacts()
        self.write_matters()
        self.write_drafts()
        self.write_messages()
        self.look_for()
        self.with_mistakes()
        self.with_odd_requests()
        self.with_a_database_that_refuses()
        self.with_parts_away()
        self.write_at_rest()
        self.found = everything_written(cluster, *self.folders)

    # What people write ————————————————————————————————————————————————————————————————————————————————————————

    def contact(self, *, lost=False, **more):
        """The form of a contact with a secret in each of its fields of words."""
        draw = self.planted
        words = {"name": draw.name(lost=lost), "phone": draw.phone(lost=lost), "email": draw.email(lost=lost)}
        return COUNTED | words | {"service": draw.note(lost=lost), "note": draw.note(lost=lost)} | more

    def write_contacts(self):
        for _ in range(20):
            saved(self.ombudsman.post(NEW, self.contact()))
        mended = saved(self.ombudsman.post(NEW, self.contact(lost=True)))
        saved(self.ombudsman.post(f"{mended.where}muokkaa/", self.contact()))

    def write_matters(self):
        draw = self.planted
        for number in range(8):
            opened = saved(self.ombudsman.post(NEW, self.contact(state="open", next_step=draw.note(lost=True))))
            path = opened.where
            self.numbers.append(path)
            is_closed = number % 4 == 3  # a matter that is closed has no next step
            steps = {"title": draw.note(), "next_step": draw.note(lost=is_closed), "next_on": LATER}
            saved(self.ombudsman.post(f"{path}muokkaa/", steps | {"decided_on": TODAY}))
            measure = {"taken_on": TODAY, "code": "negotiation", "note": draw.note()}
            saved(self.ombudsman.post(f"{path}toimenpide/", measure))
            saved(self.ombudsman.upload(f"{path}liita/", f"{draw.note()}.pdf", a_pdf(draw.note())))
            saved(self.ombudsman.post(f"{path}sailyta/", {"kept_until": LATER, "reason": draw.note()}))
            if is_closed:
                end = {"status": "closed", "outcome": "advised", "outcome_words": draw.note()}
                saved(self.ombudsman.post(f"{path}tila/", end))
        saved(self.ombudsman.upload(f"{self.numbers[0]}liita/", "iso.pdf", a_pdf(draw.note(), size=LARGE)))

    def write_drafts(self):
        for _ in range(4):
            saved(self.ombudsman.post(DRAFT, self.contact()))

    def message(self, *, lost=False):
        draw = self.planted
        person = {"name": draw.name(lost=lost), "phone": draw.phone(lost=lost), "email": draw.email(lost=lost)}
        return person | {"words": draw.note(lost=lost), "wish": "call", "start": self.start}

    def write_messages(self):
        time.sleep(max(0, self.may_send_at - time.monotonic()))
        for number in range(8):
            answer = self.visitor.post(WRITE, self.message())
            code = re.search(r"(?:[0-9A-Z]{5}-){5}[0-9A-Z]", answer.text)[0]
            self.planted.receipt(code)
            if number % 2:
                addition = {"code": code.lower(), "words": self.planted.note(), "seen": 0}
                assert self.visitor.post(RECEIPT, addition).status == 200
            self.visitor.post(RECEIPT, {"code": code})
        self.visitor.post(RECEIPT, {"code": f"{code[:-1]}Z"})

    def look_for(self):
        """What is found, and what is not."""
        draw = self.planted
        for words in (draw.name(lost=True), draw.phone(lost=True), draw.email(lost=True), *list(draw.kept)[:6]):
            assert self.ombudsman.post(SEARCH, {"words": words}).status == 200
            self.ombudsman.get(f"{SEARCH}?{urllib.parse.urlencode({'words': words})}")  # no page of ours does this
        self.ombudsman.post(f"{CONTACTS}samat/", {"name": draw.name(lost=True), "phone": list(draw.kept)[1]})

    # What goes wrong ——————————————————————————————————————————————————————————————————————————————————————————

    def with_mistakes(self):
        """Forms that are shown again to their writer."""
        path, draw = self.numbers[0], self.planted
        self.ombudsman.post(NEW, self.contact(lost=True, nature=""))
        self.ombudsman.post(NEW, self.contact(lost=True, minutes="131052-308T"))
        self.ombudsman.post(DRAFT, {"note": f"{draw.note(lost=True)} 131052-308T"})
        self.ombudsman.post(f"{path}muokkaa/", {"title": draw.note(lost=True), "served_on": "1.1.1999"})
        self.ombudsman.post(f"{path}toimenpide/", {"code": "x", "note": draw.note(lost=True)})
        self.ombudsman.post(f"{path}tila/", {"status": "closed", "outcome_words": draw.note(lost=True)})
        self.ombudsman.post(f"{path}sailyta/", {"kept_until": "x", "reason": draw.note(lost=True)})
        self.ombudsman.upload(f"{path}liita/", f"{draw.note(lost=True)}.html", b"<p>")
        self.ombudsman.upload(f"{path}liita/", f"{draw.note(lost=True)}.pdf", a_pdf(draw.note(lost=True), TOO_LARGE))
        self.visitor.post(WRITE, self.message(lost=True) | {"wish": ""})
        self.visitor.post(WRITE, self.message(lost=True) | {"homepage": "https://example.org"})
        self.visitor.post(WRITE, self.message(lost=True) | {"start": "x"})
        self.visitor.post(RECEIPT, {"code": draw.note(lost=True), "words": draw.note(lost=True)})

    def with_odd_requests(self):
        draw, ask = self.planted, self.ombudsman.ask
        path = self.numbers[0]
        for browser, page in ((self.ombudsman, NEW), (self.visitor, WRITE)):
            form = filled(self.contact(lost=True))
            self.note("no token", browser.ask("POST", page, form, Cookie="csrftoken=b"), 403)
            self.note("odd host", browser.ask("POST", page, form, Host="elsewhere.example.org"), 400)
            self.note("from elsewhere", browser.ask("POST", page, form, Origin="https://elsewhere.example.org"), 403)
            self.note("too much", browser.ask("POST", page, form + "&note=" + "y" * 3_000_000), 400)
            self.note("too many fields", browser.ask("POST", page, form + "&y=1" * 3000), 400)
            self.note("another method", browser.ask("PUT", page, form, X_CSRFToken="a" * 32), 405)
            self.note("no such page", browser.ask("POST", f"{page}ei-ole/", form), 404)
            self.note("not our multipart", browser.ask("POST", page, form, Content_Type="multipart/form-data"), 400)
            self.note("odd length", browser.ask("POST", page, form, Content_Length="ten"), 400)
            browser.ask("POST", page.rstrip("/"), form)
            browser.ask("POST", page, form, Content_Type=MULTIPART)
            browser.ask("POST", page, form, Content_Type="application/x-www-form-urlencoded; charset=x-none")
            browser.ask("POST", page, form.replace("note=", "note=%00&note=%FF"))
            self.longer_than_it_says(page, draw.note(lost=True))
        Browser(self.cluster).post(NEW, self.contact(lost=True))
        cut = upload_of(draw.note(lost=True), a_pdf(draw.note(lost=True)))[:-40]
        ask("POST", f"{path}liita/", cut, Content_Type=MULTIPART)
        ask("POST", f"{path}liita/", cut, Content_Type=MULTIPART, Content_Encoding="gzip")

    def longer_than_it_says(self, path, words):
        """More is sent than was announced, so that the rest looks like another request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.cluster.port, timeout=20)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", "4")
        connection.endheaders()
        connection.send(f"note{words} HTTP/1.1\r\n\r\n".encode())
        connection.getresponse().read()
        connection.close()

    def with_a_database_that_refuses(self):
        """Rows that break a rule of the database, a column that is not there, a log that takes nothing."""
        path, draw = self.numbers[0], self.planted
        for table, send in (
            ("contact", lambda: self.ombudsman.post(NEW, self.contact(lost=True))),
            ("draft", lambda: self.ombudsman.post(DRAFT, self.contact(lost=True))),
            ("findable", lambda: self.ombudsman.post(NEW, self.contact(lost=True))),
            ("fact", lambda: self.ombudsman.post(NEW, self.contact(lost=True))),
            ("case", lambda: self.ombudsman.post(f"{path}muokkaa/", {"title": draw.note(lost=True)})),
            ("casefile", lambda: self.ombudsman.upload(f"{path}liita/", "x.pdf", a_pdf(draw.note(lost=True)))),
            ("message", lambda: self.visitor.post(WRITE, self.message(lost=True))),
        ):
            with self.refusing(table):
                self.note(f"refused by {table}", send(), 500)
        with self.refusing("logrow"):
            self.note("no log", self.ombudsman.post(NEW, self.contact(lost=True)), 503)
            self.note("no log to read into", self.ombudsman.get(path), 503)
        with self.altered("ombudsman_contact", "RENAME note TO away", "RENAME away TO note"):
            self.note("no such column", self.ombudsman.post(NEW, self.contact(lost=True)), 500)
            self.note("no such column to read", self.ombudsman.get(path), 500)

    def refusing(self, table):
        rule = "ADD CONSTRAINT no_more CHECK (false) NOT VALID"
        return self.altered(f"ombudsman_{table}", rule, "DROP CONSTRAINT no_more")

    @contextmanager
    def altered(self, table, there, back):
        with psycopg.connect(self.cluster.postgres.superuser_url("pikassos"), autocommit=True) as superuser:
            superuser.execute(f"ALTER TABLE {table} {there}")
            try:
                yield
            finally:
                superuser.execute(f"ALTER TABLE {table} {back}")

    def with_parts_away(self):
        cluster, draw, path = self.cluster, self.planted, self.numbers[0]
        cluster.redis.kill()
        saved(self.ombudsman.post(NEW, self.contact()))
        assert self.visitor.post(WRITE, self.message()).status == 200
        cluster.redis.start()

        keys = cluster.keys("caseload")
        hidden = keys.rename(keys.with_name("away"))
        self.note("no keys", self.ombudsman.post(NEW, self.contact(lost=True)), 503)
        self.note("no keys to read by", self.ombudsman.get(path), 503)
        self.without_keys = self.visitor.post(WRITE, self.message(lost=True))
        hidden.rename(keys)

        self.note("killed database", self.killed_in_the_middle(NEW, self.contact(lost=True)), 503)
        self.note("no database", self.ombudsman.post(NEW, self.contact(lost=True)), 503)
        self.note("no database for a visitor", self.visitor.post(WRITE, self.message(lost=True)), 503)
        cluster.postgres.start()
        for size in (LARGE, TOO_LARGE):
            self.web_is_killed_in_the_middle_of(upload_of("kesken.pdf", a_pdf(draw.note(lost=True), size)))

    def killed_in_the_middle(self, path, form):
        """Everything of the form is written and waits for the log when the database is killed."""
        answers = []
        url = self.cluster.postgres.superuser_url("pikassos")
        with suppress(psycopg.OperationalError), psycopg.connect(url) as superuser:  # the lock dies with the server
            superuser.execute("LOCK TABLE ombudsman_logrow IN ACCESS EXCLUSIVE MODE")
            sent = threading.Thread(target=lambda: answers.append(self.ombudsman.post(path, form)))
            sent.start()
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ombudsman_logrow'::regclass"
            wait_until(lambda: self.cluster.count(waiting), "the form's row of the log")
            self.cluster.postgres.kill()
            sent.join()
        return answers[0]

    def web_is_killed_in_the_middle_of(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.cluster.port, timeout=20)
        connection.putrequest("POST", f"{self.numbers[0]}liita/")
        for name, value in (
            ("Cookie", f"csrftoken={'a' * 32}; sessionid={self.ombudsman.session}"),
            ("Content-Type", MULTIPART),
            ("Content-Length", str(len(body))),
        ):
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body[:-100_000])
        time.sleep(1)  # it has been read, and what is missing is waited for
        self.cluster.kill("web")
        connection.close()
        self.cluster.begin("web")

    def write_at_rest(self):
        """Sent when the caseload had come to rest: kept, sealed, and shown once when the door is open again."""
        self.work.rest(session=self.ombudsman.session)
        path, draw = self.numbers[1], self.planted
        kept = {"title": draw.note(lost=True), "next_step": draw.note(lost=True)}
        self.note("rest", self.ombudsman.post(f"{path}muokkaa/", kept), 302)
        self.note("rest", self.ombudsman.post(NEW, self.contact()), 302)
        self.note("rest", self.ombudsman.get(path), 302)
        self.work.prove(session=self.ombudsman.session)
        page = self.ombudsman.get(f"{path}muokkaa/")
        self.is_shown_again = kept["title"] in page.text

    def note(self, what, answer, status):
        assert answer.status == status, (what, answer.status)
        self.errors.setdefault(what, []).append(answer)


def a_pdf(words, size=0):
    """A file with words in it, of a size at least."""
    return b"%PDF-1.7\n% " + words.encode() + b"\n" + b" " * size


def saved(answer):
    assert answer.status == 302, re.findall(r'class="[^"]*error[^"]*"[^<]*<[^<]*', answer.text)
    return answer


@pytest.fixture(scope="module")
def run(cluster, work, ombudsman, written):
    return FullRun(cluster, work, ombudsman, written)


@pytest.fixture(scope="module")
def forms(run):
    return run.planted.forms()


def test_two_hundred_secrets_were_written_and_others_went_astray(run):
    assert len(run.planted.kept) >= 200
    assert len(run.planted.lost) >= 100
    assert run.is_shown_again


def test_no_secret_stands_anywhere(run, forms):
    assert hits(run.found, forms) == []


def test_the_scanner_looked_everywhere(run):
    """Places that a quiet change could take out of sight."""
    for place in ("web.log", "worker-post.log", "worker-compute.log", "beat.log", "access.log", "pg_dump"):
        assert run.found[place], place
    parts = ("pg_wal/", "base/", "postgres.log", "appendonly", "redis 0 ", "redis 1 ", "session ", "letter ", "keys/")
    for part in parts:
        assert any(part in place for place in run.found), part
    for table in ("letters_letter", "django_session", "pghistory_context", "ombudsman_contact", "ombudsman_logrow"):
        assert f"COPY public.{table}".encode() in run.found["pg_dump"]


def test_a_page_of_an_error_shows_nothing_of_what_was_typed(run, forms):
    for what, answers in run.errors.items():
        pages = {
            f"{what} {number}": answer.body + str(answer.headers).encode() for number, answer in enumerate(answers)
        }
        assert hits(pages, forms) == []


def test_a_form_is_shown_again_to_its_writer_alone(run, forms):
    failed = [answer for answer in (*run.ombudsman.answers, *run.visitor.answers) if answer.status >= 400]

    for number, typed in hits({number: answer.body for number, answer in enumerate(failed)}, forms):
        sent = urllib.parse.unquote_to_bytes(failed[number].sent.replace(b"+", b" "))
        assert typed.encode() in sent, failed[number].path
    assert run.without_keys.status == 503
    assert hits({"": run.without_keys.body}, forms)


def test_nothing_is_said_of_the_caseload_in_letters(run, forms):
    letters = [content for place, content in run.found.items() if place.startswith("letter ")]

    assert len(letters) >= 8
    assert hits(dict(enumerate(letters)), forms) == []


def test_with_the_keys_every_secret_can_be_read(run, work):
    assert missing(run, work) == []


def missing(run, work):
    """The secrets that open nowhere, dashes of receipts aside."""
    opened = "\n".join(flattened(value) for record in work.opened().values() for value in record.values())
    return [typed for typed in run.planted.kept if typed not in opened and typed.replace("-", "") not in opened]


def flattened(value):
    if isinstance(value, dict):
        return "\n".join(map(flattened, value.values()))
    if isinstance(value, list):
        return "\n".join(map(flattened, value))
    return str(value)


def test_keys_are_changed_while_people_read_and_write(cluster, work, run, many):
    copies = work.copies()
    assert work.opening(**copies)["opened"] == len(copies["rows"])  # the control
    people = [Reading(run), Reading(run), Writing(run)]
    for person in people:
        person.start()

    cluster.run("manage.py", "caseload_keys", "change")
    for person in people:
        person.stop()

    assert [failed for person in people for failed in person.failed] == []
    assert all(person.count > 15 for person in people)
    assert people[-1].what_is_not_there() == []
    assert missing(run, work) == []
    assert sorted(file.name for file in cluster.keys("caseload").glob("*.key")) == ["index-2.key", "master-2.key"]
    assert work.opening(**copies)["opened"] == 0
    assert hits(everything_written(cluster, *run.folders), run.planted.forms()) == []


class Busy(threading.Thread):
    """Somebody who does one thing after another until it is enough."""

    def __init__(self, run):
        super().__init__()
        self.planted, self.browser = run.planted, Browser(run.cluster, run.ombudsman.session)
        self.failed, self.count, self.is_over = [], 0, threading.Event()
        self.prepare(run)

    def run(self):
        while not self.is_over.is_set():
            self.act(self.count)
            self.count += 1

    def stop(self):
        self.is_over.set()
        self.join()


class Reading(Busy):
    """Page after page, and what is found by its number."""

    def prepare(self, run):
        self.paths = [CASELOAD, CONTACTS, *run.numbers, f"{CASELOAD}viestit/", f"{CASELOAD}luettelo/", SEARCH]
        self.words = [typed for typed in self.planted.kept if typed.startswith("045")]

    def act(self, count):
        path, words = self.paths[count % len(self.paths)], self.words[count % len(self.words)]
        answer = self.browser.post(path, {"words": words}) if path == SEARCH else self.browser.get(path)
        if answer is None or answer.status != 200 or (path == SEARCH and words not in answer.text):
            self.failed.append((path, answer and answer.status))


class Writing(Busy):
    """Three contacts are mended all the while."""

    def prepare(self, run):
        self.last = {saved(self.browser.post(NEW, run.contact(lost=True))).where: "" for _ in range(3)}

    def act(self, count):
        path, note = list(self.last)[count % len(self.last)], self.planted.note(lost=True)
        answer = self.browser.post(f"{path}muokkaa/", COUNTED | {"note": note})
        self.last[path] = note
        if answer is None or answer.status != 302:
            self.failed.append((path, answer and answer.status))

    def what_is_not_there(self):
        return [path for path, note in self.last.items() if note not in self.browser.get(path).text]


def test_control_the_scanner_finds_what_is_planted(cluster, work, run, ombudsman, written):
    note = next(typed for typed in run.planted.kept if "Äiti" in typed)
    texts = run.planted.kept[note]
    forms = dict.fromkeys(forms_of(texts), note)
    url = cluster.postgres.superuser_url("pikassos")
    client = Client.from_url(cluster.redis.database_url(1))
    log, away = cluster.folder / "web.log", written / "tmp" / "planted"
    before = log.read_bytes()
    with psycopg.connect(url, autocommit=True) as connection:
        letter, kept = connection.execute("SELECT id, text FROM letters_letter ORDER BY id DESC LIMIT 1").fetchone()
        connection.execute("UPDATE letters_letter SET text = %s WHERE id = %s", [note, letter])
        client.set("planted", base64.b64encode(b"x" + note.encode()))
        log.write_bytes(before + repr(note.encode()).encode())
        away.write_bytes(note.encode("utf-16"))
        work.plant(session=ombudsman.session, words=note)
        try:
            places = {place for place, _typed in hits(everything_written(cluster, written), forms)}
        finally:
            connection.execute("UPDATE letters_letter SET text = %s WHERE id = %s", [kept, letter])
            client.delete("planted")
            client.close()
            log.write_bytes(before)
            away.unlink()
            work.plant(session=ombudsman.session, words="")

    session = f"session {ombudsman.session}"
    assert {"pg_dump", "redis 1 planted", "web.log", f"{written.name}/tmp/planted", session} <= places
    assert any("pg_wal" in place for place in places)


@pytest.mark.parametrize(
    "planted",
    [
        "{}", "x{}", '{{"note": "{}"}}',
    ],
)  # fmt: skip
def test_control_every_form_is_known(planted):
    """What the forms are made for, written by other means than theirs."""
    text = planted.format("Räimövuonen")
    forms = dict.fromkeys(forms_of(["Räimövuonen"]), "")

    for written in (
        text.encode(),
        base64.b64encode(text.encode()),
        base64.b64encode(b"1" + text.encode()),
        base64.b64encode(b"12" + text.encode() + b"3"),
        urllib.parse.quote_plus(text).encode(),
        ascii(text).encode(),
        text.encode().hex().encode(),
        text.encode("utf-16"),
        repr(text.encode()).encode(),
        text.encode("latin-1"),
    ):
        assert hits({"here": written}, forms), written
