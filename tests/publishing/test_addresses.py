"""Pages that moved are found by every address they had."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.networks.factories import MeetingFactory, NetworkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved():
    """A network that was at a, then at b and is at c now."""
    network = NetworkFactory(slug="a")
    network.move_to("b")
    network.move_to("c")
    return network


@pytest.mark.parametrize("name", ["detail", "network_calendar", "network_feed"])
@pytest.mark.parametrize("old", ["a", "b"])
def test_every_old_address_leads_straight_to_the_new_one(client, moved, name, old):
    response = client.get(reverse(f"networks:{name}", kwargs={"slug": old}))

    assert response.status_code == 301
    assert response["Location"] == reverse(f"networks:{name}", kwargs={"slug": "c"})
    assert client.get(response["Location"]).status_code == 200


def test_a_meeting_moves_along(client, moved):
    meeting = MeetingFactory(network=moved)

    response = client.get(f"/verkostot/a/kokoukset/{meeting.pk}/kalenteri.ics")

    assert response["Location"] == f"/verkostot/c/kokoukset/{meeting.pk}/kalenteri.ics"


def test_what_was_asked_goes_along_and_so_does_the_language(client, moved):
    response = client.get("/sv/verkostot/a/?vuosi=2022&x=%C3%A4")

    assert response["Location"] == "/sv/verkostot/c/?vuosi=2022&x=%C3%A4"


def test_a_page_that_moved_back_leads_nowhere_else(client, moved):
    moved.move_to("a")

    assert client.get("/verkostot/a/").status_code == 200
    assert client.get("/verkostot/b/")["Location"] == "/verkostot/a/"
    assert client.get("/verkostot/c/")["Location"] == "/verkostot/a/"


def test_the_old_address_of_a_draft_tells_visitors_nothing(client, moved, as_staff):
    moved.unpublish()

    assert client.get("/verkostot/a/").status_code == 404
    assert as_staff.get("/verkostot/a/").status_code == 301


def test_an_address_nobody_had_is_not_found(client):
    assert client.get("/verkostot/ei-ole/").status_code == 404


def test_staff_move_a_page_and_are_shown_it_there(as_staff):
    NetworkFactory(slug="ennen")

    response = as_staff.post("/verkostot/ennen/osoite/", {"slug": "Jalkeen"}, follow=True)

    assert response.redirect_chain[-1][0] == "/verkostot/jalkeen/"
    assert response.status_code == 200


@pytest.mark.parametrize("slug", ["uusi", "vie", "b", "toinen", "ä", "a b", "../x", "", "x" * 121, "a\x00"])
def test_an_address_that_is_taken_or_malformed_is_refused(as_staff, moved, slug):
    NetworkFactory(slug="toinen")
    network = NetworkFactory(slug="oma")

    response = as_staff.post("/verkostot/oma/osoite/", {"slug": slug})

    network.refresh_from_db()
    assert response.status_code == 200
    assert response.context["form"].errors
    assert network.slug == "oma"


def test_only_staff_move_pages(moved, as_member):
    assert as_member.post("/verkostot/c/osoite/", {"slug": "d"}).status_code == 404
    assert Client().post("/verkostot/c/osoite/", {"slug": "d"}).status_code == 302
    moved.refresh_from_db()
    assert moved.slug == "c"
