"""A round from its plan to its results, driven from outside: sweeps are asked for, letters read, forms sent."""

import http.client
import re
import time
from urllib.parse import urlencode

from celery import Celery

from pikassos.settings import redis_urls

ADVANCE = ("ilmapuntari.tasks.advance", "compute")
WRITE_CODES = ("ilmapuntari.post_tasks.write_codes", "post")
SEND_LETTERS = ("letters.tasks.send_letters", "post")
RESEAL = ("ilmapuntari.tasks.reseal", "compute")

SAVED, USED = "is saved</h1>", "has been used already</h1>"  # in English, which needs no catalogue
CODE = re.compile(r"/ilmapuntari/vastaa/([0-9a-f-]{36})/#([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})")


def ask_for(cluster, name, queue):
    """What beat does in its time: the task is queued. Nothing happens while the broker is away."""
    broker, _cache = redis_urls(cluster.redis.url)
    with Celery(broker=broker, set_as_current=False) as app, app.connection_for_write() as connection:
        app.send_task(name, queue=queue, connection=connection, ignore_result=True)


def sweep(cluster):
    for task in (ADVANCE, WRITE_CODES, SEND_LETTERS):
        ask_for(cluster, *task)


def sweep_until(cluster, is_so, what, patience=60):
    """Sweep every second, as beat would every half a minute."""
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come in {patience} s"
        sweep(cluster)
        again = time.monotonic() + 1
        while time.monotonic() < again and not is_so():
            time.sleep(0.05)


def is_open(cluster, round):
    return bool(cluster.rows("SELECT 1 FROM ilmapuntari_round WHERE id = %s AND opened_at IS NOT NULL", round))


def is_published(cluster, round):
    return bool(cluster.rows("SELECT 1 FROM ilmapuntari_round WHERE id = %s AND published_at IS NOT NULL", round))


def letters_to(cluster, team_prefix):
    """[(recipient, text)] of the letters that arrived for the people of a round's teams."""
    with cluster.sink.lock:
        letters = list(cluster.sink.letters)
    return [
        (letter["To"].addresses[0].addr_spec, letter.get_body(("plain",)).get_content())
        for letter in letters
        if letter["To"] and letter["To"].addresses[0].addr_spec.startswith(team_prefix)
    ]


def codes_in(letters):
    """[(recipient, unit, code)] of those letters that carry a code."""
    return [(to, *found.groups()) for to, text in letters if (found := CODE.search(text))]


def form(code, values):
    """What the page sends: `values` are 28 of 0–10, or None for one that is skipped."""
    choices = {f"v{number}": "ohita" if value is None else value for number, value in enumerate(values, 1)}
    return urlencode({"koodi": code, **choices})


def send(cluster, unit, code, values, *, timeout=20, read=True):
    """Send the form in English; (status, page), or None when no whole answer came. `read=False`: hang up at once."""
    connection = http.client.HTTPConnection("127.0.0.1", cluster.port, timeout=timeout)
    try:
        headers = {"Host": f"localhost:{cluster.port}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/en/ilmapuntari/vastaa/{unit}/", form(code, values), headers)
        if not read:
            return None
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def is_saved(answer):
    """Whether the person was told that the answer is saved, now or by an earlier try."""
    return answer is not None and answer[0] == 200 and (SAVED in answer[1] or USED in answer[1])


def is_lost(answer):
    """Whether it is unknown what became of it: no reply, or one that asks to try again."""
    return answer is None or answer[0] >= 500
