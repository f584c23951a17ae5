"""Meetings as iCalendar text: for feeds that anybody may follow and for invitations to one person.

RFC 5545 for the entries, RFC 5546 for invitations: the same UID for as long as the meeting exists, a SEQUENCE that
rises with every change, times in Europe/Helsinki with the zone's rules in the file.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Event, vCalAddress, vText

from publishing.calendars import ZONE, calendar_answer, empty_calendar, published_calendar


def meetings_calendar(meetings, *, name):
    """A calendar of published facts: no remote links, no names of members. Cancelled meetings say so."""
    return published_calendar(map(event_of, meetings), name=name)


def invitation_calendar(attendance, *, method="REQUEST"):
    """The entry that goes to one person's own calendar; CANCEL takes it away again."""
    meeting, person = attendance.meeting, attendance.person
    calendar = empty_calendar()
    calendar.add("method", method)
    event = event_of(meeting, inside=True)
    organiser = organiser_of(meeting)
    if organiser:
        event.add("organizer", organiser)
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["CN"] = one_line(person.name)
    attendee.params["RSVP"] = vText("FALSE" if method == "CANCEL" else "TRUE")
    event.add("attendee", attendee, encode=0)
    if method == "CANCEL":
        event["status"] = vText("CANCELLED")
    calendar.add_component(event)
    return calendar.to_ical().decode()


def event_of(meeting, *, inside=False):
    """The entry of a meeting; with the remote link only for those inside."""
    event = Event()
    event.add("uid", meeting.calendar_uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at.astimezone(ZoneInfo("UTC")))
    event.add("dtstart", meeting.starts_at.astimezone(ZONE))
    event.add("dtend", meeting.ends_at.astimezone(ZONE))
    event.add("summary", f"{meeting.network.name}: {meeting.title}")
    event.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    where = [meeting.where, meeting.remote_link if inside else ""]
    event.add("location", ", ".join(filter(None, where)))
    address = f"{settings.SITE_URL}{meeting.get_absolute_url()}"
    event.add("url", address)
    about = [meeting.agenda_lines, meeting.remote_link if inside else "", address]
    event.add("description", "\n\n".join(filter(None, about)))
    return event


def one_line(name):
    """A name as a parameter may hold it: without line breaks and quotation marks, which would end it."""
    return vText(" ".join(name.replace('"', "'").split()))


def organiser_of(meeting):
    """The host's address with the name; None when nobody calls the meeting yet."""
    host = meeting.host
    if host is None or not host.email:
        return None
    organiser = vCalAddress(f"mailto:{host.email}")
    organiser.params["CN"] = one_line(host.name)
    return organiser


def calendar_response(meetings, *, name, filename="kalenteri.ics"):
    """The calendar as an answer that programs subscribe to."""
    return calendar_answer(meetings_calendar(meetings, name=name), filename=filename)
