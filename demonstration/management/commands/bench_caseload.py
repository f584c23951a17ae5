"""`manage.py bench_caseload`: what `make bench` asks of the caseload. Refuses outside demonstration mode.

`fill` makes contacts until there are so many; `pages` prints addresses and a session that has entered; `opening` draws
pages here and prints which share of the time went into unwrapping keys and opening sealed columns.
"""

import itertools
import json
import time
from datetime import date, timedelta
from unittest.mock import patch

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from demonstration.caseload_callers import Caller, inhabitants
from demonstration.caseload_making import record_at_once, writing
from ombudsman import entrance, sealing
from ombudsman.keys import store
from ombudsman.models import Contact

YEAR = 2022  # all of them in one: the year of the list and of the account that is a draft
BATCH = 1000
EACH = 4  # contacts a caller
SOUGHT = 240  # the number of a caller whose contacts are there from the first thousand on
TIMES = 50  # each page is drawn so often


class Command(BaseCommand):
    help = "Contacts to measure, in demonstration mode only."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["fill", "pages", "opening"])
        parser.add_argument("--contacts", type=int, default=1000)

    def handle(self, *, what, contacts, **options):
        if not settings.DEMONSTRATION:
            raise CommandError("Only in demonstration mode: it fills the caseload with what nobody asked.")
        self.stdout.write(json.dumps(getattr(self, what)(contacts)))

    def fill(self, contacts):
        """Contacts until there are so many."""
        by, there = ombudsman(), Contact.objects.count()
        numbers = iter(range(there, contacts))
        places = inhabitants(date(YEAR, 1, 1))
        while batch := list(itertools.islice(numbers, BATCH)):
            with writing():
                record_at_once([row(number, places) for number in batch], by=by)
        return {"made": max(0, contacts - there)}

    def pages(self, contacts):
        """{page: (address, form or nothing)} and the session of an ombudsman who has just entered."""
        client = entered()
        return {
            "session": client.session.session_key,
            "pages": {name: (path, urlencode(form) if form else "") for name, (path, form) in asked().items()},
        }

    def opening(self, contacts):
        """{page: the share of its time that went into opening}, of the pages that open anything."""
        client, spent, pages = entered(), Stopwatch(), ("list of contacts", "search by telephone")
        with (
            patch.object(sealing, "unseal", spent.timed(sealing.unseal)),
            patch.object(store, "read", spent.timed(store.read)),
        ):
            return {name: self.share(client, spent, *asked()[name]) for name in pages}

    def share(self, client, spent, path, form):
        ask = (lambda: client.post(path, form)) if form else (lambda: client.get(path))
        ask()  # warm
        spent.seconds, began = 0, time.perf_counter()
        for _ in range(TIMES):
            if ask().status_code != 200:
                raise CommandError(f"{path} is not shown.")
        return spent.seconds / (time.perf_counter() - began)


class Stopwatch:
    """Adds up what calls take."""

    def __init__(self):
        self.seconds = 0

    def timed(self, function):
        def measured(*arguments):
            began = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.perf_counter() - began

        return measured


def ombudsman():
    return User.objects.get(email="asiavastaava@example.org")


def entered():
    """A browser that has shown the second factor and is inside."""
    client = Client(headers={"host": "localhost"})
    client.force_login(ombudsman())
    request = HttpRequest()
    request.user, request.session = ombudsman(), client.session
    record_authentication(request, request.user, "mfa", type="totp", id=0)
    entrance.enter(request.session)
    request.session.save()
    return client


def telephone(caller):
    """Nobody's: no number of Finland begins with +358 00."""
    return f"+358 00 1{caller:06}"


def row(number, places):
    """Day, values, person, note and whether it is the first of its caller."""
    caller, place = divmod(number, EACH)
    values, _person, note = Caller(("bench", caller), 0, places).words(place)
    on = date(YEAR, 1, 3) + timedelta(days=number % 360)
    return on, values, {"phone": telephone(caller)}, note, place == 0


def asked():
    """{page: (address, form or nothing)}"""
    year = {"year": YEAR}
    return {
        "list of contacts": (f"{reverse('ombudsman:contacts')}?vuosi={YEAR}", None),
        "search by telephone": (reverse("ombudsman:search"), {"words": telephone(SOUGHT)}),
        "account, draft": (reverse("ombudsman:account_edit", kwargs=year), None),
        "account, approved": (
            reverse("ombudsman:account", kwargs={"year": YEAR - 1, "area": "kaikki"}),
            None,
        ),
        "figures": (f"{reverse('ombudsman:statistics')}?alku=1/{YEAR}&loppu=12/{YEAR}", None),
    }
