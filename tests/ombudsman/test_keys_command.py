"""`manage.py caseload_keys` as whoever keeps the server runs it, in a process of its own."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ombudsman import recovery
from ombudsman.keys import store
from ombudsman.management.commands.caseload_keys import Command
from ombudsman.models import Contact
from tests.ombudsman.factories import as_portal, make_contact

pytestmark = pytest.mark.django_db


def said(*arguments):
    out = StringIO()
    call_command("caseload_keys", *arguments, stdout=out, skip_checks=False)
    return out.getvalue()


def test_a_new_folder_is_begun_and_a_second_time_changes_nothing(settings, tmp_path):
    settings.CASELOAD_KEYS = str(tmp_path / "new")

    first = said("begin")
    key = store.whole("master", 1)
    second = said("begin")

    assert "tehtiin" in first or "made" in first
    assert "are there" in second
    assert store.whole("master", 1) == key


def test_an_empty_folder_beside_sealed_records_is_refused(settings, tmp_path):
    make_contact()
    settings.CASELOAD_KEYS = str(tmp_path / "wrong")

    with pytest.raises(CommandError, match="none of their keys"):
        said("begin")
    assert not (tmp_path / "wrong" / "slots.bin").exists()


def test_the_two_halves_bring_back_what_was_lost_and_one_alone_does_not(keys):
    contact = make_contact(note="Säilyy")
    halves = re.findall(r"^([0-9A-F-]{50,})$", said("seal", "Aino Avain", "Onni Avain"), re.MULTILINE)
    for kind in ("master", "index"):
        (keys / f"{kind}-1.key").unlink()

    with pytest.raises(recovery.WrongHalf):
        recovery.restore([halves[0], halves[0]])
    recovery.restore([halves[1].lower(), halves[0].replace("-", " ")])

    with as_portal():
        assert Contact.objects.get(pk=contact.pk).note == "Säilyy"
    assert "Aino Avain and Onni Avain" in said("check")


def test_a_slip_of_the_pen_is_told():
    half = recovery.written(bytes(32))

    with pytest.raises(recovery.WrongHalf, match="slip"):
        recovery.read_half("1" + half[1:])


def test_changed_keys_are_sealed_for_the_same_people():
    make_contact()
    halves = re.findall(r"^([0-9A-F-]{50,})$", said("seal", "Aino Avain", "Onni Avain"), re.MULTILINE)

    said("change")

    opened = recovery.open_sealed((store.folder / "recovery.sealed").read_bytes(), halves)
    assert opened["master"] == {2: store.whole("master", 2)}


def test_no_act_hides_what_every_command_has():
    assert Command.check is Command.__mro__[1].check


def test_destroying_writes_its_own_slots_and_no_others(keys):
    slots = store.make(60)
    store.destroy([slots[30]])

    store.destroy([slots[2], slots[50]])

    assert [store.has(slots[n]) for n in (2, 30, 50)] == [False] * 3
    assert store.has(slots[29])
    assert store.has(slots[31])


def test_after_an_older_copy_of_the_store_no_slot_is_given_twice(keys):
    contact = make_contact()
    with (keys / "slots.bin").open("r+b") as file:
        file.truncate(64)

    said("begin")

    assert make_contact(person={}).key_slot > contact.key_slot


def test_tidying_removes_what_no_key_opens_and_keys_without_a_record(keys):
    gone, kept = make_contact(), make_contact()
    store.destroy([gone.key_slot])
    unused = store.make(3)

    told = said("tidy")

    assert "1 records that no key opens and 3 keys" in told
    assert Contact.objects.get() == kept
    assert not any(store.has(slot) for slot in unused)


def test_one_person_alone_cannot_be_both(keys):
    with pytest.raises(CommandError, match="Two different people"):
        said("seal", "Aino Avain", "aino avain")
