"""The team's result on two pages of A4: the first for the table of a meeting, the second with every statement."""

from pathlib import Path

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from publishing.templatetags.portal import moment, plain_date, weekday_date
from publishing.typst import typeset

TEMPLATE = Path(__file__).parent / "typst" / "result.typ"


def result_document(result, agreed, **options):
    """The PDF, tagged for those who listen to it, in the reader's language."""
    return typeset(TEMPLATE, result_data(result, agreed), moment=result.round.published_at, **options)


def result_data(result, agreed):
    """All that stands in the document, as text that has been put into words; the template only places it."""
    return {
        "language": (get_language() or "fi")[:2],
        "title": f"{result.title}, {result.round.name}",
        "room": "Ilmapuntari",
        "name": result.title,
        "lead": result.lead,
        "meta": _meta(result),
        "joined": _joined(result),
        "glance": _glance(result) if result.is_shown else None,
        "instead": None if result.is_shown else _instead(result),
        "themes": _themes(result),
        "questions": _questions(result),
        "statements": _statements(result) if result.is_shown else None,
        "actions": _actions(agreed),
        "privacy": _privacy(result),
        "page": _("page"),
    }


def _meta(result):
    published = _("published %(moment)s") % {"moment": moment(result.round.published_at)}
    return [words for words in (result.round.name, result.answers_words, published) if words]


def _joined(result):
    if not result.joined_teams:
        return ""
    names = ", ".join(team.name for team in result.joined_teams)
    return f"{_('These teams answered together, and the figures are of them all:')} {names}."


def _glance(result):
    exact = (
        _("Figures are the team's means on a scale of 0–10, to half a point.")
        if result.is_coarse
        else _("Figures are the team's means on a scale of 0–10.")
    )
    return {
        "heading": _("At a glance"),
        "note": f"{exact} {_('More is always better: figures of negative statements are turned.')}",
        "none": _("Hardly any statement got enough answers to be shown."),
        "groups": [
            {"heading": heading, "figures": [_glanced(figure) for figure in figures]}
            for heading, figures in (
                (_("Three strongest"), result.reading.best),
                (_("Three to talk about"), result.reading.to_talk),
            )
            if figures
        ],
    }


def _glanced(figure):
    words = [str(figure.state_words), figure.theme.name]
    if figure.is_reversed:
        words.append(_("figure turned"))
    return {"state": figure.state, "text": figure.text, "mean": figure.mean_words, "note": " · ".join(words)}


def _instead(result):
    """Why the team has no figures, and what it can do all the same."""
    if result.is_small:
        heading = _("No figures of your own")
        text = [_("A team of four or fewer gets no figures of its own: they would tell too much of one person.")]
    else:
        heading = _("Too few answers")
        text = [
            _("Too few answers came for a result, so the team has no figures from this round."),
            _(
                "A result needs answers from about half of the team, and always at least five. "
                "We do not tell how many answered."
            ),
        ]
    text.append(
        _(
            "You can talk all the same: below are the figures of the organisation or the area, "
            "and questions for your next meeting."
        )
        if result.instead
        else _("You can talk all the same: below are questions for your next meeting.")
    )
    return {"heading": heading, "text": text}


def _themes(result):
    """The table of themes: the team's own, or those of the level that is read instead."""
    if result.is_shown:
        rows, level, notes = result.themes, result.level, []
        heading = _("Themes")
        if result.change_limit:
            words = _("A change is told only when it is larger than chance (here %(limit)s).")
            notes.append(words % {"limit": result.change_limit_words})
        elif result.has_turned_over:
            notes.append(_("More than a third of the team has changed since the last result, so no change is told."))
        if level and level.others:
            words = ngettext(
                "Comparison: %(name)s, %(count)s other team.", "Comparison: %(name)s, %(count)s other teams.",
                level.others,
            )  # fmt: skip
            notes.append(words % {"name": level.name, "count": level.others})
        if level and level.reading.left_out:
            notes.append(_("Very small groups are not included."))
        spread, since = result.has_theme_spread, result.since_words
    elif result.instead:
        rows, level, spread, since = result.instead_themes, None, False, ""
        heading = f"{_('Themes')}: {result.instead.name}"
        words = ngettext(
            "Means of %(count)s team on a scale of 0–10.", "Means of %(count)s teams on a scale of 0–10.",
            result.instead.units,
        )  # fmt: skip
        notes = [words % {"count": result.instead.units}]
        if result.instead.reading.left_out:
            notes.append(_("Very small groups are not included."))
    else:
        return None
    heads = [_("Theme"), _("State"), _("Mean")]
    heads += [pgettext("column", "Answers")] if spread else []
    heads += [_("Change %(since)s") % {"since": since}] if since else []
    heads += [level.name] if level else []
    return {
        "heading": heading,
        "heads": heads,
        **_columns(heads, since, level),
        "rows": [_theme_row(row, spread, since, level) for row in rows],
        "note": " ".join(notes),
    }


def _columns(heads, since, level):
    """Which columns hold numbers, and which have heads that wrap."""
    last = len(heads) - 1
    return {
        "numbers": [2, last] if level else [2],
        "wide": [last - bool(level)] * bool(since) + [last] * bool(level),
    }


def _theme_row(row, spread, since, level):
    figure = row.figure
    cells = [figure.mean_words]
    cells += [str(figure.spread_words)] if spread else []
    cells += [_change(row)] if since else []
    cells += [row.compared_words] if level else []
    return {"name": figure.name, **_state(figure), "cells": cells, "changed": _is_clear(row), "change": _change(row)}


def _state(figure):
    return {"state": figure.state, "words": str(figure.state_words) if figure.is_shown else _("too few answers")}


def _change(row):
    return (row.change_words or _("no earlier figure")) if row.figure.is_shown else ""


def _is_clear(row):
    return row.change is not None and row.change.is_clear


def _questions(result):
    questions = [question.text for question in result.first_questions]
    return {
        "heading": _("Let us talk about this"),
        "note": _("The questions come from red and yellow statements.")
        if result.is_shown
        else _("The questions fit every team."),
        "questions": questions,
        "none": _("Every statement is green. Talk about what keeps it so."),
    }


def _statements(result):
    """Every statement under its theme."""
    since, level = result.since_words, result.level
    heads = [_("Statement"), _("State"), _("Mean")]
    heads += [pgettext("column", "Answers")] if result.has_answers_column else []
    heads += [_("Clear change %(since)s") % {"since": since}] if since else []
    heads += [level.name] if level else []
    return {
        "heading": _("Statements"),
        "heads": heads,
        **_columns(heads, since, level),
        "turned": _("turned"),
        "themes": [
            {
                "name": theme.figure.name,
                "rows": [_statement_row(row, result, since) for row in rows],
            }
            for theme, rows in result.statements_by_theme
        ],
    }


def _statement_row(row, result, since):
    figure = row.figure
    cells = [figure.mean_words]
    if result.has_answers_column:
        cells.append(str(figure.spread_words or figure.n or ""))
    if since:  # in the long table only those changes that are clear
        cells.append(row.change_words if _is_clear(row) else "")
    if result.level:
        other = "" if row.level in (None, result.level) else f" ({row.level.name})"
        cells.append(f"{row.compared_words}{other}" if row.compared is not None else "")
    return {
        "name": f"{figure.number}. {figure.text}", "turned": figure.is_reversed, **_state(figure), "cells": cells,
        "changed": _is_clear(row), "change": _change(row),
    }  # fmt: skip


def _actions(agreed):
    rows = []
    for item in [*agreed.followed, *agreed.now]:
        action = item.action
        by = _("by %(day)s") % {"day": plain_date(action.by_on)}
        became = [words for words in (item.change_sentence, item.outcome and item.outcome.capitalize()) if words]
        rows.append(
            {
                "what": action.what,
                "because": item.statement,
                "who": f"{action.who[:1].upper()}{action.who[1:]}, {by}",
                "helped": " ".join(became) or _("seen in the next round"),
            }
        )
    return {
        "heading": _("Agreed actions"),
        "heads": [_("What was agreed"), _("Who and when"), _("Did it help")],
        "rows": rows,
        "none": _("Nothing has been agreed yet."),
    }


def _privacy(result):
    round = result.round
    words = (
        _("The answers were destroyed on %(day)s.") % {"day": weekday_date(round.destroyed_at)}
        if round.destroyed_at
        else _("The answers are destroyed by %(day)s.") % {"day": weekday_date(round.destroyed_by)}
    )
    return f"{words} {_('Only published figures remain, and nobody can tell who answered what.')}"
