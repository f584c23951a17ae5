"""The keys of rounds: files outside PostgreSQL and its backups, in two folders that no process sees both of.

`link` derives the codes of letters and belongs to the queue `post`; `box` seals and opens the boxes and belongs to web
and the queue `compute`. A key is read when it is needed and never kept, so a destroyed key is gone everywhere.
Source: the sealed box of the privacy page.
"""

import secrets
from pathlib import Path

from django.conf import settings

from publishing.key_files import overwrite_and_remove, write_new

SIZE = 32  # bytes; AES-256 and HMAC-SHA-256


class KeyGone(Exception):
    """The key is not there: destroyed, lost, or this process is not one that has it."""


class KeyFolder:
    """One of the two folders; named by a setting, because each process is told of its own only."""

    def __init__(self, setting):
        self.setting = setting

    def __repr__(self):
        return f"KeyFolder({self.setting!r})"

    @property
    def is_ours(self):
        """Whether this process was told of the folder."""
        return bool(getattr(settings, self.setting))

    def _file(self, round_token):
        folder = getattr(settings, self.setting)
        if not folder:
            raise KeyGone(f"{self.setting} is not set for this process.")
        return Path(folder) / f"{round_token}.key"

    def read(self, round_token):
        """The round's key. Raises KeyGone."""
        try:
            key = self._file(round_token).read_bytes()
        except FileNotFoundError as error:
            raise KeyGone("There is no key for this round.") from error
        if len(key) != SIZE:
            raise KeyGone("The key of this round is damaged.")
        return key

    def exists(self, round_token):
        return self._file(round_token).exists()

    def make(self, round_token):
        """Make the round's key unless there is one; two processes at once end with one and the same."""
        file = self._file(round_token)
        if file.exists():
            return
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(file, secrets.token_bytes(SIZE))

    def destroy(self, round_token):
        """Overwrite the key and remove it. A key that is gone stays gone."""
        overwrite_and_remove(self._file(round_token))


link = KeyFolder("LINK_KEYS")
box = KeyFolder("BOX_KEYS")
