"""The second factor: what a session has proven, and how somebody comes to have one."""

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.db import transaction

# A recovery code stands in for a lost telephone, but is nothing to begin with.
REAL = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_proven(request):
    """Whether this user, in this session, has shown a second factor or signed in with a passkey.

    allauth keeps its records by user, so those of somebody who sat at the same browser before do not count.
    """
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def prove(request, authenticator):
    """The session has shown this one; after setting one up nobody is asked for it at once."""
    record_authentication(request, request.user, "mfa", id=authenticator.pk, type=authenticator.type)


def forget_proof(request):
    """The session is as if only the first factor had been shown."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [r for r in records if r.get("method") != "mfa"]


def kinds_of(user):
    """The kinds of second factors that the user has."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


@transaction.atomic
def give_totp(user):
    """See that the user has an authenticator application and recovery codes. What there is already stays."""
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        authenticator = totp.TOTP.activate(user, totp.generate_totp_secret()).instance
    RecoveryCodes.activate(user)
    return authenticator


def shown_code(user):
    """What the user's telephone would show now; None without an authenticator application. For demonstrations only.

    A code works once, so the one shown is the next that has not been used.
    """
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        return None
    wrapped = authenticator.wrap()
    secret = decrypt(authenticator.data["secret"])
    codes = [
        totp.format_hotp_value(totp.hotp_value(secret, counter)) for counter in totp.yield_hotp_counters_from_time()
    ]
    codes = codes[len(codes) // 2 :] + codes[: len(codes) // 2]  # the present one first, those past last
    return next((code for code in codes if cache.get(wrapped._get_used_cache_key(code)) is None), codes[0])
