"""Makes `.venv` from the locked requirements, if there is none that fits (`environment.py run`, `environment.py test`).

Needs nothing but the standard library. `.venv/made-from.json` is written last: without it the making was interrupted,
and with other checksums in it the requirements have changed; either way the environment is made anew.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
ENVIRONMENT = CHECKOUT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
NOTE = ENVIRONMENT / "made-from.json"
VAR = CHECKOUT / "var"
LOG = VAR / "log" / "pip.log"
REQUIREMENTS = {name: CHECKOUT / "requirements" / f"{name}.txt" for name in ("run", "test")}  # test holds all of run


def stop(sentence):
    sys.exit(f"\n{sentence}" if sys.stdout.isatty() else sentence)


def checksum(name):
    return hashlib.sha256(REQUIREMENTS[name].read_bytes()).hexdigest()


def made_from():
    """The checksums of what was installed; nothing if it was interrupted or its Python is gone."""
    try:
        note = json.loads(NOTE.read_text())
        subprocess.run([PYTHON, "-c", ""], check=True, capture_output=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}
    return note


def fits(name):
    """The environment of the tests also serves to run the portal. A Python that was named has to be the one in it."""
    note = made_from()
    return note.get(name) == checksum(name) and (not os.environ.get("PYTHON") or is_this_python(note))


def is_this_python(note):
    return note.get("python") == sys.version


def check_before_the_long_part(name):
    """What would fail after minutes of installing is better said at once."""
    if portal_is_running():
        stop("The portal is running from this environment, and it has to be made anew: stop the portal first.")
    if name != "run":
        return
    if not os.environ.get("REDIS_URL") and sys.version_info >= (3, 13):
        if not shutil.which("redis-server") and not shutil.which("valkey-server"):
            stop(
                f"There is no Redis, and pip has none for Python {sys.version_info[0]}.{sys.version_info[1]}: "
                "install redis-server or valkey-server (apt install redis-server), "
                "or use Python 3.11 or 3.12 (make run PYTHON=python3.12)."
            )
    port = os.environ.get("PORT") or "8000"
    if port.isdecimal() and 0 < int(port) < 65536:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(port)))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    stop(
                        f"Port {port} is taken by another program: choose another one, for example "
                        f"PORT={int(port) + 1} make run."
                    )


def portal_is_running(patience=6):
    """Whether a portal holds this checkout; one that has just been stopped has some seconds to let go."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with (VAR / "supervisor.lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return True
            time.sleep(0.2)
        except OSError:
            return False
        else:
            return False


def make(name, lock):
    """Install into the environment that is there if only the tests' packages are missing, else from the ground up."""
    note = made_from()
    if name == "test" and note.get("run") == checksum("run") and is_this_python(note):
        NOTE.unlink()
    else:
        if ENVIRONMENT.is_symlink():
            ENVIRONMENT.unlink()
        elif ENVIRONMENT.exists():
            shutil.rmtree(ENVIRONMENT)
        say(f"Making the environment .venv with Python {sys.version.split()[0]}", make_empty)
    packages = sum(line[:1].isalnum() for line in REQUIREMENTS[name].read_text().splitlines())
    say(f"Installing {packages} packages from requirements/{name}.txt", lambda tell: install(name, tell, lock))
    note = {"python": sys.version, "run": checksum("run")} | ({"test": checksum("test")} if name == "test" else {})
    unfinished = NOTE.with_suffix(".new")
    unfinished.write_text(json.dumps(note))
    unfinished.rename(NOTE)


def make_empty(tell):
    try:
        venv.create(ENVIRONMENT, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        stop(
            f"Python's venv module could not make .venv ({error}). "
            "Install the whole of it, on Debian and Ubuntu with: apt install python3-venv"
        )


def install(name, tell, lock):
    LOG.parent.mkdir(parents=True, exist_ok=True)
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    with LOG.open("w") as log:
        process = subprocess.Popen(
            [*command, "--progress-bar", "off", "-r", REQUIREMENTS[name]],
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[lock.fileno()],  # if we are killed, the next make waits for the pip that lives on
        )
        while process.poll() is None:
            time.sleep(0.1)
            tell(LOG)
    if process.returncode:
        end = "\n".join(f"    {line}" for line in LOG.read_text(errors="replace").splitlines()[-12:])
        stop(f"pip could not install requirements/{name}.txt; {LOG.relative_to(CHECKOUT)} ends:\n{end}")


def say(what, work):
    """A line for the step: what it is, how far it has come every ten seconds, how long it took."""
    began = spoke = time.monotonic()
    print(f"{what} … ", end="", flush=True)

    def tell(log):
        nonlocal spoke
        if time.monotonic() - spoke >= 10:
            spoke = time.monotonic()
            text = log.read_text(errors="replace")
            installing = "Installing collected packages" in text
            state = "installing" if installing else f"{text.count('Collecting ')} collected"
            print(f"{state} … ", end="", flush=True)

    work(tell)
    print(f"{time.monotonic() - began:.0f} s", flush=True)


def main(name):
    os.chdir(CHECKOUT)
    if fits(name):
        return
    try:
        VAR.mkdir(exist_ok=True)
        with (VAR / "environment.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Waiting for another make, which is making the environment …", flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
            if not fits(name):
                check_before_the_long_part(name)
                make(name, lock)
    except PermissionError as error:
        stop(f"{error.filename} belongs to somebody else: run make as its owner, or work in a checkout of your own.")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            stop("The disk is full: .venv needs about 700 MB.")
        raise


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next make goes on from here.")
