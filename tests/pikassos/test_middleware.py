"""Headers that every answer has."""

from csp.middleware import CSPMiddleware
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from pikassos.middleware import HeadersMiddleware, PolicyMiddleware


def test_the_page_for_a_silent_database_has_its_headers(rf):
    def nobody_knows():
        raise OperationalError

    request = rf.get("/")
    request.user = SimpleLazyObject(nobody_knows)

    response = HeadersMiddleware(lambda request: HttpResponse(status=503))(request)

    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Content-Type-Options"] == "nosniff"


def answered_by(middleware, request=None, **special):
    response = HttpResponse()
    for name, value in special.items():
        setattr(response, name, value)
    request = request or RequestFactory().get("/")
    middleware.process_request(request)
    return middleware.process_response(request, response)


def test_every_ordinary_answer_has_the_policy_that_the_library_makes():
    expected = answered_by(CSPMiddleware(lambda request: None)).headers["Content-Security-Policy"]
    middleware = PolicyMiddleware(lambda request: None)

    first, second = answered_by(middleware), answered_by(middleware)

    assert first.headers["Content-Security-Policy"] == second.headers["Content-Security-Policy"] == expected


def test_an_answer_with_a_policy_of_its_own_keeps_it_and_gives_it_to_nobody_else():
    middleware = PolicyMiddleware(lambda request: None)

    special = answered_by(middleware, _csp_update={"style-src": ["'sha256-abc'"]})
    ordinary = answered_by(middleware)

    assert "'sha256-abc'" in special.headers["Content-Security-Policy"]
    assert "'sha256-abc'" not in ordinary.headers["Content-Security-Policy"]
    assert "Content-Security-Policy" not in answered_by(middleware, _csp_exempt=True).headers
