"""What `make run` says when it cannot start, and what it does with programs that die."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time

import pytest

from pikassos.embedded import Trouble, processes
from pikassos.embedded.preparation import CHECKOUT, Preparation
from pikassos.embedded.supervisor import ENVIRONMENT, Echo, Program, Supervisor, addresses, refuse_taken_port


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "pikassos.embedded", *map(str, arguments)],
        cwd=CHECKOUT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_said_before_anything_is_made(taken_port, tmp_path):
    said = run("--port", taken_port, "--data", tmp_path / "var")

    assert said.returncode == 1
    assert f"Port {taken_port} is taken by another program" in said.stderr
    assert f"PORT={taken_port + 1} make run" in said.stderr
    assert not (tmp_path / "var" / "postgres").exists()


def test_a_free_port_is_left_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    refuse_taken_port(port)
    refuse_taken_port(port)


@pytest.mark.parametrize("wrong", ["abc", "0", "70000", "-1", "80.5"])
def test_what_is_no_port_is_refused_in_words(wrong, tmp_path):
    said = run(f"--port={wrong}", "--data", tmp_path / "var")

    assert said.returncode == 2
    assert "is not a port" in said.stderr


def test_a_second_run_says_that_there_is_one(tmp_path):
    data = tmp_path / "var"
    data.mkdir()
    with (data / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711 http://localhost:8000")
        lock.flush()

        said = run("--port", 8199, "--data", data)

    assert said.returncode == 1
    assert "already running from this folder, at http://localhost:8000 (process 4711)" in said.stderr


LINK, BOX, CASELOAD = "ILMAPUNTARI_LINK_KEYS", "ILMAPUNTARI_BOX_KEYS", "CASELOAD_KEYS"


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    for name in (LINK, BOX, CASELOAD, "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    made = Supervisor(tmp_path / "var", 8199)
    made._take_the_folder()
    yield made
    made.lock.close()


def environments(supervisor):
    """What each program is told, when the servers are there."""
    supervisor.post_url = "postgresql://post@/pikassos"
    servers = {"DATABASE_URL": "postgresql://app@/pikassos", "DATABASE_OWNER_URL": "postgresql://owner@/pikassos"}
    programs = supervisor._programs(supervisor._environment() | servers)
    return {program.name: program.environment for program in programs}


def test_each_program_is_told_of_its_own_key_folders_and_none_of_both_of_the_ilmapuntari(supervisor):
    told = {name: {LINK, BOX, CASELOAD} & environment.keys() for name, environment in environments(supervisor).items()}

    assert told == {
        "web": {BOX, CASELOAD}, "worker-compute": {BOX, CASELOAD}, "worker-post": {LINK}, "beat": set()
    }  # fmt: skip


def test_the_commands_that_prepare_are_told_of_all(supervisor):
    environment = supervisor._environment()

    for name, folder in ((LINK, "link"), (BOX, "box"), (CASELOAD, "caseload")):
        path = supervisor.data / "keys" / folder
        assert environment[name] == str(path)
        assert path.stat().st_mode & 0o777 == 0o700


def test_the_worker_of_letters_and_the_clock_do_not_see_boxes_and_nobody_has_the_owners_role(supervisor):
    found = environments(supervisor)

    assert {name: "//post@" in environment["DATABASE_URL"] for name, environment in found.items()} == {
        "web": False, "worker-compute": False, "worker-post": True, "beat": True
    }  # fmt: skip
    assert not any("DATABASE_OWNER_URL" in environment for environment in found.values())


def test_the_web_server_writes_its_log_without_secrets(supervisor):
    supervisor.post_url = None
    environment = supervisor._environment() | {"DATABASE_URL": "postgresql://app@/pikassos"}
    web = next(program for program in supervisor._programs(environment) if program.name == "web")

    assert web.command[web.command.index("--logger-class") + 1] == "pikassos.access_log.AccessLog"
    assert "%(h)s" not in " ".join(map(str, web.command))


def test_it_listens_to_this_machine_alone_unless_told():
    assert set(addresses()) <= {"127.0.0.1", "::1"}
    assert addresses("0.0.0.0") == ["0.0.0.0"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "log").mkdir()
    return tmp_path


def program(folder, code):
    return Program("sample", [sys.executable, "-c", code], folder, dict(os.environ), stops=())


def test_a_program_that_dies_is_started_again(folder, capsys):
    sample = program(folder, "import time; time.sleep(60)")
    sample.start()
    first = sample.process

    first.kill()
    first.wait()
    sample.tend()
    deadline = time.monotonic() + 10
    while not sample.running and time.monotonic() < deadline:
        sample.tend()
        time.sleep(0.05)

    assert sample.running
    assert sample.process.pid != first.pid
    assert "sample ended (-9) and is started again" in capsys.readouterr().err
    sample.stop()
    assert processes.remembered(sample.record) is None


def test_a_program_that_keeps_dying_is_given_up_with_the_end_of_its_log(folder):
    sample = program(folder, "print('the reason', flush=True); raise SystemExit(3)")
    sample.LONGEST_PAUSE = 0
    sample.start()

    with pytest.raises(Trouble, match=r"sample keeps ending \(3\)(.|\n)*the reason"):
        tend_for_long(sample)


def tend_for_long(sample):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        sample.tend()
        time.sleep(0.02)


def test_errors_in_the_logs_are_told_once(folder):
    log = folder / "log" / "web.log"
    log.write_text("[error] before we looked\n")
    echo = Echo([log])
    with log.open("a") as file:
        file.write("2026-11-22 [info ] fine\n2026-11-22 [error    ] broken\n2026-11-22 [error    ] again\n")

    told = list(echo.news())

    assert len(told) == 1
    assert "broken (and 1 more)" in told[0]
    assert not list(echo.news())


@pytest.mark.cluster
def test_what_was_prepared_is_not_prepared_again(tmp_path):
    from pikassos.embedded.postgres import Postgres

    postgres = Postgres(tmp_path / "postgres", fsync=False)
    postgres.start()
    static = tmp_path / "static"
    static.mkdir()

    def names():
        preparation = Preparation(
            notes=tmp_path / "prepared.json",
            static=static,
            database_url=postgres.owner_url(),
            own_database=True,
            demonstration=True,
        )
        preparation._catalogues = lambda: []  # compiled or not, these belong to the checkout
        return [arguments[0] for _, arguments in preparation.steps()]

    try:
        first, second = names(), names()
    finally:
        postgres.remove()

    assert first == ["catalogues", "collectstatic", "migrate", "rights", "areas", "caseload_keys", "demo"]
    assert second == []


def test_commands_beside_a_portal_that_does_not_run_say_so():
    said = subprocess.run(["bin/manage", "check"], cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert said.returncode == 1
    assert "start it with make run" in said.stderr


def test_what_commands_need_is_kept_for_its_owner_alone(supervisor):
    supervisor._remember_environment({"SECRET_KEY": "abc", "PATH": os.environ["PATH"]})

    kept = supervisor.data / ENVIRONMENT
    assert json.loads(kept.read_text()) == {"SECRET_KEY": "abc"}
    assert kept.stat().st_mode & 0o777 == 0o600
    supervisor._end()
    assert not kept.exists()
