"""`manage.py messages`: gather the messages of the code and the templates into the catalogues."""

from django.conf import settings
from django.core.management.base import BaseCommand

from pikassos import catalogues


class Command(BaseCommand):
    help = "Gather the messages into the catalogues and tell how many still lack words."
    requires_system_checks = ()

    def handle(self, **options):
        for language, name in settings.LANGUAGES:
            if language == "en":
                continue  # msgids are English
            lacking = catalogues.update(language)
            self.stdout.write(f"{name}: {len(lacking)} without words")
