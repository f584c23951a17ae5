"""Headers that every answer has."""

from django.db import OperationalError
from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from pikassos.middleware import HeadersMiddleware


def test_the_page_for_a_silent_database_has_its_headers(rf):
    def nobody_knows():
        raise OperationalError

    request = rf.get("/")
    request.user = SimpleLazyObject(nobody_knows)

    response = HeadersMiddleware(lambda request: HttpResponse(status=503))(request)

    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Content-Type-Options"] == "nosniff"
