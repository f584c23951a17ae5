"""Finds a Chromium for the browser tests, or fetches one; prints its path (nothing for Playwright's own)."""

import os
import shutil
import subprocess
import sys
import time

from pikassos.embedded import Trouble

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium():
    """A path, or an empty text if Playwright has its own. Each way is tried for real: a browser has to start."""
    named = os.environ.get("PIKASSOS_CHROMIUM")
    if named:
        if not starts(named):
            raise Trouble(f"PIKASSOS_CHROMIUM names {named}, which does not start: name another browser or unset it.")
        return named
    if found := on_the_path():
        return found
    if starts(playwrights_own()) or (fetched_by_playwright() and starts(playwrights_own())):
        return ""
    if installed_by_apt() and (found := on_the_path()):
        return found
    raise Trouble(
        "The browser tests need a Chromium and none could be had: install one (apt install chromium), "
        "or name it: make test PIKASSOS_CHROMIUM=/path/to/chromium"
    )


def on_the_path():
    return next((found for name in PROGRAMS if (found := shutil.which(name)) and starts(found)), None)


def starts(program):
    """Whether it is there and runs: a launcher without its browser (Ubuntu's snap stub) is none."""
    if not program or not os.path.exists(program):
        return False
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def playwrights_own():
    from playwright.sync_api import sync_playwright  # only here: the portal itself runs without it

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def fetched_by_playwright():
    return quietly("Fetching Playwright's Chromium", [sys.executable, "-m", "playwright", "install", "chromium"])


def installed_by_apt():
    if shutil.which("apt-get") is None:
        return False
    if os.geteuid() == 0:
        become = []
    elif shutil.which("sudo") and quiet_success(["sudo", "-n", "true"]):
        become = ["sudo", "-n"]
    else:
        return False
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    quietly("Asking apt for its newest lists", [*apt, "update"])
    return quietly("Installing Debian's chromium", [*apt, "install", "--yes", "--no-install-recommends", "chromium"])


def quietly(what, command):
    """Run it with a line for a person (not on standard output, where only the path belongs)."""
    began = time.monotonic()
    print(f"{what} … ", end="", file=sys.stderr, flush=True)
    well = quiet_success(command)
    print(f"{time.monotonic() - began:.0f} s" if well else "not possible", file=sys.stderr, flush=True)
    return well


def quiet_success(command):
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    try:
        print(chromium())
    except Trouble as trouble:
        sys.exit(str(trouble))
