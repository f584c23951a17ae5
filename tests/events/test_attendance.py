"""Who was there: by tap, at the door, by the meeting tool's list; certificates, feedback, and being forgotten."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from directory.models import ImportDraft
from events import tasks
from events.links import certificate_token, token
from events.models import Event, Feedback, Registration
from letters.models import Letter
from tests.events.factories import (
    EventFactory,
    FeedbackFactory,
    QuestionFactory,
    RegistrationFactory,
    SpeakerFactory,
    noon,
)
from tests.stopping import after_a_stop_at_every_statement

pytestmark = pytest.mark.django_db

TEAMS = """1. Summary
Meeting title\tPerjantain katsaus
Attended participants\t4
Start time\t11/27/26, 8:25:00 AM

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Eeva Esimerkki\t11/27/26, 8:26:00 AM\t11/27/26, 9:30:00 AM\t1h 4m\teeva@example.org\teeva@example.org\tAttendee
Esimerkki Joni (Guest)\t11/27/26, 8:30:00 AM\t11/27/26, 9:30:00 AM\t1h\t\t\tAttendee
Eeva Esimerkki\t11/27/26, 9:00:00 AM\t11/27/26, 9:30:00 AM\t30m\teeva@example.org\teeva@example.org\tAttendee
Olli Järjestäjä\t11/27/26, 8:20:00 AM\t11/27/26, 9:30:00 AM\t1h\tolli@example.org\tolli@example.org\tOrganizer
Uusi Kuulija\t11/27/26, 8:30:00 AM\t11/27/26, 9:30:00 AM\t1h\tuusi@example.org\tuusi@example.org\tAttendee

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Eeva Esimerkki\t11/27/26, 8:26:00 AM\t11/27/26, 9:30:00 AM\t1h\teeva@example.org\tAttendee
"""


def bring(browser, event, data, name="lasnaolo.csv"):
    address = reverse("events:attendance_import", kwargs={"slug": event.slug})
    return browser.post(address, {"file": SimpleUploadedFile(name, data)}, follow=True)


def confirm(browser, page):
    draft = ImportDraft.objects.latest("pk")
    assert page.status_code == 200
    return browser.post(reverse("directory:import_confirm", kwargs={"pk": draft.pk}), follow=True)


def test_the_report_of_teams_marks_who_registered_and_adds_the_others(as_staff):
    event = EventFactory(held=True)
    eeva = RegistrationFactory(event=event, name="Eeva Esimerkki", email="eeva@example.org")
    joni = RegistrationFactory(event=event, name="Joni Esimerkki", email="joni@example.org")
    away = RegistrationFactory(event=event, name="Poissa Oleva")

    page = bring(as_staff, event, TEAMS.encode("utf-16"))
    assert event.registrations.filter(was_present=True).count() == 0
    confirm(as_staff, page)

    for row in (eeva, joni, away):
        row.refresh_from_db()
    assert (eeva.was_present, joni.was_present, away.was_present) == (True, True, None)
    assert not event.registrations.filter(name="Olli Järjestäjä").exists()
    new = event.registrations.get(email="uusi@example.org")
    assert (new.source, new.was_present) == ("import", True)
    assert event.present_total() == 3


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_a_report_that_was_saved_anew_is_read_alike(as_staff, separator):
    event = EventFactory(held=True)
    lines = [line.replace(", ", " ") for line in TEAMS.splitlines()]

    confirm(as_staff, bring(as_staff, event, "\n".join(lines).replace("\t", separator).encode()))

    assert sorted(event.registrations.values_list("name", flat=True)) == [
        "Eeva Esimerkki", "Esimerkki Joni (Guest)", "Uusi Kuulija"
    ]  # fmt: skip


def test_ten_thousand_rows_with_errors_in_the_middle_are_answered(as_staff):
    event = EventFactory(held=True)
    lines = ["Nimi;Sähköposti"] + [f"Osallistuja {number};o{number}@example.org" for number in range(10_000)]
    too_many = bring(as_staff, event, "\n".join(lines).encode())
    assert "5 000" in too_many.text.replace("\xa0", " ") or "5000" in too_many.text
    assert not event.registrations.exists()

    lines = lines[:3001]
    lines[1500] = "Virheellinen;ei-osoite"
    lines[2000] = ";"
    lines[2500] = f"{'x' * 300};pitka@example.org"
    page = bring(as_staff, event, "\n".join(lines).encode())
    confirm(as_staff, page)

    assert event.registrations.filter(was_present=True).count() == 2997


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"a;b\n1;2\n", b"<html></html>"])
def test_a_file_that_is_no_list_is_refused_with_a_sentence(as_staff, data):
    page = bring(as_staff, EventFactory(held=True), data)

    assert page.status_code == 200
    assert "error-summary" in page.text


def test_attendance_by_tap_and_head_count_alone(as_staff):
    event = EventFactory(held=True)
    first, _second = RegistrationFactory(event=event), RegistrationFactory(event=event)

    as_staff.post(
        reverse("events:participants", kwargs={"slug": event.slug}), {"present": [first.pk], "before": "", "shown": ""}
    )
    assert event.present_total() == 1
    as_staff.post(
        reverse("events:edit", kwargs={"slug": event.slug, "section": "jalkeen"}), {"head_count": "57", "after": ""}
    )

    event.refresh_from_db()
    assert event.present_total() == 57


def test_two_who_mark_at_once_keep_each_others_marks(as_staff):
    event = EventFactory(held=True)
    first, second, third = (RegistrationFactory(event=event) for _number in range(3))
    address = reverse("events:participants", kwargs={"slug": event.slug})
    shown = ",".join(str(row.pk) for row in (first, second, third))
    opened_before = {"before": str(third.pk), "shown": shown}
    third.come()
    second.come()  # by the sign at the door, after the page was opened

    as_staff.post(address, opened_before | {"present": [first.pk]})

    marks = [Registration.objects.get(pk=row.pk).was_present for row in (first, second, third)]
    assert marks == [True, True, False]


def test_after_the_promised_day_no_names_are_written_down(as_staff):
    event = EventFactory(starts_at=noon(-120))
    tasks.forget_people()

    as_staff.post(reverse("events:door_add", kwargs={"slug": event.slug}), {"ovi-name": "Myöhäinen"})
    page = bring(as_staff, event, TEAMS.encode("utf-16"))

    assert "Nimet on poistettu" in page.text
    assert not event.registrations.exists()
    # Whoever was added all the same goes with the next sweep, and is counted.
    RegistrationFactory(event=event, was_present=True)
    tasks.forget_people()
    event.refresh_from_db()
    assert (event.registrations.count(), event.forgotten_present) == (0, 1)


def test_somebody_who_came_without_registering_is_let_in_even_when_all_seats_are_taken(as_staff):
    event = EventFactory(starts_at=timezone.now(), capacity=1)
    RegistrationFactory(event=event)

    as_staff.post(
        reverse("events:door_add", kwargs={"slug": event.slug}), {"ovi-name": "Yllä Tullut", "ovi-organisation": ""}
    )

    event.refresh_from_db()
    assert (event.capacity, event.seats_taken) == (2, 2)
    assert event.registrations.get(name="Yllä Tullut").was_present


def test_the_sign_at_the_door_marks_only_for_staff(client, as_staff):
    registration = RegistrationFactory(event=EventFactory(mode="on_site", place="Tampere"))
    address = f"/tapahtumat/ovi/{token('door', registration)}/"

    client.post(address)
    registration.refresh_from_db()
    assert registration.was_present is None
    assert registration.name not in client.get(address).text
    as_staff.post(address)
    registration.refresh_from_db()
    assert registration.was_present


def test_a_certificate_is_given_to_who_was_there_and_can_be_checked_for_ever(client):
    event = EventFactory(held=True, title="Pitkä päivä")
    SpeakerFactory(event=event)
    present = RegistrationFactory(event=event, was_present=True, name="Eeva Esimerkki")
    absent = RegistrationFactory(event=event)

    given = client.get(f"/tapahtumat/oma/{token('registration', present)}/todistus.pdf")
    refused = client.get(f"/tapahtumat/oma/{token('registration', absent)}/todistus.pdf")
    sign = certificate_token(present)
    event.registrations.all().delete()
    checked = client.get(f"/tapahtumat/todistus/{sign}/")
    made_up = client.get(f"/tapahtumat/todistus/{sign[:-3]}abc/")

    assert given.content.startswith(b"%PDF-")
    assert refused.status_code == 404
    assert "Todistus on aito" in checked.text
    assert "Eeva Esimerkki" in checked.text
    assert (made_up.status_code, "Eeva" in made_up.text) == (404, False)


@pytest.mark.parametrize("name", ["participants_pdf", "badges_pdf", "participants_export"])
def test_lists_of_participants_for_staff(as_staff, name):
    event = EventFactory(title="Aihe <b> # $x$ \\ ")
    SpeakerFactory(event=event)
    for number in range(25):
        RegistrationFactory(event=event, name=f'=HYPERLINK("x") Äö {number} #strong[x] 😀')

    answer = as_staff.get(reverse(f"events:{name}", kwargs={"slug": event.slug}))

    assert answer.status_code == 200
    assert answer.content[:4] in (b"%PDF", b"PK\x03\x04")
    assert "no-store" in answer["Cache-Control"]


def test_feedback_has_no_name_and_is_asked_of_who_was_there_once(client, as_staff):
    event = EventFactory(starts_at=noon(-1))
    present = RegistrationFactory(event=event, was_present=True)
    RegistrationFactory(event=event)

    tasks.remind()
    tasks.remind()
    letter = Letter.objects.get(key__contains=":feedback:")
    assert letter.to_email == present.email
    client.post(event.feedback_url, {"useful": "5", "text": "Hyvä <b>päivä</b>", "wishes": ""})
    client.post(event.feedback_url, {"useful": "9"})

    assert Feedback.objects.count() == 1
    columns = {field.name for field in Feedback._meta.get_fields()}
    assert columns == {"id", "event", "useful", "text", "wishes", "given_on"}
    page = as_staff.get(reverse("events:feedback_summary", kwargs={"slug": event.slug})).text
    assert "5,0" in page
    assert "<b>päivä</b>" not in page


def test_feedback_is_closed_before_the_start_and_after_a_month(client):
    coming, old = EventFactory(), EventFactory(starts_at=noon(-40))

    for event in (coming, old):
        client.post(event.feedback_url, {"useful": "5"})

    assert not Feedback.objects.exists()


def test_whoever_answers_is_told_a_week_before_a_recording_goes_once_for_each_day(staff):
    today = timezone.localdate()
    link = {"recording_link": "https://video.example.org/x", "recording_added_on": today - timedelta(days=9)}
    event = EventFactory(held=True, coordinator=staff.person, recording_until=today + timedelta(days=7), **link)
    EventFactory(held=True, coordinator=staff.person, recording_until=today + timedelta(days=8), **link)
    EventFactory(held=True, recording_until=today + timedelta(days=2), **link)

    tasks.warn_of_recordings()
    tasks.warn_of_recordings()
    assert Letter.objects.get().to_email == staff.person.email
    assert event.title in Letter.objects.get().text
    event.refresh_from_db()
    event.recording_until = today + timedelta(days=5)
    event.save()
    tasks.warn_of_recordings()

    assert Letter.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_forgetting_ends_alike_wherever_it_was_stopped():
    def make():
        Event.objects.all().delete()
        Letter.objects.all().delete()
        for days in (-120, -130):
            event = EventFactory(starts_at=noon(days))
            RegistrationFactory(event=event, was_present=True)
            RegistrationFactory(event=event)
            Letter.objects.create(key=f"event:{event.pk}:confirmation:0:1", to_email="a@example.org", text="x")

    def state():
        figures = Event.objects.order_by("pk").values_list("forgotten_seated", "forgotten_present")
        return tuple(figures), Registration.objects.count(), Letter.objects.count()

    states = after_a_stop_at_every_statement(make, tasks.forget_people, state)

    assert states == {(((2, 1), (2, 1)), 0, 0)}


@pytest.mark.django_db(transaction=True)
def test_moving_the_queue_ends_alike_wherever_it_was_stopped():
    def make():
        Event.objects.all().delete()
        Letter.objects.all().delete()
        event = EventFactory(capacity=2)
        for _number in range(2):
            RegistrationFactory(event=event)
        for _number in range(3):
            RegistrationFactory(event=event, waiting=True)
        event.registrations.filter(pk=event.registrations.in_queue().first().pk).update(cancelled_at=timezone.now())
        event.count_seats()

    def state():
        return (
            tuple(row.state for row in Registration.objects.in_queue()),
            Letter.objects.filter(key__contains=":offer:").count(),
        )

    states = after_a_stop_at_every_statement(make, tasks.move_queues, state)

    assert states == {(("cancelled", "seated", "offered", "waiting", "waiting"), 1)}


def test_nothing_of_those_who_register_is_in_the_history():
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'events_%event'")
        tables = {name for (name,) in cursor.fetchall()}

    assert {"events_eventevent", "events_speakerevent"} <= tables
    assert not tables & {"events_registrationevent", "events_standingregistrationevent", "events_feedbackevent"}
    assert FeedbackFactory._meta.model is Feedback


def test_a_link_of_somebody_who_was_forgotten_opens_nothing(client):
    event = EventFactory(starts_at=noon(-120))
    registration = RegistrationFactory(event=event)
    address = f"/tapahtumat/oma/{token('registration', registration)}/"

    assert client.get(address).status_code == 200
    tasks.forget_people()

    assert client.get(address).status_code == 404
    assert not Registration.objects.exists()


@pytest.mark.parametrize("count", [1, 40])
def test_the_participants_cost_the_same_however_many(as_staff, count, django_assert_max_num_queries):
    event = EventFactory()
    question = QuestionFactory(event=event, text="Ruokavalio?")
    for _number in range(count):
        RegistrationFactory(event=event, answers={str(question.pk): "vege"})

    with django_assert_max_num_queries(16):
        page = as_staff.get(reverse("events:participants", kwargs={"slug": event.slug})).text

    assert page.count(">vege<") == count


def test_participants_stand_in_finnish_order(as_staff):
    event = EventFactory()
    for name in ("Örn Öhman", "aino Aalto", "Zacharias Z", "Åke Åberg", "Ärla Ä"):
        RegistrationFactory(event=event, name=name)

    page = as_staff.get(reverse("events:participants", kwargs={"slug": event.slug})).context

    assert [row.name for row in page["seated"]] == ["aino Aalto", "Zacharias Z", "Åke Åberg", "Ärla Ä", "Örn Öhman"]
