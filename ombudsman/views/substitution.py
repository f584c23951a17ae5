"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


@caseload
def switch(request, **kwargs):
    raise Http404


@caseload
def substitutions(request, **kwargs):
    raise Http404


@caseload
def substitution_create(request, **kwargs):
    raise Http404


@caseload
def substitution_read(request, **kwargs):
    raise Http404


@caseload
def substitution_end(request, **kwargs):
    raise Http404
