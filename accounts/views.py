"""The own account, the way in for the invited, and allauth's pages where this house wants them otherwise."""

from allauth.account import views as account
from allauth.account.internal import flows
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import invitations, second_factor
from accounts.forms import InvitationAnswerForm, RequestLoginCodeWords

# Where to go on once a second factor is set up.
GO_ON = "after_second_factor"


def home(request):
    """One's own page: who one is here, and how one signs in."""
    authenticators = Authenticator.objects.filter(user=request.user).order_by("created_at")
    return render(
        request,
        "accounts/home.html",
        {
            "appointments": request.user.appointments.not_over().order_by("starts_on"),
            "totp": next((a for a in authenticators if a.type == Authenticator.Type.TOTP), None),
            "passkeys": [a for a in authenticators if a.type == Authenticator.Type.WEBAUTHN],
            "recovery_codes": next((a for a in authenticators if a.type == Authenticator.Type.RECOVERY_CODES), None),
        },
    )


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
def invitation(request, token):
    """The link of an invitation: choose a password and be in. Looking at the page uses nothing up.

    Mail programs open links to look for harm; so only the form, sent, spends the link.
    """
    try:
        user = invitations.user_of(token)
    except invitations.InvitationRefused:
        return render(request, "accounts/invitation_refused.html", status=410)
    form = InvitationAnswerForm(data=request.POST or None, user=user)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/invitation.html", {"form": form, "invited": user})
    if not user.accept_invitation(form.cleaned_data["password1"]):
        return render(request, "accounts/invitation_refused.html", status=410)
    flows.logout.logout(request, show_message=False)  # whoever sat here before
    login = Login(user=user, email=user.email)
    return flows.login.perform_password_login(request, {"email": user.email}, login)


# Signing in -----------------------------------------------------------------------------------------------------------


class AfreshMixin:
    """Coming to a sign-in page begins afresh: what somebody else left half-way at this browser is forgotten."""

    def _redirect_to_pending_stage(self, request, stage):
        clear_login(request)


class SignIn(AfreshMixin, account.RequestLoginCodeView):
    """The address first: a code is sent to it."""

    def get_form_class(self):
        return type("SignInForm", (RequestLoginCodeWords, super().get_form_class()), {})


class SignInWithPassword(AfreshMixin, account.LoginView):
    template_name = "accounts/sign_in_with_password.html"


class SignOut(account.LogoutView):
    def post(self, *args, **kwargs):
        response = super().post(*args, **kwargs)
        # At a shared computer the next person's "back" finds nothing. Not the cookies: the language may stay.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


class ShownCodeMixin:
    """In a demonstration there is no telephone, so the page shows the real code that it would show."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if settings.DEMONSTRATION:
            context["shown_code"] = second_factor.shown_code(self.whose_code())
        return context


class Authenticate(ShownCodeMixin, mfa.AuthenticateView):
    def whose_code(self):
        return self.stage.login.user

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"kinds": second_factor.kinds_of(self.stage.login.user)}


class Reauthenticate(ShownCodeMixin, mfa.ReauthenticateView):
    def whose_code(self):
        return self.request.user


# Second factors -------------------------------------------------------------------------------------------------------


class SecondFactors(mfa.IndexView):
    """What there is, and for whom something is missing what to do."""

    def get(self, request, *args, **kwargs):
        go_on = request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(go_on, allowed_hosts=None) and go_on.startswith("/"):
            request.session[GO_ON] = go_on
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"proven": second_factor.is_proven(self.request)}


class ChangeMixin:
    """A change of second factors: every other session ends, and this one counts as what it can show now."""

    def form_valid(self, form):
        before = self._real_ones()
        response = super().form_valid(form)
        after = self._real_ones()
        for authenticator in after - before:
            second_factor.prove(self.request, authenticator)
        if not after:
            second_factor.forget_proof(self.request)
        self.request.user.end_sessions(but=self.request.session.session_key)
        return response

    def _real_ones(self):
        return set(Authenticator.objects.filter(user=self.request.user, type__in=second_factor.REAL))


class ActivateTOTP(ChangeMixin, totp.ActivateTOTPView):
    pass


class DeactivateTOTP(ChangeMixin, totp.DeactivateTOTPView):
    pass


class AddWebAuthn(ChangeMixin, webauthn.AddWebAuthnView):
    pass


class RemoveWebAuthn(ChangeMixin, webauthn.RemoveWebAuthnView):
    pass


class RecoveryCodes(recovery_codes.ViewRecoveryCodesView):
    def get_context_data(self, **kwargs):
        go_on = self.request.session.get(GO_ON) or reverse("accounts:home")
        return super().get_context_data(**kwargs) | {"go_on": go_on}


def own_password(request):
    """One address for both: a first password is set, a later one changed."""
    return redirect("account_change_password" if request.user.has_usable_password() else "account_set_password")


def too_many_attempts(request, exception=None):
    """What allauth answers beyond a limit of attempts."""
    response = render(request, "accounts/too_many_attempts.html", status=429)
    response.headers["Retry-After"] = "300"
    return response
