"""Files that hold keys: of their owner alone, whole or not there, and gone for good when they are destroyed."""

import contextlib
import os
import secrets


def write_new(file, content):
    """A file of the owner's alone, whole or not at all; one that is there is never written over."""
    new = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as open_file:
            open_file.write(content)
            open_file.flush()
            os.fsync(open_file.fileno())
        # A link fails where the name is taken, so a key that is in use is never written over.
        with contextlib.suppress(FileExistsError):
            os.link(new, file)
        keep_folder(file.parent)
    finally:
        new.unlink()


def overwrite_and_remove(file):
    """Overwrite a key and remove it. One that is gone stays gone."""
    with contextlib.suppress(FileNotFoundError):
        with file.open("r+b") as open_file:
            open_file.write(secrets.token_bytes(os.fstat(open_file.fileno()).st_size))
            open_file.flush()
            os.fsync(open_file.fileno())
        file.unlink()
        keep_folder(file.parent)


def keep_folder(folder):
    """A power cut must neither bring back a destroyed key nor lose a new one."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
