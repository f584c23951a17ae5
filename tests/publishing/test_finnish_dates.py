from datetime import date, time

import pytest
from django import forms
from django.core.exceptions import ValidationError

from publishing.finnish_dates import FinnishDateField, FinnishTimeField, read_day, read_time


@pytest.mark.parametrize(
    "text",
    [
        "1.12.2026", "01.12.2026", "1.12.26", " 1. 12. 2026 ", "2026-12-01", "2026-12-1", "1/12/2026", "1-12-2026",
        "1,12,2026", "ti 1.12.2026", "TI 1.12.2026", "tiistai 1.12.2026", "1.12.2026.",
    ],
)  # fmt: skip
def test_a_day_may_be_written_in_many_ways(text):
    assert read_day(text) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("eilen", "invalid"), ("1.joulukuuta 2026", "invalid"), ("2026", "invalid"), ("1", "invalid"),
        ("1.12.2026 klo 12", "invalid"), ("1.1.1.2026", "invalid"), ("1" * 5000, "invalid"),
        ("1.12.\x002026", "invalid"),
        ("١.١٢.٢٠٢٦", "invalid"), ("-1.12.2026", "invalid"),
        ("1.12", "no_year"), ("1.12.", "no_year"), ("ti 1.12.", "no_year"),
        ("1.12.202", "far_away"), ("1.12.1989", "far_away"), ("1.12.2101", "far_away"), ("1.12.20260", "far_away"),
        ("1.13.2026", "no_month"), ("12.31.2026", "no_month"), ("1.0.2026", "no_month"),
        ("32.12.2026", "no_day"), ("0.12.2026", "no_day"),
        ("31.11.2026", "impossible"), ("29.2.2026", "impossible"), ("30.2.2028", "impossible"),
        ("ma 1.12.2026", "other_weekday"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_own_sentence(text, code):
    with pytest.raises(ValidationError) as refused:
        read_day(text)

    assert refused.value.code == code
    assert refused.value.messages[0].endswith((".", "?"))


def test_a_day_that_does_not_exist_names_the_two_that_may_be_meant():
    with pytest.raises(ValidationError) as refused:
        read_day("31.11.2026")

    assert "ma 30.11. " in refused.value.messages[0]
    assert "ti 1.12.2026" in refused.value.messages[0]


def test_the_29th_of_february_exists_every_fourth_year():
    assert read_day("29.2.2028") == date(2028, 2, 29)
    with pytest.raises(ValidationError) as refused:
        read_day("29.2.2026")
    assert "la 28.2." in refused.value.messages[0]
    assert "su 1.3.2026" in refused.value.messages[0]


def test_two_digits_of_a_year_stay_within_the_years_known():
    assert read_day("1.1.95") == date(1995, 1, 1)
    assert read_day("1.1.89") == date(2089, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.00", time(12)), ("12:00", time(12)), ("12", time(12)), ("klo 12", time(12)), ("Klo. 8.30", time(8, 30)),
        ("8,30", time(8, 30)), ("08.30", time(8, 30)), ("0.00", time(0)), ("23.59", time(23, 59)),
    ],
)  # fmt: skip
def test_a_time_of_day_may_be_written_in_many_ways(text, expected):
    assert read_time(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [("24.00", "no_time"), ("12.60", "no_time"), ("8.3", "invalid"), ("puoli yksi", "invalid"), ("8.30.00", "invalid"),
     ("9" * 999, "invalid"), ("12.00\x00", "invalid")],
)  # fmt: skip
def test_a_wrong_time_is_told(text, code):
    with pytest.raises(ValidationError) as refused:
        read_time(text)

    assert refused.value.code == code


class Form(forms.Form):
    day = FinnishDateField()
    hour = FinnishTimeField(required=False)


def test_fields_show_what_they_hold_in_the_same_way():
    form = Form(initial={"day": date(2026, 12, 1), "hour": time(8, 5)})

    assert 'value="1.12.2026"' in str(form["day"])
    assert 'value="8.05"' in str(form["hour"])
    assert 'inputmode="decimal"' in str(form["day"])


def test_a_mistake_stays_in_the_field_to_be_mended():
    form = Form({"day": "31.11.2026", "hour": "25"})

    assert not form.is_valid()
    assert 'value="31.11.2026"' in str(form["day"])


def test_empty_is_a_mistake_only_where_something_is_needed():
    form = Form({"day": " ", "hour": " "})

    assert list(form.errors) == ["day"]
    assert form.cleaned_data["hour"] is None


def test_the_same_day_written_otherwise_is_no_change():
    form = Form({"day": "01.12.26", "hour": ""}, initial={"day": date(2026, 12, 1)})

    assert not form.has_changed()
