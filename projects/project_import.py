"""Projects from a table: new ones as drafts, those that are there already changed in the columns of the file.

A project is known by its whole name, or else by its acronym. An empty cell changes nothing.
"""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.models import County, Municipality
from directory.person_fields import coordinators
from directory.table_import import CHANGED, NEW, SAME, ImportRow, NearNames, TableImport
from projects.forms.fields import EurosField
from projects.models import Funding, Partner, Project
from publishing.finnish_dates import read_day, written_day
from publishing.tables import Column

TEXTS = ("name", "acronym", "summary", "purpose", "programme", "website")
DAYS = ("starts_on", "ends_on")
SUMS = ("budget", "our_share")
EUROS = EurosField(required=False)
WEB = URLValidator(schemes=["http", "https"])


class ProjectRow(ImportRow):
    """One project on its way in."""

    project = None

    @property
    def lines(self):
        said = [self.values.get("name") or self.values.get("acronym", ""), self.values.get("summary", "")]
        return [text for text in said if text]

    def euros(self, key):
        """The sum in a column, refused when it is none; None when nothing stands there."""
        try:
            return EUROS.clean(self.values.get(key, ""))
        except ValidationError as error:
            self.refuse(key, " ".join(error.messages))
            return None


class ProjectImport(TableImport):
    purpose = "projects.projects"
    title = gettext_lazy("Projects from Excel")
    file_name = gettext_lazy("projects-import")
    row_class = ProjectRow
    locked_tables = ("projects_project",)
    nothing_new = gettext_lazy("All of this is recorded already.")
    promises = (
        (
            gettext_lazy("What happens"),
            gettext_lazy(
                "Brings new projects and changes those that are there already, known by their name or acronym."
            ),
        ),
        (
            gettext_lazy("Changes"),
            gettext_lazy("Only the columns of the file are changed; an empty cell changes nothing."),
        ),
        (gettext_lazy("Drafts"), gettext_lazy("A new project is a draft until it is published.")),
    )
    columns = (
        Column("name", gettext_lazy("Name"), ("nimi", "hanke", "project"), required=True, width=50,
               example="Esimerkkihanke aikuissosiaalityöhön"),
        Column("acronym", gettext_lazy("Acronym"), ("lyhenne", "lyhyt nimi"), example="Esimerkki"),
        Column("status", gettext_lazy("Phase"), ("vaihe", "tila"), example="käynnissä"),
        Column("starts_on", gettext_lazy("Starts"), ("alkaa", "alku"), is_date=True, example="1.1.2026"),
        Column("ends_on", gettext_lazy("Ends"), ("päättyy", "loppu"), is_date=True, example="31.12.2027"),
        Column("programme", gettext_lazy("Programme"), ("ohjelma",), example=""),
        Column("source", gettext_lazy("Source"), ("lähde", "rahoituslähde"), example="valtionavustus"),
        Column("budget", gettext_lazy("Budget, euros"), ("budjetti",), example="240 000"),
        Column("our_share", gettext_lazy("Our share, euros"), ("oma osuus", "osuutemme"), example="80 000"),
        Column("role", gettext_lazy("Our role"), ("rooli", "roolimme"), example="osatoteuttaja"),
        Column("lead", gettext_lazy("Lead"), ("hallinnoija",), example="Esimerkkijärjestö ry"),
        Column("counties", gettext_lazy("Counties"), ("hyvinvointialueet", "maakunnat"), example="Pirkanmaa"),
        Column("municipalities", gettext_lazy("Municipalities"), ("kunnat",), example=""),
        Column("summary", gettext_lazy("In one sentence"), ("yhdellä virkkeellä", "tiivistelmä"), width=40,
               example="Kehittää aikuissosiaalityötä."),
        Column("purpose", gettext_lazy("What it is for"), ("tarkoitus",), width=40, example=""),
        Column("website", gettext_lazy("Website"), ("verkkosivu", "kotisivu"), example="https://www.example.org/"),
        Column("coordinator", gettext_lazy("E-mail of the one who answers"), ("vastuuhenkilö", "sähköposti"),
               example="henkilo@example.org"),
    )  # fmt: skip

    # Checking --------------------------------------------------------------------------------------------------------

    def check(self, rows):
        self.prepare()
        seen = {}
        for row in rows:
            self.check_row(row)
            keys = {text.casefold() for text in (row.values.get("name", ""), row.values.get("acronym", "")) if text}
            twin = next((seen[key] for key in keys if key in seen), None)
            if twin is not None and not row.errors:
                row.repeat("name", _("This project is on row %(number)s already.") % {"number": twin})
            seen |= dict.fromkeys(keys, row.number)

    def prepare(self):
        """Everything that rows are compared with, in as many queries for 5,000 rows as for one."""
        projects = list(Project.objects.with_areas().with_partners().with_money())
        self.by_name = {project.name.casefold(): project for project in projects}
        self.by_acronym = {project.acronym.casefold(): project for project in projects if project.acronym}
        counties = list(County.objects.all())
        self.counties = {county.short_name.casefold(): county for county in counties}
        self.counties |= {county.name_fi.casefold(): county for county in counties}
        places = list(Municipality.objects.select_related("sub_region__county").defer("search"))
        self.places = {place.name_fi.casefold(): place for place in places}
        self.near_places = NearNames([place.name_fi for place in places])
        self.people = {person.email.casefold(): person for person in coordinators() if person.email}

    def check_row(self, row):
        name = row.values.get("name", "")
        if not name:
            row.refuse("name", _("Write the name of the project."))
        project = self.by_name.get(name.casefold()) or self.by_acronym.get(row.values.get("acronym", "").casefold())
        row.project = project
        data = row.data
        for key in TEXTS:
            field = Project._meta.get_field(key)
            data[key] = row.text(key, field.max_length, field.verbose_name)
        self.check_website(row)
        for key in DAYS:
            data[key] = row.day(key)
        for key in SUMS:
            data[key] = row.euros(key)
        data["status"] = row.choice("status", Project.Status.choices, "")
        data["source"] = row.choice("source", Funding.Source.choices, "")
        data["role"] = row.choice("role", Project.OurRole.choices, "")
        data["lead"] = row.text("lead", 150, _("Lead"))
        data["counties"] = self.counties_of(row)
        data["municipalities"] = self.municipalities_of(row)
        data["coordinator"] = self.coordinator_of(row)
        self.check_together(row, project)
        if row.errors:
            return
        if project is None:
            row.outcome = NEW
            row.notes.append(_("a new project, as a draft"))
        else:
            row.changes = list(self.changes(row, project))
            row.outcome = CHANGED if row.changes else SAME
            if data["status"]:
                row.notes.append(_("its phase stays: phases are changed on its page"))

    def check_website(self, row):
        if row.data["website"]:
            address = row.data["website"]
            address = address if "://" in address or address.lower().startswith("javascript:") else f"https://{address}"
            try:
                WEB(address)
            except ValidationError:
                row.refuse("website", _("Write the address of a web page like https://www.example.org/."))
            row.data["website"] = address

    def check_together(self, row, project):
        """What depends on two cells, or on a cell and what is stored."""

        def value(key, read=lambda text: text):
            given = row.data[key]
            return (read(given) if given else None) or (getattr(project, key) if project else None)

        starts, ends = value("starts_on", read_day), value("ends_on", read_day)
        if starts and ends and ends < starts:
            row.refuse("ends_on", _("The project cannot end before it starts."))
        budget, share = value("budget"), value("our_share")
        if budget is not None and share is not None and share > budget:
            row.refuse("our_share", _("Our share cannot be larger than the whole budget."))
        counties = [county for county in self.counties.values() if county.pk in row.data["counties"]]
        places = [place for place in self.places.values() if place.pk in row.data["municipalities"]]
        if project and not counties:
            counties = list(project.counties.all())
        try:
            Project().check_areas(counties=counties, sub_regions=[], municipalities=places)
        except ValidationError as error:
            row.refuse("municipalities", " ".join(error.messages))

    def counties_of(self, row):
        found = []
        for name in names_in(row.values.get("counties", "")):
            county = self.counties.get(name.casefold())
            if county is None:
                row.refuse(
                    "counties", _("There is no wellbeing services county called %(name)s.") % {"name": name[:60]}
                )
            else:
                found.append(county.pk)
        return found

    def municipalities_of(self, row):
        found = []
        for name in names_in(row.values.get("municipalities", "")):
            place = self.places.get(name.casefold())
            if place is None:
                sentence = _("There is no municipality called %(name)s.") % {"name": name[:60]}
                near = self.near_places.nearest(name[:60])
                hint = " " + _("Did you mean %(name)s?") % {"name": near} if near else ""
                row.refuse("municipalities", sentence + hint)
            else:
                found.append(place.pk)
        return found

    def coordinator_of(self, row):
        email = row.email("coordinator")
        if not email:
            return None
        person = self.people.get(email.casefold())
        if person is None:
            row.refuse("coordinator", _("Nobody of the staff has the address %(email)s.") % {"email": email})
            return None
        return person.pk

    def changes(self, row, project):
        """[title, old, new] of each column that would be different."""
        titles = {column.key: str(column.title) for column in self.columns}
        for key in TEXTS:
            old, new = getattr(project, key), row.data[key]
            # By its name in other letter case a project is known, not renamed.
            if new and new != old and not (key == "name" and new.casefold() == old.casefold()):
                yield [titles[key], old, new]
        for key in DAYS:
            old = getattr(project, key)
            if row.data[key] and (old is None or written_day(old) != row.data[key]):
                yield [titles[key], written_day(old) if old else "", row.data[key]]
        for key in SUMS:
            old, new = getattr(project, key), row.data[key]
            if new is not None and new != old:
                yield [titles[key], "" if old is None else old, new]
        if row.data["role"] and row.data["role"] not in project.our_roles:
            yield [titles["role"], "", str(Project.OurRole(row.data["role"]).label)]
        if row.data["source"] and all(funding.source != row.data["source"] for funding in project.fundings.all()):
            yield [titles["source"], "", str(Funding.Source(row.data["source"]).label)]
        if row.data["lead"] and project.lead is None:
            yield [titles["lead"], "", row.data["lead"]]
        for key in ("counties", "municipalities"):
            old = {area.pk for area in getattr(project, key).all()}
            if row.data[key] and not set(row.data[key]) <= old:
                yield [titles[key], "", row.values[key]]
        if row.data["coordinator"] and row.data["coordinator"] != project.coordinator_id:
            yield [titles["coordinator"], "", row.values["coordinator"]]

    # Saving ----------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def save(self, rows):
        for row in rows:
            project = row.project or self.new_project(row)
            if row.data["name"].casefold() == project.name.casefold():
                row.data["name"] = project.name
            for key in TEXTS:
                setattr(project, key, row.data[key] or getattr(project, key))
            for key in DAYS:
                setattr(project, key, read_day(row.data[key]) if row.data[key] else getattr(project, key))
            for key in SUMS:
                given = row.data[key]
                setattr(project, key, given if given is not None else getattr(project, key))
            if row.data["role"] and row.data["role"] not in project.our_roles:
                project.our_roles = [*project.our_roles, row.data["role"]]
            project.coordinator_id = row.data["coordinator"] or project.coordinator_id
            project.save()
            project.counties.add(*row.data["counties"])
            project.municipalities.add(*row.data["municipalities"])
            if row.data["source"] and not project.fundings.filter(source=row.data["source"]).exists():
                project.fundings.create(source=row.data["source"])
            if row.data["lead"] and not project.partners.filter(role=Partner.Role.LEAD).exists():
                self.add_lead(project, row.data["lead"])

    def new_project(self, row):
        status = row.data["status"] or Project.Status.IDEA
        day = read_day(row.data["starts_on"]) if row.data["starts_on"] else timezone.localdate()
        goes_on = status in (Project.Status.RUNNING, Project.Status.EXTENDED)
        return Project.found(
            name=row.data["name"], acronym=row.data["acronym"], status=status,
            on=min(day, timezone.localdate()) if goes_on else timezone.localdate(),
        )  # fmt: skip

    def add_lead(self, project, name):
        """The body of that name where the directory has one, else the name."""
        known = Partner._meta.get_field("organisation").related_model.objects.filter(name__iexact=name).first()
        project.partners.create(organisation=known, name="" if known else name, role=Partner.Role.LEAD)

    # Pages -----------------------------------------------------------------------------------------------------------

    def saved_sentence(self, count):
        return ngettext("%(count)s project was saved.", "%(count)s projects were saved.", count) % {"count": count}

    @classmethod
    def list_url(cls):
        return f"{reverse('projects:portfolio')}?nayta=all"

    @property
    def place(self):
        return _("Portfolio")

    def start_url(self):
        return reverse("projects:projects_import")


def names_in(text):
    """The names in a cell, between commas, semicolons or lines."""
    parts = text.replace(";", ",").replace("\n", ",").split(",")
    return [name.strip() for name in parts if name.strip()]
