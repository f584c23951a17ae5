"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


@caseload
def cases(request, **kwargs):
    raise Http404


@caseload
def case(request, **kwargs):
    raise Http404


@caseload
def case_edit(request, **kwargs):
    raise Http404


@caseload
def case_move(request, **kwargs):
    raise Http404


@caseload
def case_delete(request, **kwargs):
    raise Http404


@caseload
def measure_create(request, **kwargs):
    raise Http404


@caseload
def measure_delete(request, **kwargs):
    raise Http404


@caseload
def file_create(request, **kwargs):
    raise Http404


@caseload
def case_file(request, **kwargs):
    raise Http404


@caseload
def file_delete(request, **kwargs):
    raise Http404
