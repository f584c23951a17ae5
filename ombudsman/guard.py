"""What stands before every page of the caseload. A page without it cannot open a word: see reading.py."""

import logging
import time
import uuid
from functools import wraps

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.middleware import leave
from ombudsman import entrance
from ombudsman.keys import KeyGone, KeysMissing, store
from ombudsman.models import Draft, LogRow, sight_of
from ombudsman.reading import Reader, reading
from ombudsman.sealing import Unreadable
from publishing.personal_identity_code import without_personal_identity_codes

logger = logging.getLogger(__name__)

PAUSES = (0, 0.05, 0.2, 0.5)  # seconds
AT_REST = "X-At-Rest"  # said by the script of a page that has been left alone: keep this, and do nothing else
BY_SCRIPT = "lepo"  # in the address of a page that its script has asked for: nobody was active
NOT_KEPT = {"csrfmiddlewaretoken"}
MOST_KEPT = 100_000  # letters; what is typed by hand is never near it


class LogUnwritable(Exception):
    """The log of reading took no row, so nothing may be shown."""


def caseload(view):
    """Lets in whom the caseload is for, asks for the second factor, and writes the row of the log.

    The page and its row are one transaction, and the row is written before the page is sent. `request.sight` says what
    the reader may see.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        request.sight = sight_of(request.user)
        if request.sight is None:
            raise Http404
        try:
            store.check()
            if request.method == "POST" and AT_REST in request.headers:
                keep(request)
                return HttpResponse(status=204)
            if not entrance.is_open(request.session) and not entrance.may_enter(request):
                return leave(request, entrance.where_to_prove(request, go_on(request)))
            if not entrance.is_open(request.session):
                request.session.pop(entrance.PURPOSE, None)  # said once for each time of coming in
                entrance.enter(request.session)
            elif BY_SCRIPT not in request.GET:
                entrance.enter(request.session)
            if request.sight.is_substitute and not request.session.get(entrance.PURPOSE) and not is_purpose(request):
                return leave(request, f"{reverse('ombudsman:purpose')}?{urlencode({'next': go_on(request)})}")
            for pause in PAUSES:
                try:
                    return read(view, request, *args, **kwargs)
                except (KeysMissing, KeyGone, Unreadable):
                    # Keys are being changed: a row has been sealed anew since it was fetched.
                    time.sleep(pause)
            return read(view, request, *args, **kwargs)
        except (KeysMissing, KeyGone, Unreadable, LogUnwritable) as error:
            logger.critical("caseload_closed", extra={"reason": type(error).__name__})
            return render(request, "ombudsman/closed.html", status=503)

    return guarded


def is_purpose(request):
    return request.resolver_match.view_name == "ombudsman:purpose"


def read(view, request, *args, **kwargs):
    """The page, and the row that says who saw what of it."""
    request.kept = request.kept_by = None
    with transaction.atomic(), reading(reader_of(request)) as reader:
        if request.method == "GET" and not is_purpose(request):
            request.kept = take_kept(request)
        response = view(request, *args, **kwargs)
        write(reader)
        return response


def write(reader):
    try:
        with transaction.atomic():
            LogRow.objects.write(reader)
    except DatabaseError as error:
        raise LogUnwritable from error


def reader_of(request):
    return Reader(
        user=request.user,
        office=request.sight.office,
        purpose=request.session.get(entrance.PURPOSE, ""),
        address=request.resolver_match.url_name,
        method=request.method,
        substitution=request.sight.substitution,
    )


# What was typed while the door fell shut ————————————————————————————————————————————————————————————————————


def go_on(request):
    """Where to go when the second factor has been shown: back to the page, with what was typed into it."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path() if "HX-Request" not in request.headers else reverse("ombudsman:index")
    keep(request)
    return page_of_form(request) or reverse("ombudsman:index")


def page_of_form(request):
    """The page that shows the form which was sent; nothing where what was sent need not be kept."""
    match = request.resolver_match
    name = getattr(match.func, "form_stands_on", None)
    if name is None:
        return ""
    wanted = {"ombudsman:case": ("number",)}.get(name, ()) if name != match.view_name else match.kwargs
    return reverse(name, kwargs={key: match.kwargs[key] for key in wanted})


def keep(request):
    """Seal what was sent while the caseload rested; nothing of it is shown to whoever sits there now."""
    typed = {
        name: [without_personal_identity_codes(value) for value in values]
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
    }
    page = page_of_form(request)
    if not page or not typed or sum(len(value) for values in typed.values() for value in values) > MOST_KEPT:
        return
    typed = {"path": page, "view": request.resolver_match.url_name, "data": typed}
    with transaction.atomic(), reading(reader_of(request)) as reader:
        key = key_of_kept(request.user, page)
        Draft.objects.filter(pk=key).delete()
        Draft.objects.create(pk=key, owner=request.user, typed=typed, is_from_rest=True, saved_at=timezone.now())
        write(reader)


def take_kept(request):
    """What was typed into this page when the caseload had come to rest; it is taken once."""
    draft = Draft.objects.filter(pk=key_of_kept(request.user, request.path), owner=request.user).first()
    if draft is None:
        return None
    kept = QueryDict(mutable=True)
    for name, values in draft.typed["data"].items():
        kept.setlist(name, values)
    request.kept_by = draft.typed["view"]
    draft.delete()
    messages.info(request, _("The caseload had come to rest. What you typed is here: check it and save."))
    return kept


def key_of_kept(user, page):
    """One for each page of somebody: what is kept later takes the place of what was kept before."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{user.pk} {page}")


def typed(request):
    """What a form is bound to: what was just sent, or what was kept from before the rest; otherwise nothing."""
    return request.POST if request.method == "POST" else request.kept


def shows_a_form(view):
    """Marks a view to which one can come back with what had been typed."""
    view.form_stands_on = f"ombudsman:{view.__name__}"
    return view


def form_stands_on(name):
    """Marks a view that only takes what a form on another page sends."""

    def marked(view):
        view.form_stands_on = f"ombudsman:{name}"
        return view

    return marked
