"""Exports and reports run as a role of the database that reads and cannot read what nobody may report on.

What it may read is said by `manage.py rights`. It is a second wall: a query that wanders into the sealed boxes of the
Ilmapuntari, into sign-ins, letters or the names of teams' members fails, whatever the code above it meant. Columns that
are hidden from it are named in the query that leaves them out (`defer`). Rows it cannot tell apart: results that wait
for their publishing are kept back by the query alone.
"""

import logging
from contextlib import contextmanager
from functools import cache

from django.db import connections, transaction

REPORTS = "pikassos_reports"

logger = logging.getLogger(__name__)


@contextmanager
def as_reports(using="default"):
    """Run the queries inside as the reports' role, and afterwards as before. Inside another one it changes nothing.

    One transaction, so what is evaluated later (a lazy queryset, a streamed answer) runs outside of it. A database
    that has no such role, somebody's own, is read as always.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        before, may = role_and_whether_it_may_become_reports(connection)
        if may:
            become(connection, REPORTS)
        else:
            say_once(connection.settings_dict["NAME"])
        yield
        # An exception ends the transaction, or takes it back to the savepoint, and the role with it; a savepoint that
        # ends well would keep the role, so it is put back by hand.
        if may:
            become(connection, before)


def role_and_whether_it_may_become_reports(connection):
    with connection.cursor() as cursor:
        # `session_user`, because inside of another as_reports() the present one is the reports' own.
        cursor.execute(
            "SELECT current_setting('role'),"
            " (SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = %s)",
            [REPORTS],
        )
        return cursor.fetchone()


def become(connection, role):
    """Until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [role])


@cache
def say_once(database):
    logger.warning("no_reports_role", extra={"database": database})
