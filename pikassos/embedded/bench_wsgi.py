"""The portal with one address more: a view that does nothing, behind all of the portal's middleware."""

from django.http import HttpResponse
from django.urls import get_resolver, path

from pikassos.wsgi import application

__all__ = ["application"]


def empty(request):
    return HttpResponse("")


empty.login_required = False
get_resolver().url_patterns.insert(0, path("tyhja/", empty))
