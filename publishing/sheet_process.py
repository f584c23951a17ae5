"""Reads the first sheet of a spreadsheet as text, in a process of its own with little memory and little time.

A spreadsheet comes from outside and may be built to fill the memory: two cells at opposite corners are enough. Run as
a script by `publishing.tables`; it imports nothing of ours. The file comes by standard input, the rows leave by
standard output, as JSON: {"rows": [[number, [cell, …]], …], "height": …, "width": …} or {"error": code}.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO

import python_calamine

MEMORY = 640 * 1024 * 1024  # bytes of address space; an ordinary file of 5,000 rows takes a tenth
SECONDS = 20


def as_text(value):
    """A cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "kyllä" if value else "ei"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).replace(".", ",")
    if isinstance(value, datetime):
        day = f"{value.day}.{value.month}.{value.year}"
        return day if value.time() == time(0) else f"{day} {value.hour}.{value.minute:02}"
    if isinstance(value, date):
        return f"{value.day}.{value.month}.{value.year}"
    if isinstance(value, time):
        return f"{value.hour}.{value.minute:02}"
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def read(data, most_rows):
    """The filled rows of the first visible sheet, at most so many, each with its number in the file."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [
            number
            for number, sheet in enumerate(book.sheets_metadata)
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            and sheet.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        if not sheets:
            return {"error": "empty"}
        sheet = book.get_sheet_by_index(sheets[0])
        rows = []
        for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
            texts = [as_text(cell) for cell in cells]
            while texts and not texts[-1].strip():
                texts.pop()
            if texts and len(rows) < most_rows:
                rows.append([number, texts[:200]])
        return {"rows": rows, "height": sheet.height, "width": max((len(row[1]) for row in rows), default=0)}
    except python_calamine.PasswordError:
        return {"error": "password"}
    except MemoryError:
        return {"error": "too_big"}
    except Exception:
        return {"error": "broken"}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(read(sys.stdin.buffer.read(), int(sys.argv[1])), sys.stdout)
