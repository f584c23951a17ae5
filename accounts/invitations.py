"""The way in for somebody who is invited: a link in a letter that is signed, expires and works once."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter

VALID_FOR = timedelta(days=14)  # our own rule: a fortnight, so that a holiday does not eat the invitation
SALT = "accounts.invitation"


class InvitationRefused(Exception):
    """The link is tampered with, too old, used, or replaced by a later one."""


def token_for(user):
    """What the link carries: whose account, and the number that only the last letter knows."""
    return signing.dumps({"user": user.pk, "nonce": user.invitation_nonce}, salt=SALT)


def user_of(token):
    """The user whom a link lets in."""
    try:
        data = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature as error:
        raise InvitationRefused from error
    user = get_user_model().objects.filter(pk=data["user"], is_active=True, invitation_nonce=data["nonce"]).first()
    if user is None or not user.invitation_nonce:
        raise InvitationRefused
    return user


def letter_to(user, *, by):
    """The letter with the link. It holds a key to the account, so its text is wiped once it has gone."""
    context = {
        "user": user,
        "by": by,
        "address": settings.SITE_URL + reverse("accounts:invitation", kwargs={"token": token_for(user)}),
        "sign_in_address": settings.SITE_URL + reverse("account_login"),
        "valid_until": timezone.now() + VALID_FOR,
    }
    return Letter(
        key=f"user:{user.pk}:invitation:{user.invitation_nonce}",
        about=f"user:{user.pk}",
        to_name=user.name if user.name != user.email else "",
        to_email=user.email,
        subject=" ".join(render_to_string("accounts/mail/invitation_subject.txt", context).split())[:250],
        text=render_to_string("accounts/mail/invitation.txt", context).strip() + "\n",
        is_secret=True,
    )
