"""`manage.py catalogues`: compile the message catalogues."""

from django.core.management.base import BaseCommand

from pikassos import catalogues


class Command(BaseCommand):
    help = "Compile the message catalogues of all languages."
    requires_system_checks = ()

    def handle(self, **options):
        self.stdout.write(f"Compiled: {', '.join(catalogues.compile_all())}")
