"""What has been kept long enough goes by itself, with its key; what is counted of it stays (models/fact.py)."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from ombudsman.models import Case, Contact, DoomedKey, Draft, LogRow, Message, Retention
from ombudsman.reading import Reader, reading

Kind = Retention.Kind


def records(kind):
    """All records of a kind, as they are kept and deleted."""
    return {
        Kind.CONTACT: Contact.objects.filter(case=None),
        Kind.CASE: Case.objects.filter(status=Case.Status.CLOSED),
        Kind.MESSAGE: Message.objects.filter(answered_at__isnull=False),
        Kind.DRAFT: Draft.objects.all(),
    }[Kind(kind)]


# From when the time is counted.
SINCE = {
    Kind.CONTACT: "occurred_on",
    Kind.CASE: "closed_on",
    Kind.MESSAGE: "answered_at__date",
    Kind.DRAFT: "saved_at__date",
}
POSTPONABLE = {Kind.CONTACT, Kind.CASE}


def due(kind, on=None, *, months=None):
    """The records of a kind whose time is up on a day, today unless told, and that nobody has postponed.

    `months`: as if they were kept for so long, otherwise as it is set.
    """
    on = on or timezone.localdate()
    months = months or Retention.objects.get(kind=kind).months
    last = on - relativedelta(months=months)
    found = records(kind).filter(**{f"{SINCE[kind]}__lte": last})
    if kind == Kind.CASE:  # a contact that joined a closed matter later is kept for its time, and the matter with it
        found = found.exclude(Exists(Contact.objects.filter(case=OuterRef("pk"), occurred_on__gt=last)))
    return found.filter(Q(kept_until=None) | Q(kept_until__lt=on)) if kind in POSTPONABLE else found


def going_soon(kind, within=Retention.NOTICE):
    """Those that will go within a time."""
    return due(kind, timezone.localdate() + within)


def goes_on(record, months):
    """The day on which a contact or a closed matter will go."""
    since = record.occurred_on if isinstance(record, Contact) else last_day_of(record)
    day = since + relativedelta(months=months)
    while day - relativedelta(months=months) < since:  # a month that has no such day: on the first day that `due` finds
        day += timedelta(days=1)
    return max(day, record.kept_until + timedelta(days=1)) if record.kept_until else day


def last_day_of(case):
    """The day from which a closed matter's time is counted: its closing, or its last contact if that is later."""
    latest = case.contacts.aggregate(latest=Max("occurred_on"))["latest"]
    return max(case.closed_on, latest) if latest else case.closed_on


def delete_due():
    """Delete everything whose time is up, one record a transaction. Returns how many.

    Killed at any moment, what is deleted is deleted with its key, the rest stays whole and goes the next time.
    """
    deleted = 0
    for kind in Kind:
        for pk in list(due(kind).values_list("pk", flat=True)):
            deleted += delete_one(kind, pk)
    return deleted


@transaction.atomic
def delete_one(kind, pk):
    """Delete one record if its time is still up: somebody may have postponed it a moment ago."""
    record = due(kind).select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if record is None:
        return 0
    reader = Reader(address="retention")
    delete_for_good(record, reader)
    LogRow.objects.write(reader)
    return 1


def delete_for_good(record, reader):
    """The record goes with all that belongs to it, which the reader answers for; the keys follow the commit."""
    going = [record.pk]
    if isinstance(record, Case):
        for related in ("contacts", "measures", "files"):
            going += getattr(record, related).values_list("pk", flat=True)
    if isinstance(record, Message):
        going += record.additions.values_list("pk", flat=True)
    reader.wrote.update(dict.fromkeys(going))
    with reading(reader):
        record.delete()
    DoomedKey.objects.destroy_soon()
