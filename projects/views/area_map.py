"""Our area as a map of squares."""

from django.http import Http404


def area_map(request, **kwargs):
    raise Http404
