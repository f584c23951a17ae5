"""`manage.py rights`: what the application's role may do, and that the history can only grow."""

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

READ_AND_WRITE = "SELECT, INSERT, UPDATE, DELETE"


def history_tables():
    """The tables to which triggers add one row for each change."""
    return sorted(
        {
            model._meta.db_table
            for model in apps.get_models()
            if issubclass(model, pghistory.models.Event) and model._meta.managed and not model._meta.proxy
        }
    )


def statements(role):
    """What the owner says to the database, in order; repeated at every start, so it may be said again."""
    role, schema = sql.Identifier(role), sql.SQL("SCHEMA public")
    yield sql.SQL("GRANT USAGE ON {} TO {}").format(schema, role)
    for rights, objects in ((READ_AND_WRITE, "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        parts = {"rights": sql.SQL(rights), "objects": sql.SQL(objects), "schema": schema, "role": role}
        yield sql.SQL("GRANT {rights} ON ALL {objects} IN {schema} TO {role}").format(**parts)
        yield sql.SQL("ALTER DEFAULT PRIVILEGES IN {schema} GRANT {rights} ON {objects} TO {role}").format(**parts)
    for table in history_tables():
        yield revoke("UPDATE, DELETE, TRUNCATE", table, role)
    # Who and why: the middleware may add to a row while its request lasts, so changing stays and removing goes.
    yield revoke("DELETE, TRUNCATE", pghistory.models.Context._meta.db_table, role)
    yield revoke("INSERT, UPDATE, DELETE, TRUNCATE", MigrationRecorder.Migration._meta.db_table, role)


def revoke(rights, table, role):
    return sql.SQL("REVOKE {} ON {} FROM {}").format(sql.SQL(rights), sql.Identifier(table), role)


class Command(BaseCommand):
    help = "Lets the application's role read and write rows, and only add to the history. Run after migrate."

    def handle(self, *args, **options):
        application, owner = (settings.DATABASES[name]["USER"] for name in ("default", "owner"))
        if application == owner:
            self.stdout.write("The application uses the owner's role, so the history is not protected from it.")
            return
        self.give(application)
        self.stdout.write(f"{application} may add to {len(history_tables())} histories and change none.")

    def give(self, role):
        connection = connections["owner"]
        with transaction.atomic(using="owner"), connection.cursor() as cursor:
            for statement in statements(role):
                cursor.execute(statement)
