"""Whose working time goes where, for staff."""

from django.http import Http404


def person_months(request, **kwargs):
    raise Http404


def person_months_export(request, **kwargs):
    raise Http404
