"""What everybody may read of rounds: dates, and how many units take part, never answers (rule 12)."""

from ilmapuntari.areas.loading import participation_by_county, participation_in
from ilmapuntari.areas.page import Participation
from ilmapuntari.models import ReportingUnit, Round


def running_round():
    """The round that is answered now, or the next one that is going to be; None when none is planned."""
    return Round.objects.under_way().filter(closed_at=None).order_by("opens_at").first()


def rounds_with_answers():
    """Every round whose answers lie, or lay, in sealed boxes; newest first."""
    return Round.objects.filter(frozen_at__isnull=False)


def participation():
    """[(participation in a published round, [(county, its own, or None where nobody took part)])], newest first.

    Counted as on the pages of areas. Leaders' units are no teams, and are counted nowhere.
    """
    counted = participation_in(ReportingUnit.objects.exclude(kind=ReportingUnit.Kind.LEADERS))
    rounds = Round.objects.filter(pk__in=counted)
    return participation_by_county([Participation(round, *counted[round.pk]) for round in rounds])
