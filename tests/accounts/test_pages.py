"""Every page of the own account wears the portal's clothes."""

import re
from html.parser import HTMLParser

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts import urls, views
from accounts.models import Role, User
from tests.accounts.factories import PASSWORD, UserFactory, give_password, last_link, sign_in, with_passkey, with_totp

pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """What a strict policy would block, and what every page has."""

    def __init__(self, html):
        super().__init__()
        self.blocked, self.ids, self.h1, self.lang, self.has_header = [], [], 0, None, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "style" or "style" in attrs or any(name.startswith("on") for name in attrs):
            self.blocked.append((tag, attrs))
        if tag == "script" and "src" not in attrs and attrs.get("type") != "application/json":
            self.blocked.append((tag, attrs))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        self.h1 += tag == "h1"
        self.lang = attrs.get("lang") if tag == "html" else self.lang
        self.has_header |= attrs.get("class") == "site-header"


def assert_ours(response):
    html = response.content.decode()
    page = Page(html)
    assert page.lang == "fi"
    assert page.has_header
    assert page.h1 == 1
    assert page.blocked == []
    assert len(page.ids) == len(set(page.ids))
    assert "'unsafe" not in response["Content-Security-Policy"]
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1].strip()
    assert not title.startswith("–")
    assert "placeholder=" not in html.split("<main", 1)[1]
    return page


OUTSIDE = [
    "account_login",
    "account_request_login_code",
    "accounts:sign_in_with_password",
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
INSIDE = [
    "accounts:home",
    "account_logout",
    "account_email",
    "account_change_password",
    "mfa_index",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "usersessions_list",
]
# Each has a test of its own below, or is no page.
APART = {
    "accounts:invitation",
    "accounts:own_password",
    "account_set_password",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_reauthenticate",
    "account_reset_password_from_key",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
}


@pytest.fixture
def inside(client):
    """A browser of one of the staff who has every kind of second factor but a passkey."""
    client.user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    sign_in(client, client.user)
    return client


@pytest.mark.parametrize("name", OUTSIDE)
def test_pages_for_everybody(client, name):
    assert_ours(client.get(reverse(name)))


@pytest.mark.parametrize("name", INSIDE)
def test_pages_for_those_signed_in(inside, name):
    response = inside.get(reverse(name))

    assert response.status_code == 200
    assert_ours(response)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "name",
    ["account_login", "accounts:sign_in_with_password", "account_reset_password"],
)
def test_pages_with_an_error(client, name):
    response = client.post(reverse(name), {"email": "ei osoite", "login": "ei osoite"})

    page = assert_ours(response)

    assert "error-summary" in page.ids


def test_every_address_of_the_account_is_looked_at():
    names = {
        f"{entry.namespace}:{part.name}" if getattr(entry, "namespace", None) else part.name
        for entry in urls.urlpatterns
        for part in getattr(entry, "url_patterns", [entry])
    }

    assert names == {*OUTSIDE, *INSIDE, *APART}


def test_the_page_for_the_code_from_a_letter(client, member):
    assert_ours(client.post(reverse("account_login"), {"email": member.email}, follow=True))
    assert_ours(client.post(reverse("account_confirm_login_code"), {"code": "väärä"}))


def test_the_page_for_the_second_factor(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    give_password(client, user)

    assert_ours(client.get(reverse("mfa_authenticate")))
    assert_ours(client.post(reverse("mfa_authenticate"), {"code": "1"}))


def test_the_page_for_setting_up_an_application(client):
    give_password(client, UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    page = client.get(reverse("mfa_activate_totp"))

    assert_ours(page)
    assert page.context["form"].secret in page.content.decode()
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert_ours(client.get(reverse("mfa_index")))


def test_the_pages_for_proving_again_who_one_is(client):
    sign_in(client, UserFactory(password=PASSWORD))

    assert_ours(client.get(reverse("account_reauthenticate")))
    assert_ours(client.post(reverse("account_reauthenticate"), {"password": "väärä"}))


def test_the_pages_for_a_first_password(client, member):
    client.force_login(member)

    assert client.get(reverse("accounts:own_password")).url == reverse("account_set_password")
    assert_ours(client.get(reverse("account_set_password")))


def test_the_pages_for_a_new_password(client):
    user = UserFactory(password=PASSWORD)
    client.post(reverse("account_reset_password"), {"email": user.email})

    assert_ours(client.get(last_link(user.email), follow=True))
    assert_ours(Client().get(reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x-y"})))


def test_the_pages_for_a_new_address(client, member):
    client.force_login(member)

    assert_ours(client.post(reverse("account_email"), {"action_add": "1", "email": "uusi@example.org"}, follow=True))


def test_the_pages_for_the_invited(client, director):
    User.objects.invite("uusi@example.org", [Role.STAFF], by=director)

    assert_ours(client.get(last_link("uusi@example.org")))
    assert_ours(client.get(reverse("accounts:invitation", kwargs={"token": "x"})))


def test_the_pages_for_passkeys(inside):
    with_passkey(inside.user)
    key = Authenticator.objects.get(user=inside.user, type="webauthn")

    assert_ours(inside.get(reverse("mfa_list_webauthn")))
    assert_ours(inside.get(reverse("mfa_edit_webauthn", kwargs={"pk": key.pk})))
    assert_ours(inside.get(reverse("mfa_remove_webauthn", kwargs={"pk": key.pk})))
    assert_ours(inside.get(reverse("mfa_reauthenticate_webauthn")))
    assert_ours(inside.get(reverse("accounts:home")))
    assert_ours(inside.get(reverse("mfa_index")))
    inside.post(reverse("account_logout"))
    give_password(inside, inside.user)
    page = inside.get(reverse("mfa_authenticate"))
    assert "mfa_webauthn_authenticate" in assert_ours(page).ids


def test_somebody_elses_passkey_is_not_found(inside):
    other = UserFactory()
    with_passkey(other)
    key = Authenticator.objects.get(user=other)

    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert inside.get(reverse(name, kwargs={"pk": key.pk})).status_code == 404


def test_allauth_addresses_in_english_do_not_exist():
    for path in ("tili/login/", "tili/signup/", "tili/2fa/", "accounts/login/"):
        with pytest.raises(Exception, match="path"):
            get_resolver().resolve(f"/{path}")


def test_the_page_beyond_a_limit_of_attempts(rf):
    request = rf.post("/")
    request.user, request.htmx = AnonymousUser(), False

    response = views.too_many_attempts(request)

    assert response.status_code == 429
    assert Page(response.content.decode()).has_header


def test_there_is_no_admin():
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
