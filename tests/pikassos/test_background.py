"""What the clock asks for is known to the workers; one that is not would be thrown away with a line in a log."""

from django.conf import settings

from pikassos.celery import app


def test_every_task_of_the_clock_is_known():
    app.loader.import_default_modules()

    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked <= app.tasks.keys()
