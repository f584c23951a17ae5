"""The worker that sends letters."""

import logging
import time
from contextlib import suppress
from smtplib import SMTPException, SMTPServerDisconnected

from celery import shared_task
from django.core.mail import get_connection
from django.db import transaction

from letters.models import Letter
from pikassos.celery import nudge

logger = logging.getLogger(__name__)

# One task sends so many, for so long, and then queues the next: a stop for a new version never waits long, other tasks
# of the queue get their turn while thousands of letters wait, and however slow the mail server is, no task is killed by
# its time limit in the middle of a letter.
LETTERS_A_TASK = 100
SECONDS_A_TASK = 15


@shared_task(acks_late=True, reject_on_worker_lost=True)
def send_letters():
    """Send what is due, one letter a transaction: a kill repeats at most the one in flight."""
    until = time.monotonic() + SECONDS_A_TASK
    with Post() as post:
        for _ in range(LETTERS_A_TASK):
            if not send_next(post):
                return
            if time.monotonic() > until:
                break
    nudge(send_letters)


class Post:
    """One connection to the mail server for the letters of a task; opened anew after trouble."""

    def __init__(self):
        self.connection = None
        self.is_fresh = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def open(self):
        """The open connection. Raises OSError or SMTPException when no server answers."""
        self.is_fresh = self.connection is None
        if self.connection is None:
            connection = get_connection()
            connection.open()
            self.connection = connection
        return self.connection

    def close(self):
        if self.connection is not None:
            with suppress(OSError, SMTPException):
                self.connection.close()
            self.connection = None


def send_next(post):
    """Send one letter. False when there is no use in going on.

    That is when none is due, all that are due are in another worker's hands, or no mail server answers.
    """
    with transaction.atomic():
        letter = Letter.objects.due().select_for_update(of=("self",), skip_locked=True).first()
        if letter is None:
            return False
        try:
            connection = post.open()
        except (OSError, SMTPException) as error:
            logger.warning("mail_server_unreachable", extra={"trouble": type(error).__name__})
            letter.wait_for_server(type(error).__name__)
            return False
        try:
            message = letter.message()
            message.connection = connection
            message.send()
        except Exception as error:
            # The class says enough; the server's answer may repeat the recipient's address. Whatever the trouble is,
            # a letter that cannot go must not stand before the others.
            logger.warning("letter_not_sent", extra={"letter": letter.pk, "trouble": type(error).__name__})
            if isinstance(error, SMTPServerDisconnected) and not post.is_fresh:
                # The server had enough of the connection, which is not this letter's fault.
                letter.wait_for_server(type(error).__name__)
            else:
                letter.mark_failed(type(error).__name__)
            post.close()
        else:
            letter.mark_sent()
        return True


@shared_task
def forget_letters():
    """Remove letters that are done with and older than they are kept."""
    Letter.objects.forgettable().delete()
