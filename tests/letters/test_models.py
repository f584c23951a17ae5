"""What a letter is and how long it lives."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from letters.models import Letter
from tests.letters.factories import LetterFactory

pytestmark = pytest.mark.django_db


def test_the_same_thing_is_written_once():
    letters = [LetterFactory.build(key=key) for key in ("a", "b")]

    first = Letter.objects.write_all(letters)
    again = Letter.objects.write_all([LetterFactory.build(key=key, subject="Toinen") for key in ("b", "c")])

    assert (first, again) == (2, 1)
    assert Letter.objects.get(key="b").subject == "Kutsu"


def test_a_letter_waits_until_its_time_comes():
    later = LetterFactory(due_at=timezone.now() + timedelta(hours=1))

    before = list(Letter.objects.due())
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        after = list(Letter.objects.due())

    assert (before, after) == ([], [later])


@pytest.mark.parametrize("done", ["sent_at", "called_off_at", "given_up_at"])
def test_what_is_done_with_waits_no_more(done):
    letter = LetterFactory(**{done: timezone.now()})

    assert not letter.is_waiting
    assert not Letter.objects.waiting().exists()


def test_those_that_failed_least_go_first():
    failed, fresh = LetterFactory(attempts=3), LetterFactory()

    assert list(Letter.objects.due()) == [fresh, failed]


def test_calling_off_takes_back_only_what_has_not_gone():
    sent, waiting = LetterFactory(about="meeting:1", sent_at=timezone.now()), LetterFactory(about="meeting:1")
    other = LetterFactory(about="meeting:11")

    count = Letter.objects.about("meeting:1").call_off()

    assert count == 1
    assert Letter.objects.get(pk=waiting.pk).called_off_at
    assert not Letter.objects.get(pk=sent.pk).called_off_at
    assert list(Letter.objects.waiting()) == [other]


def test_after_eight_failures_with_growing_patience_a_letter_is_given_up():
    letter, waits = LetterFactory(), []

    for _ in range(8):
        now = timezone.now()
        letter.mark_failed("SMTPRecipientsRefused")
        waits.append(round((letter.due_at - now).total_seconds() / 60))

    assert waits == [1, 2, 5, 15, 60, 180, 360, 360]
    assert letter.given_up_at
    assert not letter.is_waiting


def test_a_server_that_does_not_answer_uses_up_no_attempt():
    letter = LetterFactory()

    for _ in range(20):
        letter.wait_for_server("ConnectionRefusedError")

    assert letter.attempts == 0
    assert letter.is_waiting
    assert letter.due_at > timezone.now()


@pytest.mark.parametrize("end", ["sent", "called off", "given up"])
@pytest.mark.parametrize("demonstration", [False, True])
def test_a_code_is_wiped_once_nobody_will_send_it(settings, end, demonstration):
    settings.DEMONSTRATION = demonstration
    letter, plain = LetterFactory(secret=True), LetterFactory()

    for each in (letter, plain):
        if end == "sent":
            each.mark_sent()
        elif end == "given up":
            each.attempts = 7
            each.mark_failed("x")
    if end == "called off":
        Letter.objects.all().call_off()

    letter.refresh_from_db()
    plain.refresh_from_db()
    assert bool(letter.text) == demonstration
    assert plain.text


@pytest.mark.parametrize("done", ["sent_at", "called_off_at", "given_up_at"])
def test_letters_are_forgotten_after_ninety_days(done):
    old = LetterFactory(**{done: timezone.now() - timedelta(days=91)})
    LetterFactory(**{done: timezone.now() - timedelta(days=89)})
    LetterFactory(written_at=timezone.now() - timedelta(days=1000))

    assert list(Letter.objects.forgettable()) == [old]


def test_an_entry_for_a_calendar_needs_its_method():
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterFactory(calendar="BEGIN:VCALENDAR")

    assert not Letter.objects.exists()


# As a message ---------------------------------------------------------------------------------------------------------


def test_the_message_is_known_by_an_id_that_stays():
    letter = LetterFactory()

    first, again = letter.message().message(), Letter.objects.get().message().message()

    assert first["Message-ID"] == again["Message-ID"] == letter.message_id
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    "name",
    ["Aino\r\nBcc: x@example.org", "Aino\nSubject: x", 'Aino" <x@example.org>, "', "Aino\\", "Ääni Öö", "", "a, b",
     "<b>", "x@example.org", "\u2028Bcc: x@example.org", "x" * 200],
)  # fmt: skip
def test_no_name_adds_a_header_or_a_recipient(name):
    letter = LetterFactory(to_name=name, to_email="aino@example.org")

    message = letter.message()

    assert [address.rpartition("<")[2].rstrip(">") for address in message.recipients()] == ["aino@example.org"]
    parsed = message.message()
    assert parsed["Bcc"] is None
    assert parsed["To"].count("@") == 1 or "x@example.org" in name


@pytest.mark.parametrize("subject", ["Kutsu\r\nBcc: x@example.org", "Kutsu\nkaksi", "Kutsu\r", "Ä" * 250])
def test_no_subject_adds_a_header(subject):
    message = LetterFactory(subject=subject).message().message()

    assert message["Bcc"] is None
    assert "\n" not in str(message["Subject"]).replace("\n ", " ")
