"""The portal with a few addresses more that only measure.

`/tyhja/` does nothing, behind all of the portal's middleware; a POST to `/lukittu/` there locks a row and updates it,
which is the least that registering for an event has to do. `/paljas/` is the bare pair beside which answering is
measured: in front of it stands nothing at all; GET gives a page drawn once, POST locks a row and updates it.
"""

import gzip
import secrets

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import get_resolver, path

from pikassos.wsgi import application as portal

BARE = "/paljas/"
# As large as the page of answering, and as a browser gets it.
BODY = gzip.compress((secrets.token_hex(3500) + "<input type=radio name=v1 value=1>" * 1500).encode())
SEALED = 1820  # bytes; as large as a box


def empty(request):
    return HttpResponse("")


def bare(request):
    """What the quickest pair of views could do with the same body and the same lock."""
    if request.method == "GET":
        return HttpResponse(BODY, headers={"Content-Encoding": "gzip", "Content-Length": len(BODY)})
    number = int(request.POST["v1"]) % 400
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT blob FROM bench_box WHERE id = %s FOR UPDATE", [number])
        cursor.fetchone()
        cursor.execute("UPDATE bench_box SET blob = %s WHERE id = %s", [secrets.token_bytes(SEALED), number])
    return HttpResponse(b"saved", headers={"Content-Length": 5})


def locked(request):
    """An empty locked update behind everything that stands in front of a form of ours."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM bench_row WHERE id = 1 FOR UPDATE")
        cursor.execute("UPDATE bench_row SET number = number + 1 WHERE id = 1")
    return HttpResponse("saved")


empty.login_required = locked.login_required = False
get_resolver().url_patterns[:0] = [path("tyhja/", empty), path("lukittu/", locked), path("paljas/", bare)]


def without_middleware():
    """A Django of its own with nothing before its views."""
    kept, settings.MIDDLEWARE = settings.MIDDLEWARE, []
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = kept


pair = without_middleware()


def application(environ, start_response):
    serve = pair if environ["PATH_INFO"] == BARE else portal
    return serve(environ, start_response)
