"""Dates as exactly as they are known: many a fact of a record's life is known to a season or a year only."""

from django.db import models
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

# By a quarter of the year that begins in December, March, June and September.
SEASONS = [_("in winter %(year)s"), _("in spring %(year)s"), _("in summer %(year)s"), _("in autumn %(year)s")]
SEASON_NAMES = [_("winter %(year)s"), _("spring %(year)s"), _("summer %(year)s"), _("autumn %(year)s")]
SEASONS_SINCE = [
    _("since winter %(year)s"),
    _("since spring %(year)s"),
    _("since summer %(year)s"),
    _("since autumn %(year)s"),
]


class Precision(models.TextChoices):
    """How exactly a date is known."""

    DAY = "day", _("the day is known")
    MONTH = "month", _("the month is known")
    SEASON = "season", _("the season is known")
    YEAR = "year", _("the year is known")


def dated(on, precision, *, since=False, sentence=True):
    """A day in words, as exactly as it is known: "in spring 2022", "since 2022", "1.1.2023"."""
    values = {"year": on.year, "month": MONTHS[on.month], "day": f"{on.day}.{on.month}.{on.year}"}
    if precision == "year" and not sentence:
        return str(on.year)
    if precision == "season":
        return (SEASONS_SINCE if since else SEASONS)[season_of(on)] % values
    words = {
        ("year", True): _("since %(year)s"),
        ("year", False): _("in %(year)s"),
        ("month", True): _("since %(month)s %(year)s"),
        ("month", False): _("%(month)s %(year)s"),
        ("day", True): _("since %(day)s"),
        ("day", False): "%(day)s",
    }
    return words[precision, since] % values


def season_of(on):
    """0 to 3, from winter: the quarter of the year that begins in December, March, June or September."""
    return (on.month % 12) // 3


def named(on, precision):
    """The day, month, season or year by its name: "1.8.2016", "spring 2019", "2020"."""
    if precision == Precision.SEASON:
        return SEASON_NAMES[season_of(on)] % {"year": on.year}
    return dated(on, precision, sentence=False)


def period(start, start_precision, end, end_precision):
    """From one to another, either of them None where it is not known: "1.8.2016 – spring 2019", "2020–2022"."""
    if start is None or end is None:
        if start is not None:
            return dated(start, start_precision, since=True)
        return _("until %(end)s") % {"end": named(end, end_precision)} if end is not None else ""
    first, last = named(start, start_precision), named(end, end_precision)
    if first == last:
        return first
    years = start_precision == end_precision == Precision.YEAR
    return f"{first}–{last}" if years else f"{first} – {last}"
