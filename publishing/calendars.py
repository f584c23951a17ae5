"""Calendars that programs subscribe to: what every room's iCalendar text has in common (RFC 5545)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from icalendar import Calendar, Timezone

ZONE = ZoneInfo("Europe/Helsinki")

# The rules of the Union since 1996, which hold for everything we hold. What icalendar makes of the zone's data
# itself is a list of dates from this month on, an hour late in spring; calendars of past meetings need the rules.
ZONE_RULES = Timezone.from_ical(
    """BEGIN:VTIMEZONE
TZID:Europe/Helsinki
BEGIN:DAYLIGHT
DTSTART:19960331T030000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:EEST
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T040000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:EET
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE
"""
)


def empty_calendar():
    calendar = Calendar()
    calendar.add("prodid", "-//Pikassos//Portaali//FI")
    calendar.add("version", "2.0")
    calendar.add_component(ZONE_RULES)
    return calendar


def published_calendar(events, *, name):
    """A calendar of public facts as text, to subscribe to."""
    calendar = empty_calendar()
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical().decode()


def calendar_answer(text, *, filename="kalenteri.ics"):
    """The calendar as an answer that programs subscribe to."""
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{filename}"', "Cache-Control": "public, max-age=900"},
    )
