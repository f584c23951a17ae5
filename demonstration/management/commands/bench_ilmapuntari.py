"""`manage.py bench_ilmapuntari`: what `make bench` asks of the Ilmapuntari. Refuses outside demonstration mode.

`open` makes an open round and prints its addresses and codes; `country` makes a closed round of so many teams, and
`compute` computes it and prints seconds and memory, beside the plain sum over the same boxes; `pages` prints the
addresses of results and a session to ask them with.
"""

import itertools
import json
import random
import resource
import secrets
import time
from datetime import timedelta

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from directory.models import County, Organisation
from ilmapuntari import codes, computing, keys, opening
from ilmapuntari.answering import statement_count
from ilmapuntari.instruments.loading import load_first
from ilmapuntari.models import Invitee, ReportingUnit, Round, SealedBox, Team, TeamMember, UnitTeam
from ilmapuntari.rules import SKIP
from ilmapuntari.sealed_box import Box, joined_answers

TEAM_SIZE = 15
TEAMS_AN_ORGANISATION = 50


class Command(BaseCommand):
    help = "Rounds to measure, in demonstration mode only."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["open", "country", "compute", "pages"])
        parser.add_argument("--teams", type=int, default=400)

    def handle(self, *, what, teams, **options):
        if not settings.DEMONSTRATION:
            raise CommandError("Only in demonstration mode: it fills the database with what nobody answered.")
        self.stdout.write(json.dumps(getattr(self, what)(teams)))

    def open(self, teams):
        """An open round; {address of a unit: its codes}."""
        round = invented_round(teams)
        opening.write_codes(round)
        opening.seal_codes(round)
        opening.mark_sealed(round)
        round.open()
        key = keys.link.read(round.token)
        found = {}
        for unit, invitee in Invitee.objects.filter(round=round).values_list("unit_id", "pk"):
            found.setdefault(f"/ilmapuntari/vastaa/{unit}/", []).append(codes.written(codes.derive(key, unit, invitee)))
        return found

    def country(self, teams):
        """A round of so many teams with fifteen answers each, closed, and one before it to compare people with."""
        before = invented_round(teams)
        Round.objects.filter(pk=before.pk).update(published_at=timezone.now(), closed_at=timezone.now())
        round = invented_round(teams)
        fill_boxes(round)
        now = timezone.now()
        Round.objects.filter(pk=round.pk).update(opened_at=now, sealed_at=now)
        round.refresh_from_db()
        round.close()
        return {"round": round.pk, "answers": teams * TEAM_SIZE}

    def compute(self, teams):
        """Compute the last round; a process of its own, so that its peak of memory is that of computing."""
        round = Round.objects.to_compute().latest("pk")
        began = time.monotonic()
        plain_sum(round)
        plain = time.monotonic() - began
        began = time.monotonic()
        computing.compute_units(round)
        units = time.monotonic() - began
        computing.compute_levels(round)
        seconds = time.monotonic() - began
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        computing.destroy(round)
        Round.objects.filter(pk=round.pk).update(published_at=timezone.now())
        return {"units_seconds": units, "seconds": seconds, "plain_seconds": plain, "megabytes": megabytes}

    def pages(self, teams):
        """Addresses of results for somebody signed in, and the session to ask with."""
        user = User.objects.get(email="koordinaattori@example.org")
        client = Client()
        client.force_login(user)
        request = HttpRequest()
        request.user, request.session = user, client.session
        record_authentication(request, user, "mfa", type="totp", id=0)
        request.session.save()
        round = Round.objects.published().first()
        unit = (
            ReportingUnit.objects.filter(round=round, result__isnull=False)
            .exclude(kind=ReportingUnit.Kind.LEADERS)
            .exclude(result__figures=None)
            .order_by("name")
            .first()
        )
        return {
            "session": client.session.session_key,
            "pages": {
                "result of a team": unit.teams.first().get_absolute_url(),
                "result by its link": unit.result_url,
                "heat map of an organisation": f"/ilmapuntari/organisaatiot/{unit.organisation_id}/",
                "county": f"/ilmapuntari/alueet/{unit.county.slug}/",
            },
        }


@transaction.atomic
def invented_round(count):
    """A frozen round of so many invented teams, fifteen people each; the teams are made when there are too few."""
    make_teams(count)
    teams = list(Team.objects.filter(slug__startswith="mittaus-").order_by("pk")[:count])
    now = timezone.now()
    round = Round.objects.create(
        instrument=load_first(),
        year=1 + max(2999, Round.objects.order_by("-year").values_list("year", flat=True).first() or 0),
        season=Round.Season.SPRING,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=9),
        publishes_at=now + timedelta(days=10),
        scheduled_at=now,
        frozen_at=now,
    )
    units = [
        ReportingUnit(
            round=round, kind="team", organisation_id=team.organisation_id, county_id=team.county_id, name=team.name,
            invited=TEAM_SIZE,
        )
        for team in teams
    ]  # fmt: skip
    ReportingUnit.objects.bulk_create(units, batch_size=2000)
    pairs = list(zip(units, teams, strict=True))
    UnitTeam.objects.bulk_create([UnitTeam(unit=u, round=round, team=t) for u, t in pairs], batch_size=2000)
    unit_of = {team.pk: unit for unit, team in pairs}
    members = TeamMember.objects.filter(team__in=unit_of).values_list("pk", "team_id", "email").iterator(5000)
    invitees = (Invitee(unit=unit_of[team], round=round, member_id=pk, email=email) for pk, team, email in members)
    while batch := list(itertools.islice(invitees, 5000)):
        Invitee.objects.bulk_create(batch)
    return round


def make_teams(count):
    counties = list(County.objects.order_by("code"))
    there = Team.objects.filter(slug__startswith="mittaus-").count()
    bodies = {}
    teams = []
    for number in range(there, count):
        body = number // TEAMS_AN_ORGANISATION
        if body not in bodies:
            county = counties[body % len(counties)]
            bodies[body], _new = Organisation.objects.get_or_create(
                name=f"Mittausorganisaatio {body + 1}", defaults={"county": county, "kind": Organisation.Kind.OTHER}
            )
        teams.append(
            Team(
                name=f"Mittaustiimi {number + 1}",
                slug=f"mittaus-{number + 1}",
                organisation=bodies[body],
                county_id=bodies[body].county_id,
            )
        )
    Team.objects.bulk_create(teams, batch_size=2000)
    people = (
        TeamMember(team=team, name=f"Mitattava {place}", email=f"mitattava{place}.{team.pk}@example.org")
        for team in teams
        for place in range(TEAM_SIZE)
    )
    while batch := list(itertools.islice(people, 5000)):
        TeamMember.objects.bulk_create(batch)


def fill_boxes(round):
    """Every unit's box with an answer for each of its people, sealed as answering would have left it."""
    keys.box.make(round.token)
    key, size = keys.box.read(round.token), statement_count(round.instrument_id)
    chance = random.Random(1)
    boxes = []
    for unit in round.units.values_list("pk", flat=True).iterator(2000):
        box = Box.empty([secrets.token_bytes(codes.HASH_SIZE) for _ in range(TEAM_SIZE)], size)
        for place in range(TEAM_SIZE):
            values = chance.choices([*range(11), SKIP], weights=[1, 1, 2, 3, 4, 6, 8, 9, 8, 5, 3, 1], k=size)
            box.spent[place] = 1
            box.answers.append(bytes(values))
        box.answers.sort()
        boxes.append(SealedBox(unit_id=unit, blob=box.seal(key, unit)))
        if len(boxes) == 500:
            SealedBox.objects.bulk_create(boxes)
            boxes = []
    SealedBox.objects.bulk_create(boxes)
    round.units.update(is_sealed=True)


def plain_sum(round):
    """One pass over the boxes: open each, and add up what each statement got. No rules, nothing written."""
    key, size = keys.box.read(round.token), statement_count(round.instrument_id)
    sums = [0] * size
    boxes = SealedBox.objects.filter(unit__round=round).values_list("unit_id", "blob")
    for unit, blob in boxes.iterator(200):
        _count, answers = joined_answers(key, unit, blob)
        for number in range(size):
            column = answers[number::size]
            sums[number] += sum(column) - SKIP * column.count(SKIP)
    return sums
