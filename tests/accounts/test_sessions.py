"""A sign-in ends by itself."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.factories import PASSWORD, UserFactory, is_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(timezone.localtime(), tick=False) as clock:
        yield clock


def test_left_alone_for_two_hours_it_ends(client, clock):
    sign_in(client, UserFactory(password=PASSWORD))
    clock.shift(timedelta(hours=1, minutes=59))
    assert is_in(client)
    clock.shift(timedelta(hours=2, minutes=1))

    page = client.get(reverse("accounts:home"), follow=True)

    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert page.context["messages"]


def test_used_all_day_it_ends_after_ten_hours(client, clock):
    sign_in(client, UserFactory(password=PASSWORD))
    for _hour in range(9):
        clock.shift(timedelta(hours=1))
        assert is_in(client)
    clock.shift(timedelta(hours=1, seconds=1))

    assert not is_in(client)


def test_a_session_that_does_not_tell_its_age_is_over(client):
    sign_in(client, UserFactory(password=PASSWORD))
    session = client.session
    del session["signed_in_at"]
    session.save()

    assert not is_in(client)


def test_a_form_sent_too_late_changes_nothing(client, clock):
    user = UserFactory(password=PASSWORD)
    sign_in(client, user)
    clock.shift(timedelta(hours=3))

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "uusi-salasana-2", "password2": "uusi-salasana-2"},
    )

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_reading_does_not_write_the_session_each_time(client, django_assert_max_num_queries):
    sign_in(client, UserFactory(password=PASSWORD))
    client.get(reverse("accounts:home"))

    with django_assert_max_num_queries(12) as queries:
        client.get(reverse("accounts:home"))

    assert not [query for query in queries if "UPDATE" in query["sql"]]


def test_one_sees_the_own_sessions_and_ends_the_others(client):
    user = UserFactory(password=PASSWORD)
    elsewhere = Client(headers={"user-agent": "Toinen selain"})
    sign_in(elsewhere, user)
    sign_in(client, user)
    page = client.get(reverse("usersessions_list"))

    client.post(reverse("usersessions_list"))

    assert "Toinen selain" in page.content.decode()
    assert is_in(client)
    assert not is_in(elsewhere)


def test_ending_the_sessions_signs_out_everywhere(client):
    user = UserFactory(password=PASSWORD)
    sign_in(client, user)

    user.end_sessions()

    assert not is_in(client)
