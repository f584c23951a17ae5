"""`bin/bootstrap` finds a Python or says in one sentence what to install."""

import subprocess

import pytest

from pikassos.embedded.preparation import CHECKOUT


@pytest.fixture
def bootstrap(tmp_path):
    def run(**pythons):
        """With only these Pythons on the PATH: name → the shell script that plays it."""
        for name, script in pythons.items():
            file = tmp_path / name.replace("_", ".")
            file.write_text(f"#!/bin/sh\n{script}\n")
            file.chmod(0o755)
        (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
        return subprocess.run(
            [CHECKOUT / "bin" / "bootstrap", "run"],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


FITS = 'case "$1" in -c) exit 0;; esac; echo "made by $0"'
TOO_OLD = 'case "$2" in *version_info*) exit 1;; esac; exit 0'
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; esac; exit 0'


def test_the_first_that_fits_is_taken(bootstrap):
    done = bootstrap(python3=TOO_OLD, python3_11=WITHOUT_VENV, python3_12=FITS)

    assert done.returncode == 0
    assert done.stdout.strip().endswith("python3.12")


@pytest.mark.parametrize(
    ("pythons", "sentence"),
    [
        ({}, "There is no usable Python"),
        ({"python3": TOO_OLD}, "Python 3.11 or newer is needed (tried: python3)"),
        ({"python3": WITHOUT_VENV}, "apt install python3-venv"),
        ({"python3": TOO_OLD, "python3_12": WITHOUT_VENV}, "apt install python3-venv"),
    ],
)
def test_one_sentence_says_what_to_do(bootstrap, pythons, sentence):
    done = bootstrap(**pythons)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
