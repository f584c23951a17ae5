"""Published results without boxes and codes: answers go through the rules straight into rows."""

import random

from ilmapuntari import computing, rules, tree
from ilmapuntari.models import LevelResult, UnitResult
from tests.ilmapuntari.factories import RoundFactory, unit_of

SIZE = 28


def published_round(year, season, **fields):
    return RoundFactory(published=True, year=year, season=season, **fields)


def publish(round, answers, *, invited=None, turned_over=()):
    """{team: unit}: results of teams and of every level above them. `answers` is {team: [an answer a person]}.

    One answer is a list of 28 values or one number for them all.
    """
    units, nodes = {}, []
    for team, given in answers.items():
        given = [[item] * SIZE if isinstance(item, int) else item for item in given]
        unit = unit_of(round, team, invited=invited or max(len(given), 5))
        units[team] = unit
        tally = rules.tally(b"".join(map(bytes, given)), SIZE)
        figures = None if unit.is_too_small else rules.unit_figures(tally, len(given), unit.gate)
        band = rules.answers_band(len(given), unit.gate) if figures else UnitResult.Band.TOO_FEW
        UnitResult.objects.create(
            unit=unit, band=band, answers=len(given) if band == "exact" else None, figures=figures,
            has_turned_over=team in turned_over,
        )  # fmt: skip
        nodes.append(tree.Unit(unit.pk, unit.organisation_id, unit.county_id, len(given), unit.gate, tally))
    levels = tree.levels(nodes)
    for (kind, key), level in levels.items():
        if level.is_shown:
            LevelResult.objects.create(
                round=round,
                organisation_id=key if kind == "organisation" else None,
                county_id=key if kind == "county" else None,
                **level.published,
            )
    computing.write_comparable(nodes, levels)
    return units


def people(means, count, seed=0, spread=1.6):
    """So many answers drawn around 28 means of 0–10."""
    source = random.Random(seed)
    return [[min(10, max(0, round(source.gauss(mean, spread)))) for mean in means] for _number in range(count)]
