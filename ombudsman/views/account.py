"""Not built yet."""

from django.http import Http404

from ombudsman.guard import caseload


def accounts(request, **kwargs):
    raise Http404


def account(request, **kwargs):
    raise Http404


def account_pdf(request, **kwargs):
    raise Http404


def account_csv(request, **kwargs):
    raise Http404


@caseload
def statistics(request, **kwargs):
    raise Http404


@caseload
def statistics_csv(request, **kwargs):
    raise Http404


@caseload
def account_list(request, **kwargs):
    raise Http404


@caseload
def account_edit(request, **kwargs):
    raise Http404


@caseload
def account_approve(request, **kwargs):
    raise Http404


@caseload
def account_docx(request, **kwargs):
    raise Http404
