"""What everybody may read of rounds: dates, and how many units take part, never answers (rule 12)."""

from typing import NamedTuple

from django.db.models import Count, Q

from directory.models import County
from ilmapuntari.models import ReportingUnit, Round, UnitResult


class Participation(NamedTuple):
    """Reporting units in a round."""

    enrolled: int
    with_result: int


class RoundRow(NamedTuple):
    """A published round: its participation county by county (None where nobody took part), and in all."""

    round: Round
    by_county: list[tuple[County, Participation | None]]
    all: Participation


def running_round():
    """The round that is answered now, or the next one that is going to be; None when none is planned."""
    return Round.objects.under_way().filter(closed_at=None).order_by("opens_at").first()


def rounds_with_answers():
    """Every round whose answers lie, or lay, in sealed boxes; newest first."""
    return Round.objects.filter(frozen_at__isnull=False)


def participation():
    """(the counties that have taken part, [a row for each published round, newest first]).

    Leaders' units are no teams, and are counted nowhere.
    """
    with_result = Count("pk", filter=Q(result__isnull=False) & ~Q(result__band=UnitResult.Band.TOO_FEW))
    counts = (
        ReportingUnit.objects.filter(round__published_at__isnull=False)
        .exclude(kind=ReportingUnit.Kind.LEADERS)
        .order_by()
        .values("round", "county")
        .annotate(enrolled=Count("pk"), with_result=with_result)
        .values_list("round", "county", "enrolled", "with_result")
    )
    found = {(round, county): Participation(enrolled, shown) for round, county, enrolled, shown in counts}
    counties = list(County.objects.filter(pk__in={county for _round, county in found}).order_by("position", "code"))
    rows = []
    for round in Round.objects.filter(pk__in={round for round, _county in found}):
        by_county = [(county, found.get((round.pk, county.pk))) for county in counties]
        there = [of for _county, of in by_county if of]
        rows.append(RoundRow(round, by_county, Participation(*map(sum, zip(*there, strict=True)))))
    return counties, rows
