"""The links in letters: each opens one thing without signing in, and nobody can make one up.

Signed, with a salt of its own for each purpose, an end, and the nonce of the row: a row that was replaced or wiped
leaves its old links dead.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from events.models import Registration, Speaker, StandingRegistration

YEAR = 400 * 24 * 3600  # seconds; longer than anything is planned ahead
PURPOSES = {
    "registration": (Registration, "events.registration", YEAR),
    "standing": (StandingRegistration, "events.standing", 5 * YEAR),
    "speaker": (Speaker, "events.speaker", YEAR),
    "door": (Registration, "events.door", YEAR),
}
CERTIFICATE_SALT = "events.certificate"
OWN_SALT, OWN_AGE = "events.own", 24 * 3600  # seconds; a link to everything about an address is for today


class Unknown(Exception):
    """The link is made up, too old, or what it opened is gone."""


def token(purpose, record):
    _model, salt, _age = PURPOSES[purpose]
    return signing.dumps([record.pk, record.nonce.hex], salt=salt)


def opened(purpose, text, rows=None):
    """The record that a link stands for, of the given rows. Raises Unknown."""
    model, salt, age = PURPOSES[purpose]
    try:
        key, nonce = signing.loads(text, salt=salt, max_age=age)
        return (model.objects.all() if rows is None else rows).get(pk=key, nonce=nonce)
    except (signing.BadSignature, model.DoesNotExist, TypeError, ValueError) as error:
        raise Unknown from error


def certificate_token(registration):
    """What a certificate says, signed: it can be checked when nothing of the person is stored any more."""
    return signing.dumps([registration.event_id, registration.name], salt=CERTIFICATE_SALT)


def certified(text):
    """(key of the event, name) of a certificate that is genuine. Raises Unknown."""
    try:
        key, name = signing.loads(text, salt=CERTIFICATE_SALT)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise Unknown from error
    return key, name


def own_token(email):
    return signing.dumps(email.lower(), salt=OWN_SALT)


def own_address(text):
    """The e-mail address of which a link shows everything. Raises Unknown."""
    try:
        return signing.loads(text, salt=OWN_SALT, max_age=OWN_AGE)
    except signing.BadSignature as error:
        raise Unknown from error


def whole(name, text):
    """The address as it stands in a letter or behind a QR sign."""
    return settings.SITE_URL + reverse(f"events:{name}", kwargs={"token": text})
