import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from letters.models import Letter
from tests.accounts.factories import UserFactory
from tests.directory.factories import PersonFactory

pytestmark = pytest.mark.django_db


def ask_for_code(client, email):
    return client.post(reverse("account_request_login_code"), {"email": email})


def test_somebody_of_the_directory_gets_an_account_when_asking_for_a_code(client):
    person = PersonFactory(email="Eeva@example.org")

    ask_for_code(client, "eeva@EXAMPLE.org")

    person.refresh_from_db()
    assert person.user.email == "eeva@example.org"
    assert person.user.roles == frozenset()


def test_asking_twice_makes_one_account(client):
    PersonFactory(email="eeva@example.org")

    ask_for_code(client, "eeva@example.org")
    ask_for_code(client, "eeva@example.org")

    assert User.objects.count() == 1


def test_nobody_else_gets_an_account(client, staff):
    PersonFactory(email="lahtenyt@example.org", left_on=timezone.localdate())

    for email in ["tuntematon@example.org", "lahtenyt@example.org", "", "outo"]:
        ask_for_code(client, email)

    assert list(User.objects.all()) == [staff]
    assert not Letter.objects.exists()


def test_a_closed_account_stays_closed(client, staff):
    user = UserFactory(email="suljettu@example.org")
    PersonFactory(email="suljettu@example.org", user=user)
    user.deactivate(by=staff)

    ask_for_code(client, "suljettu@example.org")

    user.refresh_from_db()
    assert not user.is_active
    assert not Letter.objects.exists()
