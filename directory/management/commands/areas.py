from django.core.management.base import BaseCommand

from directory.official_areas import renew_areas


class Command(BaseCommand):
    help = "Loads the official wellbeing services counties, sub-regions and municipalities. May be run any time."

    def handle(self, **options):
        counties, municipalities = renew_areas()
        self.stdout.write(f"{counties} wellbeing services counties, {municipalities} municipalities")
