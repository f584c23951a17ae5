"""The list of projects, and what is made of exactly its rows."""

from django.http import Http404


def index(request, **kwargs):
    raise Http404


def table(request, **kwargs):
    raise Http404


def calendar(request, **kwargs):
    raise Http404


def feed(request, **kwargs):
    raise Http404
