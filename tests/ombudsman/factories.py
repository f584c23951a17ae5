"""Records of the caseload for tests, made inside of a reader, as nothing is sealed without one."""

from datetime import date
from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.db import connection, transaction

from accounts.models import Appointment
from directory.models import Municipality
from ombudsman.models import Case, Code, Contact, Message, ServedArea, Substitution
from ombudsman.reading import Reader, reading
from tests.accounts.factories import AppointmentFactory, UserFactory

PERSON = {"name": "Aino Esimerkki", "phone": "040 123 4567", "email": "aino@example.org"}
VALUES = {
    "who": "client", "way": "phone", "language": "fi", "nature": "dissatisfaction", "task": "disability",
    "provider": "public", "reasons": ["decision"], "measures": ["advice"], "minutes": 20,
}  # fmt: skip


def first_values():
    """The values of counting and the times of keeping as the migration fills them in, if they are gone."""
    if not Code.objects.exists():
        import_module("ombudsman.migrations.0002_first_values").fill(apps, SimpleNamespace(connection=connection))


def as_portal():
    """A reader for what a test does by itself."""
    return reading(Reader(address="test"))


def make_contact(
    *, by=None, occurred_on=date(2026, 3, 2), person=PERSON, note="Huoli päätöksestä", case=None, **values
):
    """A contact, written down as the ombudsman does it."""
    by = by or UserFactory()
    with transaction.atomic(), as_portal():
        return Contact.record(
            occurred_on=occurred_on, values=VALUES | values, person=person, note=note, by=by, case=case
        )


def make_case(*, contact=None, by=None, title="Päätös avusta"):
    by = by or UserFactory()
    contact = contact or make_contact(by=by)
    with transaction.atomic(), as_portal():
        return Case.objects.open_for(contact, by=by, title=title)


def make_message(*, words="Miten valitan päätöksestä?", person=PERSON):
    """(message, receipt code)"""
    with transaction.atomic(), as_portal():
        return Message.objects.receive(words=words, person=person)


def answer(message):
    """Somebody has answered the message."""
    with as_portal():
        message.mark_answered()


def make_substitute(*, by, scope=Substitution.Scope.OPEN, starts_on, ends_on):
    """A user with the office of the substitute and a substitution."""
    user = AppointmentFactory(office=Appointment.Office.SUBSTITUTE).user
    Substitution.objects.create(substitute=user, starts_on=starts_on, ends_on=ends_on, scope=scope, set_by=by)
    return user


def serve(*codes, starts_on=date(2010, 1, 1), ends_on=None):
    """These municipalities are served from a day on."""
    for municipality in Municipality.objects.filter(code__in=codes):
        ServedArea.objects.create(municipality=municipality, starts_on=starts_on, ends_on=ends_on)
