"""A whole page or the part of it that changed: decided here and nowhere else."""

from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_part(request):
    """Whether htmx asks for the changed part, rather than a whole page or its own restored history."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def page_or_fragment(request, page, part, context, *, status=200):
    """The page for a browser, the very part that the page includes for htmx."""
    response = render(request, part if wants_part(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
