"""By when a decision can be challenged, and from which law the time comes.

The appeal instructions that come with a decision always come first; these dates help to see at the telephone whether
there is time. The rules are data of the law, so they stand here with their sources.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A decision sent by ordinary letter has been received on the seventh day after it was sent, unless something else is
# shown: act 434/2003 on administrative procedure, section 59.
LETTER_TAKES = timedelta(days=7)


@dataclass(frozen=True)
class Rule:
    """One way to challenge a decision, and its time counted from the day on which the decision was received."""

    name: str
    time: relativedelta
    source: str
    ends_on_working_day: bool = True


RULES = (
    Rule(
        _("request for rectification"),
        relativedelta(days=30),
        _("act 434/2003 on administrative procedure, section 49 c; 30 days from receiving the decision"),
    ),
    Rule(
        _("appeal to the administrative court"),
        relativedelta(days=30),
        _("act 808/2019 on proceedings in administrative matters, section 13; 30 days from receiving the decision"),
    ),
    Rule(
        _("complaint to a supervisor"),
        relativedelta(years=2),
        _("act 434/2003, section 53 b: a matter older than two years is investigated only for a special reason"),
        ends_on_working_day=False,
    ),
)
# An objection (muistutus, act 812/2000, section 23) has no time limit.


@dataclass(frozen=True)
class Deadline:
    """The last day of one rule."""

    rule: Rule
    on: date
    is_over: bool


def received_on(decided_on, served_on=None):
    """The day from which times are counted: as told, otherwise as if the decision had come by letter."""
    return served_on or decided_on + LETTER_TAKES


def deadlines(decided_on, served_on=None, *, today=None):
    """The last days, the nearest first. The day of receiving is not counted: act 150/1930, section 2."""
    today = today or timezone.localdate()
    found = []
    for rule in RULES:
        last = received_on(decided_on, served_on) + rule.time
        if rule.ends_on_working_day:
            last = next_working_day(last)
        found.append(Deadline(rule, last, last < today))
    return sorted(found, key=lambda deadline: deadline.on)


def next_working_day(day):
    """A time that would end on a holiday, a Saturday or one of the eves ends on the next working day.

    Act 150/1930 on the calculation of statutory times, section 5: holy days, Independence Day, the first of May, the
    eves of Christmas and Midsummer, and Saturdays.
    """
    while day.weekday() >= 5 or day in public_holidays(day.year):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=32)
def public_holidays(year):
    found = set(holidays.country_holidays("FI", years=year))
    midsummer = next(day for day in (date(year, 6, 20) + timedelta(days=n) for n in range(7)) if day.weekday() == 5)
    return frozenset({*found, date(year, 12, 24), midsummer - timedelta(days=1)})
