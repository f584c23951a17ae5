from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from accounts.models import Role, User
from directory.models import ImportDraft, Organisation, Person
from letters.models import Letter
from tests.accounts.factories import AppointmentFactory, UserFactory
from tests.directory.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_names_stand_in_finnish_order():
    for name in ["Öhman", "Zetterberg", "äijälä", "Aalto", "Åberg", "Wirtanen", "Virtanen"]:
        PersonFactory(family_name=name)

    names = [person.family_name for person in Person.objects.in_finnish_order()]

    assert names == ["Aalto", "Virtanen", "Wirtanen", "Zetterberg", "Åberg", "äijälä", "Öhman"]


def test_the_public_sees_those_listed_only(member, staff):
    hidden, listed = PersonFactory(), PersonFactory(of_the_house=True)
    gone = PersonFactory(of_the_house=True, left_on=timezone.localdate())

    public = Person.objects.visible_to(AnonymousUser())

    assert listed in public
    assert hidden not in public
    assert gone not in public
    assert set(Person.objects.visible_to(member)) == {*public, member.person}
    assert set(Person.objects.visible_to(staff)) == set(Person.objects.all())
    assert not Person.objects.editable_by(AnonymousUser()).exists()
    assert list(Person.objects.editable_by(member)) == [member.person]


def test_every_word_of_a_search_is_found_somewhere():
    organisation = OrganisationFactory(name="Esimerkin kaupunki", short_name="Esik")
    right = PersonFactory(given_name="Kaisa", family_name="Keksitty", organisation=organisation)
    PersonFactory(given_name="Kaisa", family_name="Muu")

    assert list(Person.objects.search("kaisa esik")) == [right]
    assert list(Person.objects.search(right.email)) == [right]
    assert not Person.objects.search("kaisa 100% \x00").exists()


def test_leaving_closes_the_account_and_coming_back_opens_it(staff):
    user = UserFactory()
    person = PersonFactory(user=user, of_the_house=True)

    person.leave(by=staff)
    person.refresh_from_db()
    user.refresh_from_db()

    assert person.left_on == timezone.localdate()
    assert not person.is_listed
    assert not user.is_active

    person.come_back()
    user.refresh_from_db()
    assert person.is_present
    assert user.is_active


def test_an_account_with_rights_stays_closed_until_the_director_opens_it(staff, other_staff):
    person = staff.person
    person.leave(by=other_staff)

    person.come_back()

    assert not User.objects.get(pk=staff.pk).is_active


def test_whoever_may_change_an_address_could_sign_in_so_rights_guard_it(staff, other_staff, director, ombudsman):
    ordinary = PersonFactory(user=UserFactory())

    assert not ordinary.is_guarded_from(staff)
    assert not PersonFactory().is_guarded_from(staff)
    assert other_staff.person.is_guarded_from(staff)
    assert ombudsman.person.is_guarded_from(staff)
    assert not other_staff.person.is_guarded_from(director)
    assert not ombudsman.person.is_guarded_from(director)
    assert director.person.is_guarded_from(director)


def test_a_past_office_guards_as_well(staff):
    person = PersonFactory(user=UserFactory())
    AppointmentFactory(
        user=person.user, starts_on=timezone.localdate() - timedelta(900), ends_on=timezone.localdate() - timedelta(800)
    )

    assert person.is_guarded_from(staff)


def test_the_last_director_is_guarded_even_from_another_who_is_closed(director):
    other = UserFactory(roles=[Role.DIRECTOR])
    PersonFactory(user=other)
    other.deactivate(by=director)

    assert director.person.is_guarded_from(other)


def test_forgetting_leaves_nothing_in_history_letters_or_accounts(client, staff):
    user = UserFactory(email="unohda@example.org")
    person = PersonFactory(family_name="Unohdettava", email="Unohda@example.org", user=user)
    person.phone = "040 123"
    person.save()
    Letter.objects.create(key="a", to_email="unohda@example.org", to_name="Unohdettava", subject="a", text="b")
    stays = PersonFactory()

    person.forget()

    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT pgh_obj_id FROM directory_personevent")
        assert {row[0] for row in cursor.fetchall()} == {stays.pk, staff.person.pk}
    assert not Person.objects.filter(family_name="Unohdettava").exists()
    assert not User.objects.filter(email="unohda@example.org").exists()
    assert not Letter.objects.exists()


def test_a_new_address_is_the_new_sign_in_and_ends_sessions(client):
    user = UserFactory(email="vanha@example.org")
    person = PersonFactory(user=user, email="vanha@example.org")
    client.force_login(user)
    UserSession.objects.create(user=user, ip="127.0.0.1", session_key=client.session.session_key)

    User.objects.filter(pk=user.pk).update(invitation_nonce="kutsu")

    person.change_email("Uusi@example.org")

    user.refresh_from_db()
    assert not user.is_invited
    assert (person.email, user.email) == ("Uusi@example.org", "uusi@example.org")
    assert list(user.emailaddress_set.values_list("email", "verified")) == [("uusi@example.org", True)]
    assert not Session.objects.exists()


def test_a_number_is_dialled_with_the_country():
    assert PersonFactory(phone="040 123 4567").phone_address == "tel:+358401234567"
    assert PersonFactory(phone="+358 (40) 1").phone_address == "tel:+358401"
    assert PersonFactory(phone="0046 1").phone_address == "tel:00461"


def test_organisations_that_ended_are_not_at_work():
    ended = OrganisationFactory(ended_on=timezone.localdate())
    coming = OrganisationFactory(ended_on=timezone.localdate() + timedelta(1))

    assert ended.has_ended
    assert list(Organisation.objects.working()) == [coming]


def test_a_draft_is_its_makers_and_for_a_day(staff, other_staff, member):
    fresh = ImportDraft.objects.create(purpose="directory.people", file_name="a", created_by=staff)
    ImportDraft.objects.create(
        purpose="directory.people", file_name="b", created_by=staff, created_at=timezone.now() - timedelta(hours=25)
    )

    assert list(ImportDraft.objects.editable_by(staff)) == [fresh]
    assert not ImportDraft.objects.editable_by(other_staff).exists()
    assert not ImportDraft.objects.editable_by(member).exists()
    assert not ImportDraft.objects.editable_by(AnonymousUser()).exists()
