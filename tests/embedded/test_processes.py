"""Only what is provably ours is ended."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from pikassos.embedded import processes


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "60"], env=os.environ | {"PIKASSOS_TEST_MARK": "here"})
    yield process
    process.kill()
    process.wait()


def test_a_process_is_known_again(sleeper, tmp_path):
    processes.remember(tmp_path / "note.json", sleeper.pid)

    assert processes.remembered(tmp_path / "note.json") == sleeper.pid


def test_another_process_of_the_same_id_is_not_ours(sleeper, tmp_path):
    note = tmp_path / "note.json"
    note.write_text(json.dumps({"pid": sleeper.pid, "started": "some other moment"}))

    assert processes.remembered(note) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x", "started": "y"}', '{"pid": 1}', "7"])
def test_a_broken_note_names_nobody(tmp_path, text):
    (tmp_path / "note.json").write_text(text)

    assert processes.remembered(tmp_path / "note.json") is None


def test_a_process_that_ended_is_gone_even_before_it_is_waited_for(tmp_path):
    process = subprocess.Popen(["true"])
    deadline = time.monotonic() + 5
    while processes.started(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert processes.started(process.pid) is None
    process.wait()


@pytest.mark.skipif(not processes.ON_LINUX, reason="reads /proc")
def test_marked_processes_are_found(sleeper):
    assert sleeper.pid in processes.marked("PIKASSOS_TEST_MARK", "here")
    assert sleeper.pid not in processes.marked("PIKASSOS_TEST_MARK", "her")


def test_ending_asks_first_and_insists_afterwards():
    deaf = subprocess.Popen(["sh", "-c", "trap '' TERM; echo ready; exec sleep 60"], stdout=subprocess.PIPE)
    assert deaf.stdout.readline() == b"ready\n"

    processes.end([deaf.pid], (signal.SIGTERM, 0.1))

    deaf.communicate()
    assert deaf.returncode == -signal.SIGKILL


def test_whoever_listens_is_only_asked(sleeper):
    processes.end([sleeper.pid], (signal.SIGTERM, 5))

    assert sleeper.wait(1) == -signal.SIGTERM


@pytest.mark.skipif(not processes.ON_LINUX, reason="the kernel's word to children is Linux's")
def test_children_end_with_a_killed_parent():
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, time; from pikassos.embedded import processes;"
            "print(subprocess.Popen(['sleep', '60'], preexec_fn=processes.die_with_parent()).pid, flush=True);"
            "time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()

    deadline = time.monotonic() + 5
    while processes.started(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert processes.started(child) is None
