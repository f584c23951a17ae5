"""Columns that only their own record opens: AES-GCM, bound to table, column, row and key."""

import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections, models
from django.db.models.query_utils import DeferredAttribute

from ombudsman import reading
from ombudsman.keys import NONCE, store

VERSION = b"\x01"
BLOCK = 64  # bytes; words are padded to it, so that the length of a name tells nothing
WRITERS = 7_390_2023  # the advisory lock that makers of keys share; who removes a master key waits for them


class Unreadable(Exception):
    """What stands in the column was not sealed for this place with this key: moved, altered or of another store."""


class Blob:
    """Sealed bytes as they stand in the column."""

    __slots__ = ("content",)

    def __init__(self, content):
        self.content = bytes(content)


def seal(key, content, place):
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, content, place)


def unseal(key, sealed, place):
    """The content. Raises Unreadable."""
    if sealed[:1] != VERSION:
        raise Unreadable("This was sealed in a way that is not known.")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], place)
    except InvalidTag as error:
        raise Unreadable("This was sealed for another place.") from error


def padded(content):
    content += b"\x80"
    return content + bytes(-len(content) % BLOCK)


def unpadded(content):
    return content.rstrip(b"\0")[:-1]


class SealedAttribute(DeferredAttribute):
    """Opens a column when somebody looks at it, and not before."""

    def __get__(self, instance, cls=None):
        value = super().__get__(instance, cls)
        if isinstance(value, Blob):
            value = instance.__dict__[self.field.attname] = self.field.opened(instance, value)
        return value

    def __set__(self, instance, value):
        # Being able to set makes it the first that Python asks, before what the row itself holds.
        instance.__dict__[self.field.attname] = value


class SealedBytesField(models.BinaryField):
    """Bytes that rest sealed. A query can neither ask for them nor write them: only a record with its key can."""

    descriptor_class = SealedAttribute

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("default", self.nothing)
        super().__init__(*args, **kwargs)

    @staticmethod
    def nothing():
        return b""

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, path, args, kwargs

    def from_db_value(self, value, expression, connection):
        return None if value is None else Blob(value)

    def place(self, instance):
        """Table, column, row and key: what the content is bound to."""
        return f"{instance._meta.db_table}.{self.column} {instance.pk} {instance.key_slot}".encode()

    def opened(self, instance, blob):
        reading.opened(instance)
        return self.read(unseal(instance.key, blob.content, self.place(instance)))

    def pre_save(self, instance, add):
        value = instance.__dict__.get(self.attname)
        reading.wrote(instance)
        if isinstance(value, Blob):
            return value
        return Blob(seal(instance.key, self.written(value), self.place(instance)))

    def get_prep_value(self, value):
        if value is not None and not isinstance(value, Blob):
            raise TypeError(f"{self.name} is sealed: only its record can write it, and no query can ask for it.")
        return value

    def get_db_prep_value(self, value, connection, prepared=False):
        value = self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value.content)

    @staticmethod
    def read(content):
        return content

    @staticmethod
    def written(value):
        return bytes(value or b"")


class SealedTextField(SealedBytesField):
    """Words that rest sealed."""

    nothing = staticmethod(str)

    @staticmethod
    def read(content):
        return unpadded(content).decode()

    @staticmethod
    def written(value):
        return padded((value or "").encode())


class SealedJSONField(SealedBytesField):
    """A few named values that rest sealed."""

    nothing = staticmethod(dict)

    @staticmethod
    def read(content):
        return json.loads(unpadded(content))

    @staticmethod
    def written(value):
        return padded(json.dumps(value or {}, ensure_ascii=False).encode())


class KeySlotField(models.BigIntegerField):
    """Where the record's key lies. A new record gets its key as it is stored."""

    def pre_save(self, instance, add):
        if instance.key_slot is None:
            give_keys([instance])
        return instance.key_slot


def give_keys(records):
    """A key of its own to each; one writing to the disk for all of them. Only inside a transaction.

    Whoever removes a master key waits until the transaction ends: a key wrapped by one that is going would be lost.
    """
    connection = connections["default"]
    if not connection.in_atomic_block:
        raise RuntimeError("Keys are made inside of a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [WRITERS])
    for record, slot in zip(records, store.make(len(records)), strict=True):
        record.key_slot = slot
        record.__dict__.pop("key", None)
