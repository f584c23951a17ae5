from datetime import date, timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment, Role, User
from directory import access
from directory.models import Organisation, Person
from letters.models import Letter
from tests.accounts.factories import AppointmentFactory, UserFactory
from tests.directory.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def at(name, pk=None, **kwargs):
    return reverse(f"directory:{name}", kwargs={**kwargs, **({"pk": pk} if pk else {})})


def test_the_last_director_keeps_role_and_access(director):
    for refused in (lambda: access.settle_roles(director, [Role.STAFF]), lambda: access.close(director, by=director)):
        with pytest.raises(ValidationError):
            refused()

    director = User.objects.get(pk=director.pk)
    assert director.is_director


def test_one_of_two_directors_may_go(director):
    other = UserFactory(roles=[Role.DIRECTOR])

    access.settle_roles(director, [])
    with pytest.raises(ValidationError):
        access.close(other, by=other)

    assert list(access.directors()) == [other]


def test_a_closed_director_is_no_director(director):
    closed = UserFactory(roles=[Role.DIRECTOR])
    closed.deactivate(by=director)

    assert access.is_last_director(director)
    assert not access.is_last_director(closed)


def test_users_are_for_the_director_only(as_staff, as_member, client, staff, member):
    pages = [
        ("users", None), ("user_invite", None), ("user", member.pk), ("user_deactivate", member.pk),
        ("user_second_factor", member.pk),
    ]  # fmt: skip
    posts = [
        *pages[1:2], *pages[3:], ("user_roles", member.pk), ("user_reactivate", member.pk),
        ("appointment_create", member.pk),
    ]  # fmt: skip

    for name, pk in pages:
        assert as_staff.get(at(name, pk)).status_code == 404
        assert as_member.get(at(name, pk)).status_code == 404
        assert client.get(at(name, pk)).status_code == 302
    for name, pk in posts:
        data = {"roles": ["director"], "email": "a@example.org", "given_name": "A", "family_name": "B"}
        assert as_staff.post(at(name, pk), data).status_code == 404
        assert as_member.post(at(name, pk), data).status_code == 404

    assert User.objects.get(pk=member.pk).roles == frozenset()
    assert not User.objects.filter(email="a@example.org").exists()


def test_the_list_shows_roles_offices_and_what_is_missing(as_director, ombudsman, staff):
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=ombudsman, type=Authenticator.Type.RECOVERY_CODES, data={})

    rows = {row.email: row for row in as_director.get(at("users")).context["rows"]}

    assert rows[staff.email].has_second_factor
    assert not rows[ombudsman.email].has_second_factor
    assert rows[ombudsman.email].needs_second_factor
    assert [office.office for office in rows[ombudsman.email].offices_in_force] == ["ombudsman"]


def test_users_are_found_by_name_role_and_state(as_director, director, ombudsman, staff, member):
    closed = UserFactory(email="suljettu@example.org")
    closed.deactivate(by=director)

    def found(**query):
        return {user.email for user in as_director.get(at("users"), query).context["page"]}

    assert found(q="jade jäsen") == {member.email}
    assert found(role="staff") == {staff.email}
    assert found(role="office") == {ombudsman.email}
    assert found(role="none") == {ombudsman.email, member.email}
    assert found(closed="on") == {closed.email}
    assert closed.email not in found()


def test_the_list_costs_the_same_for_twenty(as_director, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(12) as captured:
            as_director.get(at("users"))
        return len(captured)

    def somebody():
        user = UserFactory(roles=[Role.STAFF])
        PersonFactory(user=user, organisation=OrganisationFactory())
        AppointmentFactory(user=user)

    somebody()
    one = queries()
    for _ in range(19):
        somebody()

    assert queries() == one


def test_somebody_new_is_invited_with_a_role(as_director):
    us = OrganisationFactory(us=True)

    answer = as_director.post(
        at("user_invite"),
        {"email": "Uusi@example.org", "given_name": "Ursa", "family_name": "Uusi", "roles": ["staff"]},
    )

    person = Person.objects.get(email="Uusi@example.org")
    assert answer.url == at("user", person.user.pk)
    assert person.organisation == us
    assert person.user.roles == {"staff"}
    assert Letter.objects.get().to_email == "uusi@example.org"


def test_somebody_of_the_directory_is_recognised(as_director):
    person = PersonFactory(email="tuttu@example.org")

    as_director.post(at("user_invite"), {"email": "TUTTU@example.org", "roles": ["coordinator"]})

    person.refresh_from_db()
    assert person.user.roles == {"coordinator"}
    assert Person.objects.filter(email__iexact="tuttu@example.org").count() == 1


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"email": "uusi@example.org"}, ["given_name", "family_name"]),
        ({"email": "väärä"}, ["email"]),
        ({"email": "henkilo@example.org", "roles": ["staff"]}, ["email"]),
        ({"email": "lahtenyt@example.org"}, ["email"]),
        ({"email": "lahtenyt2@example.org", "given_name": "A", "family_name": "B", "roles": ["keisari"]}, ["roles"]),
    ],
)
def test_an_invitation_that_makes_no_sense_is_told(as_director, staff, data, fields):
    PersonFactory(email="lahtenyt@example.org", left_on=timezone.localdate())

    answer = as_director.post(at("user_invite"), data)

    assert sorted(answer.context["form"].errors) == sorted(fields)
    assert not Letter.objects.exists()


def test_roles_are_given_and_taken(as_director, staff, director):
    as_director.post(at("user_roles", staff.pk), {"roles": ["staff", "coordinator"]})
    assert User.objects.get(pk=staff.pk).roles == {"staff", "coordinator"}

    answer = as_director.post(at("user_roles", director.pk), {"roles": ["staff"]})
    assert answer.status_code == 200
    assert "roles" in answer.context["roles_form"].errors
    assert User.objects.get(pk=director.pk).is_director


def test_closing_an_account_ends_its_sessions_at_once(as_director, as_staff, staff):
    assert as_staff.get(at("people")).status_code == 200

    assert as_director.get(at("user_deactivate", staff.pk)).status_code == 200
    as_director.post(at("user_deactivate", staff.pk))

    assert as_staff.get(at("people")).status_code == 302
    as_director.post(at("user_reactivate", staff.pk))
    assert User.objects.get(pk=staff.pk).is_active


def test_the_last_director_cannot_close_the_own_account(as_director, director):
    as_director.post(at("user_deactivate", director.pk))

    assert User.objects.get(pk=director.pk).is_active
    assert as_director.get(at("users")).status_code == 200


def test_a_lost_second_factor_is_removed_but_not_the_own(as_director, director, staff):
    for user in (director, staff):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})

    assert as_director.get(at("user_second_factor", staff.pk)).status_code == 200
    as_director.post(at("user_second_factor", staff.pk))
    as_director.post(at("user_second_factor", director.pk))

    assert list(Authenticator.objects.values_list("user", flat=True)) == [director.pk]


def test_an_office_is_given_for_a_time_and_ended(as_director, member):
    as_director.post(
        at("appointment_create", member.pk), {"office": "ombudsman", "starts_on": "1.12.2024", "ends_on": ""}
    )
    appointment = Appointment.objects.get()
    assert User.objects.get(pk=member.pk).is_ombudsman

    end = at("appointment_end", member.pk, appointment_pk=appointment.pk)
    assert as_director.get(end).status_code == 200
    yesterday = timezone.localdate() - timedelta(1)
    as_director.post(end, {"on": f"{yesterday.day}.{yesterday.month}.{yesterday.year}"})

    assert not User.objects.get(pk=member.pk).is_ombudsman
    assert as_director.get(end).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {"office": "ombudsman", "starts_on": "31.11.2024"},
        {"office": "keisari", "starts_on": "1.12.2024"},
        {"office": "ombudsman", "starts_on": "1.12.2024", "ends_on": "1.11.2024"},
        {"office": "substitute", "starts_on": "1.12.2024"},
    ],
)
def test_an_appointment_that_cannot_be_is_told(as_director, member, data):
    AppointmentFactory(user=member, office="substitute", starts_on=date(2024, 1, 1))
    before = Appointment.objects.count()

    answer = as_director.post(at("appointment_create", member.pk), data)

    assert answer.context["appointment_form"].errors
    assert Appointment.objects.count() == before


def test_the_office_of_another_cannot_be_ended_through_a_user(as_director, member):
    appointment = AppointmentFactory()

    assert as_director.get(at("appointment_end", member.pk, appointment_pk=appointment.pk)).status_code == 404


def test_an_empty_portal_gets_its_first_director():
    call_command("first_director", "Osaamiskeskus Oy", "Kerttu", "Johtaja", "johto@example.org", stdout=StringIO())

    user = User.objects.get()
    assert user.is_director
    assert user.is_staff
    assert user.person.organisation == Organisation.objects.us().get()


def test_a_second_director_is_not_made_by_command(director):
    with pytest.raises(CommandError):
        call_command("first_director", "Osaamiskeskus Oy", "Toinen", "Johtaja", "toinen@example.org")

    assert list(access.directors()) == [director]
