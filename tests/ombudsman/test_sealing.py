"""What rests sealed opens in its own place by its own key, for a reader, and nowhere else."""

import pytest
from django.db import connection, transaction

from ombudsman import key_change
from ombudsman.keys import KeyGone, KeysMissing, store
from ombudsman.models import Contact, DoomedKey, Findable, LogRow, Message
from ombudsman.reading import NobodyReads
from ombudsman.sealing import Unreadable
from tests.ombudsman.factories import PERSON, as_portal, make_case, make_contact, make_message

pytestmark = pytest.mark.django_db


def raw(record, column):
    """What stands in the column, as a copy of the database would show it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {record._meta.db_table} WHERE id = %s", [record.pk])
        return bytes(cursor.fetchone()[0])


def put(record, column, content):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {record._meta.db_table} SET {column} = %s WHERE id = %s", [content, record.pk])


def again(record):
    return type(record).objects.get(pk=record.pk)


def test_a_reader_opens_what_was_sealed_and_a_copy_of_the_row_shows_nothing():
    contact = make_contact(note="Aivan salainen huoli")

    with as_portal():
        assert again(contact).note == "Aivan salainen huoli"
        assert again(contact).person == PERSON
    assert b"salainen" not in raw(contact, "note")
    assert b"0401234567" not in raw(contact, "person")


def test_without_a_reader_nothing_opens_and_nothing_is_written():
    contact = again(make_contact())

    with pytest.raises(NobodyReads):
        contact.note  # noqa: B018
    contact.note = "jotain muuta"
    with pytest.raises(NobodyReads):
        contact.save()


@pytest.mark.parametrize("column", ["note", "person", "values", "fact"])
def test_what_was_moved_to_another_row_is_refused(column):
    first, second = make_contact(), make_contact()
    put(second, column if column != "values" else '"values"', raw(first, column if column != "values" else '"values"'))

    with as_portal(), pytest.raises(Unreadable):
        getattr(again(second), column)


def test_what_was_moved_to_another_column_is_refused():
    contact = make_contact()
    put(contact, "note", raw(contact, "fact"))

    with as_portal(), pytest.raises(Unreadable):
        again(contact).note  # noqa: B018


def test_one_altered_bit_is_refused():
    contact = make_contact()
    sealed = bytearray(raw(contact, "note"))
    sealed[20] ^= 1
    put(contact, "note", bytes(sealed))

    with as_portal(), pytest.raises(Unreadable):
        again(contact).note  # noqa: B018


def test_names_of_any_length_rest_in_blobs_of_one_length():
    short, long = make_contact(note="Ei"), make_contact(note="E" * 40)

    assert len(raw(short, "note")) == len(raw(long, "note"))


def test_no_query_can_ask_for_sealed_words_or_write_them():
    make_contact()

    with pytest.raises(TypeError):
        Contact.objects.filter(note="huoli").exists()
    with pytest.raises(TypeError):
        Contact.objects.update(note="huoli")


def test_a_deleted_record_takes_its_key_along_and_an_old_copy_opens_nothing(django_capture_on_commit_callbacks):
    contact = make_contact()
    copy = again(contact)

    Contact.objects.filter(pk=contact.pk).delete()
    DoomedKey.objects.destroy()

    with as_portal(), pytest.raises(KeyGone):
        copy.note  # noqa: B018
    assert not DoomedKey.objects.exists()


def test_a_key_that_could_not_be_destroyed_at_once_goes_with_the_sweep():
    case = make_case()
    slots = [case.key_slot, case.contacts.get().key_slot]

    with as_portal():
        case.delete()  # the contacts go by cascade, and their keys as well

    assert set(DoomedKey.objects.values_list("slot", flat=True)) == set(slots)


def test_changed_keys_open_everything_and_the_former_ones_are_gone():
    contact, (message, receipt) = make_contact(), make_message()
    before, slot = raw(contact, "note"), again(contact).key_slot

    changed = key_change.change_keys()

    assert changed == 2
    assert store.numbers() == store.numbers("index") == [2]
    assert raw(contact, "note") != before
    with as_portal():
        assert again(contact).note == "Huoli päätöksestä"
        assert Contact.objects.same_caller({"phone": "+358 40 1234567"}).get() == contact
        assert Message.objects.of_receipt(receipt) == message
    with pytest.raises(KeyGone):
        store.read(slot)


def test_a_change_of_keys_that_was_stopped_goes_on_with_the_same_keys():
    contacts = [make_contact() for _ in range(3)]
    store.add_master(2)
    with transaction.atomic(), as_portal():
        Contact.seal_all_anew([again(contacts[0])])

    changed = key_change.change_keys()

    assert changed == 2
    assert store.numbers() == [2]
    with as_portal():
        assert {again(contact).note for contact in contacts} == {"Huoli päätöksestä"}


def test_changing_keys_leaves_rows_in_the_log():
    contact = make_contact()

    key_change.change_keys()

    row = LogRow.objects.about(contact).get()
    assert (row.user, row.office, row.address) == (None, LogRow.PORTAL, "change_keys")


@pytest.mark.parametrize("typed", ["0401234567", "+358 40 123 4567", "00358401234567", "040-1234567"])
def test_a_number_is_found_however_it_is_typed(typed):
    contact = make_contact(person={"phone": "040 123 4567"})
    make_contact(person={"phone": "040 123 4568"})

    with as_portal():
        assert Contact.objects.same_caller({"phone": typed}).get() == contact


def test_a_name_is_found_in_either_order_and_one_word_finds_nobody():
    contact = make_contact(person={"name": "Aino Maria Esimerkki"})

    with as_portal():
        assert Contact.objects.same_caller({"name": "esimerkki, aino maria"}).get() == contact
        assert not Contact.objects.same_caller({"name": "Aino"}).exists()


def test_the_hashes_tell_nothing_without_their_key():
    make_contact(person={"phone": "040 123 4567"})
    digest = bytes(Findable.objects.get().digest)

    (store.folder / "index-1.key").write_bytes(bytes(32))

    assert store.digest("phone:+358401234567") != digest


def test_without_the_folder_nothing_is_made_or_opened(settings, tmp_path):
    contact = make_contact()
    settings.CASELOAD_KEYS = str(tmp_path / "elsewhere")

    with as_portal(), pytest.raises(KeysMissing):
        again(contact).note  # noqa: B018
    with pytest.raises(KeysMissing):
        make_contact()
