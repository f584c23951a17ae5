"""What may be brought as a file: judged by its contents."""

import io
import itertools
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from publishing.attachments import INSIDE, MOST_MEMBERS, TYPES, check_file

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def office(suffix=".docx", **members):
    """An office file as small as they come, with more members if wanted."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(INSIDE[suffix], "<document/>")
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def upload(name, data):
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lista.pdf", PDF),
        ("LISTA.PDF", PDF),
        ("kuva.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20),
        ("kuva.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20),
        *[(f"tiedosto{suffix}", office(suffix)) for suffix in INSIDE],
    ],
)
def test_what_people_exchange_is_accepted(name, data):
    kind = check_file(upload(name, data))

    assert kind == TYPES[f".{name.rsplit('.')[-1].lower()}"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lista.pdf", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("lista.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("lista.pdf", b"MZ\x90\x00"),
        ("lista.pdf", b""),
        ("lista.pdf", office()),
        ("lista.docx", PDF),
        ("lista.xlsx", office(".docx")),
        ("lista.docx", b"PK\x03\x04" + b"\0" * 100),
        ("lista.docx", office()[:60]),
        ("kuva.png", b"<svg/>"),
        ("kuva.jpg", b"GIF89a"),
        ("sivu.html", b"<html>"),
        ("kuva.svg", b"<svg/>"),
        ("lista.docm", office()),
        ("lista.pdf.exe", PDF),
        ("lista", PDF),
        (".pdf", PDF),
        ("lista.docx", office(**{"word/vbaProject.bin": "x"})),
        ("lista.docx", office(**{"word/VBAPROJECT.BIN": "x"})),
        ("lista.odt", office(".odt", **{"Basic/Standard/Module1.xml": "x"})),
    ],
    ids=itertools.count(),  # a zip holds the time of day, so its bytes must not name a test
)
def test_what_is_disguised_or_dangerous_is_refused(name, data):
    with pytest.raises(ValidationError) as refused:
        check_file(upload(name, data))

    assert len(refused.value.messages[0]) > 10


def test_a_file_that_unpacks_to_a_mountain_is_refused():
    bomb = office(**{f"word/{number}.xml": b"\0" * 30_000_000 for number in range(7)})

    with pytest.raises(ValidationError):
        check_file(upload("pommi.docx", bomb))

    assert len(bomb) < 1_000_000


def test_a_file_of_very_many_parts_is_refused():
    many = office(**{f"word/{number}.xml": "" for number in range(MOST_MEMBERS)})

    with pytest.raises(ValidationError):
        check_file(upload("paljon.docx", many))


def test_a_file_that_is_too_large_is_refused(settings):
    settings.MAX_UPLOAD = 100

    with pytest.raises(ValidationError, match=r"lista\.pdf"):
        check_file(upload("lista.pdf", PDF + b"x" * 100))


@given(st.sampled_from(sorted(TYPES)), st.binary(max_size=300), st.sampled_from([b"", PDF, b"PK\x03\x04", office()]))
def test_whatever_is_brought_the_answer_is_a_sentence(suffix, tail, head):
    try:
        kind = check_file(upload(f"tiedosto{suffix}", head + tail))
    except ValidationError as error:
        kind = str(error.messages[0])

    assert kind
