"""One project: its page, and the page with one section opened for editing."""

from django.http import Http404


def detail(request, **kwargs):
    raise Http404


def edit(request, **kwargs):
    raise Http404


def create(request, **kwargs):
    raise Http404


def rename(request, **kwargs):
    raise Http404


def publish(request, **kwargs):
    raise Http404


def unpublish(request, **kwargs):
    raise Http404


def review(request, **kwargs):
    raise Http404


def delete(request, **kwargs):
    raise Http404


def project_calendar(request, **kwargs):
    raise Http404


def project_feed(request, **kwargs):
    raise Http404
