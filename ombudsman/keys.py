"""The keys of the caseload: one a record, in a folder outside PostgreSQL and its backups.

`slots.bin` holds the keys in slots of 64 bytes, each wrapped by a master key, which lies beside it (`master-1.key`).
A record knows the number of its slot. To delete a record for good is to overwrite its slot: what an old copy of the
database still holds of it then opens with nothing. A slot is never used twice. `index-1.key` makes the keyed hashes by
which a telephone number is found. Files are read when they are needed and nothing is kept, so that a destroyed key is
gone in every process. Why so: docs/decisions/0012.
"""

import contextlib
import fcntl
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from publishing.key_files import overwrite_and_remove, write_new

SIZE = 32  # bytes; AES-256 and HMAC-SHA-256
NONCE = 12
SLOT = 64  # bytes: number of the master key 4, nonce 12, wrapped key 32, tag 16
HEADER = b"pikassos caseload keys, version 1".ljust(SLOT, b"\0")
EMPTY = bytes(SLOT)


class KeysMissing(Exception):
    """The folder is not there, is not ours or holds no master key: nothing can be opened or sealed."""


class KeyGone(Exception):
    """The record's own key was destroyed, or cannot be unwrapped."""


class KeyStore:
    """The folder that the setting `CASELOAD_KEYS` names."""

    @property
    def folder(self):
        if not settings.CASELOAD_KEYS:
            raise KeysMissing("This process was told of no folder of the caseload's keys.")
        return Path(settings.CASELOAD_KEYS)

    @property
    def slots(self):
        return self.folder / "slots.bin"

    # The master and index keys ————————————————————————————————————————————————————————————————————————————

    def numbers(self, kind="master"):
        """The numbers of the keys that are there, ascending."""
        found = (re.fullmatch(rf"{kind}-([0-9]+)\.key", file.name) for file in self._files())
        return sorted(int(match[1]) for match in found if match)

    def _files(self):
        try:
            return list(self.folder.iterdir())
        except FileNotFoundError as error:
            raise KeysMissing("The folder of the caseload's keys is not there.") from error

    @property
    def current(self):
        """The number of the master key that wraps what is made now."""
        numbers = self.numbers()
        if not numbers:
            raise KeysMissing("There is no master key.")
        return numbers[-1]

    def whole(self, kind, number):
        """One of the key files. Raises KeysMissing."""
        try:
            key = (self.folder / f"{kind}-{number}.key").read_bytes()
        except FileNotFoundError as error:
            raise KeysMissing(f"The {kind} key {number} is not there.") from error
        if len(key) != SIZE:
            raise KeysMissing(f"The {kind} key {number} is damaged.")
        return key

    def begin(self):
        """Make the first master key and the empty store unless they are there. Returns whether they are new."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not self.slots.exists()
        if is_new:
            if not self.numbers():
                self.add_master(1)
            write_new(self.slots, HEADER)  # last: what was cut short before is begun again
        self.check()
        return is_new

    def add_master(self, number):
        """A new master key and index key; the index first, as a master key is what makes a number the current one."""
        write_new(self.folder / f"index-{number}.key", secrets.token_bytes(SIZE))
        write_new(self.folder / f"master-{number}.key", secrets.token_bytes(SIZE))

    def remove_master(self, number):
        """Destroy a master key that wraps nothing any more, and its index key."""
        for kind in ("index", "master"):
            overwrite_and_remove(self.folder / f"{kind}-{number}.key")

    def check(self):
        """Whether keys can be made and read. Raises KeysMissing."""
        self.whole("master", self.current)
        self.whole("index", self.numbers("index")[-1] if self.numbers("index") else 0)
        try:
            with self.slots.open("rb") as file:
                header = file.read(SLOT)
        except FileNotFoundError as error:
            raise KeysMissing("The store of keys is not there.") from error
        if header != HEADER:
            raise KeysMissing("The store of keys is not one of ours.")

    # The records' own keys ————————————————————————————————————————————————————————————————————————————————

    def make(self, count=1):
        """New keys, as the numbers of their slots; they rest on the disk when this returns."""
        number = self.current
        master = AESGCM(self.whole("master", number))
        with self._open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = file.seek(0, os.SEEK_END)
            first = -(-end // SLOT)  # a slot that a power cut left half written is passed over
            wrapped = b"".join(
                self._wrapped(master, number, slot, secrets.token_bytes(SIZE)) for slot in range(first, first + count)
            )
            file.seek(first * SLOT)
            file.write(wrapped)
            file.flush()
            os.fsync(file.fileno())
        return list(range(first, first + count))

    def read(self, slot):
        """The key in a slot. Raises KeyGone, KeysMissing."""
        content = self._content(slot)
        number = int.from_bytes(content[:4], "big")
        nonce, wrapped = content[4 : 4 + NONCE], content[4 + NONCE :]
        try:
            return AESGCM(self.whole("master", number)).decrypt(nonce, wrapped, bound_to(slot))
        except InvalidTag as error:
            raise KeyGone("The key of this record was wrapped by another master key.") from error

    def has(self, slot):
        """Whether the key of a slot can be had."""
        try:
            return bool(self.read(slot))
        except KeyGone:
            return False

    def count(self):
        """How many slots there are, the header among them."""
        return self.slots.stat().st_size // SLOT

    def master_of(self, slot):
        """The number of the master key that wraps a slot. Raises KeyGone."""
        return int.from_bytes(self._content(slot)[:4], "big")

    def destroy(self, slots):
        """Overwrite the keys. One that is gone stays gone."""
        with self._open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            length = file.seek(0, os.SEEK_END)
            for slot in slots:
                # Each slot by itself, past any buffer: a neighbour that somebody destroys now stays destroyed.
                if slot > 0 and (slot + 1) * SLOT <= length:
                    os.pwrite(file.fileno(), EMPTY, slot * SLOT)
            os.fsync(file.fileno())

    def reach(self, slot):
        """No key made from now on gets this slot or one before it: an older copy of the store may be shorter."""
        with self._open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = (slot + 1) * SLOT
            if file.seek(0, os.SEEK_END) < end:
                os.ftruncate(file.fileno(), end)
                os.fsync(file.fileno())

    def _wrapped(self, master, number, slot, key):
        nonce = secrets.token_bytes(NONCE)
        return number.to_bytes(4, "big") + nonce + master.encrypt(nonce, key, bound_to(slot))

    def _content(self, slot):
        with self._open("rb") as file:
            file.seek(slot * SLOT)
            content = file.read(SLOT)
        if slot < 1 or len(content) < SLOT or content == EMPTY:
            raise KeyGone("The key of this record was destroyed.")
        return content

    def _open(self, mode):
        try:
            return self.slots.open(mode, buffering=0)
        except FileNotFoundError as error:
            raise KeysMissing("The store of keys is not there.") from error

    # Finding without a plaintext index ————————————————————————————————————————————————————————————————————

    def digest(self, text, number=None):
        """The keyed hash under which a text is found, 16 bytes, by the newest index key unless told."""
        numbers = self.numbers("index")
        key = self.whole("index", number or (numbers[-1] if numbers else 0))
        return hmac.new(key, text.encode(), hashlib.sha256).digest()[:16]

    def digests(self, text):
        """Under every index key there is: while keys are changed, some records are found by the former one."""
        found = []
        for number in self.numbers("index"):
            with contextlib.suppress(KeysMissing):  # removed a moment ago: nothing is found by it any more
                found.append(self.digest(text, number))
        return found


def bound_to(slot):
    """What a wrapped key is tied to: moved to another slot it does not open."""
    return b"slot %d" % slot


store = KeyStore()
