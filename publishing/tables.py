"""Tables that people bring and take: Excel, OpenDocument and CSV, read without trust and written without formulas."""

import csv
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import puremagic
import xlsxwriter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from publishing.finnish_dates import read_day, written_day, written_time

MOST_ROWS = 5000
MOST_COLUMNS = 50
MOST_UNPACKED = 60 * 1024 * 1024  # bytes; 5,000 full rows unpack to a third of it
MOST_PARTS = 2000  # files inside a packed workbook
HEADER_WITHIN = 10  # rows from the top, as people put a title above the table
SHEET_PROCESS = Path(__file__).with_name("sheet_process.py")
ACCEPT = ".xlsx,.xls,.ods,.csv,.txt"  # for the file field; the content decides
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class TableError(ValidationError):
    """The file cannot be read as the table that was asked for; the message says why and what to do."""


@dataclass(frozen=True)
class Column:
    """A column that a table may have: the key the code uses, the title shown, other titles it goes by.

    `instead_of` names keys of required columns that need not be there when this one is. The words of `titles` are
    compared without case, spaces and signs, so "Sähköposti-osoite" is "sähköpostiosoite".
    """

    key: str
    title: str
    titles: tuple = ()
    required: bool = False
    is_date: bool = False
    instead_of: tuple = ()
    width: int = 22
    example: str = ""

    def is_called(self, heading):
        return plain(heading) in {plain(str(self.title)), *(plain(title) for title in self.titles)}


@dataclass
class Row:
    """One row as it stands in the file, under the number that the spreadsheet shows."""

    number: int
    values: dict


@dataclass
class Table:
    """What was read: filled rows only, each with every asked column; headings that nobody asked for."""

    rows: list
    keys: list
    unknown: list = field(default_factory=list)


# Reading ------------------------------------------------------------------------------------------------------------


def read_table(upload, columns):
    """The table in an uploaded file; a TableError when there is none to be read. All cells are text.

    Days are given as 1.12.2026 when they can be understood, and as they stand when not: the caller's field says what
    is wrong with them.
    """
    if upload.size > settings.MAX_UPLOAD:
        raise TableError(
            _("The file is %(size)s MB. The largest that can be brought is %(limit)s MB."),
            code="too_big",
            params={"size": round(upload.size / 1024 / 1024), "limit": settings.MAX_UPLOAD // 1024 // 1024},
        )
    upload.seek(0)
    data = upload.read()
    if not data.strip(b"\x00\t\r\n ;,\xef\xbb\xbf"):
        raise TableError(_("The file is empty."), code="empty")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        check_package(data)
        return recognised(read_sheet(data), columns)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise locked()
        if "WordDocument".encode("utf-16-le") in data or "PowerPoint".encode("utf-16-le") in data:
            raise wrong_type(data, upload.name)
        return recognised(read_sheet(data), columns)
    return read_csv(data, upload.name, columns)


def check_package(data):
    """Looks into a packed workbook before it is opened: its kind, a password, and how large it unpacks."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise locked()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise too_large()
            unpacked = 0
            for part in parts:
                # The size that a part tells of itself may be a lie, so it is counted.
                with package.open(part) as content:
                    while chunk := content.read(256 * 1024):
                        unpacked += len(chunk)
                        if unpacked > MOST_UNPACKED:
                            raise too_large()
            if "mimetype" in names:
                if not package.read("mimetype").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
                    raise wrong_type(data, "")
                if "META-INF/manifest.xml" in names and b"encryption-data" in package.read("META-INF/manifest.xml"):
                    raise locked()
            elif not any(name.startswith("xl/") for name in names):
                raise wrong_type(data, "")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise broken() from error
    except RuntimeError as error:  # what zipfile says when a part wants a password
        raise locked() from error
    except Exception as error:
        if isinstance(error, TableError):
            raise
        raise broken() from error


def read_sheet(data):
    """(number, cells) of each filled row, read in a process that cannot take more than its share of the machine."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(SHEET_PROCESS), str(MOST_ROWS + HEADER_WITHIN + 1)],
            input=data,
            capture_output=True,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise too_large() from error
    if done.returncode != 0:
        raise too_large()
    answer = json.loads(done.stdout)
    match answer.get("error"):
        case "password":
            raise locked()
        case "too_big":
            raise too_large()
        case "empty":
            raise TableError(_("The file has no sheet that could be read."), code="empty")
        case "broken":
            raise broken()
    return [(number, [clean_cell(cell) for cell in cells]) for number, cells in answer["rows"]]


def read_csv(data, name, columns):
    """A table of text; the separator is the one by which its headings are best understood."""
    text = decoded(data)
    controls = sum(text.count(chr(code)) for code in range(32) if code not in (9, 10, 11, 12, 13, 26))
    if controls > max(len(text) / 100, 20) or is_known_otherwise(data, text):
        raise wrong_type(data, name)
    text = text.replace("\x00", "")
    best = None
    for separator in ";,\t":
        rows = csv_rows(text, separator)
        found = find_header(rows, columns)
        if found and (best is None or len(found[1]) > len(best[1][1])):
            best = rows, found
    rows = best[0] if best else csv_rows(text, ";")
    return recognised(rows, columns)


def csv_rows(text, separator):
    """(number, cells) of each filled row, as many as are asked about and one more."""
    rows = []
    try:
        for number, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=separator), start=1):
            texts = [clean_cell(cell) for cell in cells[:200]]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                rows.append((number, texts))
            if len(rows) > MOST_ROWS + HEADER_WITHIN:
                break
    except csv.Error as error:
        raise broken() from error
    return rows


def decoded(data):
    """The text of a CSV file: UTF-8 with or without its mark, Excel's UTF-16, else Latin-1 as Windows writes it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def is_known_otherwise(data, text):
    """Whether something else pretends to be a table of text."""
    return data.startswith((b"MZ", b"%PDF", b"\x7fELF", b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"{\\rtf")) or (
        text.lstrip().startswith(("<", "{\n", "{\r", "[{"))
    )


def recognised(rows, columns):
    """The table with its columns known by their headings; a TableError that names what is missing."""
    if not rows:
        raise TableError(_("The file is empty."), code="empty")
    found = find_header(rows, columns)
    if found is None:
        raise TableError(
            _("The headings of the table were not recognised. One row near the top must name the columns: %(titles)s."),
            code="no_header",
            params={"titles": ", ".join(str(column.title) for column in columns if column.required)},
        )
    position, places, twice = found
    if twice:
        raise TableError(
            _("The column “%(title)s” is in the table twice. Remove one of them."),
            code="twice",
            params={"title": twice[0].title},
        )
    spared = {key for column in columns if column.key in places for key in column.instead_of}
    missing = [column for column in columns if column.required and column.key not in places.keys() | spared]
    if missing:
        raise TableError(
            ngettext_lazy("The column %(titles)s is missing.", "The columns %(titles)s are missing.", len(missing)),
            code="missing",
            params={"titles": ", ".join(f"“{column.title}”" for column in missing)},
        )
    heading, body = rows[position][1], rows[position + 1 :]
    if max((len(cells) for _number, cells in rows[position:]), default=0) > MOST_COLUMNS:
        raise too_large()
    if len(body) > MOST_ROWS:
        raise too_large()
    if not body:
        raise TableError(_("The table has headings but no rows below them."), code="no_rows")
    used = set(places.values())
    dates = {column.key for column in columns if column.is_date}
    return Table(
        rows=[
            Row(
                number,
                {
                    key: normal_day(cells[place]) if key in dates else cells[place]
                    for key, place in places.items()
                    if place < len(cells)
                }
                | {key: "" for key, place in places.items() if place >= len(cells)},
            )
            for number, cells in body
        ],
        keys=list(places),
        unknown=[text for place, text in enumerate(heading) if text and place not in used],
    )


def find_header(rows, columns):
    """(its position, {key: place}, columns named twice) of the row that names most columns, or None."""
    best = None
    for position, (_number, cells) in enumerate(rows[:HEADER_WITHIN]):
        places, twice = {}, []
        for place, text in enumerate(cells):
            column = next((column for column in columns if text and column.is_called(text)), None)
            if column is None:
                continue
            if column.key in places:
                twice.append(column)
            places.setdefault(column.key, place)
        if places and (best is None or len(places) > len(best[1])):
            best = position, places, twice
    return best


def plain(text):
    """A heading without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text).casefold())


def clean_cell(text):
    """A cell without what cannot be seen; spaces are single. The apostrophe that our own CSV adds goes again."""
    text = unicodedata.normalize("NFC", text)
    kept = (
        character if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else " "
        for character in text.replace("\xad", "").replace("\u200b", "").replace("\ufeff", "").replace("\x00", "")
    )
    text = " ".join("".join(kept).split())
    return text[1:] if re.match(r"'[=+\-@]", text) else text


def normal_day(text):
    """A day as 1.12.2026 if the text is one."""
    try:
        return written_day(read_day(text)) if text else ""
    except ValidationError:
        return text


def broken():
    return TableError(
        _("The file is broken or only partly here. Open it in Excel, save it again as .xlsx and bring that file."),
        code="broken",
    )


def locked():
    return TableError(_("The file is locked with a password. Save it without one and bring it again."), code="locked")


def too_large():
    return TableError(
        _(
            "The table is too large: at most 5,000 rows and 50 columns can be brought at a time. "
            "Remove what is not needed, empty rows far below included, or divide it into several files."
        ),
        code="too_large",
    )


def wrong_type(data, name):
    """The error for a file that is no table whatever its name says, with what it is when that is known."""
    try:
        known = puremagic.magic_string(data[:4096])
        kind = known[0].extension.lstrip(".").upper() if known else ""
    except (puremagic.PureError, ValueError, IndexError):
        kind = ""
    if kind and not name.lower().endswith(kind.lower()):
        return TableError(
            _("The file is not a table: by its content it is %(kind)s. Bring an Excel, OpenDocument or CSV file."),
            code="wrong_type",
            params={"kind": kind},
        )
    return TableError(_("The file is not a table. Bring an Excel, OpenDocument or CSV file."), code="wrong_type")


# Writing ------------------------------------------------------------------------------------------------------------


def table_response(columns, rows, filename, kind="xlsx"):
    """A file to take home: `columns` are titles or Columns, `rows` lists of values, `kind` xlsx or csv.

    Days and numbers stay what they are in Excel. Text never becomes a formula, in whichever program it is opened.
    """
    write = {"xlsx": write_xlsx, "csv": write_csv}[kind]
    response = HttpResponse(write(columns, rows), content_type=KINDS[kind])
    response["Content-Disposition"] = content_disposition_header(True, f"{filename}.{kind}")
    response["Cache-Control"] = "no-store, private"
    return response


def write_csv(columns, rows):
    """UTF-8 with its mark and semicolons, as Excel in Finland opens it."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(title_of(column)) for column in columns])
    for row in rows:
        writer.writerow([harmless(written(value)) for value in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(columns, rows):
    """One sheet; text is written as text, and what looks like a formula is marked to stay text when edited."""
    out = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "d.m.yyyy"})
        moment = book.add_format({"num_format": "d.m.yyyy h.mm"})
        quoted = book.add_format()
        quoted.set_quote_prefix()
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width if isinstance(column, Column) else 22)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, title_of(column), bold)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    local = timezone.localtime(value) if timezone.is_aware(value) else value
                    sheet.write_datetime(number, place, local, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(number, place, datetime.combine(value, datetime.min.time()), day)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(number, place, value)
                else:
                    text = clean_for_excel(written(value))
                    sheet.write_string(number, place, text, quoted if harmless(text) != text else None)
    return out.getvalue()


def title_of(column):
    return str(column.title if isinstance(column, Column) else column)


def written(value):
    """A value as text in Finnish."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{written_day(local)} {written_time(local)}"
    if isinstance(value, date):
        return written_day(value)
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return str(value)


def harmless(text):
    """The text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def clean_for_excel(text):
    """What a cell can hold: no control characters, 32,767 characters."""
    return "".join(character for character in text if character >= " " or character in "\n\t")[:32767]
