"""Rows from a table into records: read, checked and shown first, saved only when confirmed.

What all imports share, whatever their rows are about; nothing here knows of people. A room makes a subclass with a
`purpose` of its own and fills the hooks; the preview page, confirming, the list of rows with errors and the template
file are then there at the addresses of this room (`directory:import_preview` and so on), for every purpose:

    class TeamImport(TableImport):
        purpose = "ilmapuntari.teams"
        title = _("Import teams")
        columns = (Column("team", _("Team"), ("tiimi",), required=True), …)

        def check(self, rows):                  # settle `row.outcome` of each; asked again before anything is saved
            …row.refuse("team", _("…"))         # the row will not be saved; the sentence stands beside it

        def save(self, rows):                   # the good rows, in the one transaction of all
            …

In its start view, with a form from `directory.forms.TableForm`:

    importer = TeamImport()
    form = TableForm(request.POST or None, request.FILES or None, importer=importer)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save(by=request.user))     # an ImportDraft; its address is the preview
    return render(request, "directory/import_start.html", {"form": form, "importer": importer})

The module of the subclass must be imported when the addresses are loaded (the room's views do so), because the
preview finds the class by its purpose. What `row.data` holds must go into JSON. `check` runs a second time, inside
the transaction, when the import is confirmed: so nothing that changed meanwhile is overlooked. Imports of people into
the directory stand on `directory.person_import`.
"""

import difflib

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from directory.models import ImportDraft
from publishing.finnish_dates import read_day, written_day
from publishing.tables import read_table

NEW, CHANGED, SAME, DUPLICATE, ERROR = "new", "changed", "same", "duplicate", "error"
GOOD = (NEW, CHANGED)
BAD = (DUPLICATE, ERROR)
OUTCOMES = {
    NEW: gettext_lazy("new"),
    CHANGED: gettext_lazy("changes"),
    SAME: gettext_lazy("nothing changes"),
    DUPLICATE: gettext_lazy("twice in the file"),
    ERROR: gettext_lazy("error"),
}


class ImportRow:
    """One row on its way in: what the file says, what it means, and what would be done with it."""

    def __init__(self, number, values):
        self.number = number
        self.values = values  # text as in the file, by key of column
        self.data = {}  # cleaned values that can be saved
        self.errors = {}  # key of column: sentence
        self.notes = []  # sentences worth knowing that stop nothing
        self.changes = []  # [title, old, new]
        self.outcome = NEW

    def refuse(self, key, sentence):
        """The row will not be saved, because of what stands in a column. The first reason stands."""
        self.errors.setdefault(key, str(sentence))
        self.outcome = ERROR

    def repeat(self, key, sentence):
        """The row will not be saved, because an earlier one says the same."""
        self.outcome = DUPLICATE
        self.errors[key] = str(sentence)

    def text(self, key, most, label):
        """The text in a column, refused when it is too long."""
        text = self.values.get(key, "")
        if len(text) > most:
            self.refuse(
                key,
                _("%(label)s has %(length)s characters, and at most %(most)s fit.")
                % {"label": label, "length": len(text), "most": most},
            )
            return ""
        return text

    def email(self, key):
        """The address in a column, refused when it is none; empty when nothing stands there."""
        email = self.values.get(key, "").removeprefix("mailto:").strip("<> ;,")
        if not email:
            return ""
        try:
            validate_email(email)
        except ValidationError:
            self.refuse(key, _("Write the e-mail address like eeva.esimerkki@example.org."))
            return ""
        if len(email) > 254:
            self.refuse(key, _("The e-mail address is too long."))
            return ""
        return email

    def day(self, key, default=None):
        """The day in a column as the text 1.12.2026, refused when it is none; `default` when nothing stands there."""
        text = self.values.get(key, "")
        if not text:
            return default
        try:
            return written_day(read_day(text))
        except ValidationError as error:
            self.refuse(key, " ".join(error.messages))
            return default

    def choice(self, key, choices, default):
        """The code of the choice whose label (or code) stands in a column, refused when there is none such."""
        text = self.values.get(key, "")
        if not text:
            return default
        for code, label in choices:
            if text.casefold() in (str(label).casefold(), str(code).casefold()):
                return code
        self.refuse(
            key,
            _("“%(text)s” is not one of these: %(choices)s.")
            % {"text": text[:60], "choices": ", ".join(str(label) for _code, label in choices)},
        )
        return default

    @property
    def lines(self):
        """What the preview calls the row: its name first, then smaller lines."""
        return [text for text in self.values.values() if text][:3]

    def for_draft(self):
        """The row as the draft keeps it."""
        return {
            "number": self.number,
            "values": self.values,
            "lines": self.lines,
            "outcome": self.outcome,
            "errors": self.errors,
            "notes": [str(note) for note in self.notes],
            "changes": [[str(part) for part in change] for change in self.changes],
        }


class TableImport:
    """Rows from a table into records; a subclass for each purpose, see the top of this module."""

    purpose = ""
    title = ""
    columns = ()
    extra_columns = ()
    row_class = ImportRow
    locked_tables = ()  # nobody else writes these while the rows are saved
    nothing_new = gettext_lazy("All of this is in the directory already.")
    promises = ()  # [(term, sentence)] on the page where the file is brought
    classes = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.purpose:
            TableImport.classes[cls.purpose] = cls

    def __init__(self, *, subject=""):
        self.subject = str(subject)

    @classmethod
    def of(cls, draft):
        """The importer that made the draft."""
        return TableImport.classes[draft.purpose](subject=draft.subject)

    # What rooms fill in ---------------------------------------------------------------------------------------------

    def check(self, rows):
        """Settle for each row what would be done with it, in as many queries for 5,000 rows as for one."""
        raise NotImplementedError

    def save(self, rows):
        """Save the good rows."""
        raise NotImplementedError

    def may_be_done_by(self, user):
        """Whether the user may import for this purpose; asked at every step."""
        return user.is_staff

    def done_url(self):
        """Where the page leads when everything was saved."""
        return self.list_url()

    @classmethod
    def list_url(cls):
        """Where somebody is led whose import is gone, so that its subject is not known any more."""
        return reverse("directory:people")

    @property
    def place(self):
        """What the page behind `done_url` is called."""
        return pgettext("directory", "People")

    def start_url(self):
        """Where another file is brought."""
        raise NotImplementedError

    def additions(self, draft):
        """[(heading, names)]: the records beside the rows' own that confirming would make."""
        return []

    def saved_sentence(self, count):
        return ngettext("%(count)s row was saved.", "%(count)s rows were saved.", count) % {"count": count}

    def template_columns(self):
        """The columns of the file that shows how a table is made."""
        return self.all_columns

    def template_rows(self):
        """Its invented rows."""
        return [[column.example for column in self.template_columns()]]

    # Steps ----------------------------------------------------------------------------------------------------------

    @property
    def all_columns(self):
        return (*self.columns, *self.extra_columns)

    def read(self, upload):
        """The uploaded table; a TableError, to be shown at the file's field, when it cannot be read."""
        return read_table(upload, self.all_columns)

    def draft(self, table, *, file_name, by):
        """Check the rows and keep them to be looked at; nothing else is saved."""
        rows = [self.row_class(row.number, row.values) for row in table.rows]
        self.check(rows)
        return ImportDraft.objects.create(
            purpose=self.purpose,
            subject=self.subject,
            file_name=file_name[:200],
            keys=table.keys,
            # The column of reasons comes back with a mended file.
            unknown=[text[:80] for text in table.unknown if text != _("Error")],
            rows=[row.for_draft() for row in rows],
            created_by=by,
        )

    @transaction.atomic
    def confirm(self, draft):
        """Save every good row, all or none; those with errors stay in the draft. Returns how many were saved.

        A second time finds nothing to save. The rows are checked again first, and nobody else writes the same tables
        meanwhile, so what is saved is what was looked at, or a row becomes an error.
        """
        draft = ImportDraft.objects.select_for_update().filter(pk=draft.pk, confirmed_at=None).first()
        if draft is None:
            return 0
        if self.locked_tables:
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {', '.join(self.locked_tables)} IN SHARE ROW EXCLUSIVE MODE")
        rows = [self.row_class(row["number"], row["values"]) for row in draft.rows]
        self.check(rows)
        good = [row for row in rows if row.outcome in GOOD]
        self.save(good)
        bad = [row.for_draft() for row in rows if row.outcome in BAD]
        if bad:
            draft.rows, draft.confirmed_at = bad, timezone.now()
            draft.save(update_fields=["rows", "confirmed_at"])
        else:
            draft.delete()
        return len(good)


class NearNames:
    """Names that are known, and the nearest of them to one that is not."""

    def __init__(self, names):
        self.names = {name.casefold(): name for name in names}
        self.found = {}

    def nearest(self, name):
        """The known name that was probably meant; empty when none is near."""
        key = name.casefold()
        if key not in self.found:
            near = difflib.get_close_matches(key, self.names, n=1, cutoff=0.85)
            self.found[key] = self.names[near[0]] if near else ""
        return self.found[key]


def counted(draft):
    """How many rows of the draft there are of each outcome, every outcome named."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for row in draft.rows:
        counts[row["outcome"]] += 1
    return counts


def bad_rows_table(draft):
    """(columns, rows) of those that were not or will not be saved, with the reasons, to be mended and brought again."""
    importer = TableImport.of(draft)
    columns = [column for column in importer.all_columns if column.key in draft.keys]
    rows = [
        [*(row["values"].get(column.key, "") for column in columns), " ".join(row["errors"].values())]
        for row in draft.rows
        if row["outcome"] in BAD
    ]
    return [*columns, _("Error")], rows
