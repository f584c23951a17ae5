"""Dates as exactly as they are known: many a fact of a record's life is known to a season or a year only."""

from django.db import models
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

# By a quarter of the year that begins in December, March, June and September.
SEASONS = [_("in winter %(year)s"), _("in spring %(year)s"), _("in summer %(year)s"), _("in autumn %(year)s")]
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
        season = (on.month % 12) // 3
        return (SEASONS_SINCE if since else SEASONS)[season] % values
    words = {
        ("year", True): _("since %(year)s"),
        ("year", False): _("in %(year)s"),
        ("month", True): _("since %(month)s %(year)s"),
        ("month", False): _("%(month)s %(year)s"),
        ("day", True): _("since %(day)s"),
        ("day", False): "%(day)s",
    }
    return words[precision, since] % values
