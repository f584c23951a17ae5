"""Staff and the ombudsman show a second factor, whatever the address."""

import json
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from accounts.adapters import SecondFactorAdapter, SecondFactorUnreadable
from accounts.models import Role
from tests.accounts.factories import (
    PASSWORD,
    AppointmentFactory,
    UserFactory,
    code_of,
    give_code,
    give_password,
    is_in,
    last_code,
    sign_in,
    with_passkey,
    with_totp,
)
from tests.accounts.passkeys import Passkey

pytestmark = pytest.mark.django_db

OPEN = ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_logout"]
CLOSED = [
    "accounts:home",
    "account_email",
    "account_change_password",
    "account_set_password",
    "mfa_list_webauthn",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "usersessions_list",
    "account_inactive",
    "account_signup",
]


@pytest.fixture
def staff_without(client):
    """A browser in which one of the staff has signed in by password only, having nothing else yet."""
    client.user = UserFactory(password=PASSWORD, roles=[Role.STAFF])
    give_password(client, client.user)
    return client


def set_up(client):
    """Set up an authenticator application as a person does; returns the last answer."""
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    return client.post(reverse("mfa_activate_totp"), {"code": code})


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete", "options"])
def test_staff_without_a_second_factor_are_led_to_set_one_up(staff_without, method):
    for name in CLOSED:
        response = getattr(staff_without, method)(reverse(name))

        assert response.status_code == 302, name
        assert response.url.startswith(reverse("mfa_index")), name


def test_the_pages_for_setting_up_are_open(staff_without):
    for name in OPEN:
        assert staff_without.get(reverse(name)).status_code == 200, name


def test_a_part_for_htmx_leads_the_whole_page(staff_without):
    response = staff_without.get(reverse("accounts:home"), headers={"HX-Request": "true"})

    assert response["HX-Redirect"].startswith(reverse("mfa_index"))


def test_after_setting_up_one_gets_in_and_goes_on_where_one_was_going(staff_without):
    where = reverse("usersessions_list")
    staff_without.get(staff_without.get(where).url)

    response = set_up(staff_without)
    codes = staff_without.get(response.url)

    assert response.url == reverse("mfa_view_recovery_codes")
    assert len(codes.context["unused_codes"]) == 10
    assert codes.context["go_on"] == where
    assert is_in(staff_without)


def test_recovery_codes_are_shown_once(staff_without):
    shown = staff_without.get(set_up(staff_without).url).context["unused_codes"]

    page = staff_without.get(reverse("mfa_view_recovery_codes"))

    assert not any(code in page.content.decode() for code in shown)


def test_the_next_sign_in_asks_for_it(staff_without):
    set_up(staff_without)
    other = Client()

    assert give_password(other, staff_without.user).url == reverse("mfa_authenticate")


def test_setting_up_ends_the_sessions_elsewhere(staff_without):
    elsewhere = Client()
    give_password(elsewhere, staff_without.user)

    set_up(staff_without)

    assert elsewhere.get(reverse("mfa_index")).status_code == 302
    assert "_auth_user_id" not in elsewhere.session or not elsewhere.session.exists(elsewhere.session.session_key)


def test_members_need_none(client):
    user = UserFactory(password=PASSWORD)
    sign_in(client, user)

    assert is_in(client)


def test_a_member_who_is_given_a_role_is_asked_at_once(client):
    user = UserFactory(password=PASSWORD)
    sign_in(client, user)

    user.give_roles([Role.STAFF])

    assert not is_in(client)


def test_the_ombudsman_needs_one_as_long_as_the_office_lasts(client, director):
    user = UserFactory(password=PASSWORD)
    appointment = AppointmentFactory(user=user)
    sign_in(client, user)
    assert not is_in(client)

    appointment.end(appointment.starts_on, by=director)
    assert is_in(client)


def test_a_session_from_before_the_second_factor_has_to_show_it(client):
    user = UserFactory(password=PASSWORD, roles=[Role.STAFF])
    give_password(client, user)
    with_totp(user)

    response = client.get(reverse("accounts:home"))
    assert response.url.startswith(reverse("mfa_reauthenticate"))

    client.post(response.url, {"code": code_of(user)})
    assert is_in(client)


def test_the_password_alone_adds_no_further_second_factor(client):
    user = UserFactory(password=PASSWORD, roles=[Role.STAFF])
    give_password(client, user)
    with_totp(user)

    response = client.get(reverse("mfa_add_webauthn"))
    again = client.get(reverse("account_reauthenticate"))

    assert response.url.startswith(reverse("mfa_reauthenticate"))
    assert again.url.startswith(reverse("mfa_reauthenticate"))


def test_later_in_the_session_a_change_asks_who_it_is(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    sign_in(client, user)
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200

    with time_machine.travel(timezone.localtime() + timedelta(minutes=6)):
        response = client.get(reverse("mfa_deactivate_totp"))

    assert response.url.startswith(reverse("mfa_reauthenticate"))


def test_removing_the_only_one_leads_to_a_new_one_at_once(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    sign_in(client, user)

    client.post(reverse("mfa_deactivate_totp"))

    assert not is_in(client)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert not user.authenticator_set.exists()


def test_a_code_works_once_however_it_is_spelled(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    with time_machine.travel(timezone.localtime(), tick=False):
        code = code_of(user)
        give_password(client, user)
        give_code(client, code)
        assert is_in(client)

        for spelled in (code, f" {code} ", f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}"):
            other = Client()
            give_password(other, user)
            give_code(other, spelled)
            assert not is_in(other)


def test_a_recovery_code_works_once(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[3]
    give_password(client, user)
    give_code(client, code)
    other = Client()
    give_password(other, user)
    give_code(other, code)

    assert is_in(client)
    assert not is_in(other)


def test_the_lost_one_is_forgotten_and_a_new_one_set_up(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    sign_in(client, user)

    user.forget_second_factor()

    assert not is_in(client)
    sign_in(client, user)
    assert client.get(reverse("accounts:home")).url.startswith(reverse("mfa_index"))
    set_up(client)
    assert is_in(client)


def test_a_deactivated_user_is_refused_at_the_next_request(client, director):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    sign_in(client, user)
    key = client.session.session_key

    user.deactivate(by=director)

    assert client.get(reverse("accounts:home")).url.startswith(reverse("account_login"))
    assert not client.session.exists(key)


def test_somebody_deactivated_half_way_does_not_get_in(client, director):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    give_password(client, user)
    user.deactivate(by=director)

    give_code(client, code_of(user))

    assert not is_in(client)


# Passkeys -------------------------------------------------------------------------------------------------------------


def sign_in_by_passkey(client, passkey):
    options = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    credential = passkey.answer(options["request_options"])
    return client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps(credential)})


def test_a_passkey_alone_is_both_factors(client):
    passkey = with_passkey(UserFactory(roles=[Role.STAFF]))

    sign_in_by_passkey(client, passkey)

    assert is_in(client)


def test_a_passkey_that_does_not_recognise_its_owner_lets_nobody_in(client):
    passkey = with_passkey(UserFactory(roles=[Role.STAFF]), recognises_owner=False)

    sign_in_by_passkey(client, passkey)

    assert not is_in(client)


def test_a_passkey_of_another_site_lets_nobody_in(client):
    passkey = with_passkey(UserFactory(roles=[Role.STAFF]))
    passkey.site = "evil.example.org"

    sign_in_by_passkey(client, passkey)

    assert not is_in(client)


def test_a_deactivated_user_is_not_let_in_by_a_passkey(client, director):
    user = UserFactory(roles=[Role.STAFF])
    passkey = with_passkey(user)
    user.deactivate(by=director)

    sign_in_by_passkey(client, passkey)

    assert not is_in(client)


def test_a_passkey_after_the_password(client):
    user = UserFactory(password=PASSWORD, roles=[Role.STAFF])
    passkey = with_passkey(user)
    give_password(client, user)
    options = client.get(reverse("mfa_authenticate")).context["js_data"]["request_options"]

    client.post(reverse("mfa_authenticate"), {"credential": json.dumps(passkey.answer(options))})

    assert is_in(client)


def test_the_owner_gets_in_by_passkey_while_somebody_guesses_the_password(client):
    user = UserFactory(password=PASSWORD, roles=[Role.STAFF])
    passkey = with_passkey(user)
    for _attempt in range(8):
        give_password(Client(), user, "väärä")

    sign_in_by_passkey(client, passkey)

    assert is_in(client)


def test_setting_up_a_passkey_is_enough(staff_without):
    passkey = Passkey(staff_without.user)
    options = staff_without.get(reverse("mfa_add_webauthn")).context["js_data"]["creation_options"]
    credential = json.dumps(passkey.register(options))

    response = staff_without.post(reverse("mfa_add_webauthn"), {"name": "Puhelin", "credential": credential})

    assert response.url == reverse("mfa_view_recovery_codes")
    assert is_in(staff_without)


def test_passkeys_ask_the_device_to_recognise_its_owner(staff_without):
    options = staff_without.get(reverse("mfa_add_webauthn")).context["js_data"]["creation_options"]

    assert options["publicKey"]["authenticatorSelection"]["userVerification"] == "required"


def test_with_a_passkey_only_an_old_session_is_asked_for_it(client):
    user = UserFactory(password=PASSWORD, roles=[Role.STAFF])
    give_password(client, user)
    with_passkey(user)

    assert client.get(reverse("accounts:home")).url.startswith(reverse("mfa_reauthenticate_webauthn"))


# Keeping secrets ------------------------------------------------------------------------------------------------------


def test_the_secret_does_not_lie_in_the_table(client):
    user = UserFactory(password=PASSWORD, roles=[Role.STAFF])
    give_password(client, user)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_activate_totp"), {"code": code})

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        stored = cursor.fetchone()[0]

    assert Authenticator.objects.filter(user=user, type="totp").exists()
    assert secret not in stored


def test_with_another_key_nothing_is_shown_and_nobody_let_in(client, settings):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    code = code_of(user)
    settings.SECOND_FACTOR_KEY = Fernet.generate_key()
    give_password(client, user)

    response = give_code(client, code)

    assert response.status_code == 503
    assert not is_in(client)


def test_an_altered_secret_is_refused():
    adapter = SecondFactorAdapter()
    stored = adapter.encrypt("JBSWY3DPEHPK3PXP")
    altered = stored[:30] + ("A" if stored[30] != "A" else "B") + stored[31:]

    assert adapter.decrypt(stored) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(SecondFactorUnreadable):
        adapter.decrypt(altered)


# Demonstration --------------------------------------------------------------------------------------------------------


def test_giving_an_authenticator_twice_keeps_the_first(staff):
    first = second_factor.give_totp(staff)
    second = second_factor.give_totp(staff)

    assert first == second
    assert second_factor.kinds_of(staff) == {"totp", "recovery_codes"}


def test_a_demonstration_shows_the_code_that_lets_in(client, settings):
    settings.DEMONSTRATION = True
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    give_password(client, user)

    code = client.get(reverse("mfa_authenticate")).context["shown_code"]
    give_code(client, code)

    assert is_in(client)


def test_in_earnest_the_code_is_not_shown(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    give_password(client, user)

    page = client.get(reverse("mfa_authenticate"))

    assert "shown_code" not in page.context
    assert code_of(user) not in page.content.decode()


def test_a_code_by_e_mail_and_then_the_application(client):
    user = with_totp(UserFactory(roles=[Role.STAFF]))
    client.post(reverse("account_login"), {"email": user.email})
    client.post(reverse("account_confirm_login_code"), {"code": last_code(user.email)})
    give_code(client, code_of(user))

    assert is_in(client)
