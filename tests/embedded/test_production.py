"""What stands in the files for production; there is no container engine here, so they are read, and the roles tried."""

import os
import re
import subprocess

import psycopg
import pytest
import yaml
from psycopg import errors

from pikassos.embedded.postgres import Postgres
from pikassos.embedded.preparation import CHECKOUT

COMPOSE = (CHECKOUT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]


def test_the_whole_stack_is_there():
    assert set(SERVICES) == {"migrate", "web", "worker-post", "worker-compute", "beat", "postgres", "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_is_root_or_may_become_it(name):
    service = SERVICES[name]

    assert service["user"].partition(":")[0] not in {"", "0", "root"}
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate"}))
def test_every_service_that_stays_has_a_health_check_and_comes_back(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker-post", "worker-compute", "beat"])
def test_what_serves_waits_for_the_migrations_and_never_has_the_owners_password(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert "pikassos_owner" not in str(SERVICES[name]["environment"])


def test_secrets_come_from_the_environment_or_a_sentence_is_said():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|KEY$|EMAIL_URL", name):
                assert re.fullmatch(r"\$\{\w+:\?.+\}", value), name


def test_every_variable_that_is_asked_for_stands_in_the_example():
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE))
    named = set(re.findall(r"^(\w+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))

    assert asked == named


def test_the_example_holds_no_secret():
    for line in (CHECKOUT / ".env.example").read_text().splitlines():
        name, _, value = line.partition("=")
        assert not (value and re.search(r"PASSWORD|KEY|EMAIL", name)), name


def test_databases_and_redis_are_not_reached_from_outside():
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]


LINK, BOX = ("link-keys", "/srv/keys/link"), ("box-keys", "/srv/keys/box")
CASELOAD = ("caseload-keys", "/srv/keys/caseload")
TOLD = {"ILMAPUNTARI_LINK_KEYS": LINK, "ILMAPUNTARI_BOX_KEYS": BOX, "CASELOAD_KEYS": CASELOAD}


@pytest.mark.parametrize(
    ("name", "folders"),
    [
        ("web", {BOX, CASELOAD}),
        ("worker-compute", {BOX, CASELOAD}),
        ("worker-post", {LINK}),
        ("beat", set()),
        ("migrate", {CASELOAD}),
    ],
)
def test_each_container_has_the_keys_that_are_its_own_and_knows_where(name, folders):
    volumes = {tuple(volume.split(":")[:2]) for volume in SERVICES[name]["volumes"]}
    told = {key: value for key, value in SERVICES[name]["environment"].items() if key in TOLD}

    assert {volume for volume in volumes if "keys" in "".join(volume)} == folders
    assert told == {key: path for key, (volume, path) in TOLD.items() if (volume, path) in folders}


def test_nobody_else_reaches_the_keys():
    holders = {
        volume: {name for name in SERVICES if any(volume in mounted for mounted in SERVICES[name].get("volumes", []))}
        for volume in ("link-keys", "box-keys", "caseload-keys")
    }

    assert holders == {
        "link-keys": {"worker-post"},
        "box-keys": {"web", "worker-compute"},
        "caseload-keys": {"web", "worker-compute", "migrate"},
    }


def test_keys_of_boxes_are_made_and_destroyed_where_results_are_computed_and_only_read_elsewhere():
    assert "box-keys:/srv/keys/box:ro" in SERVICES["web"]["volumes"]
    assert "box-keys:/srv/keys/box" in SERVICES["worker-compute"]["volumes"]


def test_the_worker_of_letters_and_the_clock_have_a_role_of_their_own_and_no_other_password():
    for name, service in SERVICES.items():
        said = str(service.get("environment", {}))
        if name != "postgres":
            assert ("pikassos_post" in said) == (name in {"worker-post", "beat"})
            assert ("pikassos_app" in said) == (name in {"web", "worker-compute", "migrate"})


def test_the_image_has_the_folders_of_the_keys_and_a_log_without_secrets():
    dockerfile = (CHECKOUT / "Dockerfile").read_text()

    assert "-m 0700 /srv/keys/link /srv/keys/box" in dockerfile
    assert '"--logger-class", "pikassos.access_log.AccessLog"' in dockerfile
    assert "access-logfile" not in dockerfile


@pytest.mark.parametrize("paper", ["docker-compose.yml", ".env.example", "README.md", "ARCHITECTURE.md"])
def test_it_is_said_that_keys_are_not_backed_up(paper):
    said = (CHECKOUT / paper).read_text().lower()

    assert "box-keys" in said
    assert re.search(r"never\s+(?:#\s+)?backed\s+up|out of every backup", said)


def test_the_image_does_not_run_as_root_and_checks_what_it_installs():
    dockerfile = (CHECKOUT / "Dockerfile").read_text()

    assert re.findall(r"^USER (.*)$", dockerfile, re.MULTILINE) == ["10001:10001"]
    assert "--require-hashes" in dockerfile


@pytest.mark.cluster
def test_the_roles_of_production_have_the_rights_of_the_embedded_ones(tmp_path):
    with_roles = Postgres(tmp_path / "postgres", fsync=False).start()
    try:
        with psycopg.connect(with_roles.superuser_url(), autocommit=True) as superuser:
            superuser.execute("DROP DATABASE pikassos")
        with psycopg.connect(with_roles.superuser_url("template1"), autocommit=True) as superuser:
            for role in ("pikassos_owner", "pikassos_app", "pikassos_post", "pikassos_reports"):
                superuser.execute(f"DROP OWNED BY {role}")
                superuser.execute(f"DROP ROLE {role}")
        server = psycopg.conninfo.conninfo_to_dict(with_roles.superuser_url())

        for _ in range(2):  # by hand on a database made before, it adds what is missing and breaks nothing
            subprocess.run(
                [CHECKOUT / "docker" / "postgres-roles.sh"],
                env={
                    "PATH": f"{with_roles._program('psql').parent}:{os.environ['PATH']}",
                    "PGHOST": server["host"],
                    "PGPASSWORD": server["password"],
                    "OWNER_PASSWORD": "owner'; --",
                    "APP_PASSWORD": "app",
                    "POST_PASSWORD": "post",
                },
                check=True,
                capture_output=True,
            )

        here = {"host": server["host"], "dbname": "pikassos", "autocommit": True}
        with psycopg.connect(user="pikassos_owner", password="owner'; --", **here) as owner:
            owner.execute("CREATE EXTENSION pg_trgm; CREATE TABLE note (id bigserial PRIMARY KEY)")
        with psycopg.connect(user="pikassos_app", password="app", **here) as application:
            application.execute("INSERT INTO note DEFAULT VALUES")
            for statement in ("TRUNCATE note", "CREATE TABLE mine ()", "DROP TABLE note"):
                with pytest.raises(errors.InsufficientPrivilege):
                    application.execute(statement)
            application.execute("SET ROLE pikassos_reports")
        with psycopg.connect(user="pikassos_post", password="post", **here) as post:
            for statement in ("SELECT * FROM note", "SET ROLE pikassos_reports", "SET ROLE pikassos_app"):
                with pytest.raises(errors.InsufficientPrivilege):
                    post.execute(statement)  # its tables are given it by `manage.py rights`
    finally:
        with_roles.remove()
