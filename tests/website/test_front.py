"""The front page and the calendar of everything that is coming."""

import json
import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from tests.events.factories import EventFactory, SeriesFactory
from tests.networks.factories import MeetingFactory, MembershipFactory, NetworkFactory, PhaseFactory

pytestmark = pytest.mark.django_db

SECRET = "Salamyhkäinen"


def home(client):
    return client.get(reverse("website:home")).content.decode()


def amber_dot(text):
    """The link of the mark's dot: its address and what stands in it."""
    found = re.search(r'<a class="ringed next" href="([^"]+)">(.*?)</a>', text, re.DOTALL)
    return found[1], " ".join(re.sub(r"<[^>]+>", " ", found[2]).split())


def queries(client, name):
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse(f"website:{name}"))
    return len(seen)


def test_an_empty_portal_has_a_front_page(client):
    assert "Kokouksia ei ole juuri nyt sovittuna." in home(client)


def test_the_mark_leads_to_the_counties_and_to_the_next_meeting(client, counties):
    network = NetworkFactory(name="Kriisityön verkosto", counties=[counties["Pirkanmaa"]])
    MeetingFactory(network=network, starts_at=timezone.now() + timedelta(days=30))
    first = MeetingFactory(network=network, starts_at=timezone.now() + timedelta(days=3))

    text = home(client)

    day = timezone.localdate(first.starts_at)
    assert '<a class="ringed tile county-08" href="/alueet/pirkanmaa/">' in text
    assert "1 verkosto" in text
    address, words = amber_dot(text)
    assert address == first.get_absolute_url()
    assert f"{day.day}.{day.month}." in words
    assert "Kriisityön verkosto" in words


def test_the_dot_leads_to_the_next_event_before_any_meeting(client, counties):
    MeetingFactory(starts_at=timezone.now() + timedelta(days=3))
    event = EventFactory(title="Perjantain katsaus")
    EventFactory(starts_at=timezone.now() + timedelta(days=1), draft=True)

    address, words = amber_dot(home(client))

    assert address == event.get_absolute_url()
    assert "Perjantain katsaus" in words


def test_events_and_meetings_stand_in_one_calendar_in_order_of_time(client, counties):
    EventFactory(title="Toisena", starts_at=timezone.now() + timedelta(days=4))
    MeetingFactory(network__name="Ensimmäisenä", starts_at=timezone.now() + timedelta(days=3))
    MeetingFactory(network__name="Kolmantena", starts_at=timezone.now() + timedelta(days=5))

    page = client.get("/kalenteri/").text

    assert page.index("Ensimmäisenä") < page.index("Toisena") < page.index("Kolmantena")


def test_the_dot_leads_to_the_calendar_when_nothing_is_coming(client, counties):
    MeetingFactory(held=True)
    MeetingFactory(cancelled=True)

    assert amber_dot(home(client)) == ("/kalenteri/", "kalenteri")


def test_the_next_six_meetings_stand_in_their_weeks(client):
    for day in range(8):
        MeetingFactory(title=f"Kokous numero {day}", starts_at=timezone.now() + timedelta(days=1 + 7 * day))

    text = home(client)

    assert text.count('<li class="calendar-row">') == 6
    assert text.count('class="calendar-week"') == 6
    assert "Kokous numero 5" in text
    assert "Kokous numero 6" not in text


def test_figures_carry_their_year(client):
    MeetingFactory(starts_at=timezone.make_aware(datetime(2022, 3, 1, 9)))

    text = home(client)

    assert "verkostojen kokousta vuonna 2022" in text


def test_nothing_of_a_draft_reaches_the_public(client, counties):
    draft = NetworkFactory(name=SECRET, draft=True, counties=counties.values())
    MeetingFactory(network=draft, title=SECRET)
    MeetingFactory(network=draft, title=SECRET, held=True, summary=f"<p>{SECRET}</p>")
    PhaseFactory(network=draft, on=timezone.localdate(), precision="day", text=SECRET)

    for path in ["/", "/kalenteri/", "/kalenteri.ics", "/syote.atom", "/alueet/", "/alueet/pirkanmaa/", "/sitemap.xml"]:
        assert SECRET not in client.get(path).content.decode(), path


def test_a_draft_does_not_reach_the_front_page_of_staff_either(as_staff):
    MeetingFactory(network=NetworkFactory(name=SECRET, draft=True))

    assert SECRET not in home(as_staff)


def test_the_remote_link_stands_on_no_public_page(client, counties):
    network = NetworkFactory(counties=[counties["Pirkanmaa"]])
    MeetingFactory(network=network, remote_link="https://etayhteys.example.org/salainen")

    for path in ["/", "/kalenteri/", "/kalenteri.ics", "/syote.atom", "/alueet/pirkanmaa/"]:
        assert "salainen" not in client.get(path).content.decode(), path


def test_the_public_pages_set_no_cookie(client, counties):
    for path in ["/", "/kalenteri/", "/kalenteri.ics", "/syote.atom", "/alueet/", "/alueet/pirkanmaa/", "/haku/?q=a"]:
        response = client.get(path)
        assert response.status_code == 200, path
        assert not response.cookies, path


def test_the_facts_for_search_engines_parse(client, counties):
    elements = re.findall(r'<script type="application/ld\+json">(.*?)</script>', home(client), re.DOTALL)

    assert [json.loads(element)["@type"] for element in elements] == ["Organization"]


def test_names_are_escaped(client):
    MeetingFactory(network=NetworkFactory(name='<b onclick="x">Nimi</b>'), title="<script>alert(1)</script>")

    text = home(client)

    assert "<b onclick" not in text
    assert "<script>alert" not in text


def test_the_calendar_comes_forty_a_page_and_forgives_the_address(client):
    network = NetworkFactory()
    for day in range(41):
        MeetingFactory(network=network, starts_at=timezone.now() + timedelta(days=day + 1))

    assert client.get("/kalenteri/").content.decode().count('<li class="calendar-row">') == 40
    assert client.get("/kalenteri/?page=2").content.decode().count('<li class="calendar-row">') == 1
    assert client.get("/kalenteri/?page=x" + "9" * 5000).status_code == 200


def test_an_empty_calendar_says_so(client):
    text = client.get("/kalenteri/").content.decode()

    assert "Kokouksia ei ole juuri nyt sovittuna." in text
    assert "/verkostot/" in text


def test_the_calendar_can_be_subscribed_to(client):
    meeting = MeetingFactory()
    MeetingFactory(cancelled=True)

    response = client.get("/kalenteri.ics")

    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert meeting.calendar_uid in [str(event["UID"]) for event in events]
    assert sorted(str(event["STATUS"]) for event in events) == ["CANCELLED", "CONFIRMED"]


def test_the_feed_is_atom(client):
    NetworkFactory(name="Kriisityön verkosto")

    response = client.get("/syote.atom")

    assert response["Content-Type"].startswith("application/atom+xml")
    assert "Kriisityön verkosto" in response.content.decode()


@pytest.mark.parametrize("name", ["home", "calendar", "regions"])
def test_a_page_costs_the_same_for_one_and_for_twenty(client, counties, name):
    def fill(count):
        for day in range(count):
            network = NetworkFactory(counties=counties.values())
            MembershipFactory(network=network)
            MeetingFactory(network=network, starts_at=timezone.now() + timedelta(days=day + 1))
            MeetingFactory(network=network, held=True, summary="<p>Muistio</p>")
            MeetingFactory(network=network, starts_at=timezone.make_aware(datetime(2022, 3, 1, 9)))
            EventFactory(
                counties=counties.values(), series=SeriesFactory(), starts_at=timezone.now() + timedelta(days=day + 1)
            )

    fill(1)
    client.get("/")
    one = queries(client, name)
    fill(19)

    assert queries(client, name) == one
    assert one <= 19
