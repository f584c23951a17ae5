"""`manage.py demo`: the demonstration data."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demonstration.ilmapuntari_making import make_ilmapuntari
from demonstration.making import make_all, multiply


class Command(BaseCommand):
    help = "Make the demonstration data from the facts; a second run adds only what the passing of time needs."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=1, help="how many times as many networks, for measuring")

    def handle(self, *, scale, **options):
        if not settings.DEMONSTRATION:
            raise CommandError(
                "The demonstration data is made in demonstration mode only: its passwords are known to everybody. "
                "Set DEMONSTRATION=1 and LOOSE=1."
            )
        call_command("areas")
        make_all(say=self.say)
        make_ilmapuntari(say=self.say)
        if scale > 1:
            self.stdout.write(f"  {multiply(scale)} networks after multiplying")

    def say(self, text):
        self.stdout.write(f"  {text}")
