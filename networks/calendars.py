"""Meetings as iCalendar text: for feeds that anybody may follow and for invitations to one person.

RFC 5545 for the entries, RFC 5546 for invitations; what all calendars have in common stands in publishing/calendars.
"""

from django.conf import settings

from publishing.calendars import calendar_answer, gathering_entry, personal_calendar, published_calendar


def meetings_calendar(meetings, *, name):
    """A calendar of published facts: no remote links, no names of members. Cancelled meetings say so."""
    return published_calendar(map(event_of, meetings), name=name)


def invitation_calendar(attendance, *, method="REQUEST"):
    """The entry that goes to one person's own calendar; CANCEL takes it away again."""
    meeting, person = attendance.meeting, attendance.person
    host = meeting.host
    organiser = (host.name, host.email) if host and host.email else None
    entry = event_of(meeting, inside=True)
    return personal_calendar(entry, method=method, name=person.name, email=person.email, organiser=organiser)


def event_of(meeting, *, inside=False):
    """The entry of a meeting; with the remote link only for those inside."""
    return gathering_entry(
        meeting,
        title=f"{meeting.network.name}: {meeting.title}",
        address=f"{settings.SITE_URL}{meeting.get_absolute_url()}",
        about=meeting.agenda_lines,
        link=meeting.remote_link if inside else "",
    )


def calendar_response(meetings, *, name, filename="kalenteri.ics"):
    """The calendar as an answer that programs subscribe to."""
    return calendar_answer(meetings_calendar(meetings, name=name), filename=filename)
