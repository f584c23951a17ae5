"""Who is reading: nothing of the caseload opens unless somebody answers for it, and each answer leaves one row.

A sealed column asks here before it opens (`opened`) and before it is written (`wrote`). So a page cannot show a record
without its row in the log: there is no other way to the words. Rows are written in the transaction of the page, before
it is sent; if the log cannot be written, nothing is shown.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

_reader = ContextVar("caseload_reader", default=None)


class NobodyReads(Exception):
    """Code outside of a page or a task of the caseload touched sealed words."""


@dataclass
class Reader:
    """Whoever reads or writes now, where, and what has been opened and written so far."""

    user: object = None  # None: the portal itself
    office: str = "portal"
    purpose: str = ""
    address: str = ""
    method: str = ""
    substitution: object = None
    opened: dict = field(default_factory=dict)  # the records' keys, in order
    wrote: dict = field(default_factory=dict)


@contextmanager
def reading(reader):
    """Everything inside is read and written by this reader. A reader inside of another one answers for its own part."""
    token = _reader.set(reader)
    try:
        yield reader
    finally:
        _reader.reset(token)


def present():
    """The present reader. Raises NobodyReads."""
    reader = _reader.get()
    if reader is None:
        raise NobodyReads("Sealed words are opened and written by a reader only; see ombudsman/reading.py.")
    return reader


def opened(record):
    present().opened[record.pk] = None


def wrote(record):
    present().wrote[record.pk] = None
