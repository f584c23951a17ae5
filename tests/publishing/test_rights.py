"""The application's role adds to the history and takes nothing from it."""

import os
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from publishing.management.commands.rights import Command, history_tables
from tests.directory.factories import OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

NOT_ALLOWED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def as_application():
    """A connection of the application's role to this test's database, after `manage.py rights`."""
    url = os.environ.get("PIKASSOS_TEST_APP_URL")
    if not url:
        pytest.skip("needs the two roles of the embedded cluster: run without DATABASE_URL")
    role = psycopg.conninfo.conninfo_to_dict(url)["user"]
    Command().give(role)
    Command().give(role)  # at every start, so a second time changes nothing
    with psycopg.connect(url, dbname=connection.settings_dict["NAME"], autocommit=True) as application:
        yield application


def test_the_application_changes_records_and_thereby_adds_to_their_history(as_application):
    organisation = OrganisationFactory(name="Ennen ry")

    as_application.execute("UPDATE directory_organisation SET name = 'Nyt ry' WHERE id = %s", [organisation.pk])

    names = as_application.execute("SELECT name FROM directory_organisationevent ORDER BY pgh_id").fetchall()
    assert names == [("Ennen ry",), ("Nyt ry",)]


def test_the_application_neither_alters_nor_removes_history(as_application):
    assert history_tables()

    for table in history_tables():
        for statement in ("UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(NOT_ALLOWED):
                as_application.execute(statement.format(f'"{table}"'))


def test_the_application_does_not_remove_who_made_a_change(as_application):
    for statement in ("DELETE FROM pghistory_context", "TRUNCATE pghistory_context CASCADE"):
        with pytest.raises(NOT_ALLOWED):
            as_application.execute(statement)


def test_the_application_makes_and_drops_no_tables(as_application):
    with pytest.raises(NOT_ALLOWED):
        as_application.execute("CREATE TABLE public.own (id int)")
    with pytest.raises(NOT_ALLOWED):
        as_application.execute("DROP TABLE directory_organisationevent")


def test_with_one_role_for_both_the_command_says_so_and_changes_nothing():
    said = StringIO()

    call_command("rights", stdout=said)

    assert "not protected" in said.getvalue()
