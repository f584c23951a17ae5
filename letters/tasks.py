"""The worker that sends letters."""

import logging
import time
from smtplib import SMTPException

from celery import shared_task
from django.core.mail import get_connection
from django.db import transaction

from letters.models import Letter
from pikassos.celery import nudge

logger = logging.getLogger(__name__)

# One task sends so many, for so long, and then queues the next: a stop for a new version never waits long, and however
# slow the mail server is, no task is killed by its time limit in the middle of a letter.
LETTERS_A_TASK = 100
SECONDS_A_TASK = 120


@shared_task(acks_late=True, reject_on_worker_lost=True)
def send_letters():
    """Send what is due, one letter a transaction: a kill repeats at most the one in flight."""
    until = time.monotonic() + SECONDS_A_TASK
    for _ in range(LETTERS_A_TASK):
        if not send_next():
            return
        if time.monotonic() > until:
            break
    nudge(send_letters)


def send_next():
    """Send one letter. False when there is no use in going on.

    That is when none is due, all that are due are in another worker's hands, or no mail server answers.
    """
    with transaction.atomic():
        letter = Letter.objects.due().select_for_update(of=("self",), skip_locked=True).first()
        if letter is None:
            return False
        connection = get_connection()
        try:
            connection.open()
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
            letter.mark_failed(type(error).__name__)
        else:
            letter.mark_sent()
        finally:
            connection.close()
        return True


@shared_task
def forget_letters():
    """Remove letters that are done with and older than they are kept."""
    Letter.objects.forgettable().delete()
