"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


@caseload
def messages(request, **kwargs):
    raise Http404


@caseload
def message(request, **kwargs):
    raise Http404


@caseload
def message_answered(request, **kwargs):
    raise Http404


@caseload
def message_delete(request, **kwargs):
    raise Http404
