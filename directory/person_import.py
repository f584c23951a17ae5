"""People and organisations from a table: read, checked and shown first, saved only when confirmed.

Other rooms import people through the same machinery. A room makes a subclass, gives it a `purpose` of its own and
fills the hooks; the preview page, confirming, the list of rows with errors and the template file are then there at
the addresses of this room (`directory:import_preview` and so on), for every purpose:

    class MemberImport(PersonImport):
        purpose = "networks.members"
        title = _("Import members")
        extra_columns = (
            Column("role", _("Role"), ("rooli",)),
            Column("starts_on", _("Member from"), ("alkaen", "alkaa"), is_date=True),
        )
        needs_email = True

        def prepare(self, rows):                # once before the rows are checked: fetch what check_row needs
            self.network = Network.objects.get(pk=self.subject)

        def check_row(self, row):               # once a row, after the person's own fields were checked
            row.data["starts_on"] = row.day("starts_on", default=None)
            if nonsense:
                row.refuse("role", _("…"))      # the row will not be saved; the sentence stands beside the cell
            if row.person and member already:   # row.person is the one in the directory, or None
                row.extra_change = False
            else:
                row.extra_change = True         # there is something to do even if the person's details are the same
                row.notes.append(_("joins the network"))

        def save_row(self, row, person):        # once a row that is saved, in the one transaction of all
            Membership.join(self.network, person, …)

        def may_be_done_by(self, user): …       # asked at every step; staff unless told
        def done_url(self): …                   # where the page leads when everything was saved
        def start_url(self): …                  # where another file is brought
        place: a property, what the page behind done_url is called

and in its start view, with a form from `directory.forms.TableForm`:

    importer = MemberImport(subject=network.pk)
    form = TableForm(request.POST or None, request.FILES or None, importer=importer)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save(by=request.user))     # an ImportDraft; its address is the preview
    return render(request, "directory/import_start.html", {"form": form, "importer": importer})

The module of the subclass must be imported when the addresses are loaded (the room's views do so), because the
preview finds the class by its purpose. What `row.data` holds must go into JSON. `check_row` runs a second time,
inside the transaction, when the import is confirmed: so nothing that changed meanwhile is overlooked.
"""

import difflib
import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from directory.models import ImportDraft, Organisation, Person
from publishing.finnish_dates import read_day, written_day
from publishing.tables import Column, read_table

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
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,38}")

PERSON_COLUMNS = (
    Column("family_name", gettext_lazy("Last name"), ("sukunimi", "efternamn", "surname", "last name", "family name"),
           required=True, example="Esimerkki"),
    Column("given_name", gettext_lazy("First name"), ("etunimi", "etunimet", "kutsumanimi", "förnamn", "given name"),
           required=True, example="Eeva"),
    Column("name", gettext_lazy("Name"), ("nimi", "koko nimi", "henkilö", "namn", "full name"),
           instead_of=("family_name", "given_name")),
    Column("email", gettext_lazy("E-mail"), ("sähköposti", "sähköpostiosoite", "sposti", "email", "e-post"), width=34,
           example="eeva.esimerkki@example.org"),
    Column("title", gettext_lazy("Title"), ("ammattinimike", "nimike", "tehtävänimike", "tehtävä", "titteli", "titel"),
           width=28, example="sosiaalityöntekijä"),
    Column("phone", gettext_lazy("Telephone"), ("puhelin", "puhelinnumero", "puh", "telefon", "phone", "gsm"),
           example="040 000 0000"),
    Column("organisation", gettext_lazy("Organisation"), ("organisaatio", "työnantaja", "työpaikka", "taho", "yhteisö"),
           width=34, example="Esimerkkijärjestö ry"),
    Column("organisation_kind", gettext_lazy("Kind of organisation"), ("organisaation laji", "organisaatiotyyppi"),
           width=26, example=Organisation.Kind.ASSOCIATION.label),
)  # fmt: skip


class ImportRow:
    """One row on its way in: what the file says, what it means, and what would be done with it."""

    def __init__(self, number, values):
        self.number = number
        self.values = values  # text as in the file, by key of column
        self.data = {}  # cleaned values that can be saved
        self.errors = {}  # key of column: sentence
        self.notes = []  # sentences worth knowing that stop nothing
        self.changes = []  # [title, old, new]
        self.person = None  # the one in the directory
        self.extra_change = False  # whether the room has something to do for a person whose details stay the same
        self.new_organisation = ""
        self.outcome = NEW

    def refuse(self, key, sentence):
        """The row will not be saved, because of what stands in a column. The first reason stands."""
        self.errors.setdefault(key, str(sentence))
        self.outcome = ERROR

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

    def for_draft(self):
        """The row as the draft keeps it."""
        return {
            "number": self.number,
            "values": self.values,
            "outcome": self.outcome,
            "errors": self.errors,
            "notes": [str(note) for note in self.notes],
            "changes": [[str(part) for part in change] for change in self.changes],
            "new_organisation": self.new_organisation,
        }


class PersonImport:
    """People from a table into the directory; a subclass for each purpose, see the top of this module."""

    purpose = "directory.people"
    title = gettext_lazy("Import people")
    file_name = gettext_lazy("people")
    columns = PERSON_COLUMNS
    extra_columns = ()
    needs_email = False
    classes = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        PersonImport.classes[cls.purpose] = cls

    def __init__(self, *, subject=""):
        self.subject = str(subject)

    @classmethod
    def of(cls, draft):
        """The importer that made the draft."""
        return cls.classes[draft.purpose](subject=draft.subject)

    # What rooms fill in ---------------------------------------------------------------------------------------------

    def prepare(self, rows):
        """Before the rows are checked, and again when they are confirmed."""

    def check_row(self, row):
        """After the person's own fields of a row were checked and the person was looked for."""

    def save_row(self, row, person):
        """After the person of a row was saved."""

    def may_be_done_by(self, user):
        """Whether the user may import for this purpose; asked at every step."""
        return user.is_staff

    def done_url(self):
        """Where the page leads when everything was saved."""
        return reverse("directory:people")

    @property
    def place(self):
        """What the page behind `done_url` is called."""
        return pgettext("directory", "People")

    def start_url(self):
        """Where another file is brought."""
        return reverse("directory:import_start")

    # Steps ----------------------------------------------------------------------------------------------------------

    @property
    def all_columns(self):
        return (*self.columns, *self.extra_columns)

    def read(self, upload):
        """The uploaded table; a TableError, to be shown at the file's field, when it cannot be read."""
        return read_table(upload, self.all_columns)

    def draft(self, table, *, file_name, by):
        """Check the rows and keep them to be looked at; nothing else is saved."""
        rows = [ImportRow(row.number, row.values) for row in table.rows]
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

        A second time finds nothing to save. The rows are checked again first, and nobody else writes people or
        organisations meanwhile, so what is saved is what was looked at, or a row becomes an error.
        """
        draft = ImportDraft.objects.select_for_update().filter(pk=draft.pk, confirmed_at=None).first()
        if draft is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE directory_organisation, directory_person IN SHARE ROW EXCLUSIVE MODE")
        rows = [ImportRow(row["number"], row["values"]) for row in draft.rows]
        self.check(rows)
        good = [row for row in rows if row.outcome in GOOD]
        self.save_organisations(good)
        self.save_people(good)
        for row in good:
            self.save_row(row, row.person)
        bad = [row.for_draft() for row in rows if row.outcome in BAD]
        if bad:
            draft.rows, draft.confirmed_at = bad, timezone.now()
            draft.save(update_fields=["rows", "confirmed_at"])
        else:
            draft.delete()
        return len(good)

    # Checking -------------------------------------------------------------------------------------------------------

    def check(self, rows):
        """Settle for each row what would be done with it, in as many queries for 5,000 rows as for one."""
        for row in rows:
            self.check_fields(row)
        self.look_up(rows)
        self.prepare(rows)
        seen = {}
        for row in rows:
            if row.outcome != ERROR:
                self.find_person(row)
            if row.outcome != ERROR:
                self.find_duplicate(row, seen)
            if row.outcome not in BAD:
                self.compare(row)
                self.check_row(row)
            if row.outcome not in BAD and row.person:
                row.outcome = CHANGED if row.changes or row.extra_change else SAME

    def check_fields(self, row):
        """Each cell by itself."""
        values, data = row.values, row.data
        if values.get("name") and not (values.get("family_name") or values.get("given_name")):
            given, family = divided(values["name"])
            values["given_name"], values["family_name"] = given, family
            if not family:
                row.refuse("name", _("Write both first and last name."))
        for key, most, label in (
            ("family_name", 80, _("Last name")),
            ("given_name", 80, _("First name")),
            ("title", 120, _("Title")),
            ("organisation", 150, _("Organisation")),
        ):
            data[key] = row.text(key, most, label)
        if "name" not in row.errors:
            if not values.get("family_name"):
                row.refuse("family_name", _("The last name is missing."))
            if not values.get("given_name"):
                row.refuse("given_name", _("The first name is missing."))
        data["email"] = self.checked_email(row)
        data["phone"] = values.get("phone", "")
        if data["phone"] and not PHONE.fullmatch(data["phone"]):
            row.refuse("phone", _("A telephone number holds digits and spaces, for example 040 000 0000."))
        data["organisation_kind"] = row.choice("organisation_kind", Organisation.Kind.choices, "")

    def checked_email(self, row):
        email = row.values.get("email", "").removeprefix("mailto:").strip("<> ;,")
        if not email:
            if self.needs_email:
                row.refuse("email", _("The e-mail address is missing."))
            return ""
        try:
            validate_email(email)
        except ValidationError:
            row.refuse("email", _("Write the e-mail address like eeva.esimerkki@example.org."))
            return ""
        if len(email) > 254:
            row.refuse("email", _("The e-mail address is too long."))
            return ""
        return email

    def look_up(self, rows):
        """Fetch at once the people and organisations that the rows may mean."""
        emails = {row.data["email"].lower() for row in rows if row.data["email"]}
        names = {row.data["family_name"].lower() for row in rows if row.data["family_name"]}
        found = (
            Person.objects.annotate(low_email=Lower("email"), low_family=Lower("family_name"))
            .filter(Q(low_email__in=emails) | Q(low_family__in=names))
            .select_related("organisation")
            .order_by("pk")
        )
        self.by_email, self.by_name = {}, {}
        for person in found:
            if person.email:
                self.by_email[person.email.lower()] = person
            self.by_name.setdefault(name_key(person.given_name, person.family_name), []).append(person)
        self.organisations = {}
        self.organisation_names = {}
        for organisation in Organisation.objects.order_by("pk"):
            for name in filter(None, (organisation.short_name, organisation.name)):
                self.organisations[name.casefold()] = organisation
            self.organisation_names[organisation.name.casefold()] = organisation.name
        self.near = {}

    def find_person(self, row):
        """Who in the directory the row means: by e-mail, else by name and organisation."""
        email = row.data["email"].lower()
        key = name_key(row.data["given_name"], row.data["family_name"])
        person = self.by_email.get(email) if email else None
        if person:
            if not set(words(person.name)) & set(words(f"{row.data['given_name']} {row.data['family_name']}")):
                row.refuse(
                    "email",
                    _("The address belongs to %(name)s. Mend the address or the name.") % {"name": person.name},
                )
                return
        else:
            alike = [other for other in self.by_name.get(key, []) if self.is_of_same_organisation(other, row)]
            if len(alike) > 1:
                row.refuse(
                    "family_name",
                    _("There are %(count)s people of this name in the organisation. Give the e-mail address.")
                    % {"count": len(alike)},
                )
                return
            person = alike[0] if alike else None
            if person and email and person.email:
                row.refuse(
                    "email",
                    _(
                        "%(name)s of the same organisation has the address %(email)s. Mend the address here, or "
                        "change it on the person's page."
                    )
                    % {"name": person.name, "email": person.email},
                )
                return
        if person and person.left_on:
            row.refuse(
                "family_name",
                _("%(name)s is marked as having left on %(day)s. Return the person on their page first.")
                % {"name": person.name, "day": written_day(person.left_on)},
            )
            return
        row.person = person

    def is_of_same_organisation(self, person, row):
        wanted = row.data["organisation"].casefold()
        organisation = self.organisations.get(wanted)
        if organisation:
            return person.organisation_id == organisation.pk
        return not wanted and person.organisation_id is None

    def find_duplicate(self, row, seen):
        """Somebody whom an earlier row means already."""
        key = name_key(row.data["given_name"], row.data["family_name"])
        marks = [("email", row.data["email"].lower())] if row.data["email"] else []
        if row.person:
            marks.append(("person", row.person.pk))
        elif not row.data["email"]:
            marks.append(("name", *key, row.data["organisation"].casefold()))
        first = next((seen[mark] for mark in marks if mark in seen), None)
        if first:
            row.outcome = DUPLICATE
            row.errors["family_name"] = _("The same person as on row %(number)s.") % {"number": first}
        for mark in marks:
            seen.setdefault(mark, row.number)
        if row.data["email"]:  # a later row without the address may mean the same person
            seen.setdefault(("name", *key, row.data["organisation"].casefold()), row.number)

    def compare(self, row):
        """What would change in the directory. An empty cell changes nothing."""
        self.settle_organisation(row)
        person = row.person
        if person is None:
            row.outcome = NEW
            return
        for key, label in (
            ("family_name", _("Last name")),
            ("given_name", _("First name")),
            ("title", _("Title")),
            ("phone", _("Telephone")),
        ):
            old, new = getattr(person, key), row.data[key]
            if new and new != old:
                row.changes.append([label, old, new])
        if row.data["email"] and not person.email:
            row.changes.append([_("E-mail"), "", row.data["email"]])
        if row.data["organisation"]:
            old = person.organisation.name if person.organisation else ""
            if row.data["organisation"].casefold() != old.casefold():
                row.changes.append([_("Organisation"), old, row.data["organisation"]])

    def settle_organisation(self, row):
        """The organisation under its full name; a new one is told of, with the nearest that exists."""
        name = row.data["organisation"]
        if not name:
            return
        organisation = self.organisations.get(name.casefold())
        if organisation:
            row.data["organisation"] = organisation.name
            return
        row.new_organisation = name
        if name.casefold() not in self.near:
            near = difflib.get_close_matches(name.casefold(), self.organisation_names, n=1, cutoff=0.85)
            self.near[name.casefold()] = self.organisation_names[near[0]] if near else ""
        if self.near[name.casefold()]:
            row.notes.append(
                _("The organisation “%(new)s” is new. Did you mean “%(near)s”?")
                % {"new": name, "near": self.near[name.casefold()]}
            )

    # Saving ---------------------------------------------------------------------------------------------------------

    def save_organisations(self, rows):
        """The organisations that do not exist yet, each once."""
        wanted = {}
        for row in rows:
            if row.new_organisation:
                kind = row.data["organisation_kind"] or Organisation.Kind.OTHER
                wanted.setdefault(row.new_organisation.casefold(), Organisation(name=row.new_organisation, kind=kind))
        for organisation in Organisation.objects.bulk_create(wanted.values(), batch_size=500):
            self.organisations[organisation.name.casefold()] = organisation

    def save_people(self, rows):
        """New people and changed details; `row.person` is the stored one after it."""
        fields = ("family_name", "given_name", "title", "phone")
        new, changed = [], []
        for row in rows:
            organisation = self.organisations.get(row.data["organisation"].casefold())
            if row.person is None:
                row.person = Person(
                    **{key: row.data[key] for key in fields}, email=row.data["email"], organisation=organisation
                )
                new.append(row.person)
            elif row.changes:
                person = row.person
                for key in fields:
                    setattr(person, key, row.data[key] or getattr(person, key))
                person.email = person.email or row.data["email"]
                person.organisation = organisation or person.organisation
                changed.append(person)
        Person.objects.bulk_create(new, batch_size=500)
        Person.objects.bulk_update(changed, [*fields, "email", "organisation"], batch_size=500)


PersonImport.classes[PersonImport.purpose] = PersonImport


def divided(name):
    """(first names, last name) of a whole name: "Esimerkki, Eeva" or "Eeva Maria Esimerkki"."""
    if "," in name:
        family, given = (part.strip() for part in name.split(",", 1))
        return given, family
    given, _space, family = name.rpartition(" ")
    return given, family if given else ""


def name_key(given, family):
    return given.casefold(), family.casefold()


def words(name):
    return re.findall(r"\w+", name.casefold())


def counted(draft):
    """How many rows of the draft there are of each outcome, every outcome named."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for row in draft.rows:
        counts[row["outcome"]] += 1
    return counts


def new_organisations(draft):
    """The names of the organisations that confirming would make, as written first."""
    names = {}
    for row in draft.rows:
        if row["outcome"] in GOOD and row["new_organisation"]:
            names.setdefault(row["new_organisation"].casefold(), row["new_organisation"])
    return list(names.values())


def bad_rows_table(draft):
    """(columns, rows) of those that were not or will not be saved, with the reasons, to be mended and brought again."""
    importer = PersonImport.of(draft)
    columns = [column for column in importer.all_columns if column.key in draft.keys]
    rows = [
        [*(row["values"].get(column.key, "") for column in columns), " ".join(row["errors"].values())]
        for row in draft.rows
        if row["outcome"] in BAD
    ]
    return [*columns, _("Error")], rows


def template_table(importer):
    """(columns, rows) of the file that shows how a table is made."""
    columns = [column for column in importer.all_columns if column.key != "name"]
    return columns, [[column.example for column in columns]]


def saved_sentence(count):
    return ngettext("%(count)s person was saved.", "%(count)s people were saved.", count) % {"count": count}
