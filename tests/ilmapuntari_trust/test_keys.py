"""Contract 7 and 8: a destroyed key opens nothing, and no process can do the other's part."""

import secrets
import subprocess

import psycopg
import pytest
from psycopg import errors

from ilmapuntari.sealed_box import CannotOpen, open_box
from pikassos.embedded.supervisor import BOX, LINK

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def answered(work):
    """A round of one team in which somebody has answered."""
    made = work.opened(teams=1, size=8)
    person = made["people"][0]
    assert work.answer(answers=[[person["unit"], person["code"], "07" * 28]]) == {"outcomes": ["saved"]}
    return made


def keys_in(cluster):
    """Every key there is, whatever folder it lies in."""
    return [file.read_bytes() for file in cluster.keys("").rglob("*") if file.is_file()]


def opens(cluster, unit, blob):
    """Whether any key of any folder opens the box."""
    for key in keys_in(cluster):
        try:
            open_box(key, unit, blob)
        except CannotOpen:
            continue
        return True
    return False


def test_with_the_link_folder_alone_no_box_opens(cluster, work, answered):
    said = refused(cluster, work, "boxes", {"round": answered["round"]}, **{BOX: ""})

    assert "KeyGone" in said
    assert work.do("boxes", {"round": answered["round"]}, **{LINK: ""})  # the control: with the other it does


def test_with_the_box_folder_alone_no_code_can_be_derived(cluster, work, answered):
    said = refused(cluster, work, "people", {"round": answered["round"]}, **{LINK: ""})

    assert "KeyGone" in said
    assert work.do("people", {"round": answered["round"]}, **{BOX: ""})["people"] == answered["people"]


def refused(cluster, work, what, wanted, **environment):
    """How the process failed."""
    with pytest.raises(AssertionError) as failure:
        work.do(what, wanted, **environment)
    return str(failure.value)


def test_the_worker_of_letters_cannot_even_see_the_boxes(cluster, answered):
    boxes = "SELECT count(*) FROM ilmapuntari_sealedbox"

    with psycopg.connect(cluster.postgres.post_url()) as post, pytest.raises(errors.InsufficientPrivilege):
        post.execute(boxes)

    with psycopg.connect(cluster.postgres.app_url()) as application:
        assert application.execute(boxes).fetchone()[0] > 0


def test_the_keys_of_the_two_folders_differ(cluster, answered):
    link, box = (cluster.keys(name) / f"{answered['token']}.key" for name in ("link", "box"))

    assert link.read_bytes() != box.read_bytes()
    assert link.stat().st_mode & 0o777 == box.stat().st_mode & 0o777 == 0o600


def test_a_box_opens_with_no_other_key(cluster, work, answered):
    unit = answered["people"][0]["unit"]
    (blob,) = cluster.rows("SELECT blob FROM ilmapuntari_sealedbox WHERE unit_id = %s", unit)[0]
    link = (cluster.keys("link") / f"{answered['token']}.key").read_bytes()

    for wrong in (link, secrets.token_bytes(32)):
        with pytest.raises(CannotOpen):
            open_box(wrong, unit, blob)


def test_once_the_keys_are_destroyed_an_old_dump_opens_nothing(cluster, work, tmp_path):
    made = work.opened(teams=1, size=8)
    unit = made["people"][0]["unit"]
    work.answer(answers=[[person["unit"], person["code"], "05" * 28] for person in made["people"]])
    dump = tmp_path / "dump.sql"
    pg_dump = cluster.postgres._program("pg_dump")
    subprocess.run([pg_dump, "--dbname", cluster.postgres.superuser_url("pikassos"), "--file", dump], check=True)
    blob = box_in(dump, unit)
    assert opens(cluster, unit, blob)  # the control: as long as the key is there, the dump opens

    work.finish(round=made["round"])

    assert not any(made["token"] in str(file) for file in cluster.keys("").rglob("*"))
    assert not opens(cluster, unit, blob)
    assert cluster.count("SELECT count(*) FROM ilmapuntari_sealedbox WHERE unit_id = %s", unit) == 0


def box_in(dump, unit):
    """The box of a unit as it stands in an SQL dump."""
    lines = dump.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("COPY public.ilmapuntari_sealedbox"))
    line = next(line for line in lines[start:] if line.startswith(unit))
    return bytes.fromhex(line.partition("\\\\x")[2])
