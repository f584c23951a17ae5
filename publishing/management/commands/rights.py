"""`manage.py rights`: what each role of the database may do, and that the history can only grow."""

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from publishing.reports_role import REPORTS

POST = "pikassos_post"  # the role of the worker that writes letters
READ_AND_WRITE = "SELECT, INSERT, UPDATE, DELETE"

# The worker that can derive codes may not see the boxes which they open. Source: the privacy page of the Ilmapuntari.
CLOSED_TO_POST = ("ilmapuntari.SealedBox",)
# Rooms of which that worker and the clock beside it see nothing at all.
ROOMS_CLOSED_TO_POST = ("ombudsman",)
# To these the application adds rows, and changes and removes none: the log of the caseload, and what is counted of it.
ONLY_GROW = ("ombudsman.LogRow", "ombudsman.Fact")
# Exports and reports read the records of these rooms. A room that is not named, and a table that does not exist yet,
# is closed until somebody thinks about it.
OPEN_TO_REPORTS = (
    "accounts", "contenttypes", "directory", "publishing", "networks", "projects", "events", "ilmapuntari",
)  # fmt: skip
CLOSED_TO_REPORTS = ("ilmapuntari.SealedBox", "ilmapuntari.PendingCodes", "ilmapuntari.MemberProposal")
# Of these they read everything but what opens something, or says who answers with which team.
HIDDEN_FROM_REPORTS = {
    "accounts.User": {"password"},
    "events.Event": {"remote_link"},
    "events.Registration": {"nonce"},
    "events.StandingRegistration": {"nonce"},
    "events.Speaker": {"nonce", "email"},
    "ilmapuntari.ReportingUnit": {"result_secret"},
    "ilmapuntari.TeamMember": {"name", "email"},
    "ilmapuntari.Invitee": {"name", "email"},
}


def table_of(label):
    return apps.get_model(label)._meta.db_table


def history_tables():
    """The tables to which triggers add one row for each change."""
    return sorted(
        {
            model._meta.db_table
            for model in apps.get_models()
            if issubclass(model, pghistory.models.Event) and model._meta.managed and not model._meta.proxy
        }
    )


def report_tables():
    """The tables that exports and reports may read whole."""
    closed = {table_of(label) for label in (*CLOSED_TO_REPORTS, *HIDDEN_FROM_REPORTS)}
    of_rooms = {
        model._meta.db_table
        for room in OPEN_TO_REPORTS
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return sorted(of_rooms - closed)


def report_columns(label):
    """Those that exports and reports may read of a table that is not theirs as a whole."""
    fields = apps.get_model(label)._meta.local_concrete_fields
    return [field.column for field in fields if field.name not in HIDDEN_FROM_REPORTS[label]]


def statements(role):
    """What the owner says to the database, in order; repeated at every start, so it may be said again."""
    name, schema = sql.Identifier(role), sql.SQL("SCHEMA public")
    for rights, objects in ((READ_AND_WRITE, "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        parts = {"rights": sql.SQL(rights), "objects": sql.SQL(objects), "schema": schema, "role": name}
        yield sql.SQL("ALTER DEFAULT PRIVILEGES IN {schema} GRANT {rights} ON {objects} TO {role}").format(**parts)
    yield from reading_and_writing(role)


def reading_and_writing(role):
    """Every row of every table but what only grows: the history, who and why, the list of migrations."""
    name, schema = sql.Identifier(role), sql.SQL("SCHEMA public")
    yield sql.SQL("GRANT USAGE ON {} TO {}").format(schema, name)
    for rights, objects in ((READ_AND_WRITE, "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        yield sql.SQL("GRANT {} ON ALL {} IN {} TO {}").format(sql.SQL(rights), sql.SQL(objects), schema, name)
    for table in (*history_tables(), *map(table_of, ONLY_GROW)):
        yield revoke("UPDATE, DELETE, TRUNCATE", table, role)
    # Who and why: the middleware may add to a row while its request lasts, so changing stays and removing goes.
    yield revoke("DELETE, TRUNCATE", pghistory.models.Context._meta.db_table, role)
    yield revoke("INSERT, UPDATE, DELETE, TRUNCATE", MigrationRecorder.Migration._meta.db_table, role)


def statements_for_post(role):
    """As the application, without the boxes. No rights by default: a new table waits for this command."""
    yield from reading_and_writing(role)
    rooms = (model._meta.label for room in ROOMS_CLOSED_TO_POST for model in apps.get_app_config(room).get_models())
    for label in (*CLOSED_TO_POST, *rooms):
        yield revoke("ALL", table_of(label), role)


def statements_for_reports(role):
    """Reading what is named, and nothing else."""
    name, schema = sql.Identifier(role), sql.SQL("SCHEMA public")
    yield sql.SQL("GRANT USAGE ON {} TO {}").format(schema, name)
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN {} FROM {}").format(schema, name)
    yield sql.SQL("REVOKE ALL ON ALL SEQUENCES IN {} FROM {}").format(schema, name)
    tables = sql.SQL(", ").join(map(sql.Identifier, report_tables()))
    yield sql.SQL("GRANT SELECT ON {} TO {}").format(tables, name)
    for label in HIDDEN_FROM_REPORTS:
        columns = sql.SQL(", ").join(map(sql.Identifier, report_columns(label)))
        yield sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(columns, sql.Identifier(table_of(label)), name)


def revoke(rights, table, role):
    return sql.SQL("REVOKE {} ON {} FROM {}").format(sql.SQL(rights), sql.Identifier(table), sql.Identifier(role))


class Command(BaseCommand):
    help = "Lets each role do what its processes need, and nobody change the history. Run after migrate."

    def handle(self, *args, **options):
        application, owner = (settings.DATABASES[name]["USER"] for name in ("default", "owner"))
        if application == owner:
            self.stdout.write("The application uses the owner's role, so the history is not protected from it.")
        else:
            self.give(application)
            self.stdout.write(f"{application} may add to {len(history_tables())} histories and change none.")
        for role, words, meaning in (
            (POST, statements_for_post, "does not see the sealed boxes"),
            (REPORTS, statements_for_reports, "only reads, and no boxes, codes, letters, sign-ins or names of members"),
        ):
            if self.exists(role):
                self.say(words(role))
                self.stdout.write(f"{role} {meaning}.")
            else:
                self.stdout.write(f"There is no role {role} in this database (see docker/postgres-roles.sh).")

    def give(self, role):
        """The rights of the application's role."""
        self.say(statements(role))

    def say(self, words):
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            for statement in words:
                cursor.execute(statement)

    def exists(self, role):
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            return cursor.fetchone() is not None
