"""Days and times of day as people in Finland write them: 1.12.2026 and 12.00, with errors that say what to write."""

import calendar
import re
from datetime import date, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS_ALT, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1990, 2100
WEEKDAYS = ("ma", "ti", "ke", "to", "pe", "la", "su")
# Weekday, then day and month, then a year or nothing. A comma stands where a phone's keypad has no full stop.
DAY = re.compile(
    r"(?:(?P<weekday>ma|ti|ke|to|pe|la|su)[a-zä]*\.?\s*)?"
    r"(?P<day>[0-9]{1,2})\s*[.,/-]\s*(?P<month>[0-9]{1,2})\s*(?:[.,/-]\s*(?P<year>[0-9]{1,6})?)?\.?",
    re.IGNORECASE,
)
ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
TIME = re.compile(r"(?:klo\.?\s*)?(?P<hour>[0-9]{1,2})(?:\s*[.:,]\s*(?P<minute>[0-9]{1,2}))?", re.IGNORECASE)


def written_day(day):
    """1.12.2026"""
    return f"{day.day}.{day.month}.{day.year}"


def written_day_with_weekday(day, *, year=True):
    """ti 1.12.2026, or ti 1.12. where the year is told elsewhere."""
    weekday = str(WEEKDAYS_ABBR[day.weekday()]).lower()
    return f"{weekday} {day.day}.{day.month}.{day.year if year else ''}"


def written_time(moment):
    """8.30"""
    return f"{moment.hour}.{moment.minute:02}"


def read_day(text):
    """The day that the text means; a ValidationError with a sentence when it means none."""
    text = " ".join(text.split())
    found = len(text) <= 40 and (ISO_DAY.fullmatch(text) or DAY.fullmatch(text))
    if not found:
        raise ValidationError(_("Write the date like 1.12.2026."), code="invalid")
    parts = found.groupdict()
    day, month = int(parts["day"]), int(parts["month"])
    if not parts["year"]:
        raise ValidationError(_("The year is missing. Write the date like 1.12.2026."), code="no_year")
    year = full_year(parts["year"])
    if not 1 <= month <= 12:
        raise ValidationError(
            _("There is no month %(month)s. Write the day first and then the month, like 1.12.2026."),
            code="no_month",
            params={"month": month},
        )
    if not 1 <= day <= 31:
        raise ValidationError(
            _("No month has a day %(day)s. Write the date like 1.12.2026."), code="no_day", params={"day": day}
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            _("The year %(year)s is too far away. Write a year between 1990 and 2100."),
            code="far_away",
            params={"year": year},
        )
    last = calendar.monthrange(year, month)[1]
    if day > last:
        raise impossible(day, date(year, month, last))
    meant = date(year, month, day)
    weekday = (parts.get("weekday") or "").lower()
    if weekday and WEEKDAYS.index(weekday) != meant.weekday():
        raise ValidationError(
            _("%(day)s is another day of the week. Did you mean %(meant)s?"),
            code="other_weekday",
            params={"day": written_day(meant), "meant": written_day_with_weekday(meant)},
        )
    return meant


def full_year(digits):
    """26 is 2026 and 95 is 1995; any other number is a year as it stands."""
    if len(digits) == 2:
        return int(digits) + (1900 if int(digits) >= FIRST_YEAR % 100 else 2000)
    return int(digits)


def impossible(day, last):
    """The error for a day after the month's last one, with the two days that may have been meant."""
    after = last + timedelta(days=1)
    params = {
        "day": day,
        "month": MONTHS_ALT[last.month],
        "year": last.year,
        "before": written_day_with_weekday(last, year=last.year != after.year),
        "after": written_day_with_weekday(after),
    }
    if (day, last.month) == (29, 2):  # in other years there is one
        return ValidationError(
            _("February %(day)s does not exist in %(year)s. Did you mean %(before)s or %(after)s?"),
            code="impossible",
            params=params,
        )
    return ValidationError(
        _("%(month)s %(day)s does not exist. Did you mean %(before)s or %(after)s?"), code="impossible", params=params
    )


def read_time(text):
    """The time of day that the text means; a ValidationError with a sentence when it means none."""
    text = " ".join(text.split())
    found = len(text) <= 20 and TIME.fullmatch(text)
    if not found or len(found["minute"] or "00") != 2:
        raise ValidationError(_("Write the time like 8.30 or 12.00."), code="invalid")
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if hour > 23 or minute > 59:
        raise ValidationError(_("Write a time between 0.00 and 23.59, like 8.30."), code="no_time")
    return time(hour, minute)


class FinnishDateField(forms.Field):
    """A day, written 1.12.2026. The picker of the browser would hide what to type and differs by its language."""

    widget = forms.TextInput(attrs={"class": "short", "inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {"required": _("Write the date like 1.12.2026.")}

    def prepare_value(self, value):
        return written_day(value) if isinstance(value, date) else value

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        return value if isinstance(value, date) else read_day(str(value))


class FinnishTimeField(forms.Field):
    """A time of day, written 12.00."""

    widget = forms.TextInput(attrs={"class": "time", "inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {"required": _("Write the time like 8.30 or 12.00.")}

    def prepare_value(self, value):
        return written_time(value) if isinstance(value, time) else value

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        return value if isinstance(value, time) else read_time(str(value))
