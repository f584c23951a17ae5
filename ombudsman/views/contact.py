"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


@caseload
def contacts(request, **kwargs):
    raise Http404


@caseload
def contact_create(request, **kwargs):
    raise Http404


@caseload
def same_caller(request, **kwargs):
    raise Http404


@caseload
def draft_save(request, **kwargs):
    raise Http404


@caseload
def draft_delete(request, **kwargs):
    raise Http404


@caseload
def contact(request, **kwargs):
    raise Http404


@caseload
def contact_edit(request, **kwargs):
    raise Http404


@caseload
def contact_delete(request, **kwargs):
    raise Http404


@caseload
def contact_open_case(request, **kwargs):
    raise Http404
