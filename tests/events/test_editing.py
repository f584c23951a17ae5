"""Staff plan and change: sections, this and later ones, the season's table, bad input that loses nothing."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from events import registering
from events.models import Event
from events.season import Term, holiday_names, term_of
from letters.models import Letter
from networks.models import Network
from publishing.models import Attachment
from tests.events.factories import (
    EventFactory,
    QuestionFactory,
    RegistrationFactory,
    SeriesFactory,
    SpeakerFactory,
    noon,
)
from tests.networks.factories import NetworkFactory
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def fields_of(page):
    """What the opened form of a page holds, as a browser would send it."""
    form = page.context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value in (None, False, ""):
            continue
        data[bound.html_name] = "on" if value is True else value
        if isinstance(value, list | tuple):
            data[bound.html_name] = [getattr(one, "pk", one) for one in value]
    return data


def change(browser, address, **typed):
    return browser.post(address, fields_of(browser.get(address)) | typed, follow=True)


def section(event, name):
    return reverse("events:edit", kwargs={"slug": event.slug, "section": name})


def test_a_change_can_concern_this_later_or_all_events_to_come(as_staff):
    series = SeriesFactory()
    past = EventFactory(series=series, held=True)
    first, second, third = (EventFactory(series=series, starts_at=noon(days)) for days in (7, 14, 21))

    change(as_staff, section(second, "aika"), starts="13.00", ends="14.00")
    assert hours(past, first, second, third) == [12, 12, 13, 12]
    change(as_staff, section(second, "aika"), starts="14.00", ends="15.00", reach="later")
    assert hours(past, first, second, third) == [12, 12, 14, 14]
    page = change(as_staff, section(second, "aika"), starts="15.00", ends="16.00", reach="all")
    assert hours(past, first, second, third) == [12, 15, 15, 15]
    assert "Lisäksi muuttui 2 muuta tapahtumaa." in page.text
    assert [timezone.localdate(event.starts_at) for event in (first, second, third)] == [
        timezone.localdate() + timedelta(days=days) for days in (7, 14, 21)
    ]


def hours(*events):
    for event in events:
        event.refresh_from_db()
    return [timezone.localtime(event.starts_at).hour for event in events]


def test_who_registered_for_an_event_that_changes_with_others_is_told(as_staff):
    series = SeriesFactory()
    first, second = (EventFactory(series=series, starts_at=noon(days)) for days in (7, 14))
    registering.register(second, name="Eeva", email="eeva@example.org")
    Letter.objects.update(sent_at=timezone.now())

    page = change(as_staff, section(first, "aika"), remote_link="https://k.example.org/uusi", reach="later")

    assert "1 ilmoittautuneelle kerrotaan." in page.text
    told = Letter.objects.get(key__contains=":change:")
    assert told.to_email == "eeva@example.org"
    assert "https://k.example.org/uusi" in told.text


def test_bad_times_are_said_and_nothing_is_lost(as_staff):
    event = EventFactory()
    before = event.starts_at

    reversed_times = change(as_staff, section(event, "aika"), starts="15.00", ends="14.00", place="Tampere")
    no_day = change(as_staff, section(event, "aika"), date="31.2.2027")

    assert "Tapahtuma ei voi päättyä ennen kuin se alkaa." in reversed_times.text
    assert 'value="Tampere"' in reversed_times.text
    assert "31.2.2027 ei ole" in no_day.text or "ei ole" in no_day.text
    event.refresh_from_db()
    assert event.starts_at == before


def test_fewer_seats_than_people_are_refused_and_more_move_the_queue(as_staff):
    event = EventFactory(capacity=3)
    for number in range(4):
        registering.register(event, name=f"N{number}", email=f"n{number}@example.org")

    refused = change(as_staff, section(event, "ilmoittautuminen"), capacity="2")
    assert "Paikka on jo 3 ilmoittautuneella" in refused.text
    change(as_staff, section(event, "ilmoittautuminen"), capacity="4")

    event.refresh_from_db()
    assert (event.capacity, event.seats_taken, event.waiting_count) == (4, 4, 0)
    assert Letter.objects.filter(key__contains=":offer:").count() == 1


def test_registration_closes_by_time_and_not_after_the_end(as_staff):
    event = EventFactory()
    day = event.day - timedelta(days=2)

    late = change(as_staff, section(event, "ilmoittautuminen"), closes_on="1.1.2099")
    change(as_staff, section(event, "ilmoittautuminen"), closes_on=f"{day.day}.{day.month}.{day.year}")

    assert "ei voi päättyä tapahtuman jälkeen" in late.text
    event.refresh_from_db()
    assert timezone.localdate(event.registration_closes_at) == day


def test_hosts_are_named_by_address_or_name_and_their_pages_tell_it(as_staff, client):
    network, project = NetworkFactory(name="Perheverkosto"), ProjectFactory(name="Hanke yksi")
    event = EventFactory(title="Yhteinen päivä")

    unknown = change(as_staff, section(event, "jarjestajat"), hosts="https://example.org/muualla")
    change(as_staff, section(event, "jarjestajat"), hosts=f"{network.get_absolute_url()}\nHanke yksi")

    assert "Tällaista verkostoa tai hanketta ei löydy" in unknown.text
    assert list(event.networks.all()) == [network]
    for page in (network, project):
        assert "Yhteinen päivä" in client.get(page.get_absolute_url()).text
    assert Network.objects.count() == 1


def test_two_who_edit_at_once_lose_nothing(as_staff):
    event = EventFactory(summary="Alku")
    address = section(event, "perustiedot")
    mine = fields_of(as_staff.get(address))
    change(as_staff, address, summary="Toinen ehti")

    refused = as_staff.post(address, mine | {"summary": "Minun"})

    assert "Toinen ehti" in refused.text
    assert "Minun" in refused.text
    event.refresh_from_db()
    assert event.summary == "Toinen ehti"


def test_a_recording_is_refused_where_a_speaker_said_no(as_staff):
    event = EventFactory(held=True)
    SpeakerFactory(event=event, name="Nea Eivät", permission="no")

    page = change(as_staff, section(event, "tallenne"), recording_link="https://youtu.be/abcdefghijk")

    assert "Nea Eivät on kieltänyt tallennuksen." in page.text
    event.refresh_from_db()
    assert not event.recording_link


def test_a_recording_ends_at_midsummer_or_christmas_unless_told(as_staff):
    spring = EventFactory(starts_at=timezone.make_aware(datetime(2026, 3, 6, 9)))
    autumn = EventFactory(starts_at=timezone.make_aware(datetime(2026, 10, 2, 9)))

    assert 'value="19.6.2026"' in as_staff.get(section(spring, "tallenne")).text
    assert 'value="24.12.2026"' in as_staff.get(section(autumn, "tallenne")).text


def test_an_event_with_people_is_neither_hidden_nor_removed(as_staff):
    event = EventFactory()
    RegistrationFactory(event=event)

    hidden = as_staff.post(reverse("events:unpublish", kwargs={"slug": event.slug}), follow=True)
    removed = as_staff.post(reverse("events:delete", kwargs={"slug": event.slug}), follow=True)

    assert "Peru tapahtuma" in hidden.text
    assert "ei poisteta" in removed.text
    assert Event.objects.get().is_published


def test_questions_of_its_own_with_choices(as_staff, client):
    event = EventFactory()
    address = reverse("events:part_create", kwargs={"slug": event.slug, "kind": "kysymykset"})

    refused = as_staff.post(address, {"text": "Ruoka?", "kind": "choice", "choices": "kasvis"})
    as_staff.post(address, {"text": "Ruoka?", "kind": "choice", "choices": "kasvis\nliha", "is_required": "on"})

    assert "vähintään kaksi vaihtoehtoa" in refused.text
    question = event.questions.get()
    typed = {"name": "Eeva", "email": "eeva@example.org", "consent": "on", f"question-{question.pk}": "kala"}
    wrong = client.post(f"{event.get_absolute_url()}ilmoittaudu/", typed)
    assert wrong.status_code == 200
    assert not event.registrations.exists()


def test_a_change_that_is_impossible_for_another_event_changes_none(as_staff):
    series = SeriesFactory()
    first = EventFactory(series=series, starts_at=noon(7))
    EventFactory(title="Iltapäivällä", series=series, starts_at=noon(14) + timedelta(hours=3))

    page = change(as_staff, section(first, "aika"), ends="12.30", reach="later")

    assert "Iltapäivällä" in page.text
    first.refresh_from_db()
    assert timezone.localtime(first.ends_at).hour == 13


def test_registration_here_is_refused_where_one_registers_elsewhere(as_staff):
    series = SeriesFactory()
    first = EventFactory(series=series, starts_at=noon(7), takes_registrations=False)
    EventFactory(
        series=series, starts_at=noon(14), takes_registrations=False, registration_address="https://muualla.example.org"
    )

    page = change(as_staff, section(first, "ilmoittautuminen"), takes_registrations="on", reach="later")

    assert "joko täällä tai muualla" in page.text
    first.refresh_from_db()
    assert not first.takes_registrations


def test_moving_to_another_series_changes_nothing_there(as_staff):
    old, new = SeriesFactory(), SeriesFactory()
    event, sibling = (EventFactory(series=old, starts_at=noon(days)) for days in (7, 14))
    other = EventFactory(series=new, starts_at=noon(14))

    change(as_staff, section(event, "perustiedot"), series=new.pk, price="25", reach="later")

    for one in (event, sibling, other):
        one.refresh_from_db()
    assert (event.series, event.price, sibling.price, other.price) == (new, 25, 25, 0)


def test_registration_closes_as_long_before_an_event_that_is_moved(as_staff):
    event = EventFactory(starts_at=noon(10), registration_closes_at=noon(8))
    day = event.day + timedelta(days=20)

    change(as_staff, section(event, "aika"), date=f"{day.day}.{day.month}.{day.year}")

    event.refresh_from_db()
    assert timezone.localdate(event.registration_closes_at) == day - timedelta(days=2)


def test_an_hour_that_clocks_leave_out_is_said(as_staff):
    page = as_staff.post(
        reverse("events:create"),
        {"title": "Yöllä", "date": "28.3.2049", "starts": "3.30", "ends": "4.00", "mode": "remote"},
    )

    assert "Tapahtuma ei voi päättyä ennen kuin se alkaa." in page.text
    assert not Event.objects.exists()


def test_a_speaker_whose_address_is_mended_gets_a_link_and_the_old_one_is_dead(as_staff, client):
    from events.links import token

    speaker = SpeakerFactory(event=EventFactory(), email="vaara@example.org")
    old = token("speaker", speaker)
    ask = reverse("events:speaker_ask", kwargs={"slug": speaker.event.slug, "pk": speaker.pk})
    as_staff.post(ask)

    address = reverse("events:part_edit", kwargs={"slug": speaker.event.slug, "kind": "puhujat", "pk": speaker.pk})
    change(as_staff, address, email="oikea@example.org")
    as_staff.post(ask)

    assert [letter.to_email for letter in Letter.objects.order_by("pk")] == ["vaara@example.org", "oikea@example.org"]
    assert client.get(f"/tapahtumat/puhuja/{old}/").status_code == 404


# The season ---------------------------------------------------------------------------------------------------------


def test_the_days_of_a_term_know_their_holidays():
    spring, autumn = Term(2026, "kevat"), Term(2026, "syksy")

    assert next(spring.days(4)) == date(2026, 1, 2)
    assert list(spring.days(4))[-1] == date(2026, 6, 19)
    assert next(autumn.days(4)) == date(2026, 8, 7)
    names = holiday_names(spring, "fi")
    assert {date(2026, 4, 3), date(2026, 5, 1), date(2026, 6, 19)} <= set(names)
    assert [term_of(date(2026, month, 26)).code for month in (1, 6, 9, 12)] == [
        "2026-kevat", "2026-syksy", "2026-syksy", "2027-kevat"
    ]  # fmt: skip
    assert (autumn.next.code, spring.previous.code) == ("2027-kevat", "2025-syksy")


def season_of(series, term):
    return f"{reverse('events:season', kwargs={'slug': series.slug})}?kausi={term.code}"


def rows_of(page):
    """The rows of the season's table as a browser sends them."""
    form = page.context["form"]
    data = {}
    for row in form.rows:
        for bound in row:
            value = bound.value()
            data[bound.html_name] = "" if value is None else bound.field.prepare_value(value)
    return data


def test_a_season_is_planned_changed_and_copied(as_staff):
    series = SeriesFactory()
    term = term_of(timezone.localdate()).next
    data = rows_of(as_staff.get(season_of(series, term)))
    for number in range(12):
        data |= {f"rivi-{number}-title": f"Aihe {number}", f"rivi-{number}-speaker": "Eka Puhuja; Toka Puhuja, THL"}

    as_staff.post(season_of(series, term), data | {"remote_link": "https://k.example.org/kausi"})

    events = list(series.occasions.by_start())
    assert [event.title for event in events] == [f"Aihe {number}" for number in range(12)]
    assert not any(event.is_published for event in events)
    assert {event.remote_link for event in events} == {"https://k.example.org/kausi"}
    assert [speaker.name for speaker in events[0].speakers.in_order()] == ["Eka Puhuja", "Toka Puhuja, THL"]
    # A year later the topics come along to begin with, and nothing is saved by looking.
    following = Term(term.year + 1, term.season)
    page = as_staff.get(f"{season_of(series, following)}&pohja=viime")
    assert 'value="Aihe 11"' in page.text
    before = as_staff.get(season_of(series, following)).text
    assert f"Tuo 12 aihetta: {term.words}" in before
    assert not series.occasions.filter(starts_at__year=following.year + 1).exists()
    assert series.occasions.count() == 12


def test_pressing_twice_plans_each_day_once_and_touches_no_speaker(as_staff):
    series = SeriesFactory()
    term = term_of(timezone.localdate()).next
    data = rows_of(as_staff.get(season_of(series, term))) | {"rivi-0-title": "Kerran", "rivi-0-speaker": "Eka; Eka"}

    as_staff.post(season_of(series, term), data)
    as_staff.post(season_of(series, term), data)

    event = series.occasions.get()
    assert [speaker.name for speaker in event.speakers.all()] == ["Eka"]
    opened = rows_of(as_staff.get(season_of(series, term)))
    SpeakerFactory(event=event, name="Lisätty välissä", bio="Pitkä esittely")
    page = as_staff.post(season_of(series, term), opened | {"rivi-0-title": "Toinen aihe"})
    assert "Joku muu muutti näitä sillä välin" in page.text
    assert event.speakers.count() == 2


def test_a_season_of_nonsense_is_the_present_one(as_staff):
    series = SeriesFactory()

    for nonsense in ("020261-kevat", "x", "9999-syksy", "2026-talvi", "-"):
        address = f"{reverse('events:season', kwargs={'slug': series.slug})}?kausi={nonsense}"
        assert as_staff.get(address).status_code == 200


def test_a_bad_row_saves_nothing_and_keeps_what_was_typed(as_staff):
    series = SeriesFactory()
    term = term_of(timezone.localdate()).next
    data = rows_of(as_staff.get(season_of(series, term)))
    data |= {"rivi-0-title": "Hyvä", "rivi-1-title": "Huono", "rivi-1-ends": "7.00", "rivi-2-speaker": "Ilman aihetta"}

    page = as_staff.post(season_of(series, term), data)

    assert "Tapahtuma ei voi päättyä ennen kuin se alkaa." in page.text
    assert 'value="Hyvä"' in page.text
    assert not Event.objects.exists()


def test_planning_tells_who_registered_when_a_published_event_is_moved(as_staff):
    series = SeriesFactory()
    term = term_of(timezone.localdate()).next
    friday = list(term.days(4))[5]
    event = EventFactory(
        series=series, starts_at=timezone.make_aware(datetime(friday.year, friday.month, friday.day, 9))
    )
    registering.register(event, name="Eeva", email="eeva@example.org")
    Letter.objects.update(sent_at=timezone.now())
    data = rows_of(as_staff.get(season_of(series, term)))
    prefix = next(key for key, value in data.items() if key.endswith("-pk") and value == event.pk).removesuffix("pk")
    day = event.day + timedelta(days=1)

    as_staff.post(season_of(series, term), data | {f"{prefix}date": f"{day.day}.{day.month}.{day.year}"})

    event.refresh_from_db()
    assert (event.day, event.sequence) == (day, 1)
    assert Letter.objects.filter(key__contains=":change:").count() == 1


# Speakers, files ----------------------------------------------------------------------------------------------------


def test_what_a_speaker_sends_is_shown_once_accepted(as_staff, client):
    from events.links import token

    speaker = SpeakerFactory(event=EventFactory(), email="paula@example.org")
    address = f"/tapahtumat/puhuja/{token('speaker', speaker)}/"
    disguised = SimpleUploadedFile("esitys.pdf", b"MZ\x90\x00", "application/pdf")
    typed = {"title": "Otsikko", "bio": "<script>alert(1)</script>", "permission": "yes"}

    refused = client.post(address, typed | {"slides": disguised})
    client.post(address, typed | {"slides": SimpleUploadedFile("esitys.pdf", b"%PDF-1.7", "application/pdf")})

    assert "ei ole sitä, mitä sen nimi sanoo" in refused.text
    page = speaker.event.get_absolute_url()
    assert "Otsikko" not in client.get(page).text
    slides = Attachment.objects.of(speaker.event).get()
    assert client.get(slides.get_absolute_url()).status_code == 404
    speaker.refresh_from_db()
    accept = reverse("events:speaker_accept", kwargs={"slug": speaker.event.slug, "pk": speaker.pk})
    as_staff.post(accept, {"seen": "2026-01-01T12:00:00+00:00"})
    assert "Otsikko" not in client.get(page).text
    for _twice in range(2):
        as_staff.post(accept, {"seen": speaker.seen})
    shown = client.get(page).text
    assert "Otsikko" in shown
    assert "<script>alert" not in shown
    opened = client.get(slides.get_absolute_url())
    assert b"".join(opened.streaming_content) == b"%PDF-1.7"


def test_a_question_moves_among_its_own(as_staff):
    event = EventFactory()
    first, second = (QuestionFactory(event=event, position=number) for number in (1, 2))

    as_staff.post(
        reverse("events:part_move", kwargs={"slug": event.slug, "kind": "kysymykset", "pk": second.pk}), {"to": "up"}
    )

    assert list(event.questions.in_order()) == [second, first]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_for_three_seats_get_three(transactional_db):
    event = EventFactory(capacity=3)

    def come(number):
        registering.register(event, name=f"N{number}", email=f"n{number}@example.org")
        connections.close_all()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    event.refresh_from_db()
    assert (event.seats_taken, event.waiting_count) == (3, 17)
    assert [row.state for row in event.registrations.in_queue()] == ["seated"] * 3 + ["waiting"] * 17
