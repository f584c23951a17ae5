"""Published figures as tables to take home: never more exact than the pages (rules 5 and 6)."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ilmapuntari import rules
from ilmapuntari.areas import level_answers
from ilmapuntari.published import answers_words, change_words, written
from publishing.tables import Column

WIDE, NARROW = 60, 12


def points(tenths):
    """65 -> 6.5, a number in the sheet."""
    return None if tenths is None else tenths / 10


# A team ---------------------------------------------------------------------------------------------------------------


def team_table(result):
    """(columns, rows) of a team's result: every theme and every statement under it.

    A team without figures of its own has one row that says so.
    """
    columns = [
        Column("team", _("Team"), width=30),
        _("Round"),
        Column("theme", _("Theme"), width=28),
        Column("number", _("Number"), width=NARROW),
        Column("statement", _("Statement"), width=WIDE),
        _("Negative statement, figure turned"),
        _("State"),
        Column("mean", _("Mean"), width=NARROW),
        _("Mean as answered"),
        _("To the nearest"),
        _("Answers"),
        _("Spread"),
        Column("bins", _("How many answered"), width=30),
        Column("change", _("Change since the round before"), width=30),
        Column("level", _("Compared with"), width=30),
        Column("compared", _("Mean there"), width=NARROW),
    ]
    head = [result.title, result.round.name]
    if not result.is_shown:
        why = _("A small team, no figures of its own") if result.is_small else _("Too few answers")
        return columns, [[*head, "", None, "", None, why, *[None] * (len(columns) - 7)]]
    rows = []
    for theme, statements in result.statements_by_theme:
        rows.append(
            [
                *head, theme.figure.name, None, _("The whole theme"), None, *_figure_cells(theme.figure), None,
                result.answers_words, theme.figure.spread_words, "", *_beside(result, theme),
            ]
        )  # fmt: skip
        for row in statements:
            figure = row.figure
            rows.append(
                [
                    *head, figure.theme.name, figure.number, figure.text, figure.is_reversed, *_figure_cells(figure),
                    points(figure.raw), _answers(figure, result), figure.spread_words, _bins(figure),
                    *_beside(result, row),
                ]
            )  # fmt: skip
    # "Mean as answered" and "To the nearest" stand beside each other.
    return columns, [[*row[:8], row[9], row[8], *row[10:]] for row in rows]


def _figure_cells(figure):
    """State, mean and how exact it is."""
    if not figure.is_shown:
        return [_("Too few answers"), None, ""]
    return [str(figure.state_words), points(figure.mean), written(1 if figure.band == rules.EXACT else 5)]


def _answers(figure, result):
    """The number where it is published; otherwise the words of its band, never a number."""
    if not figure.is_shown:
        return ""
    return figure.answers_words or answers_words(figure.band)


def _bins(figure):
    return ", ".join(f"{low}–{high}: {count}" for low, high, count in figure.bins)


def _beside(result, row):
    since = f"{change_words(row.change)} {result.since_words}" if row.change else ""
    return [since, row.level.name if row.level else "", points(row.compared)]


# An organisation, a county, the whole area ----------------------------------------------------------------------------


def heat_table(page):
    """(columns, rows) of the heat map: a row for each unit or level, a mean and a state for each theme."""
    head = {"organisation": _("Team"), "county": _("Organisation"), "area": _("County")}[page.kind]
    columns = [Column("name", head, width=36), _("Round"), Column("answers", _("Answers"), width=30)]
    for theme in page.themes:
        columns += [theme.name, _("%(theme)s, state") % {"theme": theme.name}]
    if page.has_changes:
        columns.append(Column("changes", _("Clear changes %(since)s") % {"since": page.since_words}, width=WIDE))
    rows = []
    for row in page.rows:
        cells = [row.name, page.round.name, row.instead or row.answers]
        for place in range(len(page.themes)):
            cell = row.cells[place] if row.cells else None
            is_shown = cell is not None and cell.is_shown
            cells += [points(cell.mean) if is_shown else None, str(cell.state_words) if is_shown else ""]
        if page.has_changes:
            told = row.changes is not None
            cells.append((", ".join(map(str, row.changes)) or _("no clear change")) if told else "")
        rows.append(cells)
    if page.kind != "organisation" and page.level:
        cells = [page.name, page.round.name, level_answers(page.level)]
        for theme in page.level.reading.themes:
            cells += [points(theme.mean), str(theme.state_words)]
        rows.append([*cells, *[""] * page.has_changes])
    return columns, rows


def level_table(page):
    """(columns, rows) of the area's own level: every statement with all that is published of it."""
    columns = [
        Column("name", _("Area"), width=36),
        _("Round"),
        Column("theme", _("Theme"), width=28),
        Column("number", _("Number"), width=NARROW),
        Column("statement", _("Statement"), width=WIDE),
        _("Negative statement, figure turned"),
        _("State"),
        Column("mean", _("Mean"), width=NARROW),
        _("Mean as answered"),
        Column("low", _("Certainly from"), width=NARROW),
        Column("high", _("Certainly to"), width=NARROW),
        *(
            Column(f"share_{value}", pgettext("answer", "Answered %(value)s, %%") % {"value": value}, width=NARROW)
            for value in range(rules.VALUES)
        ),
    ]
    rows = []
    for figure in page.level.reading.figures if page.level else ():
        row = [page.name, page.round.name, figure.theme.name, figure.number, figure.text, figure.is_reversed]
        if figure.is_shown:
            low, high = figure.interval or (None, None)
            row += [
                str(figure.state_words), points(figure.mean), points(figure.raw), points(low), points(high),
                *(figure.distribution or [None] * rules.VALUES),
            ]  # fmt: skip
        else:
            row += [_("not shown"), *[None] * (len(columns) - 7)]
        rows.append(row)
    return columns, rows
