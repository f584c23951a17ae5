"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


@caseload
def log(request, **kwargs):
    raise Http404


@caseload
def retention(request, **kwargs):
    raise Http404


@caseload
def retention_edit(request, **kwargs):
    raise Http404


@caseload
def case_keep(request, **kwargs):
    raise Http404


@caseload
def contact_keep(request, **kwargs):
    raise Http404


@caseload
def keeping(request, **kwargs):
    raise Http404
