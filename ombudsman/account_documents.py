"""The account of one area as files: a tagged PDF, a Word document to go on writing in, and the tables as CSV.

`documents/account.docx` is a template that anybody may open and change in Word. It is filled in a sandbox with text
alone: what people have typed is never read as a template.
"""

from io import BytesIO
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from ombudsman.account_reading import HIDDEN, HIDING, RULES
from publishing.tables import table_response
from publishing.templatetags.portal import plain_date
from publishing.typst import typeset

DOCUMENTS = Path(__file__).with_name("documents")
WITH_BARS = {"month", "task"}  # tables that have a chart on the page


def account_pdf(account, *, approved_at):
    """The document as bytes, in the reader's language, tagged for those who listen to it."""
    return typeset(DOCUMENTS / "account.typ", content(account, approved_at), moment=approved_at)


def account_word(account, *, approved_at):
    """The same as a Word document. Without a moment of approval it says that it is a draft."""
    data = content(account, approved_at)
    template = DocxTemplate(DOCUMENTS / "account.docx")
    template.render(_clean(data), jinja_env=SandboxedEnvironment(autoescape=True))
    template.docx.core_properties.title = _clean(data["title"])
    out = BytesIO()
    template.save(out)
    return out.getvalue()


def tables_csv(accounts, filename):
    """A row a figure of every table, of one area after another; figures as they are shown."""
    first = accounts[0]
    columns = [
        _("Area"), _("Table"), _("Value"), first.time.name, first.before.name, _("Inhabitants"),
        _("Per 1,000 inhabitants"),
    ]  # fmt: skip
    rows = (
        [account.name, table.heading, row.name, _cell(row.now), _cell(row.before), row.people, row.rate]
        for account in accounts
        for section in account.sections
        for table in section.tables
        for row in table.rows
    )
    return table_response(columns, rows, filename=filename, kind="csv")


def _cell(count):
    return str(HIDDEN) if count is None else count


def content(account, approved_at):
    """All that stands in the document, as text; the templates only place it."""
    state = _("approved %(day)s") % {"day": plain_date(approved_at)} if approved_at else _("draft, not approved")
    return {
        "language": (get_language() or "fi")[:2],
        "title": f"{account.office}: {account.title}, {account.name}",
        "office": account.office,
        "heading": account.title,
        "meta": [account.name, state],
        "rules": [str(rule) for rule in RULES],
        "hiding": " ".join(str(rule) for rule in HIDING),
        "page": _("page"),
        "sections": [_section(section) for section in account.sections],
    }


def _section(section):
    return {
        "code": section.code,
        "heading": section.heading,
        "paragraphs": section.paragraphs,
        "finding": section.finding,
        "tables": [_table(table) for table in section.tables],
    }


def _table(table):
    most = table.shown_most
    return {
        "heads": [table.heading, *table.heads_of_figures],
        "rows": [
            {"name": row.name, "cells": table.cells(row), "share": (row.now or 0) / most if most else 0}
            for row in table.rows
        ],
        "note": table.note,
        "bars": table.code in WITH_BARS,
    }


def _clean(data):
    """The same without characters that XML cannot hold."""
    if isinstance(data, dict):
        return {key: _clean(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_clean(value) for value in data]
    if not isinstance(data, str):
        return data
    return "".join(sign for sign in data if sign in "\n\t" or (sign >= " " and not 0xD800 <= ord(sign) <= 0xDFFF))
