"""`manage.py first_director`: into an empty portal, the centre itself and the one who lets everybody else in."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Role
from directory.access import directors
from directory.models import Organisation, Person


class Command(BaseCommand):
    help = "Opens the first managing director's account in a new portal. The director invites the others."

    def add_arguments(self, parser):
        parser.add_argument("centre", help="the full name of the centre")
        parser.add_argument("given_name")
        parser.add_argument("family_name")
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *, centre, given_name, family_name, email, **options):
        if directors().exists():
            raise CommandError("There is a managing director already, who invites others on the page of users.")
        us = Organisation.objects.us().first()
        if us is None:
            us = Organisation.objects.create(name=centre, kind=Organisation.Kind.COMPETENCE_CENTRE, is_us=True)
        person = Person.objects.by_email(email)
        if person is None:
            person = Person.objects.create(given_name=given_name, family_name=family_name, email=email, organisation=us)
        person.open_account().give_roles([Role.STAFF, Role.DIRECTOR])
        self.stdout.write(f"{person.name} signs in by a code sent to {person.email}, and is asked for a second factor.")
