"""Which browser the browser tests get."""

import pytest

from pikassos.embedded import Trouble, browser


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A program of this name on an otherwise empty PATH."""
    monkeypatch.delenv("PIKASSOS_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    def make(name, script="exit 0"):
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return str(file)

    return make


def test_one_on_the_path_is_taken(program):
    program("chromium", "exit 1")  # a launcher without its browser
    whole = program("google-chrome")

    assert browser.chromium() == whole


def test_a_named_one_is_taken_before_any_other(program, monkeypatch):
    program("chromium")
    named = program("my-browser")
    monkeypatch.setenv("PIKASSOS_CHROMIUM", named)

    assert browser.chromium() == named


def test_a_named_one_that_does_not_start_is_told(program, monkeypatch):
    monkeypatch.setenv("PIKASSOS_CHROMIUM", program("broken", "exit 1"))

    with pytest.raises(Trouble, match="does not start"):
        browser.chromium()
