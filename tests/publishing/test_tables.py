import csv
import struct
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from publishing.tables import MOST_ROWS, Column, TableError, read_table, table_response

COLUMNS = (
    Column("name", "Nimi", ("name",), required=True),
    Column("email", "Sähköposti", ("e-mail", "sähköpostiosoite"), required=True),
    Column("since", "Alkaen", is_date=True),
)


def upload(data, name="taulukko.xlsx"):
    return SimpleUploadedFile(name, data)


def xlsx(rows, *, start=0):
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "d.m.yyyy"})
        for number, row in enumerate(rows, start=start):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                else:
                    sheet.write(number, place, value)
    return out.getvalue()


def ods(rows):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{names}office:1.0" '
        f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Taulu">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{names}manifest:1.0"/>',
        }
    )


def zipped(parts):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def refused(data, name="taulukko.xlsx", columns=COLUMNS):
    with pytest.raises(TableError) as error:
        read_table(upload(data, name), columns)
    assert error.value.messages[0].endswith(".")
    return error.value


def test_a_workbook_is_read_as_text_with_the_numbers_of_its_rows():
    data = xlsx(
        [["Jäsenluettelo 2026"], [], ["NIMI", "Sähköposti-osoite", "Alkaen", "Muuta"],
         ["Äijä", "aija@example.org", date(2026, 12, 1), 4.5], [], ["Örn", "orn@example.org", "1.12.26", 33100]]
    )  # fmt: skip

    table = read_table(upload(data), COLUMNS)

    assert [(row.number, row.values) for row in table.rows] == [
        (4, {"name": "Äijä", "email": "aija@example.org", "since": "1.12.2026"}),
        (6, {"name": "Örn", "email": "orn@example.org", "since": "1.12.2026"}),
    ]
    assert table.unknown == ["Muuta"]


def test_a_day_that_is_none_is_left_for_the_field_to_tell():
    table = read_table(upload(xlsx([["Nimi", "E-mail", "Alkaen"], ["A", "", "31.11.2026"]])), COLUMNS)

    assert table.rows[0].values["since"] == "31.11.2026"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_is_read_in_the_ways_it_is_written(encoding, separator):
    text = separator.join(["Nimi", "Sähköposti"]) + "\r\n" + separator.join(['"Äijä; Öö, 1"', "a@example.org"]) + "\r\n"

    table = read_table(upload(text.encode(encoding), "lista.csv"), COLUMNS)

    assert table.rows[0].values == {"name": "Äijä; Öö, 1", "email": "a@example.org"}
    assert table.rows[0].number == 2


def test_an_open_document_sheet_is_read():
    table = read_table(upload(ods([["Nimi", "Sähköposti"], ["Åsa", "asa@example.org"]]), "lista.ods"), COLUMNS)

    assert table.rows[0].values == {"name": "Åsa", "email": "asa@example.org"}


def test_formulas_are_read_as_what_they_show():
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nimi", "Sähköposti"])
        sheet.write_formula(1, 0, '="Eeva"&" Esimerkki"', None, "Eeva Esimerkki")
        sheet.write_string(1, 1, "=cmd|'/c calc'!A1")

    table = read_table(upload(out.getvalue()), COLUMNS)

    assert table.rows[0].values == {"name": "Eeva Esimerkki", "email": "=cmd|'/c calc'!A1"}


def test_what_cannot_be_seen_is_left_out():
    data = "Nimi;Sähköposti\nEe\x00va\u200b\u00a0 \u202eEsimerkki\x07;a@example.org\n".encode()

    assert read_table(upload(data, "a.csv"), COLUMNS).rows[0].values["name"] == "Eeva Esimerkki"


def test_the_apostrophe_of_our_own_export_goes_again():
    data = "Nimi;Sähköposti\n'+358 40 1;a@example.org\n'Aino;b@example.org\n".encode()

    assert [row.values["name"] for row in read_table(upload(data, "a.csv"), COLUMNS).rows] == ["+358 40 1", "'Aino"]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "tyhja.xlsx", "empty"),
        (b"\xef\xbb\xbf\r\n;;;\r\n", "tyhja.csv", "empty"),
        (b"PK\x03\x04" + b"x" * 500, "rikki.xlsx", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "rikki.xls", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "salattu.xlsx", "password"),
        (b"MZ\x90\x00\x03" + b"\x00\x01" * 3000, "ohjelma.xlsx", "wrong_type"),
        (b"%PDF-1.7\n1 0 obj", "raportti.csv", "wrong_type"),
        (b"<html><table><tr><td>Nimi</td></tr></table></html>", "vienti.xls", "wrong_type"),
        (bytes(range(256)) * 40, "sotku.csv", "wrong_type"),
        ("Nimi;Sähköposti\n".encode(), "otsikot.csv", "no_rows"),
        (b"a;b;c\n1;2;3\n", "muuta.csv", "no_header"),
        (b"Nimi;Puhelin\nAino;040\n", "vajaa.csv", "missing"),
        ("Nimi;Sähköposti;nimi\nAino;a@example.org;B\n".encode(), "kahdesti.csv", "twice"),
    ],
)
def test_a_file_that_is_no_table_is_told_in_a_sentence(data, name, code):
    error = refused(data, name)

    assert error.code in ({code, "locked"} if code == "password" else {code})


def test_the_missing_column_is_named():
    assert "Sähköposti" in refused(b"Nimi;Puhelin\nAino;040\n", "a.csv").messages[0]


def test_a_word_document_is_no_table():
    data = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})

    assert refused(data, "kirje.xlsx").code == "wrong_type"


def test_a_locked_open_document_is_told_apart():
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": "x",
        "META-INF/manifest.xml": "<manifest:encryption-data/>",
    }

    assert refused(zipped(parts), "a.ods").code == "locked"


def test_a_workbook_cut_short_is_broken():
    data = xlsx([["Nimi", "Sähköposti"], ["A", "a@example.org"]])

    assert refused(data[: len(data) // 2]).code == "broken"


def test_a_file_that_is_too_heavy_is_not_opened(settings):
    settings.MAX_UPLOAD = 1000

    assert refused(b"x" * 1001).code == "too_big"


def test_a_file_that_unpacks_to_too_much_is_not_opened():
    data = zipped({"xl/workbook.xml": b" " * (61 * 1024 * 1024)})

    assert len(data) < 100_000
    assert refused(data).code == "too_large"


def test_a_part_that_lies_of_its_size_is_counted():
    data = bytearray(zipped({"xl/workbook.xml": b" " * (61 * 1024 * 1024)}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 10)

    assert refused(bytes(data)).code in {"too_large", "broken"}


@pytest.mark.parametrize("corner", [(1048575, 16383), (1048575, 60), (3, 16383)])
def test_two_cells_in_far_corners_do_not_fill_the_memory(corner):
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nimi", "Sähköposti"])
        sheet.write(*corner, "x")

    assert refused(out.getvalue()).code == "too_large"


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_twenty_thousand_rows_are_too_many(name):
    rows = [["Nimi", "Sähköposti"], *[[f"N {n}", f"n{n}@example.org"] for n in range(20_000)]]
    data = xlsx(rows) if name == "a.xlsx" else "\n".join(";".join(row) for row in rows).encode()

    assert refused(data, name).code == "too_large"


def test_as_many_rows_as_are_promised_are_read():
    rows = "\n".join(["Nimi;Sähköposti", *[f"N {n};n{n}@example.org" for n in range(MOST_ROWS)]])

    assert len(read_table(upload(rows.encode(), "a.csv"), COLUMNS).rows) == MOST_ROWS


def test_too_many_columns_are_told():
    row = ";".join(["Nimi", "Sähköposti", *[f"x{n}" for n in range(60)]])

    assert refused(f"{row}\n{row}x\n".encode(), "a.csv").code == "too_large"


@pytest.mark.parametrize("titles", [("full", "Koko nimi"), ("full", "koko_nimi")])
def test_one_column_may_stand_for_two(titles):
    columns = (*COLUMNS[:1], Column("full", "Koko nimi", instead_of=("name",)))

    table = read_table(upload(f"{titles[1]}\nAino Testi\n".encode(), "a.csv"), columns)

    assert table.rows[0].values == {"full": "Aino Testi"}


# Writing


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def test_csv_is_written_as_excel_opens_it():
    response = table_response(
        ["Nimi", "Päivä", "Hetki", "Luku", "On", "Ei mitään"],
        [["Äijä; 1", date(2026, 12, 1), datetime(2026, 12, 1, 10, 5, tzinfo=UTC), 4.5, True, None]],
        "jäsenet",
        "csv",
    )

    text = response.content.decode("utf-8-sig")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''j%C3%A4senet.csv"
    row = next(csv.reader(StringIO(text.split("\r\n", 1)[1]), delimiter=";"))
    assert row[:4] == ["Äijä; 1", "1.12.2026", "1.12.2026 12.05", "4,5"]
    assert row[5] == ""


def test_no_text_becomes_a_formula_in_csv():
    response = table_response(["=otsikko"], [[text] for text in DANGEROUS], "a", "csv")

    cells = [row[0] for row in csv.reader(StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";")]
    assert all(cell.startswith("'") for cell in cells)


def test_no_text_becomes_a_formula_in_excel():
    response = table_response(["=otsikko"], [[text] for text in [*DANGEROUS, "http://example.org"]], "a", "xlsx")

    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    cells = [sheet.cell(number, 1) for number in range(2, 2 + len(DANGEROUS))]
    assert [cell.data_type for cell in cells] == ["s"] * len(DANGEROUS)
    assert all(cell.quotePrefix for cell in cells)
    assert b"<f>" not in zipfile.ZipFile(BytesIO(response.content)).read("xl/worksheets/sheet1.xml")
    assert b"hyperlink" not in zipfile.ZipFile(BytesIO(response.content)).read("xl/worksheets/sheet1.xml")


def test_days_and_numbers_stay_themselves_in_excel():
    response = table_response(
        [Column("a", "Päivä"), "Luku", "Hetki"],
        [[date(2026, 12, 1), 7, datetime(2026, 12, 1, 10, 5, tzinfo=UTC)], [None, "a\x00b", "x" * 40_000]],
        "a",
    )

    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    assert sheet["A2"].value == datetime(2026, 12, 1)
    assert sheet["B2"].value == 7
    assert sheet["C2"].value == datetime(2026, 12, 1, 12, 5)
    assert sheet["B3"].value == "ab"


def test_what_is_written_can_be_read_again():
    rows = [["Äijä", "=a@example.org", date(2026, 12, 1)]]
    for kind in ("xlsx", "csv"):
        response = table_response(COLUMNS, rows, "a", kind)

        table = read_table(upload(response.content, f"a.{kind}"), COLUMNS)

        assert table.rows[0].values == {"name": "Äijä", "email": "=a@example.org", "since": "1.12.2026"}
