"""The code with which somebody answers once: derived, never stored.

80 bits, written in Crockford's base 32 as four groups of four. ASVS 11.5.1 asks for 128: the code is useless without
the unit's random address of 122 bits, can be tried only online, and attempts are limited for each unit.
"""

import hashlib
import hmac
import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
ALIKE = str.maketrans("OIL", "011")
LENGTH = 16  # characters of five bits
HASH_SIZE = 16  # bytes kept of a code's hash


def derive(key, unit, invitee):
    """The code of an invitee in a unit, as 16 characters. The same again for the same key, so it can be sent again."""
    digest = hmac.digest(key, f"{unit}|{invitee}|v1".encode(), "sha256")
    number = int.from_bytes(digest[:10], "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))


def written(code):
    """ABCD-EFGH-JKMN-PQRS"""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def read(text):
    """The code that somebody typed, forgiving case, spaces, dashes and look-alike letters; None when it is none."""
    code = re.sub(r"[\s\-–—_.]+", "", text).upper().translate(ALIKE)
    return code if len(code) == LENGTH and all(letter in ALPHABET for letter in code) else None


def hashed(unit, code):
    """What stands for the code in the box of its unit."""
    return hashlib.sha256(f"{unit}|{code}".encode()).digest()[:HASH_SIZE]
