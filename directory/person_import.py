"""People and organisations from a table into the directory; the steps are those of `directory.table_import`.

Other rooms import people through the same machinery. A room makes a subclass, gives it a `purpose` of its own and
fills the hooks:

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

People who must not be in the directory are no rows for this class: see `TableImport`.
"""

import re

from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.models import Organisation, Person
from directory.table_import import BAD, CHANGED, ERROR, GOOD, NEW, SAME, ImportRow, NearNames, TableImport
from publishing.finnish_dates import written_day
from publishing.tables import Column

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


class PersonRow(ImportRow):
    """A row about somebody."""

    def __init__(self, number, values):
        super().__init__(number, values)
        self.person = None  # the one in the directory
        self.extra_change = False  # whether the room has something to do for a person whose details stay the same
        self.new_organisation = ""

    @property
    def lines(self):
        name = f"{self.values.get('given_name', '')} {self.values.get('family_name', '')}"
        return [name.strip(), *filter(None, (self.values.get("email"), self.values.get("organisation")))]

    def for_draft(self):
        return super().for_draft() | {"new_organisation": self.new_organisation}


class PersonImport(TableImport):
    """People from a table into the directory; a subclass for each purpose, see the top of this module."""

    purpose = "directory.people"
    title = gettext_lazy("Import people")
    file_name = gettext_lazy("people")
    columns = PERSON_COLUMNS
    row_class = PersonRow
    locked_tables = ("directory_organisation", "directory_person")
    needs_email = False

    # What rooms fill in ---------------------------------------------------------------------------------------------

    def prepare(self, rows):
        """Before the rows are checked, and again when they are confirmed."""

    def check_row(self, row):
        """After the person's own fields of a row were checked and the person was looked for."""

    def save_row(self, row, person):
        """After the person of a row was saved."""

    def start_url(self):
        return reverse("directory:import_start")

    # What the preview tells -----------------------------------------------------------------------------------------

    def additions(self, draft):
        names = new_organisations(draft)
        return [(_("New organisations"), names)] if names else []

    def saved_sentence(self, count):
        return ngettext("%(count)s person was saved.", "%(count)s people were saved.", count) % {"count": count}

    def template_columns(self):
        return [column for column in self.all_columns if column.key != "name"]

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
        email = row.email("email")
        if not email and self.needs_email:
            row.refuse("email", _("The e-mail address is missing."))
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
        for organisation in Organisation.objects.order_by("pk"):
            for name in filter(None, (organisation.short_name, organisation.name)):
                self.organisations[name.casefold()] = organisation
        self.near = NearNames(organisation.name for organisation in self.organisations.values())

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
            row.repeat("family_name", _("The same person as on row %(number)s.") % {"number": first})
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
        near = self.near.nearest(name)
        if near:
            row.notes.append(
                _("The organisation “%(new)s” is new. Did you mean “%(near)s”?") % {"new": name, "near": near}
            )

    # Saving ---------------------------------------------------------------------------------------------------------

    def save(self, rows):
        self.save_organisations(rows)
        self.save_people(rows)
        for row in rows:
            self.save_row(row, row.person)

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


def new_organisations(draft):
    """The names of the organisations that confirming would make, as written first."""
    names = {}
    for row in draft.rows:
        if row["outcome"] in GOOD and row["new_organisation"]:
            names.setdefault(row["new_organisation"].casefold(), row["new_organisation"])
    return list(names.values())
