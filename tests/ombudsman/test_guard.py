"""Who gets in, what is asked of them, and that each answer leaves exactly one row in the log."""

from datetime import date, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment
from ombudsman.key_change import change_of
from ombudsman.keys import store
from ombudsman.models import Contact, Draft, LogRow, Measure, Purpose, Substitution
from tests.accounts.factories import AppointmentFactory, UserFactory
from tests.conftest import signed_in
from tests.ombudsman.factories import make_case, make_contact, make_substitute

pytestmark = pytest.mark.django_db
INDEX = "/sosiaaliasiavastaava/asiat/"


@pytest.fixture
def as_ombudsman(ombudsman):
    return signed_in(ombudsman)


def leads_to_second_factor(response):
    return response.status_code == 302 and "/tili/vahvistus/" in response["Location"]


def test_the_ombudsman_gets_in_and_nobody_else_does(as_ombudsman, as_staff, as_director, as_member, client):
    superuser = AppointmentFactory().user
    superuser.is_superuser = True
    superuser.save()

    assert as_ombudsman.get(INDEX).status_code == 200
    for other in (as_staff, as_director, as_member, signed_in(superuser)):
        assert other.get(INDEX).status_code == 404
    assert client.get(INDEX)["Location"].startswith("/tili/kirjaudu/")


def test_a_director_with_an_appointment_still_reads_nothing(director):
    AppointmentFactory(user=director)

    assert signed_in(director).get(INDEX).status_code == 404


def test_a_substitute_gets_in_between_the_dates_and_after_saying_what_for(ombudsman):
    today = timezone.localdate()
    substitute = make_substitute(by=ombudsman, starts_on=today, ends_on=today + timedelta(days=13))
    browser = signed_in(substitute)

    asked = browser.get(INDEX)
    browser.post(asked["Location"], {"purpose": Purpose.CALL, "next": INDEX})

    assert asked["Location"].startswith(reverse("ombudsman:purpose"))
    assert browser.get(INDEX).status_code == 200
    Substitution.objects.get().end()
    assert browser.get(INDEX).status_code == 404


def test_a_substitute_without_dates_sees_nothing():
    substitute = AppointmentFactory(office=Appointment.Office.SUBSTITUTE).user

    assert signed_in(substitute).get(INDEX).status_code == 404


def test_a_substitute_for_open_matters_sees_those_and_no_others(ombudsman):
    today = timezone.localdate()
    alone, open_one = make_contact(by=ombudsman), make_case(by=ombudsman)
    substitute = make_substitute(by=ombudsman, starts_on=today, ends_on=today)
    own = make_contact(by=substitute)

    visible = set(Contact.objects.visible_to(substitute))

    assert visible == {open_one.contacts.get(), own}
    assert alone in Contact.objects.visible_to(ombudsman)


def test_after_fifteen_minutes_of_rest_the_second_factor_is_asked_again(ombudsman):
    start = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.get_default_timezone())
    with time_machine.travel(start, tick=False) as clock:
        AppointmentFactory(user=UserFactory())
        browser = signed_in(AppointmentFactory(starts_on=date(2026, 1, 1)).user)
        assert browser.get(INDEX).status_code == 200

        clock.shift(timedelta(minutes=14))
        assert browser.get(INDEX).status_code == 200
        clock.shift(timedelta(minutes=15))
        assert leads_to_second_factor(browser.get(INDEX))


def test_a_second_factor_shown_long_before_does_not_open_the_caseload(ombudsman):
    browser = signed_in(ombudsman)

    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert leads_to_second_factor(browser.get(INDEX))


def test_leaving_shuts_the_door_at_once(as_ombudsman):
    as_ombudsman.get(INDEX)

    answer = as_ombudsman.post(reverse("ombudsman:leave"))

    assert answer["Location"] == "/"
    assert leads_to_second_factor(as_ombudsman.get(INDEX))


def test_what_was_typed_before_the_rest_is_there_after_it(ombudsman):
    case = make_case(by=ombudsman)
    url = reverse("ombudsman:case_edit", kwargs={"number": case.number})
    browser = signed_in(ombudsman)
    browser.get(url)
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        asked = browser.post(url, {"title": "Pitkän puhelun jälkeen", "next_step": "soita 010190-123A ja kysy"})
        assert leads_to_second_factor(asked)

        again = signed_in(ombudsman).get(url)

    assert "Pitkän puhelun jälkeen" in again.content.decode()
    assert "010190" not in again.content.decode()
    assert not Draft.objects.exists()


def test_a_form_that_stands_on_another_page_comes_back_there(ombudsman):
    case = make_case(by=ombudsman)
    browser = signed_in(ombudsman)
    browser.get(case.get_absolute_url())
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        typed = {"taken_on": "2.3.2026", "code": "negotiation", "note": "Sovittiin tapaamisesta"}
        asked = browser.post(f"{case.get_absolute_url()}toimenpide/", typed)

        page = signed_in(ombudsman).get(case.get_absolute_url()).content.decode()

    assert asked["Location"].endswith(case.get_absolute_url().replace("/", "%2F"))
    assert "Sovittiin tapaamisesta" in page
    assert not Measure.objects.exists()


def test_a_page_left_alone_has_its_words_kept_and_nothing_else_done(as_ombudsman, ombudsman):
    case = make_case(by=ombudsman)
    url = reverse("ombudsman:case_edit", kwargs={"number": case.number})
    as_ombudsman.get(url)

    answer = as_ombudsman.post(url, {"title": "Kesken jäi"}, headers={"x-at-rest": "1"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert "Kesken jäi" not in as_ombudsman.get(case.get_absolute_url()).content.decode()
    assert "Kesken jäi" in as_ombudsman.get(url).content.decode()
    assert "Kesken jäi" not in as_ombudsman.get(url).content.decode()


def test_a_draft_that_came_too_late_is_on_the_form(ombudsman):
    browser = signed_in(ombudsman)
    browser.get(INDEX)
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        browser.post(reverse("ombudsman:draft_save"), {"note": "Puhelu jatkui"})

        page = signed_in(ombudsman).get(reverse("ombudsman:contact_create")).content.decode()

    assert "Puhelu jatkui" in page


def test_a_page_leaves_one_row_that_names_what_it_showed(as_ombudsman, ombudsman):
    contact, case = make_contact(by=ombudsman), make_case(by=ombudsman)
    before = LogRow.objects.count()

    as_ombudsman.get(contact.get_absolute_url())

    row = LogRow.objects.latest("pk")
    assert LogRow.objects.count() == before + 1
    assert (row.user, row.office, row.address, row.method) == (ombudsman, "ombudsman", "contact", "GET")
    assert contact.pk in row.opened
    assert case.pk not in row.wrote


def test_when_the_log_cannot_be_written_nothing_is_shown(as_ombudsman, ombudsman):
    contact = make_contact(by=ombudsman, note="Aivan salainen huoli")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ombudsman_logrow ADD CONSTRAINT no_more CHECK (address = 'test') NOT VALID")

    answer = as_ombudsman.get(contact.get_absolute_url())

    assert answer.status_code == 503
    assert "salainen" not in answer.content.decode()


def test_with_other_keys_the_caseload_is_closed_and_nothing_is_saved_over(as_ombudsman, ombudsman, settings, tmp_path):
    contact = make_contact(by=ombudsman)
    settings.CASELOAD_KEYS = str(tmp_path / "other")
    store.begin()
    store.make(50)

    answer = as_ombudsman.get(contact.get_absolute_url())

    assert answer.status_code == 503
    assert "Huoli" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_page_drawn_while_keys_are_changed_is_drawn_again(as_ombudsman, ombudsman):
    contact = make_contact(by=ombudsman)
    changed = []

    def change_keys():
        change_of(Contact, say=changed.append)
        connections.close_all()

    def in_the_moment_after_the_row_was_fetched(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not changed and sql.startswith("SELECT") and 'FROM "ombudsman_contact"' in sql:
            other = Thread(target=change_keys)
            other.start()
            other.join()
        return result

    store.add_master(2)
    with connection.execute_wrapper(in_the_moment_after_the_row_was_fetched):
        answer = as_ombudsman.get(contact.get_absolute_url())

    assert changed
    assert answer.status_code == 200
    assert "Huoli päätöksestä" in answer.content.decode()
