"""Which processes are ours, and how they end.

A supervisor may be killed at any moment, and what it started must neither live on nor be mistaken for somebody else's.
Three things together see to that: the kernel tells a child when its parent dies (Linux); a child's id is written down
with the moment it started, because ids are used again; and a process is only ended when that moment, its working
folder or a mark in its environment proves whose it is.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROC = Path("/proc")
ON_LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1


def die_with_parent(with_signal=signal.SIGTERM):
    """A preexec_fn: the child gets the signal when the thread that started it ends, however it ends."""
    parent = os.getpid()
    libc = ctypes.CDLL(None) if ON_LINUX else None

    def in_the_child():
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before we could ask
                os._exit(1)

    return in_the_child


def follow_parent(with_signal=signal.SIGTERM):
    """Let this process itself be told when the one that started it ends."""
    if ON_LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)


def started(pid):
    """When the process started, as a text that no other process with this id will ever have; None if it is gone."""
    if ON_LINUX:
        try:
            stat = (PROC / str(pid) / "stat").read_text()
            boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        state, *fields = stat.rpartition(")")[2].split()
        return None if state in "ZX" else f"{boot} {fields[18]}"
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def remember(file, pid):
    """Write down a child so that a later run can prove that it is ours."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"pid": pid, "started": started(pid)}))


def remembered(file):
    """The id of the process that was written down, if that very process is still alive."""
    try:
        note = json.loads(file.read_text())
        pid, since = int(note["pid"]), note["started"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid if since and started(pid) == since else None


def working_in(folder, names):
    """Ids of the programs of these names whose working folder this is: a server's data folder is its own alone."""
    folder = os.path.realpath(folder)

    def is_ours(process):
        program = os.path.basename(os.readlink(process / "exe")).removesuffix(" (deleted)")
        return program in names and os.readlink(process / "cwd").removesuffix(" (deleted)") == folder

    return _search(is_ours)


def marked(name, value):
    """Ids of the processes that were started with this variable in their environment."""
    mark = f"{name}={value}".encode()
    return _search(lambda process: mark in (process / "environ").read_bytes().split(b"\0"))


def _search(is_ours):
    found = []
    for process in PROC.glob("[0-9]*") if ON_LINUX else ():
        try:
            if int(process.name) != os.getpid() and is_ours(process):
                found.append(int(process.name))
        except OSError:  # gone meanwhile, or not ours to look at
            continue
    return [pid for pid in found if started(pid)]


def end(pids, *steps):
    """End processes already proven ours: each step is a signal and the seconds given to obey it; then SIGKILL."""
    alive = {pid: since for pid in pids if (since := started(pid))}
    for with_signal, patience in (*steps, (signal.SIGKILL, 5)):
        for pid in alive:
            try:
                os.kill(pid, with_signal)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + patience
        while alive and time.monotonic() < deadline:
            alive = {pid: since for pid, since in alive.items() if started(pid) == since}
            time.sleep(0.02 if alive else 0)
        if not alive:
            return


def stop(process, *steps):
    """End a child of ours (Popen): each step is a signal and the seconds given to obey it; then SIGKILL."""
    for with_signal, patience in (*steps, (signal.SIGKILL, None)):
        if process.poll() is None:
            process.send_signal(with_signal)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def tail(log, lines=12):
    """The last lines of a log, for a person who has to see what went wrong."""
    try:
        text = log.read_bytes()[-20_000:].decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
