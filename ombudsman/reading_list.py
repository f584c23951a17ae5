"""The log of reading in words: pages, offices, records by their numbers and days. Nothing sealed is opened for it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Appointment
from ombudsman.models import Case, CaseFile, Contact, Draft, LogRow, Measure, Message, MessageAddition
from publishing.finnish_dates import written_day

# What an address is called in the log. An address that is missing here is shown as it stands.
PAGES = {
    "demo": gettext_lazy("making of the demonstration"),
    "index": gettext_lazy("today’s page"),
    "purpose": gettext_lazy("purpose of a substitute"),
    "search": gettext_lazy("search"),
    "contacts": gettext_lazy("list of contacts"),
    "contact_create": gettext_lazy("new contact"),
    "same_caller": gettext_lazy("earlier contacts of the caller"),
    "draft_save": gettext_lazy("saving of a draft"),
    "draft_delete": gettext_lazy("removal of a draft"),
    "contact": gettext_lazy("contact"),
    "contact_edit": gettext_lazy("editing of a contact"),
    "contact_delete": gettext_lazy("removal of a contact"),
    "contact_open_case": gettext_lazy("contact made into a matter"),
    "contact_keep": gettext_lazy("postponing the deletion of a contact"),
    "cases": gettext_lazy("list of matters"),
    "case": gettext_lazy("matter"),
    "case_edit": gettext_lazy("editing of a matter"),
    "case_move": gettext_lazy("state of a matter"),
    "case_delete": gettext_lazy("removal of a matter"),
    "case_keep": gettext_lazy("postponing the deletion of a matter"),
    "measure_create": gettext_lazy("new measure"),
    "measure_delete": gettext_lazy("removal of a measure"),
    "file_create": gettext_lazy("new file"),
    "case_file": gettext_lazy("file of a matter"),
    "file_delete": gettext_lazy("removal of a file"),
    "messages": gettext_lazy("list of messages"),
    "message": gettext_lazy("message"),
    "message_answered": gettext_lazy("message marked as answered"),
    "message_delete": gettext_lazy("removal of a message"),
    "message_create": gettext_lazy("public form"),
    "receipt": gettext_lazy("page of a receipt code"),
    "retention": gettext_lazy("deletion when the time was up"),
    "change_keys": gettext_lazy("change of keys"),
    "substitute_switch": gettext_lazy("substitute switched on"),
    "substitution_end": gettext_lazy("substitution ended"),
}
OFFICES = {
    **dict(Appointment.Office.choices),
    LogRow.PORTAL: gettext_lazy("the portal itself"),
    LogRow.DIRECTOR: gettext_lazy("managing director"),
}


@dataclass(frozen=True)
class Named:
    """A record as the log calls it; its page where it has one still."""

    key: object
    title: str
    url: str = ""


def names_of(keys):
    """{key: Named} for every key, also for records that are gone. As many queries however many keys."""
    found = {key: Named(key, _("a record that has been removed")) for key in keys}

    def name(key, title, place="", **kwargs):
        found[key] = Named(key, title, reverse(f"ombudsman:{place}", kwargs=kwargs) if place else "")

    for key, day in Contact.objects.filter(pk__in=keys).values_list("pk", "occurred_on"):
        name(key, _("contact %(day)s") % {"day": written_day(day)}, "contact", pk=key)
    for key, number in Case.objects.filter(pk__in=keys).values_list("pk", "number"):
        name(key, _("matter %(number)s") % {"number": number}, "case", number=number)
    for key, number in Measure.objects.filter(pk__in=keys).values_list("pk", "case__number"):
        name(key, _("measure in matter %(number)s") % {"number": number}, "case", number=number)
    for key, number in CaseFile.objects.filter(pk__in=keys).values_list("pk", "case__number"):
        name(key, _("file of matter %(number)s") % {"number": number}, "case", number=number)
    for key, at in Message.objects.filter(pk__in=keys).values_list("pk", "received_at"):
        name(key, _("message %(day)s") % {"day": local_day(at)}, "message", pk=key)
    additions = MessageAddition.objects.filter(pk__in=keys)
    for key, message, at in additions.values_list("pk", "message", "received_at"):
        name(key, _("addition to a message %(day)s") % {"day": local_day(at)}, "message", pk=message)
    for key in Draft.objects.filter(pk__in=keys).values_list("pk", flat=True):
        name(key, _("draft"))
    return found


def local_day(moment):
    return written_day(timezone.localdate(moment))


def in_words(rows):
    """The rows, each with the words of its page and office and the names of what was read and written."""
    rows = list(rows)
    names = names_of({key for row in rows for key in [*row.opened, *row.wrote]})
    for row in rows:
        row.page = PAGES.get(row.address, row.address)
        row.office_name = OFFICES.get(row.office, row.office)
        row.written = [names[key] for key in row.wrote]
        row.read = [names[key] for key in row.opened if key not in set(row.wrote)]
    return rows


def by_record(rows):
    """[(Named, entries)] in the order in which the records were first looked at.

    An entry is one day, one page and one purpose: its rows, and whether they wrote or only read.
    """
    grouped = {}
    for row in in_words(rows):
        for is_written, records in ((True, row.written), (False, row.read)):
            for record in records:
                entries = grouped.setdefault(record, {})
                entries.setdefault((timezone.localdate(row.at), row.page, row.purpose, is_written), []).append(row)
    return [
        (record, [{"day": day, "page": page, "is_written": is_written, "rows": found}
                  for (day, page, _purpose, is_written), found in entries.items()])
        for record, entries in grouped.items()
    ]  # fmt: skip
