"""How long one sign-in lasts, whatever the browser does with its cookie."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

STARTED, SEEN = "signed_in_at", "seen_at"
# The moment of the last request is written down this seldom, so that reading costs no writing.
SEEN_AGAIN_AFTER = timedelta(minutes=5)
# For so long after signing in nobody is asked to prove once more who they are.
FRESH_FOR = timedelta(minutes=5)


def start(sender, request, **kwargs):
    """Django's signal of a sign-in, whichever way it was done: from here the session's age is counted."""
    request.session[STARTED] = request.session[SEEN] = timezone.now().timestamp()


def age(session, since):
    """Time since the session started or was seen; one that tells neither is as old as can be."""
    return timedelta(seconds=timezone.now().timestamp() - session.get(since, 0))


def is_over(session):
    """Signed in too long ago, or left alone for too long."""
    return age(session, STARTED) >= settings.SESSION_MAX_AGE or age(session, SEEN) >= settings.SESSION_IDLE


def is_fresh(session):
    return age(session, STARTED) < FRESH_FOR


def mark_seen(session):
    if age(session, SEEN) >= SEEN_AGAIN_AFTER:
        session[SEEN] = timezone.now().timestamp()
