"""What the person at the terminal is told: a line for each step, what it is and how long it took."""

import sys
import time
from contextlib import contextmanager


def line(text=""):
    print(text, flush=True)


def warning(text):
    print(text, file=sys.stderr, flush=True)


class Step:
    """One long step. `still` is called now and then while it lasts, so that nobody thinks it is stuck."""

    EVERY = 10  # seconds

    def __init__(self, what):
        self.since = self.spoke = time.monotonic()
        print(f"  {what} … ", end="", flush=True)

    def still(self):
        if time.monotonic() - self.spoke >= self.EVERY:
            self.spoke = time.monotonic()
            print(f"{self.spoke - self.since:.0f} s … ", end="", flush=True)

    def seconds(self):
        return f"{time.monotonic() - self.since:.1f} s"


@contextmanager
def step(what):
    now = Step(what)
    try:
        yield now
    except BaseException:
        line("not done")
        raise
    line(now.seconds())
