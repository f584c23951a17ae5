"""Whether a session may still be used, and whether it has shown enough."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template import loader
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts import second_factor, sessions
from accounts.adapters import SecondFactorUnreadable


class SecondFactorMiddleware:
    """allauth has no setting for "must have a second factor", so this is where it is asked for.

    Who works in the house or holds the ombudsman's office, and has shown in this session only a password or a code
    from e-mail, gets to the pages below and nowhere else: not to public pages either, as those show staff more. A
    session that is too old or was left alone too long is ended first.
    """

    OPEN = frozenset(
        {
            "health",
            "account_logout",
            # to prove who one is
            "account_reauthenticate",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            # to set up a second factor; where there is one already, these ask for it themselves
            "mfa_index",
            "mfa_activate_totp",
            "mfa_add_webauthn",
        }
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if name == "health" or not request.user.is_authenticated:
            return None
        if sessions.is_over(request.session):
            return self.end(request)
        sessions.mark_seen(request.session)
        if name in self.OPEN or second_factor.is_proven(request) or not request.user.needs_second_factor:
            return None
        return self.lead_to_second_factor(request)

    def process_exception(self, request, exception):
        """Secrets that cannot be read let nobody in: the page says that it is our trouble, not a wrong code."""
        if isinstance(exception, SecondFactorUnreadable):
            return HttpResponse(loader.get_template("503.html").render(), status=503)
        return None

    def end(self, request):
        """Sign out; what was to be read is asked for again by the visitor who is left."""
        logout(request)
        messages.info(request, _("Your session had ended, so you were signed out."))
        return leave(request, request.get_full_path() if is_reading(request) else resolve_url(settings.LOGIN_URL))

    def lead_to_second_factor(self, request):
        """To show the second factor, or to set one up."""
        shown_by = [m["url"] for m in get_adapter().get_reauthentication_methods(request.user) if "mfa" in m["id"]]
        target = shown_by[0] if shown_by else reverse("mfa_index")
        go_on = request.get_full_path() if is_reading(request) else resolve_url(settings.LOGIN_REDIRECT_URL)
        return leave(request, f"{target}?{urlencode({'next': go_on})}")


def is_reading(request):
    """Only what was to be read can be gone back to; a part for htmx is no page."""
    return request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers


def leave(request, url):
    """Redirect the page, also when only a part of it was asked for."""
    return HttpResponseClientRedirect(url) if "HX-Request" in request.headers else HttpResponseRedirect(url)
