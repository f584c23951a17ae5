"""Decisions and logos of one project."""

from django.http import Http404


def files(request, **kwargs):
    raise Http404


def file_delete(request, **kwargs):
    raise Http404
