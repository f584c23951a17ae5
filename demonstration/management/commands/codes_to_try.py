"""`manage.py codes_to_try`: what a newcomer needs to answer the Ilmapuntari at once and to see the result."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demonstration.ilmapuntari_making import SHOWN_TEAM
from ilmapuntari import mail
from ilmapuntari.management.commands.ilmapuntari import unspent_codes
from ilmapuntari.models import Round

CODES = 3


class Command(BaseCommand):
    help = "Print unspent codes of a team of the open round, in demonstration mode only."

    def handle(self, **options):
        if not settings.DEMONSTRATION:
            raise CommandError("Codes are shown in the demonstration only: elsewhere they belong to those invited.")
        round = Round.objects.open().order_by("-opened_at").first()
        if round is None:
            return
        units = sorted(round.units.filter(is_sealed=True).select_related("round"), key=lambda u: u.name != SHOWN_TEAM)
        for unit in units:
            codes = unspent_codes(unit, CODES)
            if len(codes) == CODES:
                self.stdout.write(f"Answer the Ilmapuntari as somebody of {unit.title}, each code once:")
                for code in codes:
                    self.stdout.write(f"    {mail.link_with(unit, code)}")
                self.stdout.write("Then close the round, publish it and see the result:")
                self.stdout.write(f"    bin/manage ilmapuntari close {round.year}-{round.season} --publish")
                return
