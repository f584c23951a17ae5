"""Celery's door to the directory."""

from celery import shared_task

from directory.models import ImportDraft


@shared_task
def forget_import_drafts():
    """Imports that nobody confirmed hold people's details; they go when they expire."""
    ImportDraft.objects.expired().delete()
