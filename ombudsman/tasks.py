"""What the caseload does by itself."""

from celery import shared_task

from ombudsman import mail, retention
from ombudsman.models import DoomedKey


@shared_task(acks_late=True, reject_on_worker_lost=True)
def delete_due():
    """Delete what has been kept long enough."""
    retention.delete_due()


@shared_task(acks_late=True, reject_on_worker_lost=True)
def destroy_keys():
    """Destroy the keys of records that are gone, where whoever removed them could not."""
    while DoomedKey.objects.destroy():
        pass


@shared_task(acks_late=True, reject_on_worker_lost=True)
def write_notices():
    """Tell the ombudsman, once a month, that something will be deleted soon."""
    mail.tell_of_retention()
