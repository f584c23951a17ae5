"""Calling, changing, answering and calling off a meeting through its pages."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from letters.models import Letter
from networks import mail
from networks.models import Attendance, Meeting
from publishing.models import Attachment
from tests.directory.factories import PersonFactory
from tests.networks.factories import AttendanceFactory, MeetingFactory, MembershipFactory, NetworkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    network = NetworkFactory(coordinator=PersonFactory(of_the_house=True))
    MembershipFactory.create_batch(2, network=network)
    return network


@pytest.fixture
def meeting(network):
    return MeetingFactory(network=network)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def fields(**changes):
    return {"title": "Aihe", "date": "1.12.2027", "starts": "8.30", "ends": "10", "mode": "remote"} | changes


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def mark_all_sent():
    Letter.objects.update(sent_at=timezone.now())


# Adding ---------------------------------------------------------------------------------------------------------------


def test_a_meeting_is_added_at_the_time_of_helsinki(as_staff, network):
    as_staff.post(f"{network.get_absolute_url()}kokoukset/uusi/", fields(remote_link="kokous.example.org/a"))

    meeting = Meeting.objects.get()
    assert timezone.localtime(meeting.starts_at).strftime("%d.%m.%Y %H.%M") == "01.12.2027 08.30"
    assert meeting.remote_link == "https://kokous.example.org/a"
    assert not meeting.is_invited


@pytest.mark.parametrize("date", ["1.12.2027", "01.12.2027", "2027-12-01", "ke 1.12.2027", "1.12.27", " 1. 12. 2027 "])
def test_days_are_written_in_many_ways(as_staff, network, date):
    as_staff.post(f"{network.get_absolute_url()}kokoukset/uusi/", fields(date=date))

    assert timezone.localdate(Meeting.objects.get().starts_at).isoformat() == "2027-12-01"


@pytest.mark.parametrize(
    "date",
    ["", "eilen", "31.2.2027", "29.2.2027", "1.13.2027", "32.1.2027", "1.12.", "12/2027", "ti 1.12.2027", "1.12.22027",
     "1.1.1800", "x" * 5000, "1" * 5000, "\u0000",
     "1.12.2027; DROP", "\u22121.12.2027", "\uff11.\uff11\uff12.2027", "<script>",
     "0.0.0"],
)  # fmt: skip
def test_a_day_that_is_none_is_told_beside_its_field(as_staff, network, date):
    response = as_staff.post(f"{network.get_absolute_url()}kokoukset/uusi/", fields(date=date))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["date"]


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        ("10", "9", "ends"), ("10", "10", "ends"), ("25", "26", "starts"), ("8.60", "9", "starts"), ("", "9", "starts"),
        ("8", "", "ends"), ("x", "9", "starts"), ("8.5", "9", "starts"), ("8", "9" * 5000, "ends"),
        ("\u0000", "9", "starts"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_is_told(as_staff, network, starts, ends, field):
    response = as_staff.post(f"{network.get_absolute_url()}kokoukset/uusi/", fields(starts=starts, ends=ends))

    assert field in response.context["form"].errors
    assert not Meeting.objects.exists()


def test_an_hour_that_the_spring_takes_away_is_told(as_staff, network):
    response = as_staff.post(
        f"{network.get_absolute_url()}kokoukset/uusi/", fields(date="28.3.2027", starts="3.30", ends="4")
    )

    assert response.status_code == 200
    assert response.context["form"].errors


def test_a_meeting_that_was_held_already_can_be_written_down(as_staff, network):
    as_staff.post(f"{network.get_absolute_url()}kokoukset/uusi/", fields(date="1.12.2022"))

    assert Meeting.objects.get().is_over


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 181), ("mode", "x"), ("remote_link", "javascript:alert(1)"),
        ("remote_link", "https://" + "x" * 600), ("remote_link", "a b"), ("place", "x" * 151), ("title", "\x00"),
        ("agenda", "\x00"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(as_staff, network, field, value):
    response = as_staff.post(f"{network.get_absolute_url()}kokoukset/uusi/", fields(**{field: value}))

    assert field in response.context["form"].errors


def test_a_meeting_on_site_needs_a_place(as_staff, network):
    response = as_staff.post(f"{network.get_absolute_url()}kokoukset/uusi/", fields(mode="on_site"))

    assert "place" in response.context["form"].errors


def test_script_in_an_agenda_is_stored_clean(as_staff, network):
    as_staff.post(f"{network.get_absolute_url()}kokoukset/uusi/", fields(agenda="<p>A<script>1</script></p>"))

    assert Meeting.objects.get().agenda == "<p>A</p>"


# Inviting and changing ------------------------------------------------------------------------------------------------


def test_pressing_the_button_twice_writes_each_letter_once(as_staff, meeting):
    for _ in range(2):
        response = as_staff.post(f"{meeting.get_absolute_url()}kutsu/", follow=True)

    assert Letter.objects.count() == 2
    assert response.status_code == 200
    assert meeting.attendances.invited().count() == 2


def test_opening_the_address_of_the_button_invites_nobody(as_staff, meeting):
    assert as_staff.get(f"{meeting.get_absolute_url()}kutsu/").status_code == 405
    assert not Letter.objects.exists()


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_nobody_is_invited_or_reminded_of_what_is_over_or_cancelled(as_staff, network, state):
    meeting = MeetingFactory(network=network, **{state: True})
    AttendanceFactory(meeting=meeting, invited_at=timezone.now())

    as_staff.post(f"{meeting.get_absolute_url()}kutsu/")
    as_staff.post(f"{meeting.get_absolute_url()}muistuta/")

    assert not Letter.objects.exists()


def test_two_hundred_invitations_cost_as_many_queries_as_two(as_staff, meeting):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            as_staff.post(f"{meeting.get_absolute_url()}kutsu/")
        return len(asked)

    of_two = queries()
    MembershipFactory.create_batch(198, network=meeting.network)

    assert queries() <= of_two
    assert Letter.objects.count() == 200


def test_those_reached_hear_of_the_change_and_the_others_get_the_new_invitation(as_staff, meeting):
    as_staff.post(f"{meeting.get_absolute_url()}kutsu/")
    reached = Letter.objects.first()
    Letter.objects.filter(pk=reached.pk).update(sent_at=timezone.now())

    as_staff.post(f"{meeting.get_absolute_url()}muokkaa/", fields())

    waiting = {letter.to_email: letter.key.split(":")[2] for letter in Letter.objects.waiting()}
    assert len(waiting) == 2
    assert waiting.pop(reached.to_email) == "change"
    assert list(waiting.values()) == ["invitation"]
    assert Letter.objects.filter(called_off_at__isnull=False).count() == 1


def test_a_reminder_on_its_way_makes_nobody_uninvited(as_staff, meeting):
    as_staff.post(f"{meeting.get_absolute_url()}kutsu/")
    mark_all_sent()
    as_staff.post(f"{meeting.get_absolute_url()}muistuta/")

    as_staff.post(f"{meeting.get_absolute_url()}muokkaa/", fields())

    assert {letter.key.split(":")[2] for letter in Letter.objects.waiting()} == {"change"}


def test_a_change_of_the_agenda_alone_is_not_told(as_staff, meeting):
    as_staff.post(f"{meeting.get_absolute_url()}kutsu/")
    mark_all_sent()
    form = as_staff.get(f"{meeting.get_absolute_url()}muokkaa/").context["form"]
    data = {name: form[name].value() for name in ("title", "date", "starts", "ends", "mode", "seen")}

    as_staff.post(f"{meeting.get_absolute_url()}muokkaa/", data | {"agenda": "Uusi asia"})

    meeting.refresh_from_db()
    assert meeting.agenda == "<p>Uusi asia</p>"
    assert meeting.sequence == 0
    assert not Letter.objects.waiting().exists()


def test_two_who_change_the_time_at_once_are_told_of_each_other(as_staff, meeting):
    path = f"{meeting.get_absolute_url()}muokkaa/"
    seen = as_staff.get(path).context["form"]["seen"].value()
    as_staff.post(path, fields(seen=seen))

    response = as_staff.post(path, fields(seen=seen, starts="9"))

    assert response.status_code == 200
    assert response.context["form"].conflicts
    meeting.refresh_from_db()
    assert timezone.localtime(meeting.starts_at).hour == 8


def test_a_reminder_goes_to_the_silent_once_a_day(as_staff, meeting):
    as_staff.post(f"{meeting.get_absolute_url()}kutsu/")
    mark_all_sent()
    meeting.attendances.first().reply(Attendance.Answer.COMING)

    for _ in range(2):
        as_staff.post(f"{meeting.get_absolute_url()}muistuta/")

    assert Letter.objects.waiting().count() == 1


# Calling off ----------------------------------------------------------------------------------------------------------


def test_only_those_who_heard_of_the_meeting_hear_of_its_end(as_staff, meeting):
    as_staff.post(f"{meeting.get_absolute_url()}kutsu/")
    reached = Letter.objects.first()
    Letter.objects.filter(pk=reached.pk).update(sent_at=timezone.now())

    for _ in range(2):
        as_staff.post(f"{meeting.get_absolute_url()}peru/")

    letter = Letter.objects.waiting().get()
    assert letter.to_email == reached.to_email
    assert letter.calendar_method == "CANCEL"
    assert "STATUS:CANCELLED" in letter.calendar


def test_who_has_another_address_by_now_hears_of_the_end_there(as_staff, meeting):
    as_staff.post(f"{meeting.get_absolute_url()}kutsu/")
    mark_all_sent()
    person = meeting.attendances.first().person
    person.email = "uusi@example.org"
    person.save()

    as_staff.post(f"{meeting.get_absolute_url()}peru/")

    assert Letter.objects.waiting().filter(to_email="uusi@example.org").count() == 1


def test_a_meeting_with_invitations_is_not_removed_but_called_off(as_staff, meeting):
    as_staff.post(f"{meeting.get_absolute_url()}kutsu/")

    response = as_staff.post(f"{meeting.get_absolute_url()}poista/", follow=True)

    assert Meeting.objects.filter(pk=meeting.pk).exists()
    assert "peru" in said(response).lower()


def test_who_was_there_is_recorded(as_staff, network):
    meeting = MeetingFactory(network=network, held=True)
    first, second = (membership.person for membership in network.memberships.all())

    as_staff.post(f"{meeting.get_absolute_url()}lasnaolo/", {"present": [first.pk]})

    assert {a.person: a.was_present for a in meeting.attendances.all()} == {first: True, second: False}


@pytest.mark.parametrize("present", [["x"], ["999999"], ["\x00"], ["9" * 5000], [str(2**63)]])
def test_somebody_who_could_not_be_there_is_not_recorded(as_staff, network, present):
    meeting = MeetingFactory(network=network, held=True)

    response = as_staff.post(f"{meeting.get_absolute_url()}lasnaolo/", {"present": present})

    assert response.status_code == 200
    assert not meeting.attendances.exists()


# Answering ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def attendance(meeting):
    return AttendanceFactory(meeting=meeting, invited_at=timezone.now())


def reply_path(attendance):
    return f"/verkostot/vastaus/{mail.reply_token(attendance)}/"


def test_the_link_answers_for_its_person_without_signing_in(client, attendance):
    client.post(reply_path(attendance), {"answer": "coming"})
    client.post(reply_path(attendance), {"answer": "not_coming"})

    attendance.refresh_from_db()
    assert attendance.answer == "not_coming"
    assert attendance.answered_at


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_alone_answers_nothing(client, attendance, method):
    response = getattr(client, method)(reply_path(attendance) + "?answer=coming")

    attendance.refresh_from_db()
    assert response.status_code == 200
    assert attendance.answer == ""
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("answer", ["", "x", "coming ", "\x00"])
def test_an_answer_that_is_none_is_told(client, attendance, answer):
    response = client.post(reply_path(attendance), {"answer": answer})

    attendance.refresh_from_db()
    assert response.status_code == 200
    assert attendance.answer == ""


@pytest.mark.parametrize("spoil", [
    lambda token: token[:-1], lambda token: "x" + token, lambda token: token.swapcase(), lambda token: "x",
    lambda token: token.rpartition(":")[0], lambda token: "9" * 5000, lambda token: "ä€", lambda token: ":::",
])  # fmt: skip
def test_a_link_that_was_tampered_with_answers_nothing(client, attendance, spoil):
    path = f"/verkostot/vastaus/{spoil(mail.reply_token(attendance))}/"

    response = client.post(path, {"answer": "coming"})

    attendance.refresh_from_db()
    assert response.status_code == 404
    assert "Linkki ei toimi" in response.content.decode()
    assert attendance.answer == ""


def test_the_link_of_somebody_who_was_removed_leads_to_a_page(client, attendance):
    path = reply_path(attendance)
    attendance.person.delete()

    assert client.get(path).status_code == 404
    assert client.post(path, {"answer": "coming"}).status_code == 404


def test_a_link_cannot_be_turned_to_another_person(client, attendance):
    path = reply_path(attendance)
    Attendance.objects.filter(pk=attendance.pk).update(person=PersonFactory())

    assert client.post(path, {"answer": "coming"}).status_code == 404


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_what_is_over_or_cancelled_needs_no_answer(client, network, state):
    attendance = AttendanceFactory(meeting=MeetingFactory(network=network, **{state: True}), invited_at=timezone.now())

    response = client.post(reply_path(attendance), {"answer": "coming"})

    attendance.refresh_from_db()
    assert response.status_code == 200
    assert attendance.answer == ""


# Files ----------------------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\n"


def office(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<document/>")
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def bring(client, meeting, name, data):
    upload = SimpleUploadedFile(name, data)
    return client.post(f"{meeting.get_absolute_url()}muokkaa/", fields(agenda_file=upload))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lista.pdf", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("lista.pdf", b"<!doctype html><script>1</script>"),
        ("lista.pdf", office()),
        ("lista.pdf", b""),
        ("lista.docx", office(**{"word/vbaProject.bin": "x"})),
        ("lista.docx", office(**{f"word/{n}.xml": b"\0" * 30_000_000 for n in range(7)})),
        ("lista.svg", b"<svg/>"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(as_staff, meeting, media, name, data):
    response = bring(as_staff, meeting, name, data)

    assert "agenda_file" in response.context["form"].errors
    assert not Attachment.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_that_is_too_large_is_refused(as_staff, meeting, media, settings):
    settings.MAX_UPLOAD = 1000

    response = bring(as_staff, meeting, "lista.pdf", PDF + b"x" * 1000)

    assert "agenda_file" in response.context["form"].errors


@pytest.mark.parametrize(
    "name",
    ["x" * 300 + ".pdf", "../../etc/lista.pdf", "..\\lista.pdf", "lista;\"'.pdf", "a\nb.pdf", "-.pdf", "äö €.pdf"],
)
def test_a_strange_name_of_a_file_harms_nothing(as_staff, client, meeting, media, name):
    bring(as_staff, meeting, name, PDF)

    attachment = Attachment.objects.get()
    response = client.get(attachment.get_absolute_url())
    assert (media / attachment.file.name).resolve().is_relative_to(media.resolve())
    assert len(attachment.name) <= 150
    assert attachment.name.endswith(".pdf")
    assert b"".join(response) == PDF
    assert "\n" not in response["Content-Disposition"]


def test_a_new_agenda_takes_the_place_of_the_old_one(as_staff, meeting, media, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        bring(as_staff, meeting, "eka.pdf", PDF)
        bring(as_staff, meeting, "toka.pdf", PDF)

    assert Attachment.objects.get().name == "toka.pdf"
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def status(browser, path):
    """What the browser is answered; a file is read to its end, which closes it."""
    response = browser.get(path)
    b"".join(response)
    return response.status_code


@pytest.fixture
def minutes(as_staff, member, media):
    """Private minutes of a meeting of the member's network."""
    meeting = MeetingFactory(network=member.network, held=True)
    as_staff.post(f"{meeting.get_absolute_url()}muistio/", {"minutes_file": SimpleUploadedFile("muistio.pdf", PDF)})
    return Attachment.objects.get()


def test_private_minutes_are_for_members_and_staff(client, as_staff, as_member, member, minutes):
    outsider = MembershipFactory().person
    outsider.open_account()
    stranger = Client()
    stranger.force_login(outsider.user)
    address = minutes.get_absolute_url()

    answers = [status(browser, address) for browser in (client, stranger, as_member, as_staff)]

    assert answers == [404, 404, 200, 200]


def test_the_file_is_saved_and_not_shown(as_member, minutes):
    response = as_member.get(minutes.get_absolute_url())

    assert response["Content-Disposition"] == 'attachment; filename="muistio.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert b"".join(response) == PDF


@pytest.mark.parametrize("name", ["x", "muistio.html", "a%00b"])
def test_the_name_in_the_address_decides_nothing(as_member, client, minutes, name):
    path = f"/muutokset/liite/{minutes.pk}/{name}"

    assert status(as_member, path) == (400 if "%00" in name else 200)
    assert status(client, path) in {400, 404}


def test_minutes_become_public_without_bringing_the_file_again(as_staff, client, minutes):
    path = f"{minutes.record.get_absolute_url()}muistio/"

    as_staff.post(path, {"minutes_public": "on"})
    public = status(client, minutes.get_absolute_url())
    as_staff.post(path, {"summary": ""})

    assert public == 200
    assert status(client, minutes.get_absolute_url()) == 404


def test_the_files_of_a_draft_are_for_staff(client, as_member, as_staff, minutes):
    minutes.is_public = True
    minutes.save()
    minutes.record.network.unpublish()

    answers = [status(browser, minutes.get_absolute_url()) for browser in (client, as_member, as_staff)]

    assert answers == [404, 404, 200]


def test_a_file_whose_contents_are_gone_is_not_found(as_member, minutes, media):
    (media / minutes.file.name).unlink()

    assert as_member.get(minutes.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("key", ["0", "999999", str(2**63), "9" * 5000])
def test_an_unknown_file_is_not_found(client, key):
    assert client.get(f"/muutokset/liite/{key}/x.pdf").status_code == 404


# Those who have left -------------------------------------------------------------------------------------------------


@pytest.fixture
def former(meeting):
    """Somebody who was invited and whose seat has ended since."""
    membership = MembershipFactory(network=meeting.network, past=True)
    attendance = AttendanceFactory(meeting=meeting, person=membership.person, invited_at=timezone.now())
    Meeting.objects.filter(pk=meeting.pk).update(remote_link="https://kokous.example.org/a")
    return attendance


def test_who_has_left_the_network_is_not_reminded(as_staff, meeting, former):
    as_staff.post(f"{meeting.get_absolute_url()}muistuta/")

    assert not Letter.objects.filter(to_email=former.person.email).exists()


def test_who_has_left_the_network_is_not_told_the_new_link(as_staff, meeting, former):
    as_staff.post(f"{meeting.get_absolute_url()}muokkaa/", fields(remote_link="https://kokous.example.org/uusi"))

    assert not Letter.objects.filter(to_email=former.person.email).exists()


def test_who_has_left_the_network_does_not_see_the_link_by_the_old_letter(client, former):
    page = client.get(f"/verkostot/vastaus/{mail.reply_token(former)}/").content.decode()

    assert former.meeting.title in page
    assert "kokous.example.org" not in page
