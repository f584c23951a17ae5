"""What each role of the database may, tried with the very roles: nobody but web and compute sees the sealed boxes."""

import os

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from psycopg import errors

from accounts.models import Role
from directory.models import Organisation
from ilmapuntari.models import ReportingUnit, SealedBox, UnitResult
from pikassos.embedded.postgres import APPLICATION, POST
from pikassos.embedded.postgres import REPORTS as REPORTS_OF_CLUSTER
from publishing import reports_role
from publishing.management.commands import rights
from publishing.reports_role import REPORTS, as_reports
from tests.accounts.factories import UserFactory
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, OrganisationFactory
from tests.ilmapuntari.factories import TeamFactory
from tests.ilmapuntari.results import people, publish, published_round

pytestmark = [pytest.mark.cluster, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

SECRET_TABLES = [
    "ilmapuntari_sealedbox",
    "ilmapuntari_pendingcodes",
    "ilmapuntari_memberproposal",
    "django_session",
    "account_emailaddress",
    "mfa_authenticator",
    "usersessions_usersession",
    "letters_letter",
]


@pytest.fixture
def given_rights():
    """The roles of the run's own cluster with their rights in this test's database."""
    if not os.environ.get("PIKASSOS_TEST_APP_URL"):
        pytest.skip("needs the roles of the embedded cluster: run without DATABASE_URL")
    command = rights.Command()
    for _ in range(2):  # at every start, so a second time changes nothing
        command.give(APPLICATION)
        command.say(rights.statements_for_post(POST))
        command.say(rights.statements_for_reports(REPORTS))


@pytest.fixture
def application(given_rights):
    """Django's connection of the application's role, under a name of its own."""
    user = psycopg.conninfo.conninfo_to_dict(os.environ["PIKASSOS_TEST_APP_URL"])
    settings = connection.settings_dict | {"USER": user["user"], "PASSWORD": user["password"]}
    connections["application"] = DatabaseWrapper(settings, "application")
    yield connections["application"]
    connections["application"].close()
    del connections["application"]


def boxes():
    return SealedBox.objects.using("application").count()


def the_present_role(application):
    with application.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


def test_the_names_are_those_of_the_cluster():
    assert (POST, REPORTS_OF_CLUSTER) == (rights.POST, REPORTS)


def test_the_application_reads_and_writes_boxes(application):
    assert boxes() == 0


@pytest.mark.parametrize("right", ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"])
def test_the_post_has_no_right_to_the_boxes(given_rights, right):
    assert not has_right(POST, "ilmapuntari_sealedbox", right)


def has_right(role, table, right):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, right])
        return cursor.fetchone()[0]


def test_the_post_has_every_other_right_of_the_application_and_none_more(given_rights):
    for table in connection.introspection.table_names():
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            is_closed = table == "ilmapuntari_sealedbox" or table.startswith("ombudsman_")
            expected = not is_closed and has_right(APPLICATION, table, right)
            assert has_right(POST, table, right) == expected, (table, right)


def test_the_post_may_not_put_on_another_role(given_rights):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'pikassos%%' AND pg_has_role(%s, oid, 'MEMBER')", [POST]
        )
        assert cursor.fetchall() == [(POST,)]


@pytest.mark.parametrize("table", SECRET_TABLES)
def test_reports_do_not_read(given_rights, table):
    assert table in connection.introspection.table_names()
    assert not has_right(REPORTS, table, "SELECT")


def test_reports_write_nothing_anywhere(given_rights):
    for table in connection.introspection.table_names():
        assert not any(has_right(REPORTS, table, right) for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE")), table


def test_reports_read_what_exports_are_made_of(given_rights):
    for table in (Organisation._meta.db_table, "ilmapuntari_unitresult", "networks_network"):
        assert has_right(REPORTS, table, "SELECT")


@pytest.mark.parametrize(
    ("table", "hidden"),
    [
        ("ilmapuntari_reportingunit", {"result_secret"}),
        ("ilmapuntari_teammember", {"name", "email"}),
        ("ilmapuntari_invitee", {"name", "email"}),
        ("accounts_user", {"password"}),
    ],
)
def test_reports_do_not_read_what_opens_something_or_names_a_member(given_rights, table, hidden):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, has_column_privilege(%s, %s, attname, 'SELECT') FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [REPORTS, table, table],
        )
        readable = dict(cursor.fetchall())

    assert {column for column, may in readable.items() if not may} == hidden


def test_every_export_is_made_of_what_reports_read(given_rights):
    """In other tests they are made by a superuser, who sees everything."""
    team = TeamFactory(county=CountyFactory())
    round = published_round(2026, "spring")
    answers = people([4 + number % 5 for number in range(28)], 12)
    units = publish(round, {team: answers})
    leaders = ReportingUnit.objects.create(round=round, kind="leaders", county=team.county, invited=8)
    UnitResult.objects.create(unit=leaders, band=UnitResult.Band.TOO_FEW)
    coordinator = signed_in(UserFactory(roles=[Role.COORDINATOR]))

    asked = [reverse(f"ilmapuntari:team_{kind}", kwargs={"slug": team.slug}) for kind in ("pdf", "xlsx", "csv")]
    asked.append(reverse("ilmapuntari:organisation_csv", kwargs={"pk": team.organisation_id}))
    asked.append(reverse("ilmapuntari:county_csv", kwargs={"slug": team.county.slug}))
    asked.append(reverse("ilmapuntari:area_csv"))
    for path in (*asked, f"{asked[-1]}?luvut=vaittamat"):
        assert coordinator.get(path).status_code == 200, path
    for unit in (units[team], leaders):
        path = reverse("ilmapuntari:result_pdf", kwargs={"secret": unit.result_secret})
        assert Client().get(path).status_code == 200


def test_a_table_that_came_after_the_command_is_closed_to_post_and_reports(given_rights):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id bigint)")
    try:
        assert has_right(APPLICATION, "later", "SELECT")
        assert not has_right(POST, "later", "SELECT")
        assert not has_right(REPORTS, "later", "SELECT")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE later")


def test_every_table_that_is_named_exists():
    for label in (*rights.CLOSED_TO_POST, *rights.CLOSED_TO_REPORTS):
        assert apps.get_model(label)


def test_the_role_blocks_inside_and_is_gone_afterwards(application):
    OrganisationFactory(name="Nähtävä ry")

    with as_reports("application"):
        assert the_present_role(application) == REPORTS
        assert Organisation.objects.using("application").count() == 1
    assert the_present_role(application) == APPLICATION
    assert boxes() == 0

    with pytest.raises(ProgrammingError, match="permission denied"), as_reports("application"):
        boxes()
    assert the_present_role(application) == APPLICATION
    assert boxes() == 0


def test_inside_a_transaction_the_role_ends_with_the_block(application):
    with transaction.atomic("application"):
        with as_reports("application"), transaction.atomic("application"):
            assert the_present_role(application) == REPORTS
        assert the_present_role(application) == APPLICATION
        assert boxes() == 0
        with pytest.raises(ProgrammingError), as_reports("application"):
            boxes()
        assert the_present_role(application) == APPLICATION


def test_one_inside_another_changes_nothing(application):
    with as_reports("application"):
        with as_reports("application"):
            assert the_present_role(application) == REPORTS
        assert the_present_role(application) == REPORTS
    assert the_present_role(application) == APPLICATION


def test_a_database_without_the_role_is_read_as_always_and_it_is_said_once(application, monkeypatch, caplog):
    monkeypatch.setattr(reports_role, "REPORTS", "nobody_has_made_this")
    reports_role.say_once.cache_clear()

    for _ in range(2):
        with as_reports("application"):
            assert boxes() == 0

    assert [record.message for record in caplog.records] == ["no_reports_role"]


def test_the_command_says_what_each_role_may(given_rights, capsys):
    call_command("rights")

    said = capsys.readouterr().out
    assert "pikassos_post does not see the sealed boxes" in said
    assert "pikassos_reports only reads" in said


def test_somebody_in_the_role_meets_a_closed_door(given_rights):
    url = os.environ["PIKASSOS_TEST_APP_URL"]
    with psycopg.connect(url, dbname=connection.settings_dict["NAME"], autocommit=True) as application:
        application.execute(f"SET ROLE {REPORTS}")
        with pytest.raises(errors.InsufficientPrivilege):
            application.execute("SELECT * FROM ilmapuntari_sealedbox")
