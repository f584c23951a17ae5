"""An invitation lets its reader in once."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitations
from accounts.models import Role, User
from letters.tasks import Post, send_next
from tests.accounts.factories import PASSWORD, UserFactory, give_password, is_in, last_letter, last_link, with_totp

pytestmark = pytest.mark.django_db

CHOSEN = {"password1": PASSWORD, "password2": PASSWORD}


def test_the_invited_choose_a_password_and_set_up_a_second_factor(client, director):
    user = User.objects.invite("Uusi@Example.org", [Role.STAFF], by=director)
    link = last_link("uusi@example.org")

    assert client.get(link).status_code == 200
    response = client.post(link, CHOSEN)

    assert user.invited_by == director
    assert response.url == reverse("website:start")
    assert client.get(response.url).url.startswith(reverse("mfa_index"))


def test_one_without_a_role_is_in_at_once(client, director):
    User.objects.invite("uusi@example.org", by=director)

    client.post(last_link("uusi@example.org"), CHOSEN)

    assert is_in(client)


def test_looking_at_the_link_does_not_use_it_up(client, director):
    User.objects.invite("uusi@example.org", by=director)
    link = last_link("uusi@example.org")
    for _look in range(3):
        Client().get(link)

    client.post(link, CHOSEN)

    assert is_in(client)


def test_the_link_works_once(client, director):
    user = User.objects.invite("uusi@example.org", by=director)
    link = last_link("uusi@example.org")
    client.post(link, CHOSEN)
    other = Client()
    response = other.post(link, {"password1": "jokin-muu-salasana", "password2": "jokin-muu-salasana"})

    user.refresh_from_db()
    assert response.status_code == 410
    assert user.check_password(PASSWORD)
    assert not is_in(other)


def test_of_two_with_one_link_only_the_first_sets_the_password(director):
    User.objects.invite("uusi@example.org", by=director)
    first, second = (User.objects.get(email="uusi@example.org") for _ in range(2))

    assert first.accept_invitation(PASSWORD)
    assert not second.accept_invitation("jokin-muu-salasana")
    assert User.objects.get(email="uusi@example.org").check_password(PASSWORD)


def test_the_link_grows_old(client, director):
    User.objects.invite("uusi@example.org", by=director)
    link = last_link("uusi@example.org")

    with time_machine.travel(timezone.localtime() + invitations.VALID_FOR + timedelta(minutes=1)):
        response = client.post(link, CHOSEN)

    assert response.status_code == 410


@pytest.mark.parametrize("harm", [lambda t: t[:-1] + "x", lambda t: "x" + t, lambda t: t[::-1], lambda t: "a" * 4000])
def test_a_tampered_link_is_refused(client, director, harm):
    user = User.objects.invite("uusi@example.org", by=director)
    token = invitations.token_for(user)

    response = client.post(reverse("accounts:invitation", kwargs={"token": harm(token)}), CHOSEN)

    assert response.status_code == 410
    assert not User.objects.get(pk=user.pk).has_usable_password()


def test_a_new_invitation_replaces_the_one_before(client, director):
    User.objects.invite("uusi@example.org", by=director)
    old = last_link("uusi@example.org")
    User.objects.invite("uusi@example.org", by=director)

    assert client.get(old).status_code == 410
    assert client.get(last_link("uusi@example.org")).status_code == 200


def test_a_deactivated_user_has_no_way_in_by_an_old_letter(client, director):
    user = User.objects.invite("uusi@example.org", by=director)
    link = last_link("uusi@example.org")

    user.deactivate(by=director)

    assert client.get(link).status_code == 410


def test_inviting_somebody_known_keeps_the_account_and_its_second_factor(client, director):
    user = with_totp(UserFactory(email="tuttu@example.org", password="entinen-salasana-1"))

    invited = User.objects.invite("tuttu@example.org", [Role.STAFF], by=director)
    response = client.post(last_link("tuttu@example.org"), CHOSEN)

    assert invited == user
    assert response.url == reverse("mfa_authenticate")
    assert not is_in(client)


def test_whoever_sat_at_the_browser_before_is_signed_out(client, director):
    before = UserFactory(password=PASSWORD)
    give_password(client, before)
    user = User.objects.invite("uusi@example.org", by=director)

    client.post(last_link("uusi@example.org"), CHOSEN)

    assert client.get(reverse("accounts:home")).context["user"] == user


def test_the_link_is_gone_from_the_letter_once_it_is_sent(director):
    User.objects.invite("uusi@example.org", by=director)
    link = last_link("uusi@example.org")

    with Post() as post:
        send_next(post)

    assert link in mail.outbox[0].body
    assert last_letter("uusi@example.org").text == ""


def test_a_password_that_is_too_short_leaves_the_invitation_open(client, director):
    User.objects.invite("uusi@example.org", by=director)
    link = last_link("uusi@example.org")

    page = client.post(link, {"password1": "lyhyt", "password2": "lyhyt"})

    assert page.context["form"].errors
    assert client.get(link).status_code == 200
