"""The pages for what went wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template import loader


def bad_request(request, exception=None):
    return HttpResponse(loader.get_template("400.html").render(), status=400)


def forbidden(request, exception=None, reason=""):
    """Also for a form whose token has grown old; the reason is for developers."""
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    """Something broke; a database that does not answer gets a page of its own. Neither page asks the database."""
    offline = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return HttpResponse(
        loader.get_template("503.html" if offline else "500.html").render(),
        status=503 if offline else 500,
        headers={"Retry-After": "30"} if offline else None,
    )
