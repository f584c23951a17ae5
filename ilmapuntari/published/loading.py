"""Results as they are read from the database: a handful of queries, however many rounds there are."""

from django.db.models import Q
from django.utils import timezone

from ilmapuntari.models import LevelResult, ReportingUnit, Round, UnitTeam
from ilmapuntari.models.team import lineage_of
from ilmapuntari.published.reading import Level, sheets
from ilmapuntari.published.result import LEVEL_ORDER, ROUNDS, PastResult, TeamResult

LINK_ROUNDS = 2  # a result link works until so many later rounds have been published


def team_result(team, round_pk=None):
    """The team's newest published result, or that of a round; None where it has none. `past` lists its rounds."""
    history = _history_of_teams([team])
    own = [unit for unit, is_ancestor in history if not is_ancestor]
    chosen = next((unit for unit in own if round_pk in (None, unit.round_id)), None)
    return _assembled(chosen, history, team=team) if chosen else None


def unit_result(unit):
    """The result of a unit, as its link shows it; None before its round is published."""
    teams = [row.team for row in unit.unit_teams.select_related("team").order_by("team__name_key")]
    history = _history_of_leaders(unit) if unit.is_leaders else _history_of_teams(teams)
    chosen = next((found for found, _is_ancestor in history if found.pk == unit.pk), None)
    if chosen:
        chosen.result_secret = unit.result_secret  # for the links of the page that was asked for by it
    return _assembled(chosen, history, teams=teams) if chosen else None


def unit_by_secret(secret):
    """The unit whose result a link opens, or None; `is_link_over` tells whether the link still works."""
    return (
        ReportingUnit.objects.filter(
            result_secret=secret, round__published_at__isnull=False, round__called_off_at=None, result__isnull=False
        )
        .select_related("round__instrument", "organisation", "county", "result")
        .first()
    )


def is_link_over(unit):
    """Two later rounds have been published: the link has told what it had to tell."""
    round = unit.round
    later = Round.objects.published().filter(called_off_at=None).filter(_later_than(round))
    return later.count() >= LINK_ROUNDS


def _later_than(round):
    order = Round.ORDER[round.season]
    return Q(year__gt=round.year) | Q(year=round.year, season_order__gt=order)


def _history_of_teams(teams):
    """[(unit, is of an ancestor)], the newest round first and one unit a round: the nearest team's."""
    lineage = lineage_of([team.pk for team in teams])
    rows = (
        UnitTeam.objects.filter(
            team__in=lineage, round__published_at__isnull=False, round__called_off_at=None, unit__result__isnull=False
        )
        .select_related("unit__result", "unit__organisation", "unit__county", "round__instrument")
        .defer("unit__result_secret")  # exports are made in a role that cannot read it
        .order_by("-round__year", "-round__season_order", "pk")
    )
    by_round = {}
    for row in rows:
        distance, until = lineage[row.team_id]
        if until is None or timezone.localdate(row.round.opens_at) < until:
            row.unit.round = row.round
            by_round.setdefault(row.round_id, []).append((distance, row.unit))
    found = []
    for candidates in by_round.values():
        nearest = min(distance for distance, _unit in candidates)
        units = {unit.pk: unit for distance, unit in candidates if distance == nearest}
        # Teams that answer as one today and each by itself then have no one result of that round.
        if len(units) == 1:
            found.append((next(iter(units.values())), nearest > 0))
    return found


def _history_of_leaders(unit):
    units = (
        ReportingUnit.objects.filter(
            kind=ReportingUnit.Kind.LEADERS, county=unit.county_id, organisation=unit.organisation_id,
            round__published_at__isnull=False, round__called_off_at=None, result__isnull=False,
        )
        .select_related("result", "organisation", "county", "round__instrument")
        .defer("result_secret")
        .order_by("-round__year", "-round__season_order")
    )  # fmt: skip
    return [(item, False) for item in units]


def _assembled(unit, history, *, team=None, teams=()):
    known = sheets(item.round.instrument_id for item, _is_ancestor in history)
    past = [
        PastResult(item, item.result, known[item.round.instrument_id], is_ancestor=is_ancestor)
        for item, is_ancestor in history
    ]
    current = next(item for item in past if item.unit.pk == unit.pk)
    if not teams and unit.kind == ReportingUnit.Kind.JOINED:
        teams = [row.team for row in unit.unit_teams.select_related("team").order_by("team__name_key")]
    return TeamResult(
        current,
        past,
        levels=levels_above(unit, current.sheet),
        rounds=_rounds_until(unit.round),
        teams=teams or ([team] if team else []),
        team=team,
    )


def levels_above(unit, sheet):
    """The published levels to which a unit belongs, the nearest first."""
    above = Q(organisation=None, county=unit.county_id) | Q(organisation=None, county=None)
    if unit.organisation_id:
        above |= Q(organisation=unit.organisation_id)
    results = LevelResult.objects.filter(above, round=unit.round_id).select_related("organisation", "county")
    levels = [Level.of(result, sheet) for result in results]
    return sorted(levels, key=lambda level: LEVEL_ORDER.index(level.letter))


def _rounds_until(round):
    """The last published rounds up to one, the newest first."""
    return list(
        Round.objects.published()
        .filter(called_off_at=None)
        .exclude(_later_than(round))
        .order_by("-year", "-season_order")[:ROUNDS]
    )
