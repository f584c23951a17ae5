"""Message catalogues: gathered from the code and the templates, compiled without any tool of the system."""

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LEFT_OUT = {".venv", "var", "tests", "locale", "static", "node_modules"}


def sources():
    """The files that may hold messages, in a steady order."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        is_template = path.suffix in {".html", ".txt"} and "templates" in parts
        if (path.suffix == ".py" or is_template) and parts[0] not in LEFT_OUT:
            yield path


def messages_of(path):
    """(line, msgid or (singular, plural), context) of every message in a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django's own turning of a template into code: what it finds is what the template will ask for.
        text = templatize(text, origin=str(path))
    for line, message, _comments, context in extract(
        "python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        yield line, message, context


def gather():
    """A catalogue of every message that the project asks for."""
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    for path in sources():
        for _line, message, context in messages_of(path):
            flags = ["python-format"] if "%(" in str(message) else []
            catalogue.add(message, context=context, flags=flags, locations=[(str(path.relative_to(ROOT)), None)])
    return catalogue


def po_path(language):
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language):
    """The stored catalogue of a language; an empty one where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as stored:
        return read_po(stored, locale=language)


def write(language, catalogue):
    catalogue.header_comment = "# The words of the interface."
    catalogue.project, catalogue.version, catalogue.fuzzy = "Pikassos", "1", False
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = "Pikassos"
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stored:
        write_po(stored, catalogue, width=120, omit_header=False, sort_by_file=True, include_lineno=False)


def update(language):
    """Bring a language's catalogue up to date: new messages empty, gone ones removed, the rest untouched.

    Returns the messages that have no words in the language.
    """
    catalogue = read(language)
    catalogue.update(gather(), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    # A file without dates changes only when a message does.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write(language, catalogue)
    return missing(catalogue)


def missing(catalogue):
    """The messages without words."""
    return [
        message.id
        for message in catalogue
        if message.id and not (all(message.string) if isinstance(message.string, tuple | list) else message.string)
    ]


def compile_all():
    """Write the compiled catalogue beside each source. Returns the languages."""
    languages = sorted(path.parent.parent.name for path in ROOT.glob("locale/*/LC_MESSAGES/django.po"))
    for language in languages:
        catalogue = read(language)
        for message in list(catalogue):
            # Babel fills a plural without words with its English; left out, it falls back as any other message does.
            if message.pluralizable and not all(message.string):
                catalogue.delete(message.id, message.context)
        with po_path(language).with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)
    return languages
