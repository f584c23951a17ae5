"""Rules of accounts, roles and appointments, without a request."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Appointment, Role, User
from letters.models import Letter
from tests.accounts.factories import AppointmentFactory, UserFactory, with_totp
from tests.directory.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_roles_are_set_to_exactly_those_given(staff):
    staff.give_roles([Role.DIRECTOR, Role.COORDINATOR])

    assert staff.roles == {Role.DIRECTOR, Role.COORDINATOR}
    assert User.objects.get(pk=staff.pk).is_director


def test_a_role_nobody_has_heard_of_is_refused(staff):
    with pytest.raises(ValueError, match="root"):
        staff.give_roles(["root"])

    assert staff.roles == {Role.STAFF}


def test_a_deactivated_user_has_no_role_whatever_the_groups_say(director, staff):
    staff.deactivate(by=director)

    assert not User.objects.get(pk=staff.pk).is_staff


def test_deactivating_twice_keeps_the_first_person(director, staff, other_staff):
    staff.deactivate(by=director)
    staff.deactivate(by=other_staff)

    assert staff.deactivated_by == director


def test_reactivating_gives_the_roles_back(director, staff):
    staff.deactivate(by=director)

    staff.reactivate()

    assert User.objects.get(pk=staff.pk).is_staff
    assert staff.deactivated_at is None


def test_deactivating_takes_back_letters_that_let_the_user_in(director):
    user = User.objects.invite("uusi@example.org", by=director)

    user.deactivate(by=director)

    assert not Letter.objects.filter(to_email="uusi@example.org").waiting().exists()
    assert not user.is_invited


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "in_force"),
    [(-10, None, True), (0, None, True), (-10, 0, True), (-10, -1, False), (1, None, False), (1, 10, False)],
)
def test_an_appointment_is_in_force_from_its_first_to_its_last_day(starts_in, ends_in, in_force):
    today = timezone.localdate()
    ends_on = None if ends_in is None else today + timedelta(days=ends_in)

    appointment = AppointmentFactory(starts_on=today + timedelta(days=starts_in), ends_on=ends_on)

    assert appointment.is_in_force is in_force
    assert appointment.user.is_ombudsman is in_force
    assert appointment.user.needs_second_factor is in_force


def test_one_person_holds_an_office_once_at_a_time(director):
    user = UserFactory()
    Appointment.objects.appoint(user, "ombudsman", starts_on=date(2022, 1, 1), ends_on=date(2022, 12, 31), by=director)

    with pytest.raises(ValidationError):
        Appointment.objects.appoint(user, "ombudsman", starts_on=date(2022, 12, 31), by=director)

    Appointment.objects.appoint(user, "ombudsman", starts_on=date(2023, 1, 1), by=director)


def test_an_appointment_does_not_end_before_it_starts(director):
    with pytest.raises(ValidationError):
        Appointment.objects.appoint(
            UserFactory(), "substitute", starts_on=date(2022, 2, 1), ends_on=date(2022, 1, 31), by=director
        )


def test_an_appointment_that_is_ended_holds_to_the_end_of_the_day(director):
    appointment = AppointmentFactory()

    appointment.end(by=director)

    assert appointment.is_in_force
    assert not Appointment.objects.in_force(timezone.localdate() + timedelta(days=1)).exists()


def test_ending_later_than_agreed_is_refused(director):
    appointment = AppointmentFactory(ends_on=timezone.localdate())

    with pytest.raises(ValidationError):
        appointment.end(timezone.localdate() + timedelta(days=1), by=director)


def test_an_appointment_that_has_not_begun_is_taken_back_whole(director):
    appointment = AppointmentFactory(starts_on=timezone.localdate() + timedelta(days=5))

    appointment.end(by=director)

    assert not Appointment.objects.exists()


def test_forgetting_the_second_factor_removes_every_one_of_them(staff):
    with_totp(staff)

    staff.forget_second_factor()

    assert not staff.authenticator_set.exists()


def test_the_person_follows_a_changed_address():
    user = UserFactory(email="vanha@example.org")
    person = PersonFactory(user=user, email="vanha@example.org")
    user.email = "uusi@example.org"
    user.save()

    user.keep_person_in_step()

    person.refresh_from_db()
    assert person.email == "uusi@example.org"


def test_an_appointment_is_told_to_its_holder_and_to_whoever_else_holds_the_office(director):
    ombudsman = AppointmentFactory().user
    new = UserFactory()

    Appointment.objects.appoint(new, "substitute", starts_on=timezone.localdate(), by=director)

    told = {letter.to_email: letter for letter in Letter.objects.all()}
    assert told.keys() == {new.email, ombudsman.email}
    assert "Sinut on nimetty" in told[new.email].text


def test_nobody_appoints_themselves(director):
    with pytest.raises(ValidationError, match="Kukaan ei nimeä itseään"):
        Appointment.objects.appoint(director, "ombudsman", starts_on=timezone.localdate(), by=director)


def test_who_resets_the_second_factor_of_an_office_is_seen_by_all_who_hold_one(staff):
    ombudsman, substitute = AppointmentFactory().user, AppointmentFactory(office="substitute").user

    ombudsman.forget_second_factor()
    staff.forget_second_factor()

    assert set(Letter.objects.values_list("to_email", flat=True)) == {ombudsman.email, substitute.email}
    assert "toisen tunnisteen" in Letter.objects.first().text
