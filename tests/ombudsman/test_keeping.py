"""The log of reading as the ombudsman sees it, and records that go by themselves when their time is up."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from letters.models import Letter
from ombudsman import mail, retention, tasks
from ombudsman.forms.keeping import RetentionForm
from ombudsman.keys import KeyGone, store
from ombudsman.models import (
    Case,
    Contact,
    DoomedKey,
    Draft,
    Fact,
    LogRow,
    Message,
    MessageAddition,
    Retention,
    Substitution,
)
from ombudsman.reading_list import PAGES
from ombudsman.urls import urlpatterns
from tests.conftest import signed_in
from tests.ombudsman.factories import as_portal, make_case, make_contact, make_message, make_substitute
from tests.ombudsman.test_substitution import for_a_call
from tests.stopping import after_a_stop_at_every_statement

pytestmark = pytest.mark.django_db

CASELOAD = "/sosiaaliasiavastaava/asiat/"
LOG, RETENTION, TIMES = f"{CASELOAD}loki/", f"{CASELOAD}sailytys/", f"{CASELOAD}sailytys/ajat/"
Kind = Retention.Kind


@pytest.fixture
def june():
    """It is noon of Monday 15 June 2026, also when the others are appointed."""
    with time_machine.travel("2026-06-15 12:00+03:00", tick=False):
        yield


def again(record):
    return type(record).objects.get(pk=record.pk)


def months_ago(months, days=0):
    return timezone.localdate() - relativedelta(months=months) - timedelta(days=days)


def old_contact(days=0, **kwargs):
    """A contact whose time was up so many days ago; of a day to come with days below zero."""
    return make_contact(occurred_on=months_ago(Retention.objects.get(kind=Kind.CONTACT).months, days), **kwargs)


def old_case(days=0):
    """A closed matter whose time was up so many days ago."""
    on = months_ago(Retention.objects.get(kind=Kind.CASE).months, days)
    case = make_case(contact=make_contact(occurred_on=on))
    with as_portal():
        case.move_to(Case.Status.CLOSED, by=None, on=on)
    return again(case)


def queries_of(client, url):
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


# Who sees the pages ———————————————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("path", ["yllapito/", "loki/", "sailytys/", "sailytys/ajat/"])
def test_the_pages_of_keeping_are_the_ombudsmans_alone(ombudsman, staff, director, coordinator, member, path):
    substitute = make_substitute(
        by=ombudsman, starts_on=timezone.localdate(), ends_on=timezone.localdate(), scope=Substitution.Scope.ALL
    )

    others = [for_a_call(user).get(CASELOAD + path).status_code for user in (substitute, staff, director, coordinator)]

    assert signed_in(ombudsman).get(CASELOAD + path).status_code == 200
    assert others == [404] * 4
    assert signed_in(member).get(CASELOAD + path).status_code == 404


def test_only_the_ombudsman_postpones(ombudsman, staff):
    substitute = make_substitute(
        by=ombudsman, starts_on=timezone.localdate(), ends_on=timezone.localdate(), scope=Substitution.Scope.ALL
    )
    case, contact = make_case(), make_contact()
    paths = [f"{case.number}/sailyta/", f"yhteydenotot/{contact.pk}/sailyta/"]

    for user in (substitute, staff):
        answers = [for_a_call(user).post(CASELOAD + path, {"kept_until": "1.1.2030"}).status_code for path in paths]
        assert answers == [404, 404]
    assert again(contact).kept_until is None


# The log ——————————————————————————————————————————————————————————————————————————————————————————————————————————————


def test_the_log_tells_who_read_and_wrote_what_and_opens_nothing_for_it(ombudsman):
    case, contact = make_case(title="Salainen otsikko"), make_contact(note="Salainen huoli")
    LogRow.objects.create(user=ombudsman, office="ombudsman", address="case", opened=[case.pk])
    LogRow.objects.create(
        user=ombudsman,
        office="ombudsman",
        address="contact_edit",
        method="POST",
        opened=[contact.pk],
        wrote=[contact.pk],
    )
    before = LogRow.objects.count()

    response = signed_in(ombudsman).get(LOG)

    wrote, read = response.context["rows"]
    assert [record.key for record in wrote.written] == [contact.pk]
    assert wrote.read == []
    assert [record.key for record in read.read] == [case.pk]
    assert f"/{case.number}/" in response.text
    assert f"/{contact.pk}/" in response.text
    assert "Helmi Vastaava" in response.text
    assert "Salainen" not in response.text
    assert LogRow.objects.count() == before


def test_a_page_that_has_no_words_is_shown_by_its_name(ombudsman):
    LogRow.objects.create(user=ombudsman, office="demo", address="something_new", wrote=[uuid.uuid4()])

    assert "something_new" in signed_in(ombudsman).get(LOG).text


def test_every_page_that_opens_records_has_words_in_the_log():
    shows_no_record = {
        "about", "accounts", "account", "account_pdf", "account_csv", "account_docx", "leave", "other_work",
        "other_work_create", "other_work_edit", "other_work_delete", "codes", "code_create", "code_edit", "area",
        "details", "substitutions", "substitution_create", "substitution_read", "keeping", "log", "retention_edit",
        "statistics", "statistics_csv", "account_list", "account_edit", "account_approve",
    }  # fmt: skip

    assert {pattern.name for pattern in urlpatterns} - shows_no_record <= set(PAGES)


def test_the_log_is_asked_by_person_record_matter_and_days(ombudsman, staff):
    case, contact = make_case(), make_contact()
    part = case.contacts.get()

    def row(on, user, record):
        with time_machine.travel(f"{on} 23:59+02:00", tick=False):
            return LogRow.objects.create(user=user, address="contact", opened=[record.pk])

    first, second = row("2026-01-10", ombudsman, part), row("2026-01-11", staff, contact)
    client = signed_in(ombudsman)

    def found(query):
        return [row.pk for row in client.get(LOG + query).context["rows"]]

    assert found("") == [second.pk, first.pk]
    assert found(f"?henkilo={staff.pk}") == [second.pk]
    assert found(f"?tieto={contact.pk}") == [second.pk]
    assert found(f"?tieto={case.number}") == [first.pk]
    assert found("?tieto=1999-1") == []
    assert found("?alkaen=11.1.2026") == [second.pk]
    assert found("?asti=10.1.2026") == [first.pk]
    assert found("?alkaen=31.2.2026&henkilo=x&page=zz") == [second.pk, first.pk]


def test_the_log_asks_as_often_for_forty_rows_as_for_one(ombudsman):
    def rows(count):
        for _number in range(count):
            LogRow.objects.create(user=ombudsman, address="contact", opened=[make_contact().pk], wrote=[make_case().pk])

    client = signed_in(ombudsman)
    rows(1)
    client.get(LOG)
    of_one = queries_of(client, LOG)
    rows(39)

    assert queries_of(client, LOG) == of_one


def test_a_record_that_is_gone_leads_to_its_rows(ombudsman):
    key = uuid.uuid4()
    LogRow.objects.create(user=ombudsman, address="contact", opened=[key])

    assert f"{LOG}?tieto={key}" in signed_in(ombudsman).get(LOG).text


# When the time is up ——————————————————————————————————————————————————————————————————————————————————————————————————


def test_what_is_due_goes_and_what_is_not_stays():
    gone, stays = [old_contact(), old_case()], [old_contact(-1), old_case(-1), make_case()]
    answered, waiting = make_message()[0], make_message()[0]
    Message.objects.filter(pk=answered.pk).update(answered_at=timezone.now() - timedelta(days=400))
    Message.objects.filter(pk=waiting.pk).update(received_at=timezone.now() - timedelta(days=4000))
    with as_portal():
        MessageAddition.objects.create(message=answered, words="Vielä yksi asia")

    deleted = retention.delete_due()

    assert deleted == 3
    assert not any(type(record).objects.filter(pk=record.pk).exists() for record in [*gone, answered])
    assert all(type(record).objects.filter(pk=record.pk).exists() for record in [*stays, waiting])
    assert not MessageAddition.objects.exists()


def test_an_old_draft_goes(ombudsman):
    with as_portal():
        old = Draft.objects.create(owner=ombudsman, typed={"a": "b"}, saved_at=timezone.now() - timedelta(days=40))
        new = Draft.objects.create(owner=ombudsman, typed={"a": "b"})

    retention.delete_due()

    assert list(Draft.objects.all()) == [new]
    assert old != new


def test_with_the_record_its_key_goes_and_an_old_copy_opens_nothing():
    case = old_case()
    copies = [case, again(case.contacts.get())]

    tasks.delete_due()
    tasks.destroy_keys()

    for copy in copies:
        with pytest.raises(KeyGone):
            store.read(copy.key_slot)
    with as_portal(), pytest.raises(KeyGone):
        copies[1].note  # noqa: B018
    assert not DoomedKey.objects.exists()


def test_each_deletion_leaves_one_row_that_names_all_that_went():
    case = old_case()
    part = case.contacts.get()

    retention.delete_due()

    row = LogRow.objects.get(address="retention")
    assert (row.user, row.office) == (None, LogRow.PORTAL)
    assert set(row.wrote) == {case.pk, part.pk}


def test_deletion_changes_no_figure():
    old_contact(), old_case()
    before = sorted(Fact.objects.standing().values_list())

    retention.delete_due()

    assert not Contact.objects.exists()
    assert sorted(Fact.objects.standing().values_list()) == before


def test_a_second_run_changes_nothing():
    old_contact(), old_case(), old_case(-1)
    retention.delete_due()
    before = LogRow.objects.count(), Contact.objects.count(), Case.objects.count()

    deleted = retention.delete_due()

    assert deleted == 0
    assert before == (LogRow.objects.count(), Contact.objects.count(), Case.objects.count())


@pytest.fixture
def times_of_keeping(transactional_db):
    """The times that the migration has set: tests that commit leave empty tables behind them."""
    for kind in Kind:
        Retention.objects.update_or_create(kind=kind, defaults={"months": 24})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("times_of_keeping")
def test_stopped_anywhere_and_run_again_it_ends_the_same():
    rows = {}

    def make():
        Case.objects.all().delete()
        Contact.objects.all().delete()
        rows.update(logged=LogRow.objects.filter(address="retention").count(), facts=Fact.objects.count() + 3)
        rows["slots"] = [record.key_slot for record in (old_contact(), old_case(), old_contact(-1))]

    def run():
        tasks.delete_due()
        tasks.destroy_keys()

    def state():
        return (
            Contact.objects.count(),
            Case.objects.count(),
            DoomedKey.objects.count(),
            tuple(has_key(slot) for slot in rows["slots"]),
            LogRow.objects.filter(address="retention").count() - rows["logged"],
            Fact.objects.count() - rows["facts"],
        )

    states = after_a_stop_at_every_statement(make, run, state)

    assert states == {(1, 0, 0, (False, False, True), 2, 0)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("times_of_keeping")
def test_what_is_being_postponed_at_the_same_moment_stays():
    case = old_case()

    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        with ThreadPoolExecutor(1) as others:
            deleted_meanwhile = others.submit(in_another_connection, retention.delete_due).result(timeout=20)
        locked.kept_until = timezone.localdate() + timedelta(days=30)
        with as_portal():
            locked.save(update_fields=["kept_until"])
    deleted_after = retention.delete_due()

    assert (deleted_meanwhile, deleted_after) == (0, 0)
    assert again(case)


def in_another_connection(act):
    try:
        return act()
    finally:
        connection.close()


def has_key(slot):
    try:
        return bool(store.read(slot))
    except KeyGone:
        return False


def test_what_is_postponed_between_finding_and_deleting_stays():
    contact, case = old_contact(), old_case()
    found = {kind: [record.pk for record in retention.due(kind)] for kind in (Kind.CONTACT, Kind.CASE)}
    Contact.objects.update(kept_until=timezone.localdate())
    Case.objects.update(kept_until=timezone.localdate() + timedelta(days=100))

    deleted = [retention.delete_one(kind, pk) for kind, keys in found.items() for pk in keys]

    assert deleted == [0, 0]
    assert again(contact)
    assert again(case)


def test_a_postponed_record_goes_the_day_after():
    contact = old_contact()
    Contact.objects.update(kept_until=timezone.localdate() - timedelta(days=1))

    assert list(retention.due(Kind.CONTACT)) == [contact]


def test_a_contact_of_a_matter_goes_with_the_matter_and_not_before():
    contact = old_contact(1000)
    make_case(contact=contact)

    assert not retention.due(Kind.CONTACT).exists()
    assert not retention.due(Kind.CASE).exists()


# The letter of each month —————————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.usefixtures("june")
def test_once_a_month_the_ombudsman_is_told_what_will_go(ombudsman):
    make_contact(occurred_on=date(2024, 6, 20), note="Salainen huoli")

    tasks.write_notices()
    tasks.write_notices()

    letter = Letter.objects.get()
    assert letter.to_email == ombudsman.email
    assert RETENTION in letter.text
    for secret in ("Salainen", "Aino", "20.6.2024"):
        assert secret not in letter.subject + letter.text
    with time_machine.travel("2026-07-01 12:00+03:00", tick=False):
        mail.tell_of_retention()
    assert Letter.objects.count() == 2


@pytest.mark.usefixtures("june")
def test_where_nothing_goes_there_is_no_letter(ombudsman):
    make_contact(occurred_on=date(2026, 6, 1))

    tasks.write_notices()

    assert not Letter.objects.exists()


# The pages of keeping —————————————————————————————————————————————————————————————————————————————————————————————————


def test_the_page_names_what_will_go_by_day_and_number_only(ombudsman):
    contact, case = old_contact(-10, note="Salainen huoli"), old_case(-20)
    later = old_contact(-40)
    client = signed_in(ombudsman)

    contacts, cases = client.get(RETENTION), client.get(f"{RETENTION}?laji=asiat")

    assert [(row, day) for row, day in contacts.context["rows"]] == [
        (contact, timezone.localdate() + timedelta(days=10))
    ]
    assert [row for row, _day in cases.context["rows"]] == [case]
    assert f"{contact.pk}/sailyta/" in contacts.text
    assert f"{case.number}/sailyta/" in cases.text
    assert str(later.pk) not in contacts.text
    assert "Salainen" not in contacts.text
    assert not LogRow.objects.about(contact).filter(address="retention").exists()


def test_the_page_asks_as_often_for_twenty_as_for_one(ombudsman):
    client = signed_in(ombudsman)
    old_contact(-1)
    client.get(RETENTION)
    of_one = queries_of(client, RETENTION)
    for _number in range(19):
        old_contact(-2)

    assert queries_of(client, RETENTION) == of_one


def times(**changed):
    return {time.kind: time.months for time in Retention.objects.all()} | changed


def test_longer_times_are_saved_at_once(ombudsman):
    old_contact()

    signed_in(ombudsman).post(TIMES, times(contact=36, draft=2))

    assert times() == times(contact=36, draft=2)
    assert not retention.due(Kind.CONTACT).exists()


@pytest.mark.parametrize("changed", [{"contact": 2}, {"case": 5}, {"message": 0}, {"draft": 241}, {"case": "x"}])
def test_times_have_their_least_and_their_most(ombudsman, changed):
    before = times()

    response = signed_in(ombudsman).post(TIMES, times(**changed))

    assert list(response.context["form"].errors) == list(changed)
    assert times() == before


def test_a_shorter_time_tells_first_how_many_go_and_wants_a_tick(ombudsman):
    old_contact(-30), old_contact(-40), old_case(-40)
    postponed = old_contact(-30)
    Contact.objects.filter(pk=postponed.pk).update(kept_until=timezone.localdate() + timedelta(days=5))
    client, shorter = signed_in(ombudsman), times(contact=12)

    asked = client.post(TIMES, shorter)
    form = asked.context["form"]
    unchanged = times()
    agreed = client.post(TIMES, shorter | {"sure": "on", "told": form["told"].value()})

    assert form.going == 2
    assert "sure" in form.errors
    assert unchanged["contact"] == 24
    assert agreed.status_code == 302
    assert retention.due(Kind.CONTACT).count() == form.going


def test_a_tick_given_for_other_months_counts_for_nothing(ombudsman):
    old_contact(-30), old_contact(-500)
    client = signed_in(ombudsman)
    told = client.post(TIMES, times(contact=22)).context["form"]["told"].value()

    response = client.post(TIMES, times(contact=6, sure="on", told=told))

    assert response.context["form"].going == 2
    assert not response.context["form"]["sure"].value()
    assert times()["contact"] == 24


def test_a_shorter_time_that_deletes_nothing_asks_nothing(ombudsman):
    old_contact(-700)

    form = RetentionForm(times(contact=12))

    assert form.is_valid(), form.errors
    assert "sure" not in [field.name for field in form.visible_fields()]


def test_a_contact_is_postponed_and_the_postponement_taken_back(ombudsman):
    contact, client = old_contact(), signed_in(ombudsman)
    url = f"{CASELOAD}yhteydenotot/{contact.pk}/sailyta/"
    day = timezone.localdate() + timedelta(days=90)

    client.post(url, {"kept_until": f"{day.day}.{day.month}.{day.year}"})
    postponed = again(contact).kept_until
    retention.delete_due()
    page = client.get(url)
    client.post(url, {"take_back": "1"})

    assert postponed == day
    assert "take_back" in page.text
    assert again(contact).kept_until is None
    assert LogRow.objects.about(contact).filter(address="contact_keep").count() == 2


def test_a_matter_is_postponed_with_a_reason_that_rests_sealed(ombudsman):
    case, client = old_case(), signed_in(ombudsman)
    url = f"{CASELOAD}{case.number}/sailyta/"

    refused = client.post(url, {"kept_until": "1.1.2030", "reason": ""})
    client.post(url, {"kept_until": "1.1.2030", "reason": "Kantelu on kesken"})

    assert "reason" in refused.context["form"].errors
    assert again(case).kept_until == date(2030, 1, 1)
    with as_portal():
        assert again(case).kept_because == "Kantelu on kesken"
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept_because FROM ombudsman_case WHERE id = %s", [case.pk])
        assert b"Kantelu" not in bytes(cursor.fetchone()[0])
    client.post(url, {"take_back": "1"})
    with as_portal():
        assert (again(case).kept_until, again(case).kept_because) == (None, "")


@pytest.mark.parametrize("day", ["", "1.1.2020", "31.12.2099", "31.2.2030"])
def test_days_that_cannot_be_postpone_nothing(ombudsman, day):
    contact = make_contact()

    response = signed_in(ombudsman).post(f"{CASELOAD}yhteydenotot/{contact.pk}/sailyta/", {"kept_until": day})

    assert "kept_until" in response.context["form"].errors
    assert again(contact).kept_until is None


def test_a_reason_takes_no_personal_identity_code(ombudsman):
    case = make_case()

    response = signed_in(ombudsman).post(
        f"{CASELOAD}{case.number}/sailyta/", {"kept_until": "1.1.2030", "reason": "Asiakas 131052-308T"}
    )

    assert "reason" in response.context["form"].errors


def test_a_contact_of_a_matter_is_postponed_with_the_matter(ombudsman):
    case = make_case()

    response = signed_in(ombudsman).get(f"{CASELOAD}yhteydenotot/{case.contacts.get().pk}/sailyta/")

    assert response.url == f"{CASELOAD}{case.number}/sailyta/"
