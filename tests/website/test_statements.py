"""What the site says of itself, and feedback."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter
from networks.structured import event_json
from publishing.structured import breadcrumbs_json
from tests.directory.factories import OrganisationFactory
from tests.networks.factories import MeetingFactory, NetworkFactory
from website.models import Feedback
from website.structured import organisation_json
from website.tasks import forget_feedback

pytestmark = pytest.mark.django_db

STATEMENTS = ["accessibility", "privacy", "feedback", "feedback_thanks"]


def page(client, name, **data):
    return client.get(reverse(f"website:{name}"), data)


def written(**kwargs):
    """What a visitor sends with the form."""
    return {"about": "accessibility", "message": "Painike ei toimi.", "email": "", "page": "", "homepage": "", **kwargs}


def data_in(element):
    """What a JSON-LD element holds."""
    found = re.fullmatch(r'<script type="application/ld\+json">(.*)</script>', element, re.DOTALL)
    return json.loads(found[1])


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_visitor_and_a_member_read_every_statement(client, as_member, name):
    assert page(client, name).status_code == 200
    assert page(as_member, name).status_code == 200


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_costs_few_queries(client, django_assert_max_num_queries, name):
    with django_assert_max_num_queries(2):
        page(client, name)


def test_the_accessibility_statement_names_law_and_supervisor(client):
    text = page(client, "accessibility").content.decode()

    assert "306/2019" in text
    assert "Traficom" in text
    assert "saavutettavuusvaatimukset.fi" in text


def test_reading_sets_no_cookie(client):
    response = page(client, "privacy")

    assert not response.cookies


def test_feedback_is_kept_and_the_centre_is_told(client):
    OrganisationFactory(us=True, email="toimisto@example.org")

    response = client.post(reverse("website:feedback"), written(email="kirjoittaja@example.org", page="/verkostot/"))

    feedback = Feedback.objects.get()
    letter = Letter.objects.get()
    assert response.url == reverse("website:feedback_thanks")
    assert feedback.answer_due_on == timezone.localdate() + timedelta(days=14)
    assert feedback.page == "/verkostot/"
    assert (letter.to_email, letter.reply_to) == ("toimisto@example.org", "kirjoittaja@example.org")
    assert "Painike ei toimi." in letter.text


def test_a_message_with_signs_reaches_the_centre_as_it_was_written(client):
    client.post(reverse("website:feedback"), written(message="<b>\"Älä\" & 'näin'</b>"))

    assert "<b>\"Älä\" & 'näin'</b>" in Letter.objects.get().text
    assert Letter.objects.get().to_email == "pikassos@example.org"


def test_a_machine_that_fills_the_hidden_field_is_thanked_and_forgotten(client):
    response = client.post(reverse("website:feedback"), written(homepage="https://mainos.example.org"))

    assert response.url == reverse("website:feedback_thanks")
    assert not Feedback.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"message": ""},
        {"message": "   "},
        {"message": "x" * 4001},
        {"about": "hinta"},
        {"email": "ei osoite"},
        {"message": "a\x00b"},
        {"page": "/" + "x" * 300},
    ],
)
def test_wrong_feedback_is_asked_again_with_what_was_written(client, wrong):
    response = client.post(reverse("website:feedback"), written(**wrong))

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("address", ["https://muu.example.org/", "//muu.example.org/", "javascript:alert(1)"])
def test_an_address_elsewhere_is_not_kept_as_the_page(client, address):
    client.post(reverse("website:feedback"), written(page=address))

    assert Feedback.objects.get().page == ""


def test_the_form_knows_the_page_it_was_opened_from(client):
    ours = client.get(reverse("website:feedback"), headers={"referer": "http://testserver/verkostot/?q=salainen"})
    other = client.get(reverse("website:feedback"), headers={"referer": "https://muu.example.org/sivu/"})
    broken = client.get(reverse("website:feedback"), headers={"referer": "http://[::1/"})

    assert ours.context["form"].initial["page"] == "/verkostot/"
    assert other.context["form"].initial["page"] == ""
    assert broken.status_code == 200


def test_the_link_of_the_accessibility_statement_chooses_what_it_is_about(client):
    assert page(client, "feedback", aihe="saavutettavuus").context["form"].initial["about"] == "accessibility"
    assert page(client, "feedback", aihe="muuta").context["form"].initial["about"] == "other"


def test_only_staff_read_what_was_received(client, as_member, as_staff):
    Feedback.objects.create(message="Terveisiä")

    assert page(client, "feedback_list").status_code == 302
    assert page(as_member, "feedback_list").status_code == 404
    assert "Terveisiä" in page(as_staff, "feedback_list").content.decode()


def test_the_list_shows_a_message_as_text(as_staff):
    Feedback.objects.create(message="<script>alert(1)</script>")

    assert "<script>alert(1)" not in page(as_staff, "feedback_list").content.decode()


def test_the_list_costs_the_same_for_one_and_for_twenty(as_staff, other_staff):
    Feedback.objects.create(message="Ensimmäinen").mark_handled(by=other_staff)
    with CaptureQueriesContext(connection) as one:
        page(as_staff, "feedback_list")
    for _ in range(19):
        Feedback.objects.create(message="Toinen").mark_handled(by=other_staff)
    with CaptureQueriesContext(connection) as twenty:
        page(as_staff, "feedback_list")

    assert len(one) == len(twenty) <= 12


def test_staff_mark_a_message_as_handled_and_the_first_one_stands(as_staff, staff, other_staff):
    feedback = Feedback.objects.create(message="Terveisiä")

    response = as_staff.post(reverse("website:feedback_handle", kwargs={"pk": feedback.pk}))
    feedback.mark_handled(by=other_staff)

    assert response.url == reverse("website:feedback_list")
    assert feedback.handled_by == staff


def test_a_member_marks_nothing(as_member):
    feedback = Feedback.objects.create(message="Terveisiä")

    response = as_member.post(reverse("website:feedback_handle", kwargs={"pk": feedback.pk}))

    feedback.refresh_from_db()
    assert response.status_code == 404
    assert feedback.handled_at is None


def test_what_was_handled_long_ago_is_forgotten(staff):
    long_ago = timezone.now() - Feedback.KEPT - timedelta(days=1)
    Feedback.objects.create(message="Vanha", handled_at=long_ago, handled_by=staff)
    waiting = Feedback.objects.create(message="Odottaa", received_at=long_ago)

    forget_feedback()

    assert list(Feedback.objects.all()) == [waiting]
    assert waiting.is_late is False


def test_robots_are_told_of_the_map_and_kept_from_the_inside(client):
    text = page(client, "robots").content.decode()

    assert "Sitemap: http://localhost:8000/sitemap.xml" in text
    assert "Disallow: /tyopoyta/" in text


def test_a_demonstration_is_not_for_search_engines(client, settings):
    settings.DEMONSTRATION = True

    assert "Disallow: /\n" in page(client, "robots").content.decode()


def test_the_map_holds_what_is_public_and_no_draft(client, counties):
    MeetingFactory(network=NetworkFactory(slug="julkinen"))
    MeetingFactory(network=NetworkFactory(slug="luonnos", draft=True))

    response = page(client, "sitemap")

    text = response.content.decode()
    assert response["Content-Type"].startswith("application/xml")
    assert "<loc>http://localhost:8000/verkostot/julkinen/</loc>" in text
    assert "<loc>http://localhost:8000/alueet/pirkanmaa/</loc>" in text
    assert "luonnos" not in text


def test_an_event_for_search_engines_holds_no_remote_link():
    meeting = MeetingFactory(
        title='Yhdessä </script><script>alert("1")</script> & eteenpäin',
        mode="both",
        place="Tampere",
        remote_link="https://etayhteys.example.org/salainen",
    )

    element = event_json(meeting)

    data = data_in(element)
    assert element.count("</script>") == 1
    assert "salainen" not in element
    assert data["name"].endswith('</script><script>alert("1")</script> & eteenpäin')
    assert data["startDate"].endswith(("+02:00", "+03:00"))
    assert [place["@type"] for place in data["location"]] == ["Place", "VirtualLocation"]


def test_a_cancelled_meeting_says_so_to_search_engines():
    assert data_in(event_json(MeetingFactory(cancelled=True)))["eventStatus"] == "https://schema.org/EventCancelled"


def test_organisation_and_breadcrumbs_parse():
    assert data_in(organisation_json())["@type"] == "Organization"
    crumbs = data_in(breadcrumbs_json(("Verkostot", "/verkostot/"), ("Kriisityön verkosto", "/verkostot/kriisi/")))
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2]
    assert crumbs["itemListElement"][1]["item"] == "http://localhost:8000/verkostot/kriisi/"


def test_the_migrations_are_whole():
    call_command("makemigrations", "website", check=True, dry_run=True, verbosity=0)
