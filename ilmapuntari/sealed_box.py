"""The sealed box as bytes: a list of hashes of codes, each spent or not, and a list of answers, in constant length.

Both lists are sorted and padded to the box's capacity, so neither tells an order; together they are encrypted with
AES-GCM under the round's key, bound to their unit. Source: the privacy page, The sealed box.
"""

import secrets
import struct
from bisect import bisect_left

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ilmapuntari.codes import HASH_SIZE

CAPACITIES = (40, 80, 160)  # places; a row has to fit on one page of the database
SPARE = 4  # codes in every box beside those of the people invited, for people who join while the round is open
LARGEST_UNIT = CAPACITIES[-1] - SPARE
HEADER = struct.Struct(">BHHHB")  # format, capacity, codes, answers, statements
FORMAT = 1
NONCE_SIZE = 12
SLOT = HASH_SIZE + 1


class CannotOpen(Exception):
    """The box is not one that the key has sealed for this unit."""


class Box:
    """An opened box. Lives in memory only, for as long as it is worked on."""

    __slots__ = ("answers", "capacity", "codes", "spent", "statements")

    def __init__(self, *, capacity, statements, codes, spent, answers):
        self.capacity, self.statements = capacity, statements
        self.codes = codes  # sorted list of hashes
        self.spent = spent  # bytearray, 1 where the code at the same place has been used
        self.answers = answers  # sorted list of bytes, one byte a statement

    @classmethod
    def empty(cls, hashes, statements):
        """A new box for codes that nobody has used."""
        hashes = sorted(hashes)
        return cls(
            capacity=capacity_for(len(hashes)),
            statements=statements,
            codes=hashes,
            spent=bytearray(len(hashes)),
            answers=[],
        )

    def place_of(self, code_hash):
        """Where the code stands, None where it is not one of this unit's."""
        place = bisect_left(self.codes, code_hash)
        return place if place < len(self.codes) and self.codes[place] == code_hash else None

    def answer(self, place, answer):
        """Spend the code at a place and lay the answer among the others."""
        assert not self.spent[place], "a code is spent once"
        assert len(answer) == self.statements, "one byte a statement"
        self.spent[place] = 1
        self.answers.append(bytes(answer))
        self.answers.sort()

    # As bytes -------------------------------------------------------------------------------------------------------

    def pack(self):
        codes = b"".join(code + bytes([spent]) for code, spent in zip(self.codes, self.spent, strict=True))
        answers = b"".join(self.answers)
        head = HEADER.pack(FORMAT, self.capacity, len(self.codes), len(self.answers), self.statements)
        return head + codes.ljust(self.capacity * SLOT, b"\0") + answers.ljust(self.capacity * self.statements, b"\0")

    @classmethod
    def unpack(cls, packed):
        _format, capacity, code_count, answer_count, statements = HEADER.unpack_from(packed)
        start = HEADER.size
        slots = packed[start : start + code_count * SLOT]
        codes = [slots[place : place + HASH_SIZE] for place in range(0, len(slots), SLOT)]
        start += capacity * SLOT
        answers = packed[start : start + answer_count * statements]
        return cls(
            capacity=capacity,
            statements=statements,
            codes=codes,
            spent=bytearray(slots[HASH_SIZE::SLOT]),
            answers=[answers[place : place + statements] for place in range(0, len(answers), statements)],
        )

    def seal(self, key, unit):
        """The box encrypted with a new nonce; as long as before, whatever is in it."""
        nonce = secrets.token_bytes(NONCE_SIZE)
        return nonce + AESGCM(key).encrypt(nonce, self.pack(), bound_to(unit))


def open_box(key, unit, blob):
    """The opened box of a unit. Raises CannotOpen."""
    blob = bytes(blob)
    try:
        packed = AESGCM(key).decrypt(blob[:NONCE_SIZE], blob[NONCE_SIZE:], bound_to(unit))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error
    return Box.unpack(packed)


def joined_answers(key, unit, blob):
    """(how many, their bytes one after the other): all that computing needs, without taking the codes apart."""
    blob = bytes(blob)
    try:
        packed = AESGCM(key).decrypt(blob[:NONCE_SIZE], blob[NONCE_SIZE:], bound_to(unit))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error
    _format, capacity, _codes, count, statements = HEADER.unpack_from(packed)
    start = HEADER.size + capacity * SLOT
    return count, packed[start : start + count * statements]


def bound_to(unit):
    """A box moved to another unit does not open there."""
    return f"ilmapuntari|{unit}|{FORMAT}".encode()


def capacity_for(codes):
    """The smallest of the fixed sizes for so many, spare ones included. Raises ValueError where none is."""
    for capacity in CAPACITIES:
        if codes <= capacity:
            return capacity
    raise ValueError(f"A box holds {CAPACITIES[-1]} codes at most.")
