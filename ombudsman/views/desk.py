"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


@caseload
def index(request, **kwargs):
    raise Http404


@caseload
def leave(request, **kwargs):
    raise Http404


@caseload
def purpose(request, **kwargs):
    raise Http404


@caseload
def search(request, **kwargs):
    raise Http404
