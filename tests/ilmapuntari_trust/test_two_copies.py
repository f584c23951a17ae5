"""Contract 2: around one answer two copies of the database differ in one row of equal length, and nothing else."""

import pytest
from redis import Redis as Client

from tests.ilmapuntari_trust.database_copy import copy_of, difference, visible, wal_position, written_between
from tests.ilmapuntari_trust.naive import TABLES, naive_tables

pytestmark = pytest.mark.cluster

BOX = "ilmapuntari_sealedbox"


@pytest.fixture(scope="module")
def url(quiet):
    copy_of(quiet)
    written_between(quiet, wal_position(quiet), wal_position(quiet))  # the extensions are made, so in no copy of ours
    return quiet


@pytest.fixture(scope="module")
def round(work):
    return work.opened(teams=3, size=8)


def one_answer(work, person, values="08"):
    return work.answer(answers=[[person["unit"], person["code"], values * 28]])["outcomes"]


def all_of_redis(cluster):
    """Every key with what it holds, in all databases that the portal uses."""
    found = {}
    for number in (0, 1):
        client = Client.from_url(cluster.redis.database_url(number))
        found |= {(number, key): client.dump(key) for key in client.scan_iter("*")}
        client.close()
    return found


def test_one_answer_changes_one_row_of_equal_length_and_nothing_else(cluster, work, url, round):
    person = round["people"][3]
    one_answer(work, round["people"][2])
    before, keys_before = copy_of(url), all_of_redis(cluster)

    assert one_answer(work, person) == ["saved"]

    after = copy_of(url)
    found = difference(before, after)
    assert found.tables == {BOX}
    [(old, new)] = found.changed[BOX]
    assert str(old["unit_id"]) == str(new["unit_id"]) == person["unit"]
    assert len(old["blob"]) == len(new["blob"])
    assert found.sequences == set()
    assert found.writes == {BOX: (0, 1, 0)}
    assert all_of_redis(cluster) == keys_before


def test_the_write_ahead_log_tells_of_the_box_alone(work, url, round):
    person = round["people"][5]
    start = wal_position(url)

    assert one_answer(work, person) == ["saved"]

    touched = written_between(url, start, wal_position(url))
    assert BOX in touched
    assert touched <= {BOX, f"{BOX}_pkey"}


def test_a_code_used_again_writes_nothing(work, url, round):
    person = round["people"][6]
    one_answer(work, person)
    before = copy_of(url)

    assert one_answer(work, person) == ["used"]

    found = difference(before, copy_of(url))
    assert found.writes == {}
    assert found.sequences == set()
    assert [visible(old) for old, _new in found.changed.get(BOX, [])] == [
        visible(new) for _old, new in found.changed.get(BOX, [])
    ]  # at most the mark of a lock


def test_boxes_of_all_teams_are_equally_long_whoever_has_answered(cluster, round):
    assert len(cluster.rows(f"SELECT DISTINCT length(blob) FROM {BOX}")) == 1


def test_no_box_lies_in_pieces_that_would_be_numbered(cluster):
    assert cluster.rows(
        "SELECT attstorage::text FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'blob'", BOX
    ) == [("p",)]


def test_control_the_comparison_sees_what_a_naive_schema_changes(url):
    with naive_tables(url) as naive:
        naive.invite([(0, f"n{person}@example.org") for person in range(5)])
        before, start = copy_of(url), wal_position(url)

        naive.answer(0, "n3@example.org", "08" * 28)

        found = difference(before, copy_of(url))
        written = written_between(url, start, wal_position(url))
    assert found.tables == set(TABLES)
    assert found.sequences == {"naive_response_id_seq"}
    assert found.writes == {"naive_invitation": (0, 1, 0), "naive_response": (1, 0, 0)}
    assert written >= set(TABLES)
