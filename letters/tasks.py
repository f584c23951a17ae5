"""The worker that sends letters."""

import logging
from smtplib import SMTPException

from celery import shared_task
from django.db import transaction

from letters.models import Letter

logger = logging.getLogger(__name__)

# One task sends so many and then queues the next, so that a stop for a new version never waits long.
LETTERS_A_TASK = 100


@shared_task(acks_late=True, reject_on_worker_lost=True)
def send_letters():
    """Send what is due, one letter a transaction: a kill repeats at most the one in flight."""
    for _ in range(LETTERS_A_TASK):
        if not send_next():
            return
    send_letters.apply_async(retry=False)


def send_next():
    """Send one letter; False when none is due, or all that are due are in another worker's hands."""
    with transaction.atomic():
        letter = Letter.objects.due().select_for_update(of=("self",), skip_locked=True).first()
        if letter is None:
            return False
        try:
            letter.message().send()
        except (OSError, SMTPException) as error:
            # The class says enough; the server's answer may repeat the recipient's address.
            logger.warning("letter_not_sent", extra={"letter": letter.pk, "trouble": type(error).__name__})
            letter.mark_failed(type(error).__name__)
        else:
            letter.mark_sent()
        return True


@shared_task
def forget_letters():
    """Remove letters that are done with and older than they are kept."""
    Letter.objects.forgettable().delete()
