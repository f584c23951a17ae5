"""Contract 6: whatever is killed while a round opens, is answered or is computed, nothing is lost and nothing doubled.

A lock on a table of ours holds the work exactly half-way, so that the kill hits it there and not before or after.
"""

import random
import threading
import time
from contextlib import contextmanager, suppress

import psycopg
import pytest

from ilmapuntari import codes, rules
from ilmapuntari.sealed_box import SPARE
from tests.cluster.portal import wait_until
from tests.ilmapuntari_trust import journey

pytestmark = pytest.mark.cluster

TEAMS, SIZE = 3, 6
PROGRAMS = ("web", "worker-post", "worker-compute")


@pytest.fixture
def portal(cluster):
    """Whole, whatever the test before has left of it."""
    cluster.postgres.start()
    cluster.redis.start()
    cluster.begin_all(*PROGRAMS)
    return cluster


@contextmanager
def held_at(cluster, table):
    """Whoever writes to the table waits, in the middle of its transaction."""
    with psycopg.connect(cluster.postgres.superuser_url("pikassos"), autocommit=True) as holder:
        holder.execute(f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield
        with suppress(psycopg.OperationalError):  # PostgreSQL itself may have been killed meanwhile
            holder.execute("ROLLBACK")


def then_it_waits(cluster, table):
    """The kill hits in the middle: somebody is inside a transaction and cannot go on."""
    waiting = (
        "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE relname = %s AND NOT granted"
    )
    wait_until(lambda: cluster.count(waiting, table) > 0, f"somebody who waits for {table}")


def kill(cluster, victim):
    """The victim dies and comes back, as the supervisor or the container engine would see to."""
    if victim == "PostgreSQL":
        cluster.postgres.kill()
        cluster.postgres.start()
    elif victim == "Redis":
        cluster.redis.kill()
        for file in (cluster.redis.folder / "data").rglob("*"):
            if file.is_file():
                file.unlink()
        cluster.redis.start()
    else:
        cluster.kill(victim)
        cluster.begin(victim)


def letters_of(cluster, made):
    """[(recipient, unit, code)] of the letters that arrived for a planned round's people."""
    return journey.codes_in(journey.letters_to(cluster, made["prefix"]))


@pytest.mark.parametrize("victim", ["worker", "PostgreSQL", "Redis"])
def test_a_round_opens_whole_whatever_is_killed(portal, work, victim):
    made = work.plan(teams=TEAMS, size=SIZE, opens_in=-1, closes_in=3600)
    frozen = "SELECT count(*) FROM ilmapuntari_round WHERE id = %s AND frozen_at IS NOT NULL"
    journey.sweep_until(portal, lambda: portal.count(frozen, made["round"]) or None, "the frozen lists")

    with held_at(portal, "ilmapuntari_pendingcodes"):
        journey.sweep(portal)
        then_it_waits(portal, "ilmapuntari_pendingcodes")
        kill(portal, "worker-post" if victim == "worker" else victim)
        assert not journey.is_open(portal, made["round"])

    laid = "SELECT count(*) FROM ilmapuntari_pendingcodes"
    with held_at(portal, "ilmapuntari_sealedbox"):
        journey.sweep_until(portal, lambda: portal.count(laid) == TEAMS, "the clear lists")
        journey.ask_for(portal, *journey.ADVANCE)
        then_it_waits(portal, "ilmapuntari_sealedbox")
        kill(portal, "worker-compute" if victim == "worker" else victim)
        assert not journey.is_open(portal, made["round"])

    journey.sweep_until(portal, lambda: len(letters_of(portal, made)) >= TEAMS * SIZE, "a letter for each")

    assert portal.count(laid) == 0
    letters = letters_of(portal, made)
    assert len({to for to, _unit, _code in letters}) == len({code for _to, _unit, code in letters}) == TEAMS * SIZE
    assert len(letters) == TEAMS * SIZE
    boxes = work.boxes(round=made["round"])
    assert len(boxes) == TEAMS
    for unit, box in boxes.items():
        of_letters = {codes.hashed(unit, codes.read(code)).hex() for _to, of_unit, code in letters if of_unit == unit}
        assert set(box["codes"]) >= of_letters
        assert len(box["codes"]) == SIZE + SPARE


@pytest.fixture
def opened(portal, work):
    made = work.opened(teams=TEAMS, size=SIZE)
    made["units"] = sorted({person["unit"] for person in made["people"]})
    return made


@pytest.mark.parametrize("victim", ["web", "PostgreSQL", "Redis"])
def test_an_answer_in_the_middle_is_saved_once_or_asked_for_again(portal, work, opened, victim):
    person, values = opened["people"][0], drawn(1)
    replies = []
    ask = threading.Thread(target=lambda: replies.append(journey.send(portal, person["unit"], person["code"], values)))

    with held_at(portal, "ilmapuntari_sealedbox"):
        ask.start()
        then_it_waits(portal, "ilmapuntari_sealedbox")
        kill(portal, victim)
    ask.join()
    before = work.boxes(round=opened["round"])[person["unit"]]
    again = until_clear(portal, person, values)

    assert before["answers"] == ([] if journey.is_lost(replies[0]) else [bytes(values).hex()])
    if victim == "Redis":
        assert journey.SAVED in replies[0][1]  # answering does not need it
        assert journey.USED in again[1]
    else:
        assert journey.is_lost(replies[0])
        assert journey.SAVED in again[1]
    box = work.boxes(round=opened["round"])[person["unit"]]
    assert box["answers"] == [bytes(values).hex()]
    assert len(box["spent"]) == 1


def test_a_lost_reply_ends_in_words_that_it_is_saved(portal, work, opened):
    person, values = opened["people"][-1], drawn(2)

    assert journey.send(portal, person["unit"], person["code"], values, read=False) is None
    wait_until(lambda: work.boxes(round=opened["round"])[person["unit"]]["answers"], "the answer")

    assert journey.USED in until_clear(portal, person, values)[1]
    assert work.boxes(round=opened["round"])[person["unit"]]["answers"] == [bytes(values).hex()]


def drawn(number, size=28):
    chosen = random.Random(number)
    return [chosen.randint(0, 10) for _ in range(size)]


def until_clear(cluster, person, values, patience=30):
    """Somebody who sends the form again until there is a clear answer."""
    deadline = time.monotonic() + patience
    while journey.is_lost(answer := journey.send(cluster, person["unit"], person["code"], values)):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return answer


@pytest.mark.parametrize("victim", ["worker-compute", "PostgreSQL", "Redis"])
def test_results_are_computed_once_whatever_is_killed(portal, work, opened, victim):
    given = {unit: [] for unit in opened["units"]}
    for number, person in enumerate(opened["people"]):
        values = drawn(number)
        given[person["unit"]].append(bytes(values))
        assert journey.is_saved(until_clear(portal, person, values))
    work.due(round=opened["round"])
    time.sleep(0.05)

    for table in ("ilmapuntari_unitresult", "ilmapuntari_levelresult"):
        with held_at(portal, table):
            journey.ask_for(portal, *journey.ADVANCE)
            then_it_waits(portal, table)
            kill(portal, victim)
            assert not journey.is_published(portal, opened["round"])
    journey.sweep_until(portal, lambda: journey.is_published(portal, opened["round"]), "the results")

    results = results_of(portal, opened["round"])
    assert results == {unit: expected(answers) for unit, answers in given.items()}
    whole_area = "round_id = %s AND county_id IS NULL AND organisation_id IS NULL"
    assert portal.rows(f"SELECT units FROM ilmapuntari_levelresult WHERE {whole_area}", opened["round"]) == [(TEAMS,)]
    assert (
        portal.count("SELECT count(*) FROM ilmapuntari_sealedbox WHERE unit_id = ANY(%s::uuid[])", opened["units"]) == 0
    )
    assert not (portal.keys("box") / f"{opened['token']}.key").exists()


def results_of(cluster, round):
    return {
        str(unit): figures
        for unit, figures in cluster.rows(
            "SELECT unit_id, figures FROM ilmapuntari_unitresult JOIN ilmapuntari_reportingunit ON id = unit_id"
            " WHERE round_id = %s",
            round,
        )
    }


def expected(answers):
    """The figures of a team as the rules make them of what was sent."""
    tally = rules.tally(b"".join(sorted(answers)), 28)
    return rules.unit_figures(tally, len(answers), rules.gate(SIZE, leader_inside=False, floor=5))
