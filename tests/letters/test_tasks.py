"""Sending, with a mail server of our own; every task may run twice, at once, and be stopped anywhere."""

import threading
import time
from datetime import timedelta

import pytest
from celery import current_app
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, connections
from django.utils import timezone

from letters.models import Letter
from letters.tasks import LETTERS_A_TASK, Post, forget_letters, send_letters, send_next
from tests.cluster.smtp_sink import SmtpSink
from tests.letters.factories import LetterFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings):
    """A mail server that takes everything; its port is the portal's mail server."""
    with SmtpSink() as server:
        settings.EMAIL_BACKEND = f"{EmailBackend.__module__}.{EmailBackend.__name__}"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def test_everything_due_is_sent_and_nothing_else(sink):
    LetterFactory.create_batch(3)
    LetterFactory(due_at=timezone.now() + timedelta(hours=1))
    LetterFactory(called_off_at=timezone.now())

    send_letters()

    assert len(sink.letters) == 3
    assert Letter.objects.waiting().count() == 1


def test_the_letter_arrives_as_it_was_written(sink):
    letter = LetterFactory(to_name="Ääni Öö", subject="Kutsu: kokous 1.12. – äö", text="Hei Äänö,\n\n.piste alussa\n",
                           calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", calendar_method="REQUEST",
                           reply_to="koollekutsuja@example.org")  # fmt: skip

    send_letters()

    message = sink.letters[0]
    assert message["Subject"] == letter.subject
    assert message["Message-ID"] == letter.message_id
    assert message["Reply-To"] == "koollekutsuja@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"].addresses[0].display_name == "Ääni Öö"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == letter.text
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "REQUEST"
    assert [part.get_filename() for part in message.iter_attachments()] == ["kokous.ics"]


def test_a_bad_address_does_not_hold_up_the_others(sink):
    bad = LetterFactory(to_email="huono@example.org")
    good = LetterFactory.create_batch(3)
    sink.refused.add("huono@example.org")

    send_letters()

    bad.refresh_from_db()
    assert len(sink.letters) == len(good)
    assert (bad.attempts, bad.trouble, bad.sent_at) == (1, "SMTPRecipientsRefused", None)


def test_a_letter_that_cannot_be_made_into_a_message_does_not_hold_up_the_others(sink):
    bad = LetterFactory(reply_to="x\r\nBcc: y@example.org")
    LetterFactory()

    send_letters()

    bad.refresh_from_db()
    assert len(sink.letters) == 1
    assert bad.attempts == 1


def test_without_a_mail_server_letters_wait_and_go_when_it_is_back(settings, sink):
    LetterFactory.create_batch(3)
    settings.EMAIL_PORT = 1
    for _ in range(12):
        Letter.objects.update(due_at=timezone.now())
        send_letters()
    attempts = set(Letter.objects.values_list("attempts", flat=True))

    settings.EMAIL_PORT = sink.port
    Letter.objects.update(due_at=timezone.now())
    send_letters()

    assert attempts == {0}
    assert len(sink.letters) == 3


def test_one_task_sends_a_bounded_number(sink):
    LetterFactory.create_batch(LETTERS_A_TASK + 1)

    send_letters()
    first = len(sink.letters)
    send_letters()

    assert (first, len(sink.letters)) == (LETTERS_A_TASK, LETTERS_A_TASK + 1)


def test_two_workers_at_once_send_each_letter_once(sink):
    LetterFactory.create_batch(20)
    sink.delay = 0.01

    def work():
        try:
            send_letters()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    ids = [letter["Message-ID"] for letter in sink.letters]
    assert len(ids) == len(set(ids)) == 20


def test_a_letter_in_another_workers_hands_is_left_alone(sink):
    LetterFactory()
    sink.delay = 0.5

    def send_slowly():
        with Post() as post:
            send_next(post)
        connections.close_all()

    other = threading.Thread(target=send_slowly)
    other.start()
    time.sleep(0.2)

    with Post() as post:
        sent = send_next(post)
    other.join()

    assert sent is False
    assert len(sink.letters) == 1


# Every task, whatever happens -----------------------------------------------------------------------------------------


class StoppedError(Exception):
    """As if the process had ended."""


class StopAt:
    """Ends the work before its k-th statement."""

    def __init__(self, number):
        self.number, self.count = number, 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        if self.count == self.number:
            raise StoppedError
        return execute(sql, params, many, context)


def letters_now():
    return sorted((key, sent is not None) for key, sent in Letter.objects.values_list("key", "sent_at"))


def given_work():
    """Two letters to send and one to forget; the state in which everything is done."""
    Letter.objects.all().delete()
    LetterFactory(key="a")
    LetterFactory(key="b")
    LetterFactory(key="old", sent_at=timezone.now() - timedelta(days=100))
    return {
        "letters.tasks.send_letters": [("a", True), ("b", True), ("old", True)],
        "letters.tasks.forget_letters": [("a", False), ("b", False)],
    }


@pytest.mark.parametrize("task", [send_letters, forget_letters], ids=lambda task: task.name)
def test_a_task_that_runs_twice_leaves_the_same(sink, task):
    wanted = given_work()[task.name]

    task()
    task()

    assert letters_now() == wanted
    assert len(sink.letters) in {0, 2}


@pytest.mark.parametrize("task", [send_letters, forget_letters], ids=lambda task: task.name)
def test_a_task_that_is_stopped_before_any_statement_ends_the_same_when_it_runs_again(sink, task):
    number, stopped = 0, True
    while stopped:
        number += 1
        wanted = given_work()[task.name]
        sink.letters.clear()
        stopped = False
        try:
            with connection.execute_wrapper(StopAt(number)):
                task()
        except StoppedError:
            stopped = True

        Letter.objects.update(due_at=timezone.now())
        task()

        assert letters_now() == wanted
        ids = [letter["Message-ID"] for letter in sink.letters]
        assert len(ids) - len(set(ids)) <= 1  # at most the one in flight came twice, as the same letter
    assert number >= 2  # there was at least one statement to be stopped at


def test_every_task_of_letters_is_tried_above():
    registered = {name for name in current_app.tasks if name.startswith("letters.")}

    assert registered == set(given_work())


def test_the_letters_of_a_task_go_by_one_connection(sink):
    LetterFactory.create_batch(5)

    send_letters()

    assert len(sink.letters) == 5
    assert sink.connections == 1


def test_a_server_that_ends_the_connection_costs_no_letter_an_attempt(sink):
    LetterFactory.create_batch(3)
    sink.letters_a_connection = 1

    send_letters()
    Letter.objects.update(due_at=timezone.now())
    send_letters()
    Letter.objects.update(due_at=timezone.now())
    send_letters()

    assert len(sink.letters) == 3
    assert set(Letter.objects.values_list("attempts", flat=True)) == {0}
