"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


def about(request, **kwargs):
    raise Http404


def message_create(request, **kwargs):
    raise Http404


def receipt(request, **kwargs):
    raise Http404
