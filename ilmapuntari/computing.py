"""From closed boxes to published figures, once (rules 4–7), and then the end of what was answered (rule 13)."""

import json
import logging

from django.db import connection, transaction
from django.utils import timezone

from ilmapuntari import keys, rules, tree
from ilmapuntari.answering import statement_count
from ilmapuntari.models import (
    Invitee,
    LevelResult,
    PendingCodes,
    ReportingUnit,
    Round,
    SealedBox,
    UnitResult,
    UnitTeam,
)
from ilmapuntari.sealed_box import CannotOpen, joined_answers

logger = logging.getLogger(__name__)

CHUNK = 200  # units a transaction: a kill loses a second's work


def compute_units(round):
    """The result of every unit that has none, in chunks; several processes may work at once. Returns how many."""
    done = 0
    while chunk := compute_chunk(round):
        done += chunk
    return done


@transaction.atomic
def compute_chunk(round):
    """The results of the next units; those in another process's hands are left to it.

    None of a round that has been called off meanwhile: calling off waits for the chunk, or the chunk sees it.
    """
    if not Round.objects.select_for_update(of=("self",), no_key=True).filter(pk=round.pk, called_off_at=None).exists():
        return 0
    units = list(
        ReportingUnit.objects.filter(round=round, result=None)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")[:CHUNK]
    )
    if not units:
        return 0
    turned_over = TurnedOver(round, units)
    tallies = dict(tallies_of(round, [unit.pk for unit in units]))
    results = []
    for unit in units:
        unit.round = round
        count, tally = tallies.get(unit.pk, (0, None))
        figures = None
        if count > (unit.invited or 0):
            # Somebody with the key of letters has used spare codes that were nobody's: there is no result to trust.
            logger.error("more_answers_than_invited", extra={"unit": str(unit.pk)})
            count, tally = 0, None
        if tally is not None and not unit.is_too_small:
            figures = rules.unit_figures(tally, count, unit.gate)
        band = rules.answers_band(count, unit.gate) if figures is not None else UnitResult.Band.TOO_FEW
        results.append(
            UnitResult(
                unit=unit,
                band=band,
                answers=rules.published_n(count, unit.gate) if figures is not None else None,
                figures=figures,
                has_turned_over=unit.pk in turned_over,
            )
        )
    # A result is written once: where another process was faster, its own stands.
    UnitResult.objects.bulk_create(results, ignore_conflicts=True)
    return len(units)


def tallies_of(round, units):
    """(unit, (how many answers, their tally)) for each box. The lock waits for an answer that is being saved."""
    size = statement_count(round.instrument_id)
    key = keys.box.read(round.token)
    boxes = SealedBox.objects.filter(unit__in=units).order_by("unit_id").select_for_update()
    for unit, blob in boxes.values_list("unit_id", "blob").iterator(CHUNK):
        try:
            count, answers = joined_answers(key, unit, blob)
        except CannotOpen:
            # One damaged box must not keep the results of all others; this unit gets the words for too few answers.
            logger.error("box_damaged", extra={"unit": str(unit)})
            continue
        yield unit, (count, rules.tally(answers, size))


class TurnedOver:
    """Which units have changed by more than a third since the last round in which they had a result (rule 9)."""

    def __init__(self, round, units):
        self.units = set()
        teams = dict(UnitTeam.objects.filter(unit__in=units).values_list("team_id", "unit_id"))
        before_units = dict(
            UnitTeam.objects.filter(
                team__in=teams, round__in=Round.objects.before(round), unit__result__figures__isnull=False
            )
            .order_by("team_id", "-round__year", "-round__season_order")
            .distinct("team_id")
            .values_list("team_id", "unit_id")
        )
        for unit in units:
            if unit.is_leaders:
                # Leaders' units have no teams of their own: the same area's last one is the one before.
                same = ReportingUnit.objects.filter(
                    kind=unit.kind, organisation=unit.organisation_id, county=unit.county_id,
                    round__in=Round.objects.before(round), result__figures__isnull=False,
                )  # fmt: skip
                last = same.order_by("-round__year", "-round__season_order").values_list("pk", flat=True).first()
                if last:
                    teams[unit.pk], before_units[unit.pk] = unit.pk, last
        if not before_units:
            return
        now = self._people({unit.pk for unit in units})
        before = self._people(set(before_units.values()))
        for team, unit in teams.items():
            then = before.get(before_units.get(team))
            if then and rules.has_turned_over(then, now.get(unit, set())):
                self.units.add(unit)

    def __contains__(self, unit):
        return unit in self.units

    @staticmethod
    def _people(units):
        """{unit: addresses}; a paper slip or somebody who has been forgotten counts as somebody else."""
        found = {}
        rows = Invitee.objects.filter(unit__in=units)
        for unit, pk, email, lead in rows.values_list("unit_id", "pk", "member__email", "lead__user__email"):
            found.setdefault(unit, set()).add((email or lead or f"{pk}").lower())
        return found


@transaction.atomic
def compute_levels(round):
    """The one tree of the round, once every unit has its result; then the round is computed. Returns whether done.

    A second time changes nothing.
    """
    this = Round.objects.select_for_update().get(pk=round.pk)
    is_over = this.computed_at is not None or this.called_off_at is not None
    if is_over or this.closed_at is None or this.units.filter(result=None).exists():
        return False
    nodes = list(nodes_of(this))
    levels = tree.levels(nodes)
    LevelResult.objects.bulk_create(
        [
            LevelResult(
                round=this,
                organisation_id=key if kind == "organisation" else None,
                county_id=key if kind == "county" else None,
                **level.published,
            )
            for (kind, key), level in levels.items()
            if level.is_shown
        ]
    )
    write_comparable(nodes, levels)
    this.computed_at = timezone.now()
    this.save(update_fields=["computed_at"])
    return True


def nodes_of(round):
    """The units with what was answered, as the rules of the tree want them."""
    units = {unit.pk: unit for unit in round.units.filter(is_sealed=True)}
    for pk, (count, tally) in tallies_of(round, round.units.filter(is_sealed=True).values("pk")):
        unit = units[pk]
        unit.round = round
        yield tree.Unit(
            key=pk, organisation=unit.organisation_id, county=unit.county_id, n=count, gate=unit.gate, tally=tally
        )


def write_comparable(nodes, levels):
    """For each unit and statement the nearest level with which it may be compared: o, c, a or nothing (rule 7)."""
    shown = set(
        UnitResult.objects.filter(unit__in=[node.key for node in nodes], figures__isnull=False).values_list(
            "unit_id", flat=True
        )
    )
    units, comparable = [], []
    for node in nodes:
        if node.key not in shown:
            continue
        above = [("o", ("organisation", node.organisation)), ("c", ("county", node.county)), ("a", ("all", None))]
        choices = [(letter, levels[key].comparable_for(node)) for letter, key in above if key in levels]
        units.append(node.key)
        comparable.append(
            json.dumps(
                [next((letter for letter, may in choices if may[number]), None) for number in range(len(node.answered))]
            )
        )
    # One statement: Django's own bulk update took half of the time of computing a national round (November 2026).
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ilmapuntari_unitresult r SET comparable = d.comparable"
            " FROM unnest(%s::uuid[], %s::jsonb[]) AS d (unit_id, comparable) WHERE r.unit_id = d.unit_id",
            [units, comparable],
        )


def destroy(round):
    """The end of the sealed answers and of the key that opens them; what remains is what was published (rule 13)."""
    with transaction.atomic():
        SealedBox.objects.filter(unit__round=round).delete()
        PendingCodes.objects.filter(unit__round=round).delete()
        if round.called_off_at is not None:
            # What was computed and never published is destroyed with the answers.
            UnitResult.objects.filter(unit__round=round).delete()
            LevelResult.objects.filter(round=round).delete()
    # The rows, the key, and last the note: after a kill in between the note is missing, and the sweep comes back.
    keys.box.destroy(round.token)
    Round.objects.filter(pk=round.pk, destroyed_at=None).update(destroyed_at=timezone.now())
