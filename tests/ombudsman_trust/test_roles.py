"""What each role of the database may in the room, tried with the very roles on rows that are there."""

import psycopg
import pytest
from django.apps import apps
from psycopg import errors, sql

from publishing.reports_role import REPORTS

pytestmark = pytest.mark.cluster

ONLY_GROW = ("ombudsman_logrow", "ombudsman_fact")
TABLES = sorted(model._meta.db_table for model in apps.get_app_config("ombudsman").get_models())


@pytest.mark.parametrize("table", ONLY_GROW)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {} CASCADE",
        "SELECT 1 FROM {} FOR UPDATE",
    ],
)
def test_the_application_changes_and_removes_nothing_of_what_only_grows(cluster, many, table, statement):
    before = cluster.count(f"SELECT count(*) FROM {table}")

    with psycopg.connect(cluster.postgres.app_url()) as application, pytest.raises(errors.InsufficientPrivilege):
        application.execute(sql.SQL(statement).format(sql.Identifier(table)))

    assert before > 0
    assert cluster.count(f"SELECT count(*) FROM {table}") == before


@pytest.mark.parametrize("table", TABLES)
def test_neither_the_worker_of_letters_nor_reports_see_any_table_of_the_room(cluster, table):
    look = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))

    with psycopg.connect(cluster.postgres.post_url()) as post, pytest.raises(errors.InsufficientPrivilege):
        post.execute(look)
    with psycopg.connect(cluster.postgres.app_url()) as application:
        assert application.execute(look).fetchone() is not None
        application.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(REPORTS)))
        with pytest.raises(errors.InsufficientPrivilege):
            application.execute(look)
