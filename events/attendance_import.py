"""Who was there, by the list that the meeting tool gives: Teams, Zoom, or any table with names or addresses."""

import re
from itertools import pairwise

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.table_import import CHANGED, SAME, TableImport
from events.models import Event, Registration
from publishing.tables import Column, decoded

# Teams writes a summary before the participants and their activities after them, under numbered headings.
SECTION = re.compile(r"^[ \t]*\d+\.[ \t]", re.MULTILINE)
HEADING = re.compile(r'"?(?:name|full name|nimi|koko nimi)"?[\t;,]', re.IGNORECASE)
ORGANISERS = {"organizer", "organiser", "järjestäjä"}


class AttendanceImport(TableImport):
    """The subject is the event's key. Whoever is known by address or name is marked; others are added as present."""

    purpose = "events.attendance"
    title = gettext_lazy("Attendance from the meeting tool")
    file_name = gettext_lazy("attendance")
    columns = (
        Column(
            "name", gettext_lazy("Name"),
            ("name", "nimi", "full name", "koko nimi", "name (original name)", "osallistuja", "participant"),
            instead_of=("email",), example="Eeva Esimerkki",
        ),
        Column(
            "email", gettext_lazy("E-mail"),
            ("email", "sähköposti", "sähköpostiosoite", "user email", "käyttäjän sähköposti", "e-mail address"),
            required=True, example="eeva.esimerkki@example.org",
        ),
        Column(
            "account", gettext_lazy("Account at the meeting tool"),
            ("participant id (upn)", "osallistujatunnus (upn)", "osallistujan tunnus (upn)", "upn"),
            instead_of=("email",),
        ),
        Column("role", gettext_lazy("Role"), ("rooli", "role"), example=""),
        Column("organisation", gettext_lazy("Organisation"), ("organisaatio", "company"), example="Tampereen kaupunki"),
    )  # fmt: skip

    @cached_property
    def event(self):
        return Event.objects.get(pk=int(self.subject))

    def read(self, upload):
        return super().read(participants_only(upload))

    def check(self, rows):
        known = list(self.event.registrations.defer("nonce").filter(state=Registration.State.SEATED))
        by_email = {row.email_key: row for row in known if row.email}
        by_name = {}
        for row in known:
            by_name.setdefault(plain(row.name), []).append(row)
        seen, is_over = set(), False
        for row in rows:
            is_over = is_over or bool(SECTION.match(f"{row.values.get('name', '')} "))
            if is_over or row.values.get("role", "").lower() in ORGANISERS:
                # What follows the participants in a report of Teams, and whoever held the meeting.
                row.outcome = SAME
                row.notes.append(_("no participant"))
                continue
            name = " ".join(row.text("name", 120, _("Name")).split())
            email = row.email("email")
            organisation = row.text("organisation", 150, _("Organisation"))
            if not name and not email:
                row.refuse("name", _("The row has neither a name nor an address."))
            if row.errors:
                continue
            # The account only helps to recognise somebody: nobody may read there what is written to it.
            found = by_email.get((email or row.values.get("account", "")).lower())
            alike = by_name.get(plain(name), []) if plain(name) else []
            if found is None and len(alike) == 1:
                found = alike[0]
            mark = f"r{found.pk}" if found else email.lower() or plain(name) or name
            if mark in seen:
                # People drop out and come back: the tool writes them twice.
                row.outcome = SAME
                row.notes.append(_("is in the list already"))
                continue
            seen.add(mark)
            row.data = {
                "pk": found.pk if found else None,
                "name": (name or email)[:120],
                "email": email,
                "organisation": organisation,
            }
            if found is None:
                row.notes.append(_("had not registered"))
            elif found.was_present:
                row.outcome = SAME
            else:
                row.outcome = CHANGED
                row.notes.append(_("registered, was present"))

    def save(self, rows):
        event = self.event.locked()
        present = [row.data["pk"] for row in rows if row.data["pk"]]
        event.registrations.filter(pk__in=present).update(was_present=True)
        now = timezone.now()
        known = set(event.registrations.exclude(email="").values_list("email_key", flat=True))
        fresh = [row.data for row in rows if not row.data["pk"]]
        again = [data for data in fresh if data["email"].lower() in known]
        event.registrations.filter(email_key__in=[data["email"].lower() for data in again]).update(
            was_present=True, seated_at=now, cancelled_at=None, lapsed_at=None
        )
        Registration.objects.bulk_create(
            [
                Registration(
                    event=event,
                    name=data["name"],
                    email=data["email"],
                    organisation=data["organisation"],
                    source=Registration.Source.IMPORT,
                    seated_at=now,
                    was_present=True,
                )
                for data in fresh
                if data["email"].lower() not in known
            ],
            batch_size=500,
        )
        event.let_in_at_the_door()

    def may_be_done_by(self, user):
        return Event.objects.editable_by(user).filter(pk=int(self.subject)).exists() and self.event.takes_names

    def done_url(self):
        return reverse("events:participants", kwargs={"slug": self.event.slug})

    @classmethod
    def list_url(cls):
        return reverse("events:index")

    @property
    def place(self):
        return self.event.title

    def start_url(self):
        return reverse("events:attendance_import", kwargs={"slug": self.event.slug})

    def saved_sentence(self, count):
        return ngettext("%(count)d person was there.", "%(count)d people were there.", count) % {"count": count}


def plain(name):
    """A name to compare: without case, order of its words, and what tools write behind it, as "(Guest)"."""
    words = re.sub(r"\(.*?\)|\[.*?\]", " ", name.lower())
    return " ".join(sorted(re.findall(r"[\w-]+", words)))


def participants_only(upload):
    """Of a report with numbered sections only the one with the participants; any other file as it is."""
    upload.seek(0)
    data = upload.read()
    upload.seek(0)
    if data.startswith((b"PK", b"\xd0\xcf")):
        return upload
    text = decoded(data)
    marks = [*(found.start() for found in SECTION.finditer(text)), len(text)]
    for start, end in pairwise(marks):
        _heading, _newline, rest = text[start:end].strip().partition("\n")
        if HEADING.match(rest.lstrip()):
            return SimpleUploadedFile(upload.name, rest.strip().encode(), "text/csv")
    return upload
