"""What a person may type when signing in or keeping the own account."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User

PASSWORD_HINT = _("At least 12 characters. Several words in a row are easy to remember and hard to guess.")


class InOurWords:
    """allauth's form with our labels and hints, and without placeholders.

    `words` maps a field to its label and hint.
    """

    words = {}
    error_title = _("You are not signed in yet")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]
            if isinstance(field, forms.EmailField):
                field.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
            if name == "code":
                # Not only digits: sign-in codes are letters, and recovery codes are pasted with spaces.
                field.widget.attrs |= {"class": "medium", "autocapitalize": "characters", "spellcheck": "false"}


class NothingChanged:
    """Forms that change something of the account."""

    error_title = _("Nothing was changed yet")


class FirstFieldWaits:
    """On a page that is only for signing in, the first field has the focus; after an error the summary takes it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class LoginForm(FirstFieldWaits, InOurWords, account.LoginForm):
    words = {"login": (_("E-mail"), ""), "password": (_("Password"), "")}


class RequestLoginCodeWords(FirstFieldWaits, InOurWords):
    """The words of the form; who may have a code is for the directory to say."""

    words = {"email": (_("E-mail"), _("The address to which the network's invitations come"))}
    error_title = _("The code was not sent yet")


class ConfirmLoginCodeForm(FirstFieldWaits, InOurWords, account.ConfirmLoginCodeForm):
    words = {"code": (_("Code"), _("Eight letters, with or without the dash"))}


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):
    words = {"email": (_("E-mail"), "")}
    error_title = _("The letter was not sent yet")


class ResetPasswordKeyForm(NothingChanged, InOurWords, account.ResetPasswordKeyForm):
    words = {"password1": (_("New password"), PASSWORD_HINT), "password2": (_("New password once more"), "")}


class ChangePasswordForm(NothingChanged, InOurWords, account.ChangePasswordForm):
    words = {
        "oldpassword": (_("Present password"), ""),
        "password1": (_("New password"), PASSWORD_HINT),
        "password2": (_("New password once more"), ""),
    }


class SetPasswordForm(NothingChanged, InOurWords, account.SetPasswordForm):
    words = {"password1": (_("Password"), PASSWORD_HINT), "password2": (_("Password once more"), "")}


class AddEmailForm(NothingChanged, InOurWords, account.AddEmailForm):
    words = {"email": (_("New e-mail"), _("We send a code there, and the address changes when you have typed it."))}

    def clean_email(self):
        email = super().clean_email()
        # The person's details change with the address, and there two people cannot have the same one.
        people = User._meta.get_field("person").related_model.objects.filter(email__iexact=email)
        if people.exclude(user=self.user).exists():
            raise ValidationError(_("Somebody in the directory has this e-mail address already."), code="email_taken")
        return email


class ConfirmEmailVerificationCodeForm(NothingChanged, InOurWords, account.ConfirmEmailVerificationCodeForm):
    words = {"code": (_("Code"), "")}


class ReauthenticateForm(InOurWords, account.ReauthenticateForm):
    words = {"password": (_("Password"), "")}
    error_title = _("You have not been recognised yet")


class AuthenticateForm(FirstFieldWaits, InOurWords, mfa.AuthenticateForm):
    words = {"code": (_("Code"), _("Six digits from the authenticator application, or a recovery code"))}


class ReauthenticateWithCodeForm(InOurWords, mfa.ReauthenticateForm):
    words = {"code": (_("Code"), _("Six digits from the authenticator application, or a recovery code"))}
    error_title = _("You have not been recognised yet")


class ActivateTOTPForm(NothingChanged, InOurWords, totp.ActivateTOTPForm):
    words = {"code": (_("Code"), _("Six digits that the application shows now"))}


class AddWebAuthnForm(NothingChanged, InOurWords, webauthn.AddWebAuthnForm):
    words = {
        "name": (_("Name of the passkey"), _("For example: telephone, or the key on my key ring")),
        "passwordless": (
            _("Sign in with the passkey alone, without a password"),
            _("The device asks for a fingerprint, face or PIN each time."),
        ),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class EditWebAuthnForm(NothingChanged, InOurWords, webauthn.EditWebAuthnForm):
    words = {"name": (_("Name of the passkey"), "")}


class InvitationAnswerForm(SetPasswordForm):
    """The first password of somebody who was invited."""

    error_title = _("The password was not set yet")
