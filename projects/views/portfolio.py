"""The portfolio in one look, for staff."""

from django.http import Http404


def portfolio(request, **kwargs):
    raise Http404


def portfolio_export(request, **kwargs):
    raise Http404
