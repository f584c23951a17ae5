"""What the log tells of requests, and what it keeps to itself."""

import io
import logging

import pytest
import structlog
from django.conf import settings
from django.test import Client


@pytest.fixture
def written():
    """All that libraries and rooms write to the log, in the form in which it is kept."""
    parts = {name: part for name, part in settings.LOGGING["formatters"]["structured"].items() if name != "()"}
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**parts))
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/verkostot/vastaus/salainen/",
        "/sv/verkostot/vastaus/salainen/",
        "/tili/kutsu/salainen/",
        "/tili/salasana/unohtunut/1-salainen/",
        "/ilmapuntari/tulos/salainen/keskustelu/",
        "/ei-ole-tallaista/?q=salainen",
    ],
)
def test_a_request_is_logged_without_its_secrets(client, written, address):
    response = client.get(address)

    assert str(response.status_code) in written.getvalue()
    assert "salainen" not in written.getvalue()


@pytest.mark.django_db
def test_a_form_that_grew_old_is_logged_without_its_secrets(written):
    Client(enforce_csrf_checks=True).post("/tili/kutsu/salainen/?q=salainen", {"password1": "salainen"})

    assert "CSRF" in written.getvalue()
    assert "salainen" not in written.getvalue()
