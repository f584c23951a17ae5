"""What may stand in prose, whoever wrote it and however."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.models import Network
from publishing.prose import clean_prose, prose_lines, typed_prose
from tests.networks.factories import NetworkFactory


@pytest.mark.parametrize(
    "dirty",
    [
        "<p>Hei<script>alert(1)</script></p>",
        "<p onclick='alert(1)'>Hei</p>",
        "<p style='position:fixed'>Hei</p>",
        "<p>Hei<img src=x onerror=alert(1)></p>",
        "<p>Hei<svg onload=alert(1)></svg></p>",
        "<p>Hei<iframe src='https://example.org'></iframe></p>",
        "<p>Hei<style>*{display:none}</style></p>",
        "<p>Hei<!-- <script>alert(1)</script> --></p>",
        "<p>Hei<template><script>alert(1)</script></template></p>",
        "<P>Hei<ScRiPt>alert(1)</sCrIpT></P>",
        "<p>Hei<input name=a><button formaction='//example.org'></button></p>",
        "Hei<script>alert(1)</script>",
    ],
)
def test_what_acts_is_removed(dirty):
    cleaned = clean_prose(dirty)

    assert cleaned == "<p>Hei</p>"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "java&#10;script:alert(1)", "data:text/html,x", "vbscript:x"],
)
def test_a_link_that_would_run_something_leads_nowhere(address):
    cleaned = clean_prose(f'<p><a href="{address}">linkki</a></p>')

    assert "href" not in cleaned
    assert "linkki" in cleaned


def test_a_link_to_a_page_stays_and_tells_it_nothing_of_us():
    cleaned = clean_prose('<p><a href="https://example.org/a?b=1&c=2" target="_blank">linkki</a></p>')

    assert cleaned == '<p><a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">linkki</a></p>'


@pytest.mark.parametrize(
    "nothing", ["", None, "<p></p>", "<p> </p>", "<ul><li></li></ul>", "  \n ", "<script>1</script>"]
)
def test_prose_without_words_is_empty(nothing):
    assert clean_prose(nothing) == ""


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Yksi.\n\nKaksi.", "<p>Yksi.</p><p>Kaksi.</p>"),
        ("Yksi.\r\nrivi", "<p>Yksi.<br>rivi</p>"),
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        ("x <y z", "<p>x &lt;y z</p>"),
        ("2 <3 kaikki", "<p>2 &lt;3 kaikki</p>"),
        ("Wordin\x0brivi", "<p>Wordin<br>rivi</p>"),
    ],
)
def test_plain_text_becomes_paragraphs(typed, stored):
    assert clean_prose(typed) == stored


@pytest.mark.parametrize(
    "prose",
    [
        "<p>Yksi.</p>",
        "<p>Yksi.</p><p>Kaksi<br>riviä &amp; merkkejä &lt; &gt; \"'</p>",
        "<p>Näytä &lt;p&gt; sellaisenaan</p>",
        "<p>Yksi</p><ul><li>kohta</li></ul>",
        "<p><strong>Lihava</strong></p>",
        "",
    ],
)
def test_what_the_plain_field_shows_is_stored_as_the_same_prose(prose):
    shown = typed_prose(prose)

    assert clean_prose(shown) == prose


def test_the_plain_field_shows_paragraphs_without_tags():
    assert typed_prose("<p>Yksi &amp; kaksi.</p><p>Kolme<br>neljä</p>") == "Yksi & kaksi.\n\nKolme\nneljä"


@given(st.text(alphabet="ab<>/&;p \n\x0b\"'=:!-äÖ1scriptjavulonge", max_size=80))
def test_cleaning_twice_changes_nothing_more(text):
    once = clean_prose(text)

    assert clean_prose(once) == once


@given(st.text(alphabet="ab<>/&;p \n\x0b\"'äÖ", max_size=60))
def test_the_plain_field_always_comes_back_the_same(text):
    stored = clean_prose(text)

    assert clean_prose(typed_prose(stored)) == stored


@given(st.text(max_size=200))
def test_whatever_is_typed_is_stored_without_anything_that_acts(text):
    stored = clean_prose(text + "<script>alert(1)</script><img src=x onerror=alert(1)>")

    assert "<script" not in stored.lower()
    assert "<img" not in stored.lower()


@pytest.mark.django_db
def test_what_is_written_past_every_form_is_clean_too():
    network = NetworkFactory(background="<p>Hei<script>alert(1)</script></p>")
    Network.objects.filter(pk=network.pk).update(background="<p>Moi<img src=x onerror=alert(1)></p>")
    Network.objects.bulk_create([Network(name="B", slug="b", background="<p>Terve<iframe></iframe></p>")])

    stored = set(Network.objects.values_list("background", flat=True))

    assert stored == {"<p>Moi</p>", "<p>Terve</p>"}


def test_prose_as_plain_text_has_a_line_for_each_paragraph_and_item():
    stored = clean_prose("<p>Aluksi &amp; lopuksi</p><ol><li>Avaus</li><li><p>Asiat</p></li></ol>")

    assert prose_lines(stored) == "Aluksi & lopuksi\n– Avaus\n– Asiat"
