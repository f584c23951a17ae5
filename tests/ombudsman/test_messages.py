"""The messages of the public form, as the caseload reads them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ombudsman.keys import KeyGone, store
from ombudsman.models import DoomedKey, LogRow, Message, Purpose, Substitution
from tests.conftest import signed_in
from tests.directory.factories import MunicipalityFactory
from tests.ombudsman.factories import PERSON, answer, as_portal, make_contact, make_message, make_substitute

pytestmark = pytest.mark.django_db
LIST = "/sosiaaliasiavastaava/asiat/viestit/"


@pytest.fixture
def as_ombudsman(ombudsman):
    return signed_in(ombudsman)


@pytest.fixture
def as_substitute(ombudsman):
    """The substitute for open matters, who has said what for."""
    today = timezone.localdate()
    user = make_substitute(by=ombudsman, starts_on=today, ends_on=today + timedelta(days=13))
    browser = signed_in(user)
    browser.post(reverse("ombudsman:purpose"), {"purpose": Purpose.MESSAGE, "next": LIST})
    return browser


def page(message, name="message"):
    return reverse(f"ombudsman:{name}", kwargs={"pk": message.pk})


def text_of(response):
    return response.content.decode()


def add(message, words):
    with as_portal():
        return message.add(words)


def test_those_that_wait_stand_first_with_their_beginning_and_the_wish(as_ombudsman):
    answered, _code = make_message(words="Vastattu asia")
    answer(answered)
    make_message(words="Odottava asia " + "sana " * 60, person=PERSON | {"wish": "call"})

    text = text_of(as_ombudsman.get(LIST))

    assert text.index("Odottava asia") < text.index("Vastattu asia")
    assert "Soita minulle" in text
    assert "Odottaa vastausta" in text
    assert text.count("sana") < 30


def test_the_list_says_when_there_are_no_messages(as_ombudsman):
    assert "Viestejä ei ole" in text_of(as_ombudsman.get(LIST))


def test_the_log_has_every_message_that_the_list_opened(as_ombudsman, ombudsman):
    keys = {make_message()[0].pk for _ in range(3)}

    as_ombudsman.get(LIST)

    row = LogRow.objects.get(address="messages")
    assert row.user == ombudsman
    assert set(row.opened) == keys


def test_the_list_costs_the_same_for_one_and_for_twenty(as_ombudsman):
    add(make_message()[0], "Lisäys")
    as_ombudsman.get(LIST)
    with CaptureQueriesContext(connection) as one:
        as_ombudsman.get(LIST)
    for _ in range(19):
        add(make_message()[0], "Lisäys")
    with CaptureQueriesContext(connection) as twenty:
        as_ombudsman.get(LIST)

    assert len(one) == len(twenty)


def test_many_messages_stand_on_several_pages(as_ombudsman):
    for _ in range(41):
        make_message(words="Asia")

    first, second = as_ombudsman.get(LIST), as_ombudsman.get(f"{LIST}?page=2")

    assert len(first.context["rows"]) == 40
    assert len(second.context["rows"]) == 1


def test_a_message_is_read_whole_and_its_sender_is_one_press_away(as_ombudsman):
    MunicipalityFactory(code="020", name_fi="Akaa")
    message, code = make_message(words="Eka rivi\nToka <b>rivi</b>", person=PERSON | {"municipality": "020"})
    add(message, "Unohdin tämän")

    text = text_of(as_ombudsman.get(page(message)))

    assert "Toka &lt;b&gt;rivi" in text
    assert "Unohdin tämän" in text
    assert 'href="tel:+358401234567"' in text
    assert 'href="mailto:aino@example.org"' in text
    assert "Akaa" in text
    assert f"{reverse('ombudsman:contact_create')}?viesti={message.pk}" in text
    assert code not in text


def test_a_message_of_nobody_is_read_too(as_ombudsman):
    message, _code = make_message(person={})

    text = text_of(as_ombudsman.get(page(message)))

    assert "tel:" not in text
    assert "mailto:" not in text


def test_a_message_leads_to_the_contact_that_was_written_down(as_ombudsman, ombudsman):
    message, _code = make_message()
    contact = make_contact(by=ombudsman)
    contact.message = message
    with as_portal():
        contact.save(update_fields=["message"])

    text = text_of(as_ombudsman.get(page(message)))

    assert contact.get_absolute_url() in text
    assert "?viesti=" not in text


def test_a_message_is_marked_as_answered_and_the_log_says_by_whom(as_ombudsman, ombudsman):
    message, _code = make_message()

    response = as_ombudsman.post(page(message, "message_answered"))

    row = LogRow.objects.get(address="message_answered")
    assert response.url == LIST
    assert Message.objects.get().is_answered
    assert (row.user, row.wrote) == (ombudsman, [message.pk])


def test_a_deleted_message_is_gone_with_its_additions_and_keys(as_ombudsman, django_capture_on_commit_callbacks):
    message, _code = make_message()
    addition = add(message, "Lisäys")
    asked = as_ombudsman.get(page(message, "message_delete"))

    with django_capture_on_commit_callbacks(execute=True):
        response = as_ombudsman.post(page(message, "message_delete"))

    row = LogRow.objects.get(address="message_delete")
    assert asked.status_code == 200
    assert response.url == LIST
    assert not Message.objects.exists()
    assert not DoomedKey.objects.exists()
    assert set(row.wrote) == {message.pk, addition.pk}
    for record in (message, addition):
        with pytest.raises(KeyGone):
            store.read(record.key_slot)


def test_asking_deletes_nothing(as_ombudsman):
    message, _code = make_message()

    as_ombudsman.get(page(message, "message_delete"))
    as_ombudsman.get(page(message, "message_answered"))

    assert Message.objects.waiting().count() == 1


def test_a_substitute_for_open_matters_sees_those_that_wait(as_substitute):
    answered, _code = make_message(words="Vastattu asia")
    answer(answered)
    waiting, _code = make_message(words="Odottava asia")

    text = text_of(as_substitute.get(LIST))
    marked = as_substitute.post(page(waiting, "message_answered"), follow=True)

    assert "Odottava asia" in text
    assert "Vastattu asia" not in text
    assert marked.status_code == 200
    for message in (answered, waiting):
        for name in ("message", "message_delete"):
            assert as_substitute.get(page(message, name)).status_code == 404


def test_a_substitute_for_all_matters_sees_the_answered_ones_too(as_substitute):
    Substitution.objects.update(scope=Substitution.Scope.ALL)
    message, _code = make_message(words="Vastattu asia")
    answer(message)

    assert "Vastattu asia" in text_of(as_substitute.get(LIST))
    assert as_substitute.get(page(message)).status_code == 200


def test_nobody_else_gets_near_a_message(client, as_staff, as_director, as_member):
    message, _code = make_message()
    addresses = [LIST, page(message), page(message, "message_delete")]

    for browser in (as_staff, as_director, as_member):
        assert {browser.get(address).status_code for address in addresses} == {404}
        assert {browser.post(page(message, f"message_{act}")).status_code for act in ("answered", "delete")} == {404}
    assert all(client.get(address)["Location"].startswith("/tili/kirjaudu/") for address in addresses)
    assert Message.objects.waiting().count() == 1
