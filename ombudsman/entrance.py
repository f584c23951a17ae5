"""The way into the caseload: a second factor on entry and after a rest, and one press to be out again.

What counts is what this session has proven and when, as allauth keeps it. Only pages of the caseload keep the door
open; a page left open on a desk closes it after fifteen minutes.
"""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

REST = timedelta(minutes=15)  # the issue's own figure
FRESH = timedelta(minutes=5)  # a second factor shown so short ago need not be shown again on entry
SEEN, LEFT, PURPOSE = "caseload_seen", "caseload_left", "caseload_purpose"


def now():
    return timezone.now().timestamp()


def is_open(session):
    """Entered, not left since, and not at rest."""
    seen = session.get(SEEN, 0)
    return seen > session.get(LEFT, 0) and now() - seen < REST.total_seconds()


def may_enter(request):
    """Whether a second factor was shown just now, and after the caseload was last left."""
    shown = max((r["at"] for r in get_authentication_records(request, request.user) if r["method"] == "mfa"), default=0)
    return shown > request.session.get(LEFT, 0) and now() - shown < FRESH.total_seconds()


def enter(session):
    session[SEEN] = now()


def leave(session):
    """The door is shut; what the session was here for is forgotten."""
    session[LEFT] = now()
    session.pop(SEEN, None)
    session.pop(PURPOSE, None)


def where_to_prove(request, go_on):
    """The page that asks for the second factor, and leads on afterwards."""
    methods = [m for m in get_adapter().get_reauthentication_methods(request.user) if "mfa" in m["id"]]
    target = methods[0]["url"] if methods else reverse("mfa_index")
    return f"{target}?{urlencode({'next': go_on})}"
