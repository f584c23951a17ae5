"""The pages for what went wrong."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client

from tests.networks.factories import NetworkFactory
from website.views import errors


def test_a_database_that_does_not_answer_gets_a_page_of_its_own():
    try:
        raise OperationalError("connection is closed")
    except OperationalError:
        response = errors.server_error(HttpRequest())

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "tietokanta" in response.content.decode().lower()


def test_any_other_failure_gets_the_page_for_failures():
    try:
        raise ValueError
    except ValueError:
        response = errors.server_error(HttpRequest())

    assert response.status_code == 500
    assert "503" not in response.content.decode()


@pytest.mark.django_db
def test_an_unknown_address_gets_a_page_that_helps_on(client):
    response = client.get("/ei-ole-tallaista/")

    assert response.status_code == 404
    assert "/haku/" in response.content.decode()


@pytest.mark.django_db
def test_a_form_that_grew_old_gets_our_page():
    response = Client(enforce_csrf_checks=True).post("/palaute/", {"message": "Hei"})

    assert response.status_code == 403
    assert "lähetä lomake vielä kerran" in response.content.decode()


def test_an_address_of_a_button_leads_back_to_its_page(as_staff):
    network = NetworkFactory()

    response = as_staff.get(f"{network.get_absolute_url()}julkaise/")

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert f'href="{network.get_absolute_url()}"' in response.content.decode()
