"""Reads the published results of an area's round into an `AreaPage`."""

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import County, Organisation
from ilmapuntari.areas.page import TREND_ROUNDS, AreaPage, Change, HeatRow, Participation, level_answers
from ilmapuntari.areas.visible import counties_visible_to, organisations_visible_to
from ilmapuntari.models import AgreedAction, LevelResult, ReportingUnit, Round, UnitResult, UnitTeam
from ilmapuntari.published import Level, Reading, answers_words, change_words, in_sentence, sheets

# An organisation ------------------------------------------------------------------------------------------------------


def organisation_page(organisation, user, asked=""):
    """The heat map of an organisation's teams in the asked round, the newest unless told."""
    units = ReportingUnit.objects.visible_to(user).filter(organisation=organisation)
    page = _page(organisation, "organisation", organisation.name, units, asked)
    if page.round is None:
        return page
    found = list(
        units.filter(round__in=[page.round, *([page.before] if page.before else [])], result__isnull=False)
        .select_related("result", "county")
        .defer("result_secret")  # exports are made in a role that cannot read it
        .prefetch_related(Prefetch("unit_teams", UnitTeam.objects.select_related("team")))
    )
    known = _sheets_of(page)
    counties = {unit.county_id for unit in found}
    if len(counties) > 1:  # of an organisation in two counties no one county is the next larger level
        counties = set()
    _read_levels(
        page,
        known,
        Q(organisation=organisation) | Q(organisation=None, county__in=counties),
        own=lambda result: result.organisation_id == organisation.pk,
        above=lambda result: result.county_id is not None,
    )
    before = _units_before(page, found)
    now = sorted((unit for unit in found if unit.round_id == page.round.pk), key=_unit_order)
    levels = [(page.level, page.level_before), (page.above, page.above_before)]
    page.rows = [_level_row(level.name, "", level, then, is_level=True) for level, then in levels if level]
    page.rows += [_unit_row(unit, page, known, before) for unit in now]
    page.actions = list(
        AgreedAction.objects.visible_to(user).filter(team__organisation=organisation).select_related("team")
    )
    return page


def _unit_order(unit):
    """Leaders last, teams in Finnish order."""
    keys = sorted(row.team.name_key for row in unit.unit_teams.all())
    return unit.is_leaders, keys


def _units_before(page, found):
    """{unit of this round: that of the same teams in the round before}"""
    if page.before is None:
        return {}
    of_team = {row.team_id: unit for unit in found if unit.round_id == page.before.pk for row in unit.unit_teams.all()}
    pairs = {}
    for unit in found:
        if unit.round_id == page.round.pk:
            then = {of_team.get(row.team_id) for row in unit.unit_teams.all()}
            if len(then) == 1 and None not in then:
                pairs[unit.pk] = then.pop()
    return pairs


def _unit_row(unit, page, known, before):
    result = unit.result
    teams = sorted((row.team for row in unit.unit_teams.all()), key=lambda team: team.name_key)
    links = tuple((team.name, _with_round(team.get_absolute_url(), page)) for team in teams)
    row = {"name": unit.title, "url": links[0][1] if len(links) == 1 else "", "links": links if len(links) > 1 else ()}
    if result.figures is None:
        if unit.is_too_small:
            return HeatRow(**row, instead=_("A small team: it works in discussion mode, without numbers of its own."))
        return HeatRow(**row, instead=_("Too few answers"))
    reading = Reading(page.sheet, result.figures)
    then, changes = before.get(unit.pk), None
    if then is not None and then.result.figures is not None and not result.has_turned_over:
        changes = clear_changes(reading, Reading(known[page.before.instrument_id], then.result.figures))
    answers = answers_words(result.band, result.answers)
    return HeatRow(**row, answers=answers, cells=tuple(reading.themes), changes=changes)


def _with_round(url, page):
    return url if page.round == page.rounds[0] else f"{url}?kierros={page.round.pk}"


def clear_changes(reading, before):
    """The themes whose change exceeds noise, in words (rule 9)."""
    changed = []
    for theme in reading.themes:
        change = reading.theme_change(theme.key, before)
        if change is not None and change.is_clear:
            changed.append(Change(theme.name if not changed else in_sentence([theme]), change_words(change)))
    return tuple(changed)


# A county, the whole area ---------------------------------------------------------------------------------------------


def county_page(county, user, asked=""):
    """A county's level, and its organisations where the rules show them."""
    units = ReportingUnit.objects.filter(county=county)
    page = _page(county, "county", county.short_name, units, asked)
    if page.round is None:
        return page
    organisations = list(
        Organisation.objects.filter(
            Exists(units.filter(round=page.round, organisation=OuterRef("pk")).exclude(kind=ReportingUnit.Kind.LEADERS))
        ).in_finnish_order()
    )
    known = _sheets_of(page)
    beside = _read_levels(
        page,
        known,
        Q(county=county, organisation=None) | Q(organisation__in=organisations) | Q(organisation=None, county=None),
        own=lambda result: result.county_id == county.pk,
        above=lambda result: not result.county_id and not result.organisation_id,
    )
    allowed = set(organisations_visible_to(user).values_list("pk", flat=True))
    page.rows = [
        _level_row(
            organisation.name,
            _with_round(reverse("ilmapuntari:organisation", kwargs={"pk": organisation.pk}), page)
            if organisation.pk in allowed
            else "",
            beside.get((page.round.pk, organisation.pk, None)),
            beside.get((page.before.pk, organisation.pk, None)) if page.before else None,
        )
        for organisation in organisations
    ]
    return page


def area_page(user, asked=""):
    """The level of the whole area, and its counties."""
    units = ReportingUnit.objects.all()
    page = _page(None, "area", _("The whole area"), units, asked)
    if page.round is None:
        return page
    counties = list(
        County.objects.filter(Exists(units.filter(round=page.round, county=OuterRef("pk")))).order_by(
            "-is_ours", "position", "short_name"
        )
    )
    known = _sheets_of(page)
    beside = _read_levels(
        page, known, Q(organisation=None), own=lambda result: not result.county_id and not result.organisation_id
    )
    allowed = set(counties_visible_to(user).values_list("pk", flat=True))
    page.rows = [
        _level_row(
            county.short_name,
            _with_round(reverse("ilmapuntari:county", kwargs={"slug": county.slug}), page)
            if county.pk in allowed
            else "",
            beside.get((page.round.pk, None, county.pk)),
            beside.get((page.before.pk, None, county.pk)) if page.before else None,
        )
        for county in counties
    ]
    page.participation_by_county = participation_by_county(page.participation)
    return page


def _level_row(name, url, level, before, *, is_level=False):
    if level is None:
        return HeatRow(name, url, instead=_("No figures: they need ten answers from at least three units."))
    return HeatRow(
        name,
        url,
        answers=level_answers(level),
        cells=tuple(level.reading.themes),
        changes=clear_changes(level.reading, before.reading) if before else None,
        is_level=is_level,
    )


# Loading --------------------------------------------------------------------------------------------------------------


def _page(area, kind, name, units, asked):
    """The page with its rounds and participation; without a round where nothing has been published."""
    # The leaders' units are no teams, so they are not counted among those that take part.
    counted = participation_in(units.exclude(kind=ReportingUnit.Kind.LEADERS))
    rounds = [
        round
        for round in Round.objects.published().filter(called_off_at=None).order_by("-year", "-season_order")
        if round.pk in counted
    ]
    page = AreaPage(area, kind, name, rounds)
    page.participation = [Participation(round, *counted[round.pk]) for round in rounds]
    if rounds:
        page.round = next((round for round in rounds if str(round.pk) == asked), rounds[0])
        page.before = next(iter(rounds[rounds.index(page.round) + 1 :]), None)
    return page


def participation_in(units):
    """{round: (enrolled, with a result)}"""
    rows = _counted(units.filter(round__published_at__isnull=False, round__called_off_at=None), "round")
    return {round: (enrolled, shown) for round, enrolled, shown in rows.values_list("round", "enrolled", "shown")}


def _counted(units, *by):
    """How many units, and how many of them with a result."""
    with_result = Q(result__isnull=False) & ~Q(result__band=UnitResult.Band.TOO_FEW)
    return units.order_by().values(*by).annotate(enrolled=Count("pk"), shown=Count("pk", filter=with_result))


def participation_by_county(participation):
    """[(a row of the whole area, [(county, Participation or None)])], a line for each round."""
    rounds = {row.round.pk: row.round for row in participation}
    rows = _counted(
        ReportingUnit.objects.filter(round__in=rounds).exclude(kind=ReportingUnit.Kind.LEADERS), "round", "county"
    ).values_list("round", "county", "enrolled", "shown")
    found = {(round, county): Participation(rounds[round], *counts) for round, county, *counts in rows}
    counties = County.objects.filter(pk__in={county for _round, county in found}).order_by(
        "-is_ours", "position", "short_name"
    )
    return [
        (row, [(county.short_name, found.get((row.round.pk, county.pk))) for county in counties])
        for row in participation
    ]


def _sheets_of(page):
    known = sheets({round.instrument_id for round in page.rounds})
    page.sheet = known[page.round.instrument_id]
    return known


def _read_levels(page, known, wanted, *, own, above=lambda result: False):
    """Read the levels of the page's rounds; returns {(round, organisation, county): level} of those beside its own.

    The area's own level is read in several rounds, the others in the chosen one and the one before it.
    """
    at = page.rounds.index(page.round)
    rounds = {round.pk: round for round in page.rounds[at : at + TREND_ROUNDS]}
    found = {}
    for result in LevelResult.objects.filter(wanted, round__in=rounds).select_related("organisation", "county"):
        round = rounds[result.round_id]
        if own(result):
            page.levels[round] = Level.of(result, known[round.instrument_id])
        elif round in (page.round, page.before):
            level = Level.of(result, known[round.instrument_id])
            found[result.round_id, result.organisation_id, result.county_id] = level
            if above(result) and round == page.round:
                page.above = level
            elif above(result):
                page.above_before = level
    if page.above is not None:
        page.above = page.above.beside(page.level) if page.level else None
    return found
