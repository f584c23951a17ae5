"""Users and appointments for tests, and how a person signs in."""

import re
import secrets
from datetime import timedelta

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from accounts.models import Appointment, Role, User
from letters.models import Letter
from tests.accounts.passkeys import Passkey

PASSWORD = "valoisa-kevat-2021"


class UserFactory(factory.django.DjangoModelFactory):
    """A user without any right; `roles=[Role.STAFF]` for those of the house."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"kayttaja{n}@example.org")

    @factory.post_generation
    def password(user, create, extracted, **kwargs):
        # Without a hash unless a test signs in by it: hashing is slow on purpose.
        user.set_password(extracted) if extracted else user.set_unusable_password()
        user.save(update_fields=["password"])

    @factory.post_generation
    def address(user, create, extracted, **kwargs):
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})

    @factory.post_generation
    def roles(user, create, extracted, **kwargs):
        if extracted:
            user.give_roles(extracted)


class AppointmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Appointment

    user = factory.SubFactory(UserFactory)
    office = Appointment.Office.OMBUDSMAN
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30))


def staff_user(**kwargs):
    return UserFactory(roles=[Role.STAFF], **kwargs)


def code_of(user):
    """What the user's authenticator application shows now."""
    return second_factor.shown_code(user)


def with_totp(user):
    """The user, who has an authenticator application and recovery codes."""
    second_factor.give_totp(user)
    return user


def with_passkey(user, **kwargs):
    """The user's new passkey, registered."""
    passkey = Passkey(user, **kwargs)
    options = {"publicKey": {"challenge": secrets.token_bytes(32)}}
    WebAuthn.add(user, "Avain", passkey.register(options))
    return passkey


def last_code(email):
    """The code in the last letter to the address."""
    return re.search(r"^([A-Z]{4}-[A-Z]{4})$", last_letter(email).text, re.MULTILINE)[1]


def last_link(email):
    """The path of the first link in the last letter to the address."""
    return re.search(rf"{re.escape(settings.SITE_URL)}(/tili/\S+)", last_letter(email).text)[1]


def last_letter(email):
    return Letter.objects.filter(to_email=email).latest("pk")


def give_password(client, user, password=PASSWORD, **extra):
    """The first step of a sign-in by password."""
    return client.post(reverse("accounts:sign_in_with_password"), {"login": user.email, "password": password}, **extra)


def give_code(client, code):
    """The second step."""
    return client.post(reverse("mfa_authenticate"), {"code": code})


def sign_in(client, user, password=PASSWORD):
    """As a person does it: the password, then the second factor if there is one."""
    response = give_password(client, user, password)
    return give_code(client, code_of(user)) if response.url == reverse("mfa_authenticate") else response


def is_in(client):
    """Whether the browser gets to the own account."""
    return client.get(reverse("accounts:home")).status_code == 200
