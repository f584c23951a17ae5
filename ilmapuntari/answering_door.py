"""The door of answering: the few steps that a request to it takes, and nothing else of the portal.

Behind it lie sessions, users, messages, languages by cookie and the log of requests. An answer meets none of them, so
none of them can keep anything of it; what stands before the door (headers, policy, encryption) holds here as well.
"""

import logging
import re
import uuid

from django.http import HttpResponsePermanentRedirect
from django.utils.translation import override
from structlog.contextvars import clear_contextvars

from ilmapuntari.guarding import where
from ilmapuntari.views import answer

logger = logging.getLogger(__name__)

# The addresses of answering in every language, also as somebody may type them from paper.
ADDRESS = re.compile(r"/(?:(?P<language>sv|en)/)?ilmapuntari/vastaa(?:/(?P<unit>[^/]*))?(?P<end>/?)")


class AnsweringDoor:
    """Middleware that answers requests to the addresses of answering by itself."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        address = ADDRESS.fullmatch(request.path_info)
        if address is None:
            return self.get_response(request)
        request.get_host()  # refuses hosts that are not ours, as CommonMiddleware does for the others
        request.META.pop("HTTP_COOKIE", None)
        clear_contextvars()  # what the thread's last request told the log of its user
        with override(address["language"] or "fi"):
            response = respond(request, address)
        # Django would log every refusal with its address.
        response._has_been_logged = True
        return response


def respond(request, address):
    """The page, whatever happens: an error says where in our code it came about, and nothing of what was sent."""
    try:
        unit = uuid_of(address["unit"] or "")
        if unit is None:
            return answer.missing(request)
        if not address["end"] or str(unit) != address["unit"]:
            return HttpResponsePermanentRedirect(answer.address_of(unit))
        return answer.answer(request, pk=unit)
    except Exception as error:
        logger.error("answering_failed", extra={"error": type(error).__name__, "where": where(error)})
    # Out of the error's reach: were this page to fail too, the log would tell the whole chain.
    return answer.again(request, status=500)


def uuid_of(text):
    """The unit's key, None where the text is none."""
    return uuid.UUID(text) if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) else None
