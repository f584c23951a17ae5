"""Calendars that programs subscribe to: what every room's iCalendar text has in common (RFC 5545)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

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


def gathering_entry(gathering, *, title, address, about="", link=""):
    """The entry of something held at a time: the same UID while it exists, a SEQUENCE that rises with every change.

    `link`, the remote one, is given only where the entry goes to somebody who takes part.
    """
    entry = Event()
    entry.add("uid", gathering.calendar_uid)
    entry.add("sequence", gathering.sequence)
    entry.add("dtstamp", gathering.changed_at.astimezone(ZoneInfo("UTC")))
    entry.add("dtstart", gathering.starts_at.astimezone(ZONE))
    entry.add("dtend", gathering.ends_at.astimezone(ZONE))
    entry.add("summary", title)
    entry.add("status", "CANCELLED" if gathering.is_cancelled else "CONFIRMED")
    entry.add("location", ", ".join(filter(None, [gathering.where, link])))
    entry.add("url", address)
    entry.add("description", "\n\n".join(filter(None, [about, link, address])))
    return entry


def personal_calendar(entry, *, method, name, email, organiser=None, asks=True):
    """An entry that goes to one person's own calendar (RFC 5546): REQUEST puts it there, CANCEL takes it away.

    `organiser` is a pair of name and address; with `asks` the calendar may ask whether one comes.
    """
    calendar = empty_calendar()
    calendar.add("method", method)
    if organiser:
        sender = vCalAddress(f"mailto:{organiser[1]}")
        sender.params["CN"] = one_line(organiser[0])
        entry.add("organizer", sender)
    attendee = vCalAddress(f"mailto:{email}")
    attendee.params["CN"] = one_line(name)
    attendee.params["RSVP"] = vText("TRUE" if asks and method != "CANCEL" else "FALSE")
    entry.add("attendee", attendee, encode=0)
    if method == "CANCEL":
        entry["status"] = vText("CANCELLED")
    calendar.add_component(entry)
    return calendar.to_ical().decode()


def one_line(name):
    """A name as a parameter may hold it: without line breaks and quotation marks, which would end it."""
    return vText(" ".join(name.replace('"', "'").split()))


def calendar_answer(text, *, filename="kalenteri.ics"):
    """The calendar as an answer that programs subscribe to."""
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{filename}"', "Cache-Control": "public, max-age=900"},
    )
