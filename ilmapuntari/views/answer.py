"""Answering: one address, opened and sent, that knows nobody.

The reply to what was sent comes straight from it, without a redirect: a redirect would need a place to keep the
outcome in, and there is none.
"""

import gzip
import logging
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from ilmapuntari import answer_page, answering, keys
from ilmapuntari.answer_page import SKIPPED, VALUES, Facts
from ilmapuntari.answering import TRIES_KEPT, Outcome
from ilmapuntari.models import ReportingUnit
from ilmapuntari.rules import SKIP
from ilmapuntari.sealed_box import CannotOpen

logger = logging.getLogger(__name__)

LARGEST_FORM = 16 * 1024  # bytes; ours is a tenth of it
LONGEST_CODE = 80  # characters that are shown again
REFUSED = {
    Outcome.EARLY: 409,
    Outcome.CLOSED: 410,
    Outcome.UNKNOWN: 403,
    Outcome.BLANK: 422,
    Outcome.TOO_MANY: 429,
}
# What is in the way before the verb is asked: nothing typed as a code is no try at guessing, and Enter in a field is no
# wish to send what cannot be taken back.
WITHOUT_CODE, NOT_SENT = "without_code", "not_sent"
OFFLINE = (OperationalError, InterfaceError)


class NotOurs(Exception):
    """The form holds what our page cannot send."""


def compressed(view):
    """The page as bytes that the browser takes; nobody after us compresses it again."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        body = response.body if isinstance(response, Drawn) else None
        if takes_gzip(request) and len(response.content) > 500:
            response.content = body.gzipped if body else gzip.compress(response.content, 6, mtime=0)
            response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
        response["Content-Length"] = len(response.content)
        response["Content-Language"] = get_language()
        if request.method == "HEAD":
            response.content = b""
        return response

    return wrapper


class Drawn(HttpResponse):
    """A page that was drawn before: as good for the next one who asks, but a reply is nobody's to keep."""

    def __init__(self, body, *, is_reply=False):
        super().__init__(body.plain, headers={"Cache-Control": "no-store" if is_reply else "no-cache, private"})
        self.body = body


def takes_gzip(request):
    return "gzip" in request.headers.get("Accept-Encoding", "")


def page(template, context=None, *, status=200, headers=None):
    """A page of its own: nothing that was sent, or came of it, is kept by a browser or on the way."""
    html = render_to_string(template, context)
    return HttpResponse(html, status=status, headers={"Cache-Control": "no-store", **(headers or {})})


def refused(why, *, status, headers=None):
    return page("ilmapuntari/answer_refused.html", {"why": why}, status=status, headers=headers)


# No CSRF cookie: the page would have to be drawn for each browser. `is_from_elsewhere` stands in its place.
@login_not_required
@csrf_exempt
@sensitive_post_parameters()
@compressed
def answer(request, pk):
    """Open the form of a unit, or send it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return refused("method", status=405, headers={"Allow": "GET, HEAD, POST"})
    if request.method == "POST" and is_from_elsewhere(request):
        return refused("elsewhere", status=403)
    if request.method == "POST" and is_too_large(request):
        return refused("form", status=413)
    if request.GET.get("kieli") in dict(settings.LANGUAGES):
        return HttpResponseRedirect(address_of(pk, request.GET["kieli"]), headers={"Cache-Control": "no-store"})
    try:
        unit = answering.unit_for_answering(pk)
        if request.method == "POST":
            return send(request, unit)
        return Drawn(answer_page.drawn(Facts.of(unit.round)))
    except ReportingUnit.DoesNotExist:
        return page("ilmapuntari/answer_missing.html", status=404)
    except NotOurs:
        return refused("form", status=400)
    except OFFLINE as error:
        logger.error("answering_offline", extra={"error": type(error).__name__})
        return page_again(request, 503)
    except (keys.KeyGone, CannotOpen) as error:
        logger.error("answering_without_key", extra={"error": type(error).__name__, "round": unit.round_id})
        return page_again(request, 503, is_lasting=True)


@sensitive_variables()
def send(request, unit):
    """Save what was sent; when it cannot be, the page comes again with everything that was chosen."""
    code, chosen = request.POST.get("koodi", ""), chosen_in(request.POST)
    facts = Facts.of(unit.round)
    values = values_of(chosen, answering.statement_count(facts.instrument))
    if facts.state is None and ("kesken" in request.POST or not code.strip()):
        trouble = NOT_SENT if "kesken" in request.POST else WITHOUT_CODE
        html = answer_page.form(facts, code=code[:LONGEST_CODE], chosen=chosen, trouble=trouble)
        return HttpResponse(html, status=422, headers={"Cache-Control": "no-store"})
    outcome = answering.answer(unit, code, values)
    if outcome in (Outcome.SAVED, Outcome.USED):
        return Drawn(answer_page.thanks(facts, is_new=outcome is Outcome.SAVED), is_reply=True)
    headers = {"Cache-Control": "no-store"}
    if outcome is Outcome.TOO_MANY:
        headers["Retry-After"] = str(TRIES_KEPT)
    if outcome in (Outcome.EARLY, Outcome.CLOSED):
        # The round may have closed between the two looks at it.
        facts = facts._replace(state=outcome)
        return page("ilmapuntari/answer_not_open.html", {"facts": facts, "was_sent": True}, status=REFUSED[outcome])
    html = answer_page.form(facts, code=code[:LONGEST_CODE], chosen=chosen, trouble=outcome.value)
    return HttpResponse(html, status=REFUSED[outcome], headers=headers)


@sensitive_variables()
def chosen_in(sent):
    """{"v1": "7"}: what was chosen, as the form names it."""
    chosen = {name: value for name, value in sent.items() if name.startswith("v") and name[1:].isdecimal()}
    if any(value not in VALUES and value != SKIPPED for value in chosen.values()):
        raise NotOurs
    return chosen


@sensitive_variables()
def values_of(chosen, size):
    """One byte a statement; what was left open counts as skipped."""
    return bytes(VALUES.get(chosen.get(f"v{number}"), SKIP) for number in range(1, size + 1))


def is_from_elsewhere(request):
    """Whether another site's page sent the form.

    Without either header it is taken: old browsers send none, and a forger would need the code, which is what the
    form is guarded by. A token in a cookie would guard nothing more and would make each page another.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin not in (f"{request.scheme}://{request.get_host()}", settings.SITE_URL)


def is_too_large(request):
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > LARGEST_FORM


def address_of(unit, language=None):
    """The address of answering of a unit, in a language."""
    with override(language or get_language()):
        return reverse("ilmapuntari:answer", kwargs={"pk": unit})


@compressed
def missing(request):
    """An address that is no unit's."""
    return page("ilmapuntari/answer_missing.html", status=404)


@compressed
def again(request, *, status):
    """Something broke; the page asks for nothing that could break too."""
    return page_again(request, status)


@sensitive_variables()
def page_again(request, status, *, is_lasting=False):
    """The page that carries everything that was sent, to be sent again: without a database and without a script."""
    sent = {}
    if request.method == "POST":
        try:
            sent = {"koodi": request.POST.get("koodi", "")[:LONGEST_CODE]} | chosen_in(request.POST)
        except Exception:  # what was sent could not be read: then there is nothing to carry
            sent = {}
    context = {"sent": sent, "was_sent": request.method == "POST", "is_lasting": is_lasting}
    return page("ilmapuntari/answer_again.html", context, status=status, headers={"Retry-After": "30"})
