"""Celery's door to the website."""

from celery import shared_task

from website.models import Feedback


@shared_task
def forget_feedback():
    """Remove messages that were handled longer ago than they are kept."""
    Feedback.objects.forgettable().delete()
