"""The pages that everybody reads: what they tell, and what they never tell."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.links import token
from events.models import Event
from publishing.models import Attachment
from tests.events.factories import (
    EventFactory,
    QuestionFactory,
    RegistrationFactory,
    SeriesFactory,
    SpeakerFactory,
    YearFigureFactory,
    noon,
)

pytestmark = pytest.mark.django_db


def test_the_list_shows_what_is_to_come_and_the_past_where_asked(client):
    EventFactory(title="Huomenna kuultavaa")
    EventFactory(title="Mennyt", held=True)

    coming = client.get("/tapahtumat/").text
    past = client.get("/tapahtumat/?when=menneet").text

    assert "Huomenna kuultavaa" in coming
    assert "Mennyt" not in coming
    assert "Mennyt" in past
    assert "Huomenna kuultavaa" not in past


def test_drafts_are_for_staff(client, as_staff):
    event = EventFactory(title="Luonnoksena", draft=True)

    assert "Luonnoksena" not in client.get("/tapahtumat/").text
    assert client.get(event.get_absolute_url()).status_code == 404
    assert "Luonnoksena" in as_staff.get("/tapahtumat/").text
    assert as_staff.get(event.get_absolute_url()).status_code == 200


def test_limits_find_by_county_series_theme_and_what_remains(client, counties):
    series = SeriesFactory()
    EventFactory(title="Oma maakunta", counties=[counties["Pirkanmaa"]], series=series, audience=["families"])
    with_recording = EventFactory(
        title="Tallenne on", held=True, recording_link="https://youtu.be/abcdefghijk",
        recording_added_on=timezone.localdate() - timedelta(days=20),
    )  # fmt: skip
    EventFactory(title="Ilman", held=True)

    assert "Oma maakunta" in client.get(f"/tapahtumat/?county={counties['Pirkanmaa'].code}").text
    assert "Oma maakunta" in client.get(f"/tapahtumat/?series={series.slug}").text
    recordings = client.get("/tapahtumat/?left=tallenne").text
    assert with_recording.title in recordings
    assert "Ilman" not in recordings
    assert client.get("/tapahtumat/?county=%00&when=x&year=abc&series=zz").status_code in (200, 400)


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_and_the_month_ask_as_often_however_many_events(client, count, django_assert_max_num_queries):
    for number in range(count):
        event = EventFactory(starts_at=noon(1) + timedelta(minutes=number), series=SeriesFactory())
        SpeakerFactory(event=event)

    with django_assert_max_num_queries(10):
        client.get("/tapahtumat/")
    with django_assert_max_num_queries(10):
        client.get("/tapahtumat/kuukausi/")


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_of_an_event_asks_as_often_however_much_it_holds(
    client, as_staff, count, django_assert_max_num_queries
):
    event = EventFactory(series=SeriesFactory())
    for _number in range(count):
        SpeakerFactory(event=event)
        QuestionFactory(event=event)
        RegistrationFactory(event=event)
        EventFactory(series=event.series)

    with django_assert_max_num_queries(14):
        client.get(event.get_absolute_url())
    with django_assert_max_num_queries(26):
        as_staff.get(event.get_absolute_url())


def test_the_page_of_a_series_tells_its_years_from_records_and_from_what_is_told(client):
    series = SeriesFactory()
    for days, count in ((-20, 20), (-30, 80)):
        EventFactory(series=series, starts_at=noon(days), head_count=count)
    YearFigureFactory(series=series, year=2015, event_count=7, participant_count=579, text="syys–joulukuu")

    page = client.get(series.get_absolute_url()).text

    assert "syys–joulukuu" in page
    assert "579" in page


def test_the_month_shows_its_days(client):
    event = EventFactory(starts_at=noon(40), title="Keskellä kuuta")
    month = f"{event.starts_at:%Y-%m}"

    assert "Keskellä kuuta" in client.get(f"/tapahtumat/kuukausi/?kk={month}").text
    for nonsense in ("2026-13", "x", "99999-01", "0000-00", "2026-²"):
        assert client.get(f"/tapahtumat/kuukausi/?kk={nonsense}").status_code == 200


def test_a_recording_is_seen_until_its_day_and_the_materials_stay(client):
    event = EventFactory(
        title="Tallennettu", held=True, recording_link="https://www.youtube.com/watch?v=abcdefghijk",
        recording_added_on=timezone.localdate() - timedelta(days=20), recording_until=timezone.localdate(),
        recording_reason="Puhujan toive.",
    )  # fmt: skip
    Attachment.objects.create(
        record=event, file=SimpleUploadedFile("esitys.pdf", b"%PDF-1.7"), name="esitys.pdf", title="Esitys",
        mime_type="application/pdf", size=8, purpose="material", is_public=True,
    )  # fmt: skip
    places = [event.get_absolute_url(), "/tapahtumat/syote.atom", "/tapahtumat/?left=tallenne", "/haku/?q=Tallennettu"]

    before = [client.get(place).text for place in places]
    Event.objects.update(recording_until=timezone.localdate() - timedelta(days=1))
    after = [client.get(place).text for place in places]

    assert "Katso tallenne" in before[0]
    assert "#tallenne" in before[1]
    assert "Tallennettu" in before[2]
    assert "Katso tallenne" not in after[0]
    assert "youtube" not in after[0]
    assert "Puhujan toive." in after[0]
    assert "Esitys" in after[0]
    assert "#tallenne" not in after[1]
    assert "tallenne" not in after[3].split("Tallennettu")[1][:300]
    assert "Esitys" in client.get("/tapahtumat/aineistot/").text


def test_nothing_is_fetched_from_a_video_service_before_somebody_asks(client):
    event = EventFactory(held=True, recording_link="https://youtu.be/abcdefghijk")

    page = client.get(event.get_absolute_url())
    player = client.get(f"{event.get_absolute_url()}tallenne/")

    assert "<iframe" not in page.text
    assert "youtube" not in page["Content-Security-Policy"]
    assert 'src="https://www.youtube-nocookie.com/embed/abcdefghijk"' in player.text
    assert "frame-src https://www.youtube-nocookie.com" in player["Content-Security-Policy"]


def test_a_recording_elsewhere_is_only_linked(client):
    event = EventFactory(held=True, recording_link="https://video.example.org/abc")

    assert 'href="https://video.example.org/abc"' in client.get(event.get_absolute_url()).text
    assert client.get(f"{event.get_absolute_url()}tallenne/").status_code == 302


LINK = "https://kokous.example.org/salainen-huone-93"


def test_the_remote_link_is_not_found_by_searching_for_it(client, with_link):
    page = client.get("/haku/?q=salainen-huone-93").text

    assert with_link.get_absolute_url() not in page


@pytest.fixture
def with_link(counties):
    """An event with a remote link, a held one, and somebody registered."""
    series = SeriesFactory(counties=[counties["Pirkanmaa"]])
    event = EventFactory(
        title="Etänä", remote_link=LINK, series=series, counties=[counties["Pirkanmaa"]], summary="Lyhyesti"
    )
    EventFactory(title="Pidetty", remote_link=LINK, series=series, held=True)
    RegistrationFactory(event=event)
    return event


def test_the_remote_link_is_in_no_public_page_feed_calendar_or_table(client, as_member, with_link):
    event = with_link
    slug, series = event.slug, event.series.slug
    places = [
        "/", "/kalenteri/", "/kalenteri.ics", "/syote.atom", "/sitemap.xml", "/alueet/", "/haku/?q=salainen-huone-93",
        "/haku/?q=kokous.example.org", "/haku/?q=Etänä", "/tapahtumat/", "/tapahtumat/?when=kaikki",
        "/tapahtumat/tapahtumat.csv?when=kaikki", "/tapahtumat/kalenteri.ics", "/tapahtumat/syote.atom",
        "/tapahtumat/kuukausi/", "/tapahtumat/aineistot/", "/tapahtumat/luvut/", "/tapahtumat/sarjat/",
        f"/tapahtumat/sarjat/{series}/", f"/tapahtumat/sarjat/{series}/kalenteri.ics",
        f"/tapahtumat/sarjat/{series}/syote.atom", f"/tapahtumat/{slug}/", f"/tapahtumat/{slug}/kalenteri.ics",
        f"/tapahtumat/{slug}/ilmoittaudu/", f"/tapahtumat/{slug}/ilmoittaudu/kiitos/", f"/tapahtumat/{slug}/palaute/",
        f"/en/tapahtumat/{slug}/", f"/sv/tapahtumat/{slug}/",
    ]  # fmt: skip

    for browser in (client, as_member):
        for place in places:
            answer = browser.get(place)
            assert answer.status_code == 200, place
            # What somebody searched for stands on the page of the search; the address itself nowhere.
            assert LINK not in answer.text.replace("\r\n ", ""), place


def test_the_remote_link_is_neither_in_the_search_columns_nor_in_the_history(with_link):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(search::text, ' ') FROM events_event")
        assert "salainen" not in (cursor.fetchone()[0] or "")
        cursor.execute("SELECT string_agg(t::text, ' ') FROM (SELECT * FROM events_eventevent) t")
        assert "salainen" not in (cursor.fetchone()[0] or "")


def test_who_has_a_seat_gets_the_remote_link_and_who_waits_does_not(client, with_link):
    seated = with_link.registrations.get()
    waiting = RegistrationFactory(event=with_link, waiting=True)

    own = client.get(reverse("events:registration", kwargs={"token": token("registration", seated)}))
    other = client.get(reverse("events:registration", kwargs={"token": token("registration", waiting)}))
    entry = client.get(reverse("events:registration_calendar", kwargs={"token": token("registration", seated)}))

    assert LINK in own.text
    assert LINK not in other.text
    assert "salainen-huone-93" in entry.text.replace("\r\n ", "")
    assert own["Cache-Control"].startswith("max-age=0")


def test_structured_facts_of_an_event_hold_for_search_engines(client):
    event = EventFactory(title="Avoin <webinaari>", capacity=10, summary="Kaikille")

    page = client.get(event.get_absolute_url()).text

    assert '"@type": "Event"' in page
    assert '"isAccessibleForFree": true' in page
    assert "<webinaari>" not in page


def test_registering_by_the_form_brings_a_confirmation(client):
    event = EventFactory(capacity=1)
    required = QuestionFactory(event=event, text="Ruokavalio?", is_required=True)
    address = f"{event.get_absolute_url()}ilmoittaudu/"

    empty = client.post(address, {"name": "", "email": "väärä"})
    assert empty.status_code == 200
    assert "Kirjoita nimesi." in empty.text
    assert not event.registrations.exists()
    typed = {"name": "Eeva  Esimerkki", "email": "eeva@example.org", "consent": "on", f"question-{required.pk}": "vege"}
    answer = client.post(address, typed)
    second = client.post(address, typed | {"email": "toinen@example.org"})

    assert answer.status_code == 302
    assert "jono" not in answer["Location"]
    assert second["Location"].endswith("?jono=1")
    registration = event.registrations.in_queue().first()
    assert (registration.name, registration.answers) == ("Eeva Esimerkki", {str(required.pk): "vege"})
    assert registration.consented_at


def test_the_form_says_the_same_of_an_address_that_is_registered(client):
    event = EventFactory(capacity=5)
    RegistrationFactory(event=event, email="eeva@example.org", name="Eeva")
    typed = {"name": "Uusi", "email": "uusi@example.org", "consent": "on"}

    new = Client().post(f"{event.get_absolute_url()}ilmoittaudu/", typed)
    known = Client().post(f"{event.get_absolute_url()}ilmoittaudu/", typed | {"email": "eeva@example.org"})

    assert new["Location"] == known["Location"]
    assert event.registrations.get(email="eeva@example.org").name == "Eeva"


def test_a_made_up_link_opens_nothing(client):
    registration = RegistrationFactory()
    good = token("registration", registration)

    for bad in ("x", good[:-2], good.replace(":", "."), token("door", registration)):
        assert client.get(f"/tapahtumat/oma/{bad}/").status_code == 404
    assert client.get(f"/tapahtumat/oma/{good}/").status_code == 200


def test_cancelling_by_link_is_asked_once_and_works_once(client):
    registration = RegistrationFactory()
    address = f"/tapahtumat/oma/{token('registration', registration)}/peru/"

    client.get(address)
    registration.refresh_from_db()
    assert registration.state == "seated"
    client.post(address)
    registration.refresh_from_db()
    assert registration.state == "cancelled"
    assert client.get(address).status_code == 200
    assert "Ei ollut mitään peruttavaa" in client.post(address, follow=True).text


def test_everything_about_an_address_is_seen_and_removed_by_a_link_sent_to_it(client):
    from events.links import own_token
    from letters.models import Letter

    registration = RegistrationFactory(email="eeva@example.org")

    client.post("/tapahtumat/omat/", {"email": "Eeva@example.org"})
    client.post("/tapahtumat/omat/", {"email": "tuntematon@example.org"})
    assert [letter.to_email for letter in Letter.objects.filter(key__startswith="events:own")] == ["Eeva@example.org"]
    address = f"/tapahtumat/omat/{own_token('eeva@example.org')}/"
    assert registration.event.title in client.get(address).text
    client.get(f"{address}poista/")
    assert Event.objects.get(pk=registration.event_id).registrations.exists()
    client.post(f"{address}poista/")

    assert not registration.event.registrations.exists()
    assert "ei ole tallennettu mitään" in client.get(address).text


def test_figures_come_out_of_lists_and_exports(client):
    series = SeriesFactory(name="Ajankohtaiskatsaukset")
    for day, count in ((4, 20), (11, 80), (18, 45)):
        EventFactory(series=series, starts_at=timezone.make_aware(datetime(2022, 3, day, 9)), head_count=count)
    EventFactory(series=series, starts_at=timezone.make_aware(datetime(2022, 3, 25, 9)), cancelled=True)

    page = client.get("/tapahtumat/luvut/?vuosi=2022").text
    table = client.get("/tapahtumat/luvut/vie/?vuosi=2022&muoto=csv").content.decode("utf-8-sig")

    assert "Ajankohtaiskatsaukset" in page
    assert "20–80" in page
    assert "Ajankohtaiskatsaukset;3;1;;145;20;80" in table


def test_the_remote_link_is_in_no_log(as_staff, client, caplog, with_link):
    from events import tasks
    from tests.events.test_editing import change, section

    with caplog.at_level("DEBUG"):
        change(as_staff, section(with_link, "aika"), remote_link=f"{LINK}-uusi")
        client.post(
            f"{with_link.get_absolute_url()}ilmoittaudu/",
            {"name": "Eeva", "email": "eeva@example.org", "consent": "on"},
        )
        tasks.remind()
        seated = with_link.registrations.first()
        client.get(f"/tapahtumat/oma/{token('registration', seated)}/")

    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert said
    assert not any("salainen-huone" in line for line in said)


def test_one_mends_ones_own_details_and_keeps_the_seat(client):
    event = EventFactory(capacity=1)
    question = QuestionFactory(event=event, text="Ruokavalio?", is_required=True)
    registration = RegistrationFactory(event=event, name="Eva", answers={str(question.pk): "vege"})
    address = f"/tapahtumat/oma/{token('registration', registration)}/"

    assert 'value="vege"' in client.get(f"{address}muuta/").text
    refused = client.post(f"{address}muuta/", {"name": "", f"question-{question.pk}": "kala"})
    assert "Kirjoita nimesi." in refused.text
    client.post(f"{address}muuta/", {"name": "Eeva", "email": "muu@example.org", f"question-{question.pk}": "kala"})

    kept = registration.email
    registration.refresh_from_db()
    assert (registration.name, registration.email, registration.state) == ("Eeva", kept, "seated")
    assert "kala" in client.get(address).text
