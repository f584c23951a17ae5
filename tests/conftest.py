"""The people that tests know, signed in or not."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.utils import translation

from accounts.models import Role
from ombudsman.keys import store
from publishing.management.commands import rights
from publishing.reports_role import REPORTS
from tests.accounts.factories import AppointmentFactory, UserFactory
from tests.directory.factories import CountyFactory, PersonFactory
from tests.networks.factories import MembershipFactory
from tests.ombudsman.factories import first_values


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Exports run as the role of reports wherever there is one, so it gets its rights in the tests' database too.

    The caseload gets its keys: nothing of it is stored without them.
    """
    store.begin()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [REPORTS])
        if cursor.fetchone():
            for statement in rights.statements_for_reports(REPORTS):
                cursor.execute(statement)


def signed_in(user):
    """A browser in which the user has signed in with everything that is asked, a second factor included."""
    client = Client()
    client.force_login(user)
    request = HttpRequest()
    request.user, request.session = user, client.session
    record_authentication(request, user, "mfa", type="totp", id=0)
    request.session.save()
    return client


@pytest.fixture(autouse=True)
def first_values_of_the_caseload(request):
    """Tests that commit are cleaned up by emptying every table, and with them goes what migrations filled in."""
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        first_values()


@pytest.fixture(autouse=True)
def finnish_at_first():
    """Each test begins in Finnish: a request to /sv/ leaves its language behind in the thread."""
    translation.activate("fi")


@pytest.fixture(autouse=True)
def nothing_is_taken_for_what_it_was(settings):
    """Tests move the clock and rounds faster than people do."""
    settings.ILMAPUNTARI_ROUND_KEPT = 0
    caches["wrong-codes"].clear()


@pytest.fixture
def staff(db):
    """A development manager of the house."""
    user = UserFactory(email="henkilo@example.org", roles=[Role.STAFF])
    PersonFactory(given_name="Aava", family_name="Esimerkki", email=user.email, user=user, of_the_house=True)
    return user


@pytest.fixture
def other_staff(db):
    """Another one of the house."""
    user = UserFactory(email="toinen@example.org", roles=[Role.STAFF])
    PersonFactory(given_name="Onni", family_name="Toinen", email=user.email, user=user, of_the_house=True)
    return user


@pytest.fixture
def director(db):
    """The managing director."""
    user = UserFactory(email="johto@example.org", roles=[Role.DIRECTOR])
    PersonFactory(given_name="Kerttu", family_name="Johtaja", email=user.email, user=user, of_the_house=True)
    return user


@pytest.fixture
def coordinator(db):
    """The Ilmapuntari coordinator."""
    user = UserFactory(email="puntari@example.org", roles=[Role.COORDINATOR])
    PersonFactory(given_name="Sampo", family_name="Puntari", email=user.email, user=user, of_the_house=True)
    return user


@pytest.fixture
def ombudsman(db):
    """The social ombudsman, appointed today."""
    user = UserFactory(email="vastaava@example.org")
    AppointmentFactory(user=user)
    PersonFactory(given_name="Helmi", family_name="Vastaava", email=user.email, user=user)
    return user


@pytest.fixture
def member(db):
    """A member of one network, `member.network`."""
    user = UserFactory(email="jasen@example.org")
    person = PersonFactory(given_name="Jade", family_name="Jäsen", email=user.email, user=user)
    user.network = MembershipFactory(person=person).network
    return user


@pytest.fixture
def as_staff(staff):
    return signed_in(staff)


@pytest.fixture
def as_director(director):
    return signed_in(director)


@pytest.fixture
def as_coordinator(coordinator):
    return signed_in(coordinator)


@pytest.fixture
def as_member(member):
    return signed_in(member)


@pytest.fixture
def counties(db):
    """Our three counties by name."""
    return {
        "Pirkanmaa": CountyFactory(),
        "Kanta-Häme": CountyFactory(kanta_hame=True),
        "Satakunta": CountyFactory(satakunta=True),
    }
