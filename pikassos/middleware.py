"""What holds for every answer, whichever room gives it."""

import logging
import re

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.db import DatabaseError
from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.template import loader
from django_structlog.middlewares import RequestMiddleware
from pghistory.middleware import HistoryMiddleware

from pikassos.log_secrets import without_secrets

logger = logging.getLogger(__name__)


class HeadersMiddleware:
    """Headers for every answer, errors and files included; what a signed-in person sees is never stored."""

    PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if may_be_signed_in(request):
            response.headers["Cache-Control"] = "no-store, private"
        return response


class PolicyMiddleware(CSPMiddleware):
    """django-csp's own, which puts the ordinary policy together once instead of twice for each answer.

    Putting it together cost a quarter of a page that was drawn before (November 2026). An answer that brings a policy
    of its own, or a request that asked for a nonce, goes the usual way.
    """

    OF_ITS_OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")
    ordinary = None

    def process_response(self, request, response):
        is_special = HEADER in response or any(hasattr(response, name) for name in self.OF_ITS_OWN)
        if is_special or getattr(request, "_csp_nonce", None):
            return super().process_response(request, response)
        if self.ordinary is None:
            response = super().process_response(request, response)
            self.ordinary = response[HEADER]
        response[HEADER] = self.ordinary
        return response


def may_be_signed_in(request):
    """Whether the answer may hold what a signed-in person sees; when the database cannot tell, it may."""
    user = getattr(request, "user", None)
    try:
        # `request.user` is lazy: asking an unsigned visitor costs no query, as there is no session to look up.
        return user is not None and user.is_authenticated
    except DatabaseError:
        return True


class LogMiddleware(RequestMiddleware):
    """One line a request; what is typed into a query and what a secret link carries stay out of it."""

    @staticmethod
    def format_request(request):
        return f"{request.method} {without_secrets(request.path)}"


class WrongMethodMiddleware:
    """Who comes by a link to an address that only buttons use, as after signing in again, is led back to the page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET":
            return response
        page = render(request, "405.html", {"page": re.sub(r"[^/]+/$", "", request.path)}, status=405)
        page["Allow"] = response["Allow"]
        return page


class PlainInputMiddleware:
    """Refuses in the address what no link of ours holds and no database can: NUL and lone surrogates.

    Forms say themselves what is wrong with what was typed into them, and keep the rest.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not all(map(is_plain, [request.path, *texts_of(request.GET)])):
            return HttpResponseBadRequest(loader.get_template("400.html").render())
        return self.get_response(request)


def texts_of(parameters):
    """Every name and every value of a query or a form."""
    return [*parameters, *(value for _name, values in parameters.lists() for value in values)]


def is_plain(text):
    """Whether the database can hold the text: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class ChangeContextMiddleware(HistoryMiddleware):
    """Who changed something and on which page, beside each change; without the secrets that addresses carry."""

    def get_context(self, request):
        context = super().get_context(request)
        return context | {"url": without_secrets(context["url"])}
