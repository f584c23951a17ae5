"""What the tests of the embedded servers share."""

import os
import signal
import time
from pathlib import Path

import pytest


@pytest.fixture
def make_deaf():
    """Stop a process in its tracks, so that it obeys nothing but SIGKILL, like a server in trouble."""

    def stop(pid):
        os.kill(pid, signal.SIGSTOP)
        while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.01)

    return stop
