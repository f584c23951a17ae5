"""Rounds from the command line: where they are, and the steps that the sweep takes by itself."""

import re
import sys
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.formats import date_format

from ilmapuntari import computing, keys, mail, opening, statistics
from ilmapuntari.models import Invitee, ReportingUnit, Round, SealedBox, Team
from ilmapuntari.sealed_box import open_box

SEASONS = {
    "talvi": "winter", "kevat": "spring", "kevät": "spring", "kesa": "summer", "kesä": "summer", "syksy": "autumn",
}  # fmt: skip


class Command(BaseCommand):
    help = "Rounds of the Ilmapuntari: status, open, close, compute, reseal, slips and codes."

    def add_arguments(self, parser):
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("status", help="Where every round that is going on is, and whether its keys are there.")
        for step, words in (
            ("open", "Prepare and open a round whose time has come."),
            ("close", "Close a round whose time has come, and compute it."),
            ("compute", "Compute a closed round; may be repeated."),
            ("slips", "Write the slips of a team to standard output, as a PDF."),
            ("codes", "Print unspent codes of a unit; in the demonstration only."),
        ):
            parser_of_step = steps.add_parser(step, help=words)
            parser_of_step.add_argument("round", help="the number of a round, or for example 2026-autumn or syksy-2026")
            if step == "close":
                parser_of_step.add_argument(
                    "--publish", action="store_true", help="Publish at once; in the demonstration only."
                )
            elif step == "slips":
                parser_of_step.add_argument("team", help="the address (slug) of the team")
            elif step == "codes":
                parser_of_step.add_argument("unit", help="a unit's key, or the address (slug) of one of its teams")
                parser_of_step.add_argument("--count", type=int, default=3)
        steps.add_parser("reseal", help="Seal every box of the open rounds anew, as every night.")

    def handle(self, *args, step, **options):
        with translation.override("fi"):
            if "round" in options:
                options["round"] = found_round(options["round"])
            given = {name: options[name] for name in ("round", "team", "unit", "count", "publish") if name in options}
            getattr(self, step)(**given)

    def say(self, words):
        self.stdout.write(words)

    # What there is ----------------------------------------------------------------------------------------------------

    def status(self):
        rounds = Round.objects.filter(called_off_at=None, archived_at=None)
        for round in rounds:
            figures = statistics.unit_figures(round)
            self.say(f"{round.pk}  {round.name}: {round.step.label}")
            for moment, text, happened in round.happenings:
                self.say(f"    {'x' if happened else '.'} {said(moment)}  {text}")
            self.say(
                f"    units {figures['units']}, large enough {figures['measured']}, sealed {figures['sealed']}, "
                f"computed {figures['computed']}"
            )
            for kind in statistics.mailing(round):
                self.say(f"    {kind.words}: {kind.sent}/{kind.written} sent, {kind.failed} failed")
            if round.needs_its_key:
                for folder, name in ((keys.link, "link"), (keys.box, "box")):
                    if folder.is_ours and (name == "box" or round.closed_at is None):
                        self.say(f"    key {name}: {'there' if folder.exists(round.token) else 'MISSING'}")
        if not rounds:
            self.say("There are no rounds.")

    # Steps ------------------------------------------------------------------------------------------------------------

    def open(self, round):
        """Freeze, make the codes, seal, open and write the invitations; each only if it is still to be done."""
        if round.scheduled_at is None or round.called_off_at is not None:
            raise CommandError("The round is not confirmed, so it does not open.")
        if round.opened_at is not None:
            return self.say("The round is open or has been.")
        if round.has_missed_its_closing:
            raise CommandError("The closing time of the round has passed, so it does not open. Call it off.")
        if round.opens_at > timezone.now():
            if not settings.DEMONSTRATION:
                raise CommandError(f"The round opens by itself {said(round.opens_at)}, not before.")
            bring_forward(round, "opens_at")
        round.freeze()
        opening.write_codes(round)
        opening.seal_codes(round)
        opening.mark_sealed(round)
        mail.open_round(round)
        round.refresh_from_db()
        if round.opened_at is None:
            raise CommandError("The round could not be opened: some of its boxes are not sealed yet.")
        self.say(f"{round.name} is open until {said(round.closes_at)}.")

    def close(self, round, publish):
        """Close and compute; with `publish` publish at once instead of at the promised hour."""
        if publish and not settings.DEMONSTRATION:
            raise CommandError(
                f"The results were promised for {said(round.publishes_at)} and are published then, by themselves. "
                "They can be published at once only in the demonstration."
            )
        if round.opened_at is None or round.called_off_at is not None:
            raise CommandError("The round is not open.")
        if round.closed_at is None and round.closes_at > timezone.now():
            if not settings.DEMONSTRATION:
                raise CommandError(f"The round closes by itself {said(round.closes_at)}, not before.")
            bring_forward(round, "closes_at")
        round.close()
        self.compute(round)
        if publish:
            bring_forward(round, "publishes_at")
            mail.publish_round(round)
            self.say(f"{round.name} is published.")
            for unit in round.units.order_by("county__position", "name")[:20]:
                self.say(f"    {unit.title}: {settings.SITE_URL}{unit.result_url}")

    def compute(self, round):
        if round.closed_at is None:
            raise CommandError("The round is not closed, so it is not computed.")
        try:
            units = computing.compute_units(round)
            computing.compute_levels(round)
        except keys.KeyGone as error:
            raise CommandError("The key of the round is missing: its answers cannot be opened.") from error
        round.refresh_from_db()
        if round.computed_at is None:
            raise CommandError("Not everything is computed yet: another process is at it. Try again in a while.")
        if round.destroyed_at is None:
            computing.destroy(round)
        self.say(f"{units} units computed now; the answers are destroyed.")

    def reseal(self):
        rounds = Round.objects.open()
        for round in rounds:
            done = opening.reseal(round, on=timezone.localdate())
            mail.write_due_letters(round)
            self.say(f"{round.name}: {'sealed anew' if done else 'was sealed today already'}.")
        if not rounds:
            self.say("No round is open.")

    # Codes ------------------------------------------------------------------------------------------------------------

    def slips(self, round, team):
        if sys.stdout.isatty():
            raise CommandError("This is a PDF: lead it to a file, for example > laput.pdf")
        found = Team.objects.filter(slug=team).first()
        if found is None:
            raise CommandError(f"There is no team {team}.")
        try:
            pdf = mail.team_slips(round.pk, found.pk)
        except keys.KeyGone as error:
            raise CommandError("This process does not have the round's key for letters.") from error
        except Invitee.DoesNotExist as error:
            raise CommandError("The team has no slips in this round.") from error
        getattr(self.stdout, "buffer", sys.stdout.buffer).write(pdf)

    def codes(self, round, unit, count):
        """Some codes that nobody has used, as links: shown to newcomers in the demonstration, and nowhere else."""
        if not settings.DEMONSTRATION:
            raise CommandError("Codes are shown in the demonstration only: elsewhere they belong to those invited.")
        found = found_unit(round, unit)
        for code in unspent_codes(found, count):
            self.say(mail.link_with(found, code))


def unspent_codes(unit, count):
    """Codes of the unit that can still be used. Needs both keys, which only the demonstration's commands have."""
    try:
        link, box = keys.link.read(unit.round.token), keys.box.read(unit.round.token)
    except keys.KeyGone as error:
        raise CommandError("The keys of the round are not here: it is closed, or this process has not both.") from error
    blob = SealedBox.objects.filter(pk=unit.pk).values_list("blob", flat=True).first()
    if blob is None:
        raise CommandError("The unit has no box: it is too small, or the round is not open.")
    opened = open_box(box, unit.pk, blob)
    found = []
    for invitee in Invitee.objects.filter(unit=unit).order_by("pk"):
        code = mail.code_of(link, invitee)
        place = opened.place_of(opening.codes.hashed(unit.pk, opening.codes.read(code)))
        if place is not None and not opened.spent[place]:
            found.append(code)
    return found[:count]


def found_round(text):
    """The round that somebody means: its number, 2026-autumn, autumn-2026 or syksy-2026."""
    if text.isdecimal():
        found = Round.objects.filter(pk=int(text))
    else:
        words = re.fullmatch(r"(?:(\d{4})-([a-zä]+)|([a-zä]+)-(\d{4}))", text.strip().lower())
        if not words:
            raise CommandError(f"{text} is no round: write its number, or for example 2026-autumn.")
        year, season = words[1] or words[4], words[2] or words[3]
        found = Round.objects.filter(year=year, season=SEASONS.get(season, season)).order_by("called_off_at")
    round = found.select_related("instrument").first()
    if round is None:
        raise CommandError(f"There is no round {text}.")
    return round


def found_unit(round, text):
    units = ReportingUnit.objects.filter(round=round).select_related("round")
    try:
        found = units.filter(pk=UUID(text))
    except ValueError:
        found = units.filter(teams__slug=text)
    unit = found.first()
    if unit is None:
        raise CommandError(f"There is no unit {text} in this round.")
    return unit


def bring_forward(round, name):
    """In the demonstration a time that has not come is now; later times stay after it."""
    now = timezone.now()
    if name == "opens_at":
        round.opens_at = now - timedelta(seconds=1)
    elif name == "closes_at":
        round.opens_at = min(round.opens_at, now - timedelta(seconds=3))
        round.closes_at = now - timedelta(seconds=2)
    elif round.publishes_at > now:
        round.publishes_at = now - timedelta(seconds=1)
    round.save(update_fields=["opens_at", "closes_at", "publishes_at"])


def said(moment):
    local = timezone.localtime(moment)
    return f"{date_format(local, 'j.n.Y')} klo {local:%H.%M}"
