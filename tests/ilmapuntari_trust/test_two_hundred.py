"""Two hundred people answer within the same minute while everything under them is killed: every answer that was thanked
for is in the result, once.

Some send again until they are answered, some give up, some have the form open in two tabs with different answers.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from ilmapuntari import rules
from tests.cluster.portal import kill, wait_until
from tests.ilmapuntari_trust import journey

pytestmark = pytest.mark.cluster

TEAMS, SIZE = 20, 10
IMPATIENT, TWO_TABS = 20, 20  # how many of the two hundred
AT_ONCE, PAUSE = 25, 1.2  # they come so many at once, so many seconds apart


@dataclass
class Person:
    unit: str
    code: str
    forms: list  # answers, one a tab
    is_patient: bool
    comes_at: float
    replies: list = field(default_factory=list)  # one list a tab

    @property
    def is_thanked(self):
        return any(journey.is_saved(reply) for tab in self.replies for reply in tab)

    @property
    def saved(self):
        """The answers that were said to be saved by this very try."""
        return [
            form
            for form, tab in zip(self.forms, self.replies, strict=True)
            for reply in tab
            if reply is not None and journey.SAVED in reply[1]
        ]


def answer(cluster, person, tab, began):
    time.sleep(max(0, began + person.comes_at - time.monotonic()))
    replies = person.replies[tab]
    deadline = time.monotonic() + 60
    while True:
        replies.append(journey.send(cluster, person.unit, person.code, person.forms[tab], timeout=10))
        if not journey.is_lost(replies[-1]) or not person.is_patient:
            return
        assert time.monotonic() < deadline, "no clear answer in a minute"
        time.sleep(random.uniform(0.2, 0.8))


class Minute:
    """All of them at once, and what is killed under them."""

    def __init__(self, cluster, people):
        self.cluster, self.people = cluster, people
        self.hits = []  # (what was killed, how many had been thanked by then)
        threads = [
            threading.Thread(target=answer, args=(cluster, person, tab, time.monotonic()))
            for person in people
            for tab in range(len(person.forms))
        ]
        for thread in threads:
            thread.start()
        self.kill_in_turn()
        for thread in threads:
            thread.join()

    def thanked(self):
        return sum(person.is_thanked for person in self.people)

    def hit(self, what):
        self.hits.append((what, self.thanked()))

    def kill_in_turn(self):
        """Each time some of those who have come at once have been thanked, and some have not, the next part dies."""
        cluster = self.cluster
        strikes = {
            0: self.child_of_the_web_server,
            1: self.postgres_stopped_at_once,
            2: self.worker,
            4: self.redis,
            5: self.postgres_killed,
            6: self.web_server,
        }
        for number, strike in strikes.items():
            enough = number * AT_ONCE + AT_ONCE // 4
            wait_until(lambda enough=enough: self.thanked() >= enough, f"the {enough}th answer", patience=60)
            strike()
        cluster.begin_all()

    def child_of_the_web_server(self):
        kill(random.choice(self.cluster.children("web")))
        self.hit("web worker")

    def worker(self):
        self.cluster.kill("worker-compute")
        self.hit("worker")
        self.cluster.begin("worker-compute")

    def postgres_stopped_at_once(self):
        """As `pg_ctl stop -m immediate`."""
        os.kill(self.cluster.postgres.process.pid, signal.SIGQUIT)
        self.cluster.postgres.process.wait(20)
        self.hit("PostgreSQL stopped at once")
        self.cluster.postgres.start()

    def redis(self):
        self.cluster.redis.kill()
        self.hit("Redis")
        time.sleep(1)
        self.cluster.redis.start()

    def postgres_killed(self):
        self.cluster.postgres.kill()
        self.hit("PostgreSQL")
        self.cluster.postgres.start()

    def web_server(self):
        self.cluster.kill("web")
        self.hit("web server")
        self.cluster.begin("web")


def drawn(number):
    chosen = random.Random(number)
    return [chosen.randint(0, 10) for _ in range(28)]


def test_every_answer_thanked_for_is_in_the_result_once(cluster, work):
    cluster.postgres.start()
    cluster.redis.start()
    cluster.begin_all()
    made = work.opened(teams=TEAMS, size=SIZE)
    chosen = random.Random(7)
    in_turn = list(enumerate(made["people"]))
    chosen.shuffle(in_turn)
    people = [
        Person(
            unit=person["unit"],
            code=person["code"],
            forms=[drawn(number)] + ([drawn(1000 + number)] if number % (200 // TWO_TABS) == 3 else []),
            is_patient=number % (200 // IMPATIENT) != 5,
            comes_at=place // AT_ONCE * PAUSE + chosen.uniform(0, 0.1),
        )
        for place, (number, person) in enumerate(in_turn)
    ]
    for person in people:
        person.replies = [[] for _ in person.forms]

    minute = Minute(cluster, people)

    boxes = work.boxes(round=made["round"])
    stored = {unit: Counter(box["answers"]) for unit, box in boxes.items()}
    lost = sum(journey.is_lost(reply) for person in people for tab in person.replies for reply in tab)
    statuses = Counter(reply and reply[0] for person in people for tab in person.replies for reply in tab)
    print(f"\n{statuses}; {len(people)} people, {minute.thanked()} thanked, {lost} replies lost; killed: {minute.hits}")

    # The kills hit in the middle, and people noticed.
    assert [what for what, _thanked in minute.hits] == [
        "web worker", "PostgreSQL stopped at once", "worker", "Redis", "PostgreSQL", "web server"
    ]  # fmt: skip
    assert all(0 < thanked < len(people) for _what, thanked in minute.hits)
    assert lost >= 10
    # Whoever went on until there was a clear answer was told that it is saved, never anything else.
    assert all(person.is_thanked for person in people if person.is_patient)
    assert {reply[0] for person in people for tab in person.replies for reply in tab if reply} <= {200, 503}
    for person in people:
        found = [form for form in person.forms if bytes(form).hex() in stored[person.unit]]
        assert len(found) <= 1, "one answer or none, never two"
        assert len(found) == 1 or not person.is_thanked, "thanked for, and not there"
        assert len(person.saved) <= 1
        assert person.saved in ([], found), "the answer that was said to be saved is the one that is"
    for unit, box in boxes.items():
        sent = {bytes(form).hex() for person in people if person.unit == unit for form in person.forms}
        assert set(stored[unit]) <= sent
        assert max(stored[unit].values()) == 1
        assert len(box["spent"]) == len(box["answers"])

    then_the_results_are_of_these_answers(cluster, work, made, boxes)


def then_the_results_are_of_these_answers(cluster, work, made, boxes):
    work.due(round=made["round"])
    journey.sweep_until(cluster, lambda: journey.is_published(cluster, made["round"]), "the results")
    rows = cluster.rows(
        "SELECT unit_id, answers, figures FROM ilmapuntari_unitresult JOIN ilmapuntari_reportingunit ON id = unit_id"
        " WHERE round_id = %s",
        made["round"],
    )
    assert len(rows) == TEAMS
    for unit, _answers, figures in rows:
        given = [bytes.fromhex(one) for one in boxes[str(unit)]["answers"]]
        tally = rules.tally(b"".join(given), 28)
        assert figures == rules.unit_figures(tally, len(given), rules.gate(SIZE, leader_inside=False, floor=5))
