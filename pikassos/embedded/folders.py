"""Folders which the servers can reach, sockets short enough to have an address, and as whom PostgreSQL runs."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from pikassos.embedded import Trouble

LONGEST_SOCKET_PATH = 103  # 107 bytes on Linux, 103 on other systems


def server_user():
    """PostgreSQL refuses to run as root. For root: somebody without rights. For everybody else: None, themselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    for user in sorted(pwd.getpwall(), key=lambda user: user.pw_uid):
        if user.pw_uid != 0:
            return user
    raise Trouble("PostgreSQL does not run as root and there is no other user: make one (useradd --system postgres).")


def as_user(user):
    """What subprocess needs to start a program as this user."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def can_reach(user, folder):
    """Whether the user may enter the folder; asked of the system itself, which also knows access lists and mounts."""
    if user is None:
        return os.access(folder, os.X_OK)
    try:
        entered = subprocess.run(["/bin/sh", "-c", 'cd "$0"', str(folder)], stderr=subprocess.DEVNULL, **as_user(user))
    except PermissionError as error:
        raise Trouble(
            f"PostgreSQL does not run as root and this root may not become “{user.pw_name}”: "
            "run the portal as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from error
    return entered.returncode == 0


def make_own(folder, user=None):
    """Make a folder that only its owner enters; refuse one that somebody else has put there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    owner = os.geteuid() if user is None else user.pw_uid
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
            raise Trouble(f"{folder} belongs to somebody else: remove it, or run as its owner.") from None
    except OSError as error:
        raise Trouble(f"{folder} cannot be made ({error.strerror}): run as the owner of this folder.") from error
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid, follow_symlinks=False)
    folder.chmod(0o700)
    return folder


def pass_through(folder):
    """For root: let the servers' user through to its own folder inside; the names in here stay unlisted."""
    if server_user() is not None:
        folder.chmod(0o711)


def _name_of(folder):
    return "pikassos-" + hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:12]


def stand_in(folder):
    """A folder outside, named after this one: what belongs to /tmp stays in /tmp, the rest lives with system state."""
    temporary = Path(tempfile.gettempdir()).resolve()
    base = temporary if folder.resolve().is_relative_to(temporary) else Path("/var/lib")
    return base / _name_of(folder)


def reachable(folder, user):
    """The folder itself, or its stand-in if the user cannot get there because a folder above it is closed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder if can_reach(user, folder.parent) else stand_in(folder)


def socket_folder(preferred, longest_name, user=None):
    """The preferred folder, or one of a short name if the socket's path would be too long to be an address."""
    if len(os.fsencode(preferred / longest_name)) > LONGEST_SOCKET_PATH:
        preferred = Path("/tmp") / (_name_of(preferred) + "-s")
    return make_own(preferred, user)


def remove(folder):
    """Remove a folder of ours, if it is there."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
