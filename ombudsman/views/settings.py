"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


@caseload
def other_work(request, **kwargs):
    raise Http404


@caseload
def other_work_create(request, **kwargs):
    raise Http404


@caseload
def other_work_edit(request, **kwargs):
    raise Http404


@caseload
def other_work_delete(request, **kwargs):
    raise Http404


@caseload
def codes(request, **kwargs):
    raise Http404


@caseload
def code_create(request, **kwargs):
    raise Http404


@caseload
def code_edit(request, **kwargs):
    raise Http404


@caseload
def area(request, **kwargs):
    raise Http404


@caseload
def details(request, **kwargs):
    raise Http404
