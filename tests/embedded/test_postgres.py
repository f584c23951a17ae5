"""The PostgreSQL of one's own: rights, restarts, what a killed run leaves behind."""

import json
import os
import signal

import psycopg
import pytest
from psycopg import errors

from pikassos.embedded import Trouble, folders, processes
from pikassos.embedded.postgres import POST, REPORTS, Postgres

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    cluster = Postgres(tmp_path_factory.mktemp("cluster") / "postgres", fsync=False)
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
def running(postgres):
    return postgres.start()


@pytest.fixture
def table(running):
    with psycopg.connect(running.owner_url(), autocommit=True) as owner:
        owner.execute("CREATE TABLE note (id bigserial PRIMARY KEY, text text)")
    yield "note"
    with psycopg.connect(running.owner_url(), autocommit=True) as owner:
        owner.execute("DROP TABLE note")


def test_the_owner_can_make_what_the_migrations_need(running):
    with psycopg.connect(running.owner_url()) as owner:
        for extension in ("pg_trgm", "btree_gist", "unaccent"):
            owner.execute(f"CREATE EXTENSION {extension}")

        assert owner.execute("SELECT lower('ÅÄÖ')").fetchone() == ("åäö",)
        assert owner.execute("SELECT similarity('öljyä', 'öljyä')").fetchone() == (1,)
        assert owner.execute("SELECT similarity('äöä', 'åöå') < 1").fetchone() == (True,)
        owner.rollback()


def test_the_application_reads_and_writes_rows(running, table):
    with psycopg.connect(running.app_url()) as application:
        application.execute("INSERT INTO note (text) VALUES ('a')")
        application.execute("UPDATE note SET text = 'b'")

        assert application.execute("SELECT text FROM note").fetchall() == [("b",)]
        application.execute("DELETE FROM note")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE note",
        "DROP TABLE note",
        "ALTER TABLE note ADD COLUMN more text",
        "CREATE TABLE mine (id bigint)",
        "CREATE TEMPORARY TABLE mine (id bigint)",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION pg_trgm",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
    ],
)
def test_the_application_may_not(running, table, statement):
    with (
        psycopg.connect(running.app_url(), autocommit=True) as application,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        application.execute(statement)


def test_a_database_made_by_the_tests_has_the_same_rights(running):
    with psycopg.connect(running.owner_url(), autocommit=True) as owner:
        owner.execute("CREATE DATABASE test_pikassos")
    with psycopg.connect(running.owner_url("test_pikassos"), autocommit=True) as owner:
        owner.execute("CREATE TABLE note (id bigserial PRIMARY KEY)")

    with psycopg.connect(running.app_url("test_pikassos"), autocommit=True) as application:
        application.execute("INSERT INTO note DEFAULT VALUES")
        with pytest.raises(errors.InsufficientPrivilege):
            application.execute("TRUNCATE note")


def test_nobody_enters_without_the_password(running):
    wrong = running.app_url().replace("pikassos_app:", "pikassos_app:wrong")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_it_listens_on_no_port(running):
    with psycopg.connect(running.owner_url()) as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)


def test_refused_values_do_not_reach_the_log(running, table):
    with psycopg.connect(running.owner_url(), autocommit=True) as owner:
        with pytest.raises(errors.CheckViolation):
            owner.execute("ALTER TABLE note ADD CHECK (text <> 'x'); INSERT INTO note (text) VALUES ('x')")
        with pytest.raises(errors.UniqueViolation):
            owner.execute("INSERT INTO note (id, text) VALUES (7, 'canary'), (7, 'canary')")

    log = running.log.read_text()
    assert "duplicate key" in log
    assert "canary" not in log


def test_passwords_are_kept_from_others(running):
    assert (running.folder / "cluster.json").stat().st_mode & 0o077 == 0


def test_rows_outlive_a_kill_and_a_restart(running, table):
    with psycopg.connect(running.app_url()) as application:
        application.execute("INSERT INTO note (text) VALUES ('kept')")

    running.kill()
    assert not running.running
    running.start()
    running.restart()

    with psycopg.connect(running.app_url()) as application:
        assert application.execute("SELECT text FROM note").fetchall() == [("kept",)]


def test_stale_locks_that_name_an_unrelated_process_are_cleared(running):
    running.kill()
    lock = running._data / "postmaster.pid"
    lock.write_text(lock.read_text().replace(lock.read_text().split()[0], str(os.getppid()), 1))

    running.start()

    assert running.running
    assert processes.started(os.getppid())


def test_what_a_killed_supervisor_left_is_ended(running, make_deaf, monkeypatch):
    monkeypatch.setattr(Postgres, "LEFT_BEHIND", ((signal.SIGINT, 0.2),))
    left = running.process
    make_deaf(left.pid)

    with Postgres(running.folder, fsync=False) as next_run:
        assert left.wait(1) == -signal.SIGKILL
        assert next_run.running


def test_a_cluster_half_made_is_made_anew(tmp_path):
    half = Postgres(tmp_path / "postgres", fsync=False)
    half._prepare_folders()
    half._data.mkdir()
    (half._data / "PG_VERSION").write_text("18\n")

    try:
        half.start()
        psycopg.connect(half.app_url()).close()
    finally:
        half.remove()


def test_a_cluster_of_another_version_is_refused_in_words(tmp_path):
    old = Postgres(tmp_path / "postgres", fsync=False)
    old._prepare_folders()
    old._data.mkdir()
    (old._data / "PG_VERSION").write_text("12\n")
    (old.folder / "cluster.json").write_text("{}")

    with pytest.raises(Trouble, match="made by PostgreSQL 12"):
        old.start()
    old.remove()


def test_a_deep_folder_still_has_a_socket(tmp_path):
    deep = tmp_path / "a-folder-of-a-name-far-too-long-for-the-address-of-a-socket-which-has-some-hundred-letters"
    deep.mkdir()

    cluster = Postgres(deep / "postgres", fsync=False)

    try:
        cluster.start()
        psycopg.connect(cluster.app_url()).close()
    finally:
        cluster.remove()


def test_a_cluster_made_before_there_were_all_roles_gets_them_and_keeps_its_rows(tmp_path):
    old = Postgres(tmp_path / "postgres", fsync=False).start()
    try:
        with psycopg.connect(old.owner_url(), autocommit=True) as owner:
            owner.execute("CREATE TABLE note (text text); INSERT INTO note VALUES ('kept')")
        with psycopg.connect(old.superuser_url("pikassos"), autocommit=True) as superuser:
            for role in (POST, REPORTS):
                superuser.execute(f"DROP OWNED BY {role}")
                superuser.execute(f"DROP ROLE {role}")
        old.stop()
        notes = old.folder / "cluster.json"
        known = json.loads(notes.read_text())
        del known["passwords"][POST]
        notes.write_text(json.dumps(known))

        old.start()
        old.restart()

        psycopg.connect(old.post_url()).close()
        with psycopg.connect(old.app_url()) as application:
            assert application.execute("SELECT text FROM note").fetchone() == ("kept",)
            application.execute(f"SET LOCAL ROLE {REPORTS}")
        assert json.loads(notes.read_text())["passwords"].items() >= known["passwords"].items()
        assert notes.stat().st_mode & 0o077 == 0
    finally:
        old.remove()


def test_removing_leaves_nothing(tmp_path):
    cluster = Postgres(tmp_path / "postgres", fsync=False)
    cluster.start()
    places = [cluster.folder, cluster._home, cluster._sockets]

    cluster.remove()

    assert not any(place.exists() for place in places)


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "taken").symlink_to("/etc")

    with pytest.raises(Trouble, match="belongs to somebody else"):
        folders.make_own(tmp_path / "taken")


def test_parallel_workers_start_with_the_settings_of_a_new_cluster(running):
    with psycopg.connect(running.owner_url()) as connection:
        connection.execute("SET debug_parallel_query = on")

        # A worker reads the server's settings anew and stops at one that the leader had only warned of.
        assert connection.execute("SELECT count(*) FROM pg_class").fetchone()[0] > 0
        assert connection.execute("SHOW default_text_search_config").fetchone()[0] == "pg_catalog.simple"
