"""Two hundred people register at once for ten seats while the worker is killed: a fair queue, nobody untold."""

import json
import re
import threading

import pytest

from tests.cluster.portal import kill, wait_until

pytestmark = pytest.mark.cluster

PEOPLE, SEATS = 200, 10
SECRET = "b" * 32
UNSENT = "SELECT count(*) FROM letters_letter WHERE about = %s AND sent_at IS NULL"


def register(cluster, path, number, replies, gate):
    """One person who presses again until there is an answer."""
    gate.wait()
    fields = {
        "csrfmiddlewaretoken": SECRET,
        "name": f"Tulija {number}",
        "email": f"tulija{number}@example.org",
        "consent": "on",
    }
    for _try in range(30):
        answer = cluster.post(f"{path}ilmoittaudu/", fields, Cookie=f"csrftoken={SECRET}")
        replies[number].append(answer and answer[0])
        if answer and answer[0] < 500:
            return


def test_two_hundred_for_ten_seats_while_the_worker_is_killed(cluster):
    cluster.begin_all("web", "worker-post")
    event = json.loads(cluster.run("tests/cluster/invented_event.py", "1", str(SEATS)).splitlines()[-1])
    about = f"event:{event['pk']}"
    replies = [[] for _number in range(PEOPLE)]
    gate = threading.Barrier(PEOPLE + 1)
    threads = [
        threading.Thread(target=register, args=(cluster, event["path"], number, replies, gate))
        for number in range(PEOPLE)
    ]
    for thread in threads:
        thread.start()
    gate.wait()
    # The worker dies in the middle of the rush, and so does a process of the web server.
    wait_until(lambda: sent(cluster) >= 15, "the first letters", patience=60)
    cluster.kill("worker-post")
    kill(cluster.children("web")[0])
    cluster.begin("worker-post")
    cluster.sweep()
    wait_until(lambda: sent(cluster) >= 60, "more letters", patience=60)
    cluster.kill("worker-post")
    cluster.begin("worker-post")
    for thread in threads:
        thread.join()
    cluster.sweep()
    wait_until(lambda: cluster.count(UNSENT, about) == 0, "the last letter", patience=60)

    assert all(tries[-1] == 302 for tries in replies), "everybody got an answer in the end"
    rows = cluster.rows("SELECT email, state FROM events_registration WHERE event_id = %s ORDER BY id", event["pk"])
    assert len(rows) == PEOPLE
    assert [state for _email, state in rows] == ["seated"] * SEATS + ["waiting"] * (PEOPLE - SEATS)
    counted = cluster.rows("SELECT seats_taken, waiting_count FROM events_event WHERE id = %s", event["pk"])
    assert counted == [(SEATS, PEOPLE - SEATS)]

    letters = told(cluster)
    assert {to for to, _subject, _place, _message_id in letters} == {email for email, _state in rows}
    # At most one letter a kill came twice, and as the same letter; who pressed again was told that it is there already.
    first = [letter for letter in letters if "jo ilmoittautunut" not in letter[1]]
    assert len(first) - len(set(first)) <= 2
    assert len({message_id for *_rest, message_id in first}) == PEOPLE
    # Each was told the place that she has.
    places = {to: place for to, subject, place, _message_id in first if subject.startswith("Jonossa")}
    assert [places[email] for email, state in rows if state == "waiting"] == list(range(1, PEOPLE - SEATS + 1))


def sent(cluster):
    return len(told(cluster))


def told(cluster):
    """(address, subject, place in the queue or None, Message-ID) of each letter that arrived."""
    with cluster.sink.lock:
        letters = list(cluster.sink.letters)
    found = []
    for letter in letters:
        address = re.search(r"tulija\d+@example\.org", letter["To"])
        if address:
            text = letter.get_body(("plain",)).get_content()
            place = re.search(r"olet (\d+)\. jonossa", text)
            found.append((address[0], letter["Subject"], place and int(place[1]), letter["Message-ID"]))
    return found
