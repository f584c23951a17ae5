"""A season is planned in one table, people register and queue, the event is held, its recording goes on its day."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from events import tasks
from events.models import Event
from letters.models import Letter
from tests.accounts.factories import UserFactory
from tests.browser.soundness import DESKTOP, PHONE, the_page_is_sound
from tests.directory.factories import CountyFactory, PersonFactory
from tests.events.factories import EventFactory, RegistrationFactory, SeriesFactory, SpeakerFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = pytest.mark.parametrize(
    "javascript", [True, False], ids=["wide with JavaScript", "on a dark phone without JavaScript"]
)


def look(javascript):
    return {"screen": DESKTOP, "scheme": "light"} if javascript else {"screen": PHONE, "scheme": "dark"}


def somebody_of_the_staff():
    user = UserFactory(email="henkilo@example.org", roles=[Role.STAFF])
    PersonFactory(given_name="Aava", family_name="Esimerkki", email=user.email, user=user, of_the_house=True)
    return user


def own_link(kind):
    """The link to one's own page in the last letter of a kind, as it is read."""
    letter = Letter.objects.filter(key__contains=f":{kind}:").order_by("pk").last()
    return re.search(r"https?://[^/]+(/tapahtumat/oma/\S+)", letter.text)[1]


@LOOKS
def test_a_season_is_planned_in_one_table(javascript, browse):
    series = SeriesFactory(name="Perjantain katsaukset")
    page = browse(somebody_of_the_staff(), javascript=javascript, **look(javascript))

    page.goto("/tapahtumat/")
    page.get_by_role("link", name="Suunnittele kausi").click()
    page.get_by_role("link", name="Perjantain katsaukset").click()
    page.get_by_role("link", name="Suunnittele kausi").first.click()
    page.get_by_role("navigation", name="Kausi").get_by_role("link").last.click()
    the_page_is_sound(page)
    topics = page.get_by_label(re.compile("^Aihe"))
    for number in range(10):
        topics.nth(number).fill(f"Aihe {number}")
        page.get_by_label(re.compile("^Puhujat")).nth(number).fill(f"Puhuja {number}; Toinen {number}")
    page.get_by_label(re.compile("^Päivä")).nth(10).fill("35.13.2030")
    topics.nth(10).fill("Väärä päivä")
    page.get_by_role("button", name="Tallenna ja julkaise kaikki").click()

    expect(page.get_by_role("alert")).to_contain_text("Kuukautta 13 ei ole")
    assert not Event.objects.exists()
    expect(topics.nth(3)).to_have_value("Aihe 3")
    topics.nth(10).fill("")
    page.get_by_role("button", name="Tallenna ja julkaise kaikki").click()

    expect(page.get_by_role("status").first).to_contain_text("10 uutta tapahtumaa")
    the_page_is_sound(page)
    assert Event.objects.published().filter(series=series).count() == 10
    assert {timezone.localtime(event.starts_at).strftime("%H.%M") for event in Event.objects.all()} == {"08.30"}
    # One is moved to a free day, and the others stay.
    moved = Event.objects.get(title="Aihe 4")
    page.get_by_label(re.compile("^Päivä")).nth(4).fill(f"{moved.day.day}.{moved.day.month}.{moved.day.year}")
    new_day = moved.day + timedelta(days=3)
    page.get_by_label(re.compile("^Päivä")).nth(4).fill(f"{new_day.day}.{new_day.month}.{new_day.year}")
    page.get_by_role("button", name="Tallenna kausi luonnoksina").click()
    moved.refresh_from_db()
    assert moved.day == new_day
    assert (moved.sequence, moved.is_published) == (1, True)


@LOOKS
def test_people_register_one_cancels_one_is_promoted(javascript, browse):
    event = EventFactory(title="Kirjaamisen päivä", capacity=80, remote_link="https://kokous.example.org/93")
    for _number in range(79):
        RegistrationFactory(event=event)
    page = browse(javascript=javascript, **look(javascript))

    page.goto("/tapahtumat/")
    page.get_by_role("link", name="Kirjaamisen päivä").click()
    the_page_is_sound(page)
    page.get_by_role("link", name="Ilmoittaudu", exact=True).click()
    page.get_by_role("button", name="Ilmoittaudu").click()
    expect(page.get_by_role("alert")).to_contain_text("Kirjoita nimesi.")
    the_page_is_sound(page)
    register(page, "Eeva Esimerkki", "eeva@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiitos, sinulla on paikka")
    the_page_is_sound(page)

    page.goto(event.get_absolute_url())
    page.get_by_role("link", name="Ilmoittaudu jonoon").click()
    register(page, "Joni Jonottaja", "joni@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Olet jonossa")

    page.goto(own_link("waiting"))
    expect(page.get_by_role("heading", name="Olet 1. jonossa")).to_be_visible()
    assert "kokous.example.org" not in page.content()
    page.goto(own_link("confirmation"))
    expect(page.get_by_role("link", name="https://kokous.example.org/93")).to_be_visible()
    the_page_is_sound(page)
    page.get_by_role("link", name="En pääse tulemaan").click()
    page.get_by_role("button", name="En pääse tulemaan").click()
    expect(page.get_by_role("heading", name="Et ole tulossa")).to_be_visible()

    page.goto(own_link("offer"))
    the_page_is_sound(page)
    page.get_by_role("button", name="Ota paikka").click()
    expect(page.get_by_role("heading", name="Sinulla on paikka")).to_be_visible()
    event.refresh_from_db()
    assert (event.seats_taken, event.waiting_count) == (80, 0)


def register(page, name, email):
    page.get_by_label("Nimi", exact=True).fill(name)
    page.get_by_label("Sähköposti", exact=True).fill(email)
    page.get_by_label(re.compile("^Pikassos saa säilyttää")).check()
    page.get_by_role("main").get_by_role("button").first.click()


def test_an_event_is_held_its_recording_shown_and_gone_on_its_day(browse):
    today = timezone.localdate()
    event = EventFactory(title="Pidetty katsaus", held=True)
    SpeakerFactory(event=event, name="Paula Puhuja", permission="yes")
    people = [RegistrationFactory(event=event) for _number in range(5)]
    page, visitor = browse(somebody_of_the_staff()), browse()

    page.goto(f"{event.get_absolute_url()}osallistujat/")
    the_page_is_sound(page)
    for person in people[:3]:
        page.get_by_label(person.name).check()
    page.get_by_role("button", name="Tallenna läsnäolo").click()
    expect(page.get_by_role("status").first).to_contain_text("Läsnäolo on kirjattu.")
    page.get_by_label("Nimi", exact=True).fill("Yllä Tullut")
    page.get_by_role("button", name="Lisää luetteloon").click()
    expect(page.get_by_label("Yllä Tullut")).to_be_checked()
    assert event.present_total() == 4

    page.goto(f"{event.get_absolute_url()}muokkaa/tallenne/")
    the_page_is_sound(page)
    page.get_by_label("Tallenteen osoite").fill("https://youtu.be/abcdefghijk")
    until = today + timedelta(days=3)
    page.get_by_label("Näkyvyys päättyy").fill(f"{until.day}.{until.month}.{until.year}")
    page.get_by_label("Miksi siihen asti").fill("Puhuja toivoi niin.")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Tallennettu.")

    visitor.goto(event.get_absolute_url())
    the_page_is_sound(visitor)
    expect(visitor.get_by_role("link", name="Katso tallenne")).to_be_visible()
    with time_machine.travel(datetime.combine(until + timedelta(days=1), datetime.min.time()).astimezone(), tick=True):
        visitor.goto(event.get_absolute_url())
        expect(visitor.get_by_role("link", name="Katso tallenne")).to_have_count(0)
        expect(visitor.get_by_text("Puhuja toivoi niin.")).to_be_visible()


def test_a_visitor_registers_with_the_keyboard_alone(browse):
    event = EventFactory(title="Näppäimillä")
    page = browse()

    page.goto(f"{event.get_absolute_url()}ilmoittaudu/")
    page.get_by_label("Nimi", exact=True).focus()
    page.keyboard.type("Keijo Näppäin")
    page.keyboard.press("Tab")
    page.keyboard.type("keijo@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("Esimerkkialue")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Kiitos, sinulla on paikka")
    assert event.registrations.get().organisation == "Esimerkkialue"


def test_a_speaker_sends_her_talk_and_staff_accept_it(browse):
    from events.links import token

    event = EventFactory(title="Puhujan päivä")
    speaker = SpeakerFactory(event=event, name="Paula Puhuja", email="paula@example.org")
    hers, page, visitor = browse(screen=PHONE), browse(somebody_of_the_staff()), browse()

    page.goto(event.get_absolute_url())
    page.get_by_role("button", name="Lähetä puhujalle linkki").click()
    expect(page.get_by_role("status").first).to_contain_text("Linkki on matkalla")
    hers.goto(f"/tapahtumat/puhuja/{token('speaker', speaker)}/")
    the_page_is_sound(hers)
    hers.get_by_label("Puheenvuorosi otsikko").fill("Mitä opin")
    hers.get_by_label("Kuka olet").fill("Tutkija.")
    hers.get_by_label("Esitys").set_input_files({"name": "esitys.pdf", "mimeType": "application/pdf", "buffer": b"MZ"})
    hers.get_by_label("Kyllä").check()
    hers.get_by_role("button", name="Lähetä").click()
    expect(hers.get_by_role("alert")).to_contain_text("ei ole sitä, mitä sen nimi sanoo")
    slides = {"name": "esitys.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 esitys"}
    hers.get_by_label("Esitys").set_input_files(slides)
    hers.get_by_role("button", name="Lähetä").click()
    expect(hers.get_by_role("status").first).to_contain_text("Kiitos.")

    visitor.goto(event.get_absolute_url())
    expect(visitor.get_by_text("Mitä opin")).to_have_count(0)
    page.reload()
    the_page_is_sound(page)
    page.get_by_role("button", name="Hyväksy ja näytä").click()
    visitor.reload()
    expect(visitor.get_by_text("Mitä opin")).to_be_visible()
    expect(visitor.get_by_role("link", name=re.compile("^Esitys: Paula Puhuja"))).to_be_visible()


def test_registered_for_the_series_by_one_form(browse):
    CountyFactory()
    series = SeriesFactory(name="Katsaukset", takes_standing=True)
    event = EventFactory(series=series)
    page = browse(screen=PHONE, javascript=False)

    page.goto(series.get_absolute_url())
    the_page_is_sound(page)
    page.get_by_role("link", name="Ilmoittaudu koko sarjaan").click()
    register(page, "Vakio Kävijä", "vakio@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiitos")
    later = EventFactory(series=series, starts_at=event.starts_at + timedelta(days=7))
    tasks.register_standing()

    assert [one.registrations.get().email for one in (event, later)] == ["vakio@example.org"] * 2
    assert date.today() <= event.day
