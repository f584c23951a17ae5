"""Who gets in by what."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from letters.models import Letter
from letters.tasks import Post, send_next
from tests.accounts.factories import (
    PASSWORD,
    UserFactory,
    code_of,
    give_code,
    give_password,
    is_in,
    last_code,
    last_letter,
    last_link,
    sign_in,
    with_totp,
)

pytestmark = pytest.mark.django_db


def ask_for_code(client, email, **extra):
    return client.post(reverse("account_login"), {"email": email}, **extra)


def confirm(client, code):
    return client.post(reverse("account_confirm_login_code"), {"code": code})


def test_nobody_opens_an_account_alone(client):
    page = client.get(reverse("account_signup"))
    client.post(reverse("account_signup"), {"email": "uusi@example.org", "password1": PASSWORD})

    assert page.templates[0].name == "account/signup_closed.html"
    assert not User.objects.exists()


def test_a_member_signs_in_by_a_code_from_a_letter(client, member):
    ask_for_code(client, member.email)
    response = confirm(client, last_code(member.email))

    assert response.url == reverse("website:start")
    assert is_in(client)


def test_after_signing_in_one_goes_on_where_one_was_going(client, member):
    where = client.get(reverse("usersessions_list")).url
    client.post(where, {"email": member.email, "next": reverse("usersessions_list")})
    response = client.post(
        f"{reverse('account_confirm_login_code')}?next={reverse('usersessions_list')}",
        {"code": last_code(member.email)},
    )

    assert response.url == reverse("usersessions_list")


def test_nobody_is_led_to_another_site_after_signing_in(client, member):
    ask_for_code(client, member.email)
    response = client.post(
        f"{reverse('account_confirm_login_code')}?next=https://evil.example.org/", {"code": last_code(member.email)}
    )

    assert response.url == reverse("website:start")


def test_the_code_may_be_typed_in_small_letters_and_without_the_dash(client, member):
    ask_for_code(client, member.email)
    confirm(client, last_code(member.email).replace("-", "").lower())

    assert is_in(client)


def test_a_wrong_code_lets_nobody_in_and_the_third_ends_the_attempt(client, member):
    ask_for_code(client, member.email)
    code = last_code(member.email)
    for _attempt in range(3):
        confirm(client, "BBBB-BBBB")
    confirm(client, code)

    assert not is_in(client)


def test_a_code_is_good_for_twenty_minutes(client, member):
    with time_machine.travel(timezone.localtime(), tick=False) as clock:
        ask_for_code(client, member.email)
        clock.shift(timedelta(minutes=19))
        late_but_well = Client()
        late_but_well.cookies = client.cookies.copy()
        assert confirm(late_but_well, last_code(member.email)).url == reverse("website:start")

        ask_for_code(client := Client(), member.email)
        clock.shift(timedelta(minutes=21))
        confirm(client, last_code(member.email))

        assert not is_in(client)


def test_a_code_works_once_and_only_in_the_browser_that_asked(client, member):
    ask_for_code(client, member.email)
    code = last_code(member.email)
    stranger = Client()
    ask_for_code(stranger, "joku@example.org")
    confirm(stranger, code)
    confirm(client, code)
    client.post(reverse("account_logout"))
    confirm(client, code)

    assert not is_in(stranger)
    assert not is_in(client)


def test_of_several_codes_only_the_last_works(client, member):
    ask_for_code(client, member.email)
    first = last_code(member.email)
    client.post(reverse("account_confirm_login_code"), {"action": "resend"})
    confirm(client, first)
    assert not is_in(client)

    confirm(client, last_code(member.email))
    assert is_in(client)


def same(response):
    """The page without what differs at every request."""
    content = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)
    return response.status_code, re.sub(rb"(tuttu|outo)@example\.org", b"", content)


@pytest.mark.parametrize("page", ["account_login", "account_reset_password"])
def test_an_address_without_an_account_gets_the_same_page_and_no_letter(page):
    UserFactory(email="tuttu@example.org")
    answers = []
    for email in ("tuttu@example.org", "outo@example.org"):
        answers.append(same(Client().post(reverse(page), {"email": email}, follow=True)))

    assert answers[0] == answers[1]
    assert list(Letter.objects.values_list("to_email", flat=True)) == ["tuttu@example.org"]


def test_a_wrong_password_and_an_unknown_address_look_the_same():
    UserFactory(email="tuttu@example.org", password=PASSWORD)
    pages = [
        same(Client().post(reverse("accounts:sign_in_with_password"), {"login": email, "password": "väärä"}))
        for email in ("tuttu@example.org", "outo@example.org")
    ]

    assert pages[0] == pages[1]
    assert pages[0][0] == 200


def test_a_closed_account_gets_no_code(client, director):
    user = UserFactory(email="pois@example.org")
    user.deactivate(by=director)

    ask_for_code(client, user.email)

    assert not Letter.objects.filter(to_email=user.email).exists()


def test_a_closed_account_is_not_let_in_by_its_password(client, director):
    user = UserFactory(password=PASSWORD)
    user.deactivate(by=director)

    response = give_password(client, user)

    assert response.url == reverse("account_inactive")
    assert not is_in(client)


def test_staff_sign_in_by_password_and_code(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))

    assert give_password(client, user).url == reverse("mfa_authenticate")
    assert not is_in(client)
    assert give_code(client, code_of(user)).url == reverse("website:start")
    assert is_in(client)


def test_a_code_by_e_mail_does_not_replace_the_second_factor(client):
    user = with_totp(UserFactory(roles=[Role.STAFF]))
    ask_for_code(client, user.email)
    response = confirm(client, last_code(user.email))

    assert response.url == reverse("mfa_authenticate")
    assert not is_in(client)


def test_signing_in_changes_the_number_of_the_session_and_signing_out_removes_it(client):
    user = UserFactory(password=PASSWORD)
    client.get(reverse("account_login"))
    give_password(client, user, "väärä")
    before = client.session.session_key
    sign_in(client, user)
    during = client.session.session_key

    response = client.post(reverse("account_logout"))

    assert before != during
    assert not Session.objects.filter(session_key=during).exists()
    assert response["Clear-Site-Data"] == '"cache"'
    assert not is_in(client)


def test_signing_out_needs_a_press_of_the_button(client):
    user = UserFactory(password=PASSWORD)
    sign_in(client, user)

    client.get(reverse("account_logout"))

    assert is_in(client)


# Attempts -------------------------------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_the_right_one_is_not_even_tried(client):
    user = UserFactory(password=PASSWORD)
    for number in range(5):
        give_password(Client(), user, "väärä", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")

    response = give_password(client, user)

    assert response.status_code == 200
    assert not is_in(client)


def test_the_owner_still_gets_in_by_a_code_while_somebody_guesses_the_password(client):
    user = UserFactory(password=PASSWORD)
    for _attempt in range(6):
        give_password(Client(), user, "väärä")

    ask_for_code(client, user.email)
    confirm(client, last_code(user.email))

    assert is_in(client)


def test_no_more_than_three_codes_a_minute_go_to_one_address(member):
    for _attempt in range(5):
        ask_for_code(Client(), member.email)

    assert Letter.objects.filter(to_email=member.email).count() == 3


def test_guessing_the_second_factor_is_stopped(client):
    user = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    give_password(client, user)
    for number in range(5):
        give_code(client, f"00000{number}")

    give_code(client, code_of(user))

    assert not is_in(client)


# Two people at one browser --------------------------------------------------------------------------------------------


def test_what_somebody_left_half_way_is_forgotten_when_the_next_begins(client, member):
    first = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    give_password(client, first)

    page = client.get(reverse("account_login"))
    give_code(client, code_of(first))

    assert page.status_code == 200
    assert not is_in(client)


def test_the_next_person_is_oneself_and_not_the_one_before(client, member):
    first = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    give_password(client, first)

    ask_for_code(client, member.email)
    confirm(client, last_code(member.email))

    assert client.get(reverse("accounts:home")).context["user"] == member


def test_the_second_factor_of_one_person_does_not_count_for_the_next(client):
    first = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    second = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    sign_in(client, first)
    client.post(reverse("account_logout"))

    response = give_password(client, second)

    assert response.url == reverse("mfa_authenticate")
    assert not is_in(client)


def test_a_session_that_changes_hands_keeps_no_proof(client):
    first = with_totp(UserFactory(password=PASSWORD, roles=[Role.STAFF]))
    sign_in(client, first)
    proof = client.session["account_authentication_methods"]
    second = UserFactory(roles=[Role.STAFF])
    client.force_login(second)
    session = client.session
    session["account_authentication_methods"] = proof
    session["account_authentication_methods_user"] = str(first.pk)
    session.save()

    assert not is_in(client)


# Letters --------------------------------------------------------------------------------------------------------------


def test_the_code_is_gone_from_the_letter_once_it_is_sent(client, member):
    ask_for_code(client, member.email)
    code = last_code(member.email)

    with Post() as post:
        assert send_next(post)

    assert code in mail.outbox[0].body
    assert code not in last_letter(member.email).text
    assert code not in last_letter(member.email).subject


def test_a_link_for_a_new_password_works_once_and_asks_for_the_second_factor_as_before(client):
    user = with_totp(UserFactory(password="entinen-salasana-1", roles=[Role.STAFF]))
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = last_link(user.email)

    form = client.get(link).url
    done = client.post(form, {"password1": PASSWORD, "password2": PASSWORD})

    assert done.url == reverse("account_reset_password_from_key_done")
    assert not is_in(client)
    assert give_password(client, user).url == reverse("mfa_authenticate")
    assert Client().get(link, follow=True).context["token_fail"]


def test_a_link_for_a_new_password_grows_old(client):
    user = UserFactory(password=PASSWORD)
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = last_link(user.email)

    with time_machine.travel(timezone.localtime() + timedelta(hours=2, minutes=1)):
        page = Client().get(link, follow=True)

    assert page.context["token_fail"]


def test_changing_the_password_signs_out_everywhere_else_and_tells_of_it(client):
    user = UserFactory(password=PASSWORD)
    elsewhere = Client()
    sign_in(elsewhere, user)
    sign_in(client, user)
    new = "toinen-salasana-2022"

    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_in(client)
    assert not is_in(elsewhere)
    assert not last_letter(user.email).is_secret


@pytest.mark.parametrize("weak", ["lyhyt", "password1234", "kayttaja@example.org"])
def test_weak_passwords_are_refused(client, weak):
    user = UserFactory(email="kayttaja@example.org", password=PASSWORD)
    sign_in(client, user)

    page = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )

    assert page.context["form"].errors["password1"]


def test_a_new_address_holds_once_its_code_is_typed(client, member):
    ask_for_code(client, member.email)
    confirm(client, last_code(member.email))
    client.post(reverse("account_email"), {"action_add": "1", "email": "uusi@example.org"})
    assert User.objects.get(pk=member.pk).email == "jasen@example.org"

    client.post(reverse("account_email_verification_sent"), {"code": last_code("uusi@example.org")})

    user = User.objects.get(pk=member.pk)
    assert user.email == user.person.email == "uusi@example.org"


def test_somebody_elses_address_cannot_be_taken(client, member, staff):
    ask_for_code(client, member.email)
    confirm(client, last_code(member.email))

    page = client.post(reverse("account_email"), {"action_add": "1", "email": staff.email})

    assert page.context["form"].errors["email"]
