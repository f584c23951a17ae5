"""The money of one project."""

from django.http import Http404


def money(request, **kwargs):
    raise Http404
