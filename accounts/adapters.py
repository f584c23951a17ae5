"""How allauth does things in this house: closed sign-up, letters through our own queue, secrets encrypted."""

import logging
import uuid

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode import make as make_qr
from qrcode.image.svg import SvgPathFillImage

from accounts import second_factor, sessions
from letters.models import Letter
from letters.tasks import send_letters
from pikassos.celery import nudge

logger = logging.getLogger(__name__)

NOBODY = "account/email/unknown_account"
# Letters that only tell of a change keep their text; every other one holds a code or a link.
NOTICES = {
    "account/email/email_changed",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by staff; letters go the way of all letters."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("This is the address you sign in by, so it cannot be removed."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "email_taken": _("Somebody else uses this e-mail address."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("The code is wrong, or it is too old."),
        "incorrect_password": _("The password is wrong."),
        "invalid_or_expired_key": _("The link is too old or broken."),
        "invalid_login": _("Check the e-mail address."),
        "invalid_password_reset": _("The link is too old or has been used."),
        "rate_limited": _("Too many attempts in a short time. Wait a few minutes and try again."),
        "same_as_current": _("This is the same as before."),
        "too_many_login_attempts": _("Too many attempts in a short time. Wait a few minutes and try again."),
        "unknown_email": _("Check the e-mail address."),
        "unverified_primary_email": _("Confirm your e-mail address first."),
    }

    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        """Write the letter down and let the worker send it: a dead mail server keeps nobody from the next page."""
        letter = self.letter(template_prefix, email, {"email": email, "site_url": settings.SITE_URL} | context)
        if template_prefix != NOBODY:
            letter.save()
        # An address without an account gets nothing, but asking takes as long: time would tell who has an account.
        nudge(send_letters)

    def letter(self, template_prefix, email, context):
        return Letter(
            key=f"account:{template_prefix.rpartition('/')[-1]}:{uuid.uuid4()}",
            to_email=email,
            subject=" ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())[:250],
            text=render_to_string(f"{template_prefix}_message.txt", context).strip() + "\n",
            is_secret=template_prefix not in NOTICES,
        )

    def get_reset_password_from_key_url(self, key):
        """By the site's own address: the one in the request is what somebody sent."""
        uidb36, _dash, key = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": key})
        return f"{settings.SITE_URL}{path}"

    def login(self, request, user):
        super().login(request, user)
        logger.info("signed_in", extra={"second_factor": second_factor.is_proven(request)})

    def authentication_failed(self, request, **credentials):
        logger.warning("sign_in_failed")

    def confirm_email(self, request, email_address):
        """A new address holds wherever the old one stood."""
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            user = type(email_address.user).objects.get(pk=email_address.user_id)
            user.keep_person_in_step()
        return confirmed

    def is_reauthentication_required(self, *, app, **kwargs):
        """Not straight after signing in; later, and by whoever has a second factor, always."""
        request = self.request
        if not sessions.is_fresh(request.session):
            return True
        return bool(second_factor.kinds_of(request.user)) and not second_factor.is_proven(request)

    def get_reauthentication_methods(self, user):
        """Who has a second factor proves it with that: the password alone would be a way around."""
        methods = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"] != "reauthenticate"]
        names = {
            "reauthenticate": gettext("Use the password"),
            "mfa_reauthenticate": gettext("Use the code of the authenticator application"),
            "mfa_reauthenticate:webauthn": gettext("Use a passkey"),
        }
        return [method | {"description": names[method["id"]]} for method in stronger or methods]


class SecondFactorUnreadable(Exception):
    """What is stored was encrypted with another key. The portal then lets nobody in rather than guess."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets rest encrypted, with a key that is not in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("The second factor cannot be removed."),
        "cannot_generate_recovery_codes": _("Set up an authenticator application or a passkey first."),
        "incorrect_code": _("The code is wrong, too old or has been used."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text):
        return Fernet(settings.SECOND_FACTOR_KEY).encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text):
        try:
            return Fernet(settings.SECOND_FACTOR_KEY).decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            logger.critical("second_factor_unreadable")
            raise SecondFactorUnreadable from error

    def build_totp_svg(self, url):
        """Black on white in both colour schemes: cameras do not read it otherwise."""
        return make_qr(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")

    def generate_authenticator_name(self, user, type):
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}
