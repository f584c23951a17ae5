"""Projects from a table."""

from django.http import Http404


def projects_import(request, **kwargs):
    raise Http404
