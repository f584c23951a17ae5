"""Who sees the caseload while the ombudsman is away: the days, how much, and what both are told."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment, Role
from letters.models import Letter
from ombudsman.entrance import PURPOSE, enter
from ombudsman.models import Case, Contact, LogRow, Message, Substitution, sight_of
from ombudsman.reading import Reader, reading
from tests.accounts.factories import AppointmentFactory, UserFactory
from tests.conftest import signed_in
from tests.directory.factories import PersonFactory
from tests.ombudsman.factories import answer, as_portal, make_case, make_contact, make_message, make_substitute

pytestmark = pytest.mark.django_db

LIST, CREATE = "/sosiaaliasiavastaava/asiat/sijaisuus/", "/sosiaaliasiavastaava/asiat/sijaisuus/uusi/"
SWITCH = "/sosiaaliasiavastaava/sijainen/"
OPEN_TO_BOTH = "/sosiaaliasiavastaava/asiat/muu-tyo/"
JULY = {"starts_on": "1.7.2026", "ends_on": "14.7.2026", "scope": "open"}


@pytest.fixture
def june():
    """It is Monday 15 June 2026, also when the others are appointed."""
    with time_machine.travel("2026-06-15 12:00+03:00", tick=False):
        yield


@pytest.fixture
def substitute(db):
    """Somebody whom the managing director has named, with nothing set yet."""
    user = AppointmentFactory(office=Appointment.Office.SUBSTITUTE, starts_on=date(2026, 1, 1)).user
    PersonFactory(given_name="Sulo", family_name="Sijainen", email=user.email, user=user)
    return user


def for_a_call(user):
    """A browser of the substitute, who has said what it is for."""
    client = signed_in(user)
    session = client.session
    enter(session)
    session[PURPOSE] = "call"
    session.save()
    return client


def again(user):
    """The user as the next request finds them."""
    return type(user).objects.get(pk=user.pk)


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


# Set by the ombudsman —————————————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.usefixtures("june")
def test_the_ombudsman_sets_the_days_and_both_are_told(ombudsman, substitute):
    client = signed_in(ombudsman)

    response = client.post(CREATE, JULY | {"substitute": substitute.pk}, follow=True)

    substitution = Substitution.objects.get()
    assert (substitution.starts_on, substitution.ends_on) == (date(2026, 7, 1), date(2026, 7, 14))
    assert (substitution.scope, substitution.set_by) == (Substitution.Scope.OPEN, ombudsman)
    assert "Sulo Sijainen" in response.text
    assert set(Letter.objects.values_list("to_email", flat=True)) == {ombudsman.email, substitute.email}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"starts_on": "14.6.2026"}, "starts_on"),
        ({"ends_on": "30.6.2026"}, "ends_on"),
        ({"ends_on": "1.11.2026"}, "ends_on"),
        ({"ends_on": "31.2.2026"}, "ends_on"),
        ({"substitute": "x"}, "substitute"),
        ({"scope": ""}, "scope"),
    ],
)
@pytest.mark.usefixtures("june")
def test_days_that_cannot_be_are_answered_at_their_field(ombudsman, substitute, typed, field):
    response = signed_in(ombudsman).post(CREATE, JULY | {"substitute": substitute.pk} | typed)

    assert field in response.context["form"].errors
    assert not Substitution.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.usefixtures("june")
def test_today_may_be_the_first_day(ombudsman, substitute):
    signed_in(ombudsman).post(CREATE, JULY | {"substitute": substitute.pk, "starts_on": "15.6.2026"})

    assert Substitution.objects.get().is_in_force


@pytest.mark.usefixtures("june")
def test_nobody_is_a_substitute_twice_in_one_time(ombudsman, substitute):
    client = signed_in(ombudsman)
    client.post(CREATE, JULY | {"substitute": substitute.pk})

    response = client.post(
        CREATE, JULY | {"substitute": substitute.pk, "starts_on": "14.7.2026", "ends_on": "20.7.2026"}
    )

    assert "1.7.2026" in str(response.context["form"].errors["starts_on"])
    assert Substitution.objects.count() == 1


@pytest.mark.usefixtures("june")
def test_a_substitution_does_not_outlast_the_appointment(ombudsman):
    office = AppointmentFactory(
        office=Appointment.Office.SUBSTITUTE, starts_on=date(2026, 1, 1), ends_on=date(2026, 7, 5)
    )

    response = signed_in(ombudsman).post(CREATE, JULY | {"substitute": office.user.pk})

    assert "ends_on" in response.context["form"].errors


def test_only_those_whom_the_director_has_named_can_be_chosen(ombudsman, substitute, director, staff):
    AppointmentFactory(office=Appointment.Office.SUBSTITUTE, user=director)
    superuser = UserFactory(is_superuser=True)
    AppointmentFactory(office=Appointment.Office.SUBSTITUTE, user=superuser)

    form = signed_in(ombudsman).get(CREATE).context["form"]

    assert list(form.fields["substitute"].queryset) == [substitute]


def test_without_a_named_substitute_there_is_nothing_to_set(ombudsman):
    client = signed_in(ombudsman)

    assert CREATE not in client.get(LIST).text
    assert 'name="starts_on"' not in client.get(CREATE).text


# The days open and close the caseload —————————————————————————————————————————————————————————————————————————————————


def test_the_caseload_opens_on_the_first_day_and_closes_after_the_last(ombudsman, substitute):
    Substitution.objects.create(
        substitute=substitute, starts_on=date(2026, 7, 1), ends_on=date(2026, 7, 14), set_by=ombudsman
    )
    answers = {}

    for moment in ("2026-06-30 23:59", "2026-07-01 00:01", "2026-07-14 23:59", "2026-07-15 00:01"):
        with time_machine.travel(f"{moment}+03:00", tick=False):
            answers[moment] = for_a_call(substitute).get(OPEN_TO_BOTH).status_code

    assert list(answers.values()) == [404, 200, 200, 404]


def test_ended_early_the_next_page_is_not_shown(ombudsman, substitute):
    Substitution.objects.create(substitute=substitute, starts_on=today(), ends_on=today(5), set_by=ombudsman)
    client = for_a_call(substitute)
    before = client.get(OPEN_TO_BOTH).status_code

    signed_in(ombudsman).post(f"{LIST}{Substitution.objects.get().pk}/paata/")

    assert (before, client.get(OPEN_TO_BOTH).status_code) == (200, 404)
    assert Letter.objects.filter(key__startswith="substitution-ended").count() == 2


def test_ending_is_asked_first_and_a_second_time_changes_nothing(ombudsman, substitute):
    substitution = Substitution.objects.create(
        substitute=substitute, starts_on=today(1), ends_on=today(5), set_by=ombudsman
    )
    client, url = signed_in(ombudsman), f"{LIST}{substitution.pk}/paata/"

    asked = client.get(url)
    still_open = not Substitution.objects.get().is_over
    client.post(url)
    ended_at = Substitution.objects.get().called_off_at
    client.post(url)

    assert asked.status_code == 200
    assert still_open
    assert Substitution.objects.get().called_off_at == ended_at
    assert Letter.objects.count() == 2


def test_without_the_office_the_days_alone_open_nothing(ombudsman):
    user = UserFactory()
    Substitution.objects.create(substitute=user, starts_on=today(), ends_on=today(5), set_by=ombudsman)

    assert signed_in(user).get(OPEN_TO_BOTH).status_code == 404


def test_open_matters_only_means_open_matters_open_messages_and_own_entries(ombudsman):
    substitute = make_substitute(by=ombudsman, starts_on=today(), ends_on=today(5))
    open_case, closed_case = make_case(), make_case()
    with as_portal():
        closed_case.move_to(Case.Status.CLOSED, by=ombudsman)
    loose, own = make_contact(), make_contact(by=substitute)
    waiting, answered = make_message()[0], make_message()[0]
    answer(answered)

    assert set(Case.objects.visible_to(substitute)) == {open_case}
    assert set(Contact.objects.visible_to(substitute)) == {open_case.contacts.get(), own}
    assert set(Message.objects.visible_to(substitute)) == {waiting}
    assert loose in Contact.objects.visible_to(ombudsman)


def test_all_matters_means_all(ombudsman):
    substitute = make_substitute(by=ombudsman, scope=Substitution.Scope.ALL, starts_on=today(), ends_on=today(5))
    case, loose = make_case(), make_contact()
    with as_portal():
        case.move_to(Case.Status.CLOSED, by=ombudsman)

    assert set(Case.objects.visible_to(substitute)) == {case}
    assert loose in Contact.objects.visible_to(substitute)


@pytest.mark.parametrize("who", ["superuser", "director"])
@pytest.mark.parametrize("office", Appointment.Office.values)
def test_who_gives_rights_does_not_read_whatever_office_they_hold(ombudsman, who, office):
    user = UserFactory(is_superuser=who == "superuser", roles=[Role.DIRECTOR] if who == "director" else [])
    AppointmentFactory(user=user, office=office)
    Substitution.objects.create(
        substitute=user, starts_on=today(), ends_on=today(5), scope=Substitution.Scope.ALL, set_by=ombudsman
    )
    make_case()

    assert sight_of(user) is None
    assert not Case.objects.visible_to(user).exists()
    assert for_a_call(user).get(OPEN_TO_BOTH).status_code == 404
    assert for_a_call(user).get(LIST).status_code == 404


@pytest.mark.parametrize("name", ["substitutions", "substitution_create"])
def test_a_substitute_and_staff_do_not_see_who_substitutes(ombudsman, staff, director, member, name):
    substitute = make_substitute(by=ombudsman, starts_on=today(), ends_on=today(5), scope=Substitution.Scope.ALL)
    url = reverse(f"ombudsman:{name}")

    answers = [for_a_call(user).get(url).status_code for user in (substitute, staff, director, member)]

    assert answers == [404] * 4


def test_a_substitute_neither_ends_a_substitution_nor_reads_the_list(ombudsman):
    substitute = make_substitute(by=ombudsman, starts_on=today(), ends_on=today(5))
    client, pk = for_a_call(substitute), Substitution.objects.get().pk

    assert client.post(f"{LIST}{pk}/paata/").status_code == 404
    assert client.get(f"{LIST}{pk}/").status_code == 404
    assert Substitution.objects.get().is_in_force


# The reading list —————————————————————————————————————————————————————————————————————————————————————————————————————


def test_the_reading_list_holds_every_row_of_the_substitution_by_record(ombudsman, substitute):
    substitution = Substitution.objects.create(
        substitute=substitute, starts_on=today(), ends_on=today(5), set_by=ombudsman
    )
    case = make_case(title="Salainen otsikko")
    for address, method in (("case", "GET"), ("case", "GET"), ("case_edit", "POST")):
        reader = Reader(substitute, Appointment.Office.SUBSTITUTE, "call", address, method, substitution)
        with reading(reader):
            read = Case.objects.get(pk=case.pk)
            assert read.title
            if method == "POST":
                read.save(update_fields=["title"])
        LogRow.objects.write(reader)
    make_contact()  # not of the substitution

    response = signed_in(ombudsman).get(f"{LIST}{substitution.pk}/")

    ((record, entries),) = response.context["records"]
    assert record.title.endswith(case.number)
    assert [(len(entry["rows"]), entry["is_written"]) for entry in entries] == [(2, False), (1, True)]
    assert "Salainen otsikko" not in response.text


def test_the_reading_list_costs_the_same_however_long_it_is(ombudsman, substitute):
    substitution = Substitution.objects.create(
        substitute=substitute, starts_on=today(), ends_on=today(5), set_by=ombudsman
    )
    client, url = signed_in(ombudsman), f"{LIST}{substitution.pk}/"

    def read(count):
        for _number in range(count):
            contact = make_contact()
            LogRow.objects.create(user=substitute, address="contact", substitution=substitution, opened=[contact.pk])

    read(1)
    client.get(url)
    queries = queries_of(client, url)
    read(20)

    assert queries_of(client, url) == queries


def queries_of(client, url):
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


def test_what_has_been_removed_is_still_on_the_list(ombudsman, substitute):
    substitution = Substitution.objects.create(
        substitute=substitute, starts_on=today(-5), ends_on=today(-1), set_by=ombudsman
    )
    contact = make_contact()
    LogRow.objects.create(user=substitute, address="contact", substitution=substitution, opened=[contact.pk])
    Contact.objects.all().delete()

    response = signed_in(ombudsman).get(f"{LIST}{substitution.pk}/")

    assert f"?tieto={contact.pk}" in response.text


# Switched on in an illness ————————————————————————————————————————————————————————————————————————————————————————————


def test_the_director_switches_the_substitute_on_and_reads_nothing(ombudsman, substitute, director):
    case = make_case(title="Salainen otsikko")
    client = signed_in(director)

    page = client.get(SWITCH)
    client.post(SWITCH, {"substitute": substitute.pk})

    substitution = Substitution.objects.get()
    assert "Sulo Sijainen" in page.text
    assert (substitution.starts_on, substitution.scope) == (today(), Substitution.Scope.OPEN)
    assert (substitution.set_by, substitution.is_for_illness) == (director, True)
    assert set(Case.objects.visible_to(again(substitute))) == {case}
    assert client.get("/sosiaaliasiavastaava/asiat/").status_code == 404
    assert client.get(OPEN_TO_BOTH).status_code == 404


def test_the_ombudsman_sees_in_the_log_who_switched(ombudsman, substitute, director):
    signed_in(director).post(SWITCH, {"substitute": substitute.pk})

    row = LogRow.objects.get()
    assert (row.user, row.office, row.address) == (director, LogRow.DIRECTOR, "substitute_switch")
    assert (row.opened, row.wrote) == ([], [])
    assert "Kerttu Johtaja" in signed_in(ombudsman).get("/sosiaaliasiavastaava/asiat/loki/").text


def test_switching_on_twice_makes_one_substitution_one_row_and_one_pair_of_letters(ombudsman, substitute, director):
    client = signed_in(director)

    client.post(SWITCH, {"substitute": substitute.pk})
    client.post(SWITCH, {"substitute": substitute.pk})

    assert Substitution.objects.count() == LogRow.objects.count() == 1
    assert sorted(Letter.objects.values_list("to_email", flat=True)) == sorted([ombudsman.email, substitute.email])


def test_the_letters_hold_nothing_of_any_client(ombudsman, substitute, director):
    case = make_case(title="Salainen otsikko")

    signed_in(director).post(SWITCH, {"substitute": substitute.pk})
    signed_in(director).post(SWITCH, {"end": Substitution.objects.get().pk})

    text = " ".join(f"{letter.subject} {letter.text}" for letter in Letter.objects.all())
    assert Letter.objects.count() == 4
    assert "Kerttu Johtaja" in text
    for secret in (case.number, "Salainen otsikko", "Aino", "Huoli", "0401234567", str(case.pk)):
        assert secret not in text


def test_what_the_ombudsman_has_set_stays_as_it_is(ombudsman, substitute, director):
    set_before = Substitution.objects.create(
        substitute=substitute, starts_on=today(), ends_on=today(2), set_by=ombudsman, scope=Substitution.Scope.ALL
    )
    client = signed_in(director)

    client.post(SWITCH, {"substitute": substitute.pk})

    assert list(Substitution.objects.all()) == [set_before]
    assert not Letter.objects.exists()
    assert client.post(SWITCH, {"end": set_before.pk}).status_code == 404
    assert Substitution.objects.get().is_in_force


def test_the_director_ends_what_was_switched_on_in_an_illness(ombudsman, substitute, director):
    client = signed_in(director)
    client.post(SWITCH, {"substitute": substitute.pk})

    client.post(SWITCH, {"end": Substitution.objects.get().pk})

    assert Substitution.objects.get().is_over
    assert sight_of(again(substitute)) is None
    assert list(LogRow.objects.order_by("pk").values_list("address", flat=True)) == [
        "substitute_switch", "substitution_end",
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["", "0", "x", "9" * 30, "²"])
def test_nonsense_ends_nothing(director, end):
    assert signed_in(director).post(SWITCH, {"end": end}).status_code == 404


def test_only_a_named_substitute_can_be_switched_on(ombudsman, substitute, director, staff):
    response = signed_in(director).post(SWITCH, {"substitute": staff.pk})

    assert "substitute" in response.context["form"].errors
    assert not Substitution.objects.exists()


def test_nobody_but_the_director_finds_the_switch(ombudsman, substitute, staff, coordinator, member):
    superuser = UserFactory(is_superuser=True)

    for user in (ombudsman, substitute, staff, coordinator, member, superuser):
        client = signed_in(user)
        assert client.get(SWITCH).status_code == 404
        assert client.post(SWITCH, {"substitute": substitute.pk}).status_code == 404
    assert not Substitution.objects.exists()


def test_the_switch_asks_for_the_second_factor(client, director, substitute):
    client.force_login(director)

    response = client.post(SWITCH, {"substitute": substitute.pk})

    assert response.status_code == 302
    assert not Substitution.objects.exists()


def test_without_a_named_substitute_the_switch_tells_where_to_appoint_one(director):
    response = signed_in(director).get(SWITCH)

    assert '<form class="form"' not in response.text
    assert reverse("directory:users") in response.text
