"""The portfolio on one line of time."""

from django.http import Http404


def timeline(request, **kwargs):
    raise Http404
