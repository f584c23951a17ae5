"""Meetings in other people's calendars, read by another parser than the one that wrote them."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
import vobject
from django.utils import timezone

from letters.models import Letter
from networks import mail
from networks.calendars import invitation_calendar, meetings_calendar
from networks.models import Meeting
from tests.directory.factories import PersonFactory
from tests.networks.factories import AttendanceFactory, MeetingFactory, MembershipFactory, NetworkFactory

pytestmark = pytest.mark.django_db

LINK = "https://kokous.example.org/salainen-huone"
FINNISH = "Äiti söi ötököitä yöllä hämärässä ja Åbossa "


def read(text):
    return vobject.readOne(text)


def event_in(text):
    return read(text).vevent


@pytest.fixture
def network():
    coordinator = PersonFactory(given_name="Aino", family_name='Ääni "Koo"', email="aino.aani@example.org")
    return NetworkFactory(name=f"Verkosto {FINNISH}", coordinator=coordinator)


@pytest.fixture
def meeting(network):
    starts = datetime(2027, 1, 15, 7, 30, tzinfo=UTC)
    return MeetingFactory(
        network=network, title=FINNISH * 3, starts_at=starts, ends_at=starts + timedelta(hours=1),
        agenda=f"<p>{FINNISH * 5}; pilkkuja, ja \\ kenoja</p>", remote_link=LINK,
    )  # fmt: skip


@pytest.fixture
def attendance(meeting):
    person = PersonFactory(given_name="Öö\r\nBCC: x@example.org", family_name='"Lainaus"', email="oo@example.org")
    return AttendanceFactory(meeting=meeting, person=person, invited_at=timezone.now())


def test_the_time_is_that_of_helsinki_with_its_rules_in_the_file(meeting):
    text = meetings_calendar([meeting], name="Verkosto")

    event = event_in(text)
    assert "DTSTART;TZID=Europe/Helsinki:20270115T093000" in text
    assert event.dtstart.value.utcoffset() == timedelta(hours=2)
    assert event.dtstart.value == meeting.starts_at
    assert event.dtend.value == meeting.ends_at
    assert read(text).vtimezone.tzid.value == "Europe/Helsinki"


@pytest.mark.parametrize(
    ("moment", "offset"),
    [
        (datetime(2024, 7, 1, 9, tzinfo=UTC), 3),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), 2),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), 3),
        (datetime(2027, 10, 30, 23, 0, tzinfo=UTC), 3),
        (datetime(2027, 11, 1, 9, tzinfo=UTC), 2),
    ],
)
def test_the_rules_of_the_zone_hold_in_summer_and_winter_and_in_the_past(network, moment, offset):
    meeting = MeetingFactory(network=network, starts_at=moment)

    event = event_in(meetings_calendar([meeting], name="Verkosto"))

    assert event.dtstart.value.utcoffset() == timedelta(hours=offset)
    assert event.dtstart.value == moment


def test_lines_are_folded_at_75_octets_and_come_back_whole(meeting):
    text = meetings_calendar([meeting], name="Verkosto")

    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    event = event_in(text)
    assert FINNISH * 3 in event.summary.value
    assert "pilkkuja, ja \\ kenoja" in event.description.value


def test_the_uid_stays_and_the_sequence_rises(meeting, staff):
    first = event_in(meetings_calendar([meeting], name="V"))
    meeting.announce_change()
    second = event_in(meetings_calendar([meeting], name="V"))
    meeting.cancel(by=staff)
    third = event_in(meetings_calendar([meeting], name="V"))

    assert first.uid.value == second.uid.value == third.uid.value
    assert [int(e.sequence.value) for e in (first, second, third)] == [0, 1, 2]
    assert third.status.value == "CANCELLED"
    assert third.dtstamp.value >= second.dtstamp.value >= first.dtstamp.value


def test_the_public_calendar_holds_no_link_and_nobodys_name(meeting, attendance):
    text = meetings_calendar([meeting], name="V").replace("\r\n ", "")

    assert LINK not in text
    assert "ATTENDEE" not in text
    assert attendance.person.email not in text
    assert "METHOD:PUBLISH" in text


@pytest.mark.parametrize(("method", "status"), [("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_an_invitation_is_from_the_coordinator_to_one_person(attendance, method, status):
    text = invitation_calendar(attendance, method=method)

    event = event_in(text)
    assert read(text).method.value == method
    assert event.organizer.value == "mailto:aino.aani@example.org"
    assert event.organizer.params["CN"] == ["Aino Ääni 'Koo'"]
    assert event.attendee.value == "mailto:oo@example.org"
    assert event.status.value == status
    assert LINK in event.location.value
    assert len(event.contents["attendee"]) == 1


def test_a_name_with_line_breaks_adds_no_line_of_its_own(attendance):
    text = invitation_calendar(attendance).replace("\r\n ", "")

    assert not re.search(r"^BCC", text, re.MULTILINE)
    assert text.count("BEGIN:VEVENT") == 1


def test_a_network_without_a_coordinator_invites_all_the_same():
    attendance = AttendanceFactory(invited_at=timezone.now())

    event = event_in(invitation_calendar(attendance))

    assert "organizer" not in event.contents


def test_the_letter_carries_the_entry_with_its_method(attendance):
    letter = mail.cancellations([attendance])[0]

    message = letter.message().message()
    alternative = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert alternative.get_param("method") == "CANCEL"
    assert alternative.get_param("charset") == "utf-8"
    assert message["Reply-To"] == "aino.aani@example.org"
    event = event_in(alternative.get_payload(decode=True).decode())
    assert event.uid.value == attendance.meeting.calendar_uid


def test_a_changed_meeting_writes_letters_of_its_own(attendance):
    first = Letter.objects.write_all(mail.invitations([attendance]))
    again = Letter.objects.write_all(mail.invitations([attendance]))
    attendance.meeting.announce_change()
    changed = Letter.objects.write_all(mail.changes([attendance]))

    assert (first, again, changed) == (1, 0, 1)


def test_the_letter_of_a_meeting_says_when_where_and_how_to_answer(attendance):
    letter = mail.invitations([attendance])[0]

    assert "pe\xa015.1.2027 klo\xa09.30–10.30" in letter.text
    assert LINK in letter.text
    assert f"/verkostot/vastaus/{mail.reply_token(attendance)}/" in letter.text
    assert "\n" not in letter.subject


# Addresses ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def coming(network):
    return MeetingFactory(network=network, remote_link=LINK, agenda="<p>Asiat</p>")


def test_the_calendar_of_a_network_is_for_everybody(client, network, coming):
    response = client.get(f"/verkostot/{network.slug}/kalenteri.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert event_in(response.content.decode()).uid.value == coming.calendar_uid
    assert LINK not in response.content.decode()


def test_a_calendar_holds_a_year_back_and_everything_to_come(client, network):
    for days in (-400, -300, 300, 900):
        MeetingFactory(network=network, title=f"D{days}", starts_at=timezone.now() + timedelta(days=days))

    text = client.get(f"/verkostot/{network.slug}/kalenteri.ics").content.decode()

    assert [f"D{days}" in text for days in (-400, -300, 300, 900)] == [False, True, True, True]


def test_the_calendar_of_the_list_holds_the_listed_networks(client, network, coming):
    other = MeetingFactory(network=NetworkFactory(kind="forum"), title="Foorumi")
    MeetingFactory(network=NetworkFactory(draft=True), title="Luonnos")

    every = client.get("/verkostot/kalenteri.ics").content.decode()
    forums = client.get("/verkostot/kalenteri.ics?kind=forum&q=verkosto").content.decode()

    assert len(read(every).vevent_list) == 2
    assert [event.uid.value for event in read(forums).vevent_list] == [other.calendar_uid]
    assert "Luonnos" not in every


def test_staff_too_get_only_public_meetings_in_a_calendar(as_staff):
    MeetingFactory(network=NetworkFactory(draft=True), title="Luonnos")

    assert "Luonnos" not in as_staff.get("/verkostot/kalenteri.ics").content.decode()
    assert "Luonnos" not in as_staff.get("/verkostot/syote.atom").content.decode()


@pytest.mark.parametrize("path", ["kalenteri.ics", "syote.atom"])
def test_a_draft_has_neither_calendar_nor_feed(client, path):
    draft = NetworkFactory(draft=True)

    assert client.get(f"/verkostot/{draft.slug}/{path}").status_code == 404


def test_one_meeting_goes_to_ones_own_calendar(client, coming, network):
    response = client.get(f"{coming.get_absolute_url()}kalenteri.ics")

    assert event_in(response.content.decode()).uid.value == coming.calendar_uid
    assert LINK not in response.content.decode()


def test_the_calendar_costs_the_same_for_one_meeting_and_for_many(client, network, coming, django_assert_num_queries,
                                                                  django_assert_max_num_queries):  # fmt: skip
    with django_assert_max_num_queries(12) as one:
        client.get("/verkostot/kalenteri.ics")
    for _ in range(19):
        MeetingFactory()

    with django_assert_num_queries(len(one)):
        client.get("/verkostot/kalenteri.ics")


# Feed -----------------------------------------------------------------------------------------------------------------

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(response):
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")


def ids(response):
    return {entry.findtext(f"{ATOM}id") for entry in entries(response)}


def test_the_feed_is_atom_with_ids_that_stay(client, network, coming):
    before = client.get("/verkostot/syote.atom")
    Meeting.objects.update(title="Toinen aihe", changed_at=timezone.now() + timedelta(hours=1))
    network.move_to("uusi-osoite")
    after = client.get("/verkostot/syote.atom")

    assert before["Content-Type"].startswith("application/atom+xml")
    assert len(ids(before)) == 2
    assert ids(before) == ids(after)
    for entry in entries(after):
        assert entry.findtext(f"{ATOM}title")
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo
        assert entry.find(f"{ATOM}link").get("href").startswith("http://")


def test_the_feed_holds_no_link_and_nobodys_name(client, coming):
    membership = MembershipFactory(network=coming.network)

    text = client.get("/verkostot/syote.atom").content.decode()

    assert LINK not in text
    assert membership.person.family_name not in text


def test_a_summary_is_news_and_a_cancelled_meeting_says_so(client, network, coming, staff):
    MeetingFactory(network=network, held=True, summary="<p>Sovittiin asioista</p>", title="Pidetty")
    MeetingFactory(network=network, held=True, title="Ilman muistiota")
    coming.cancel(by=staff)

    text = client.get(f"/verkostot/{network.slug}/syote.atom").content.decode()

    assert "Sovittiin asioista" in text
    assert "Ilman muistiota" not in text
    assert "Peruttu" in text


def test_signs_that_xml_cannot_hold_do_not_break_the_feed(client):
    network = NetworkFactory(name="Rivi\x0bvaihto", summary="a\x01b")
    MeetingFactory(network=network, title="T\x0b", agenda="<p>x\x0by</p>")

    response = client.get("/verkostot/syote.atom")

    assert len(entries(response)) == 2


def test_an_empty_feed_is_a_feed(client):
    assert entries(client.get("/verkostot/syote.atom")) == []


def test_a_feed_asked_for_in_summer_time_is_well(client, coming):
    with time_machine.travel(datetime(2027, 7, 1, tzinfo=UTC)):
        assert client.get("/verkostot/syote.atom").status_code == 200
