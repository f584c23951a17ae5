"""Events as iCalendar text: for everybody without the remote link, for those who registered with it."""

from django.conf import settings

from publishing.calendars import calendar_answer, gathering_entry, personal_calendar, published_calendar


def events_calendar(events, *, name):
    """A calendar of published events; cancelled ones say so."""
    return published_calendar([entry_of(event) for event in events if event.is_published], name=name)


def seat_calendar(registration, *, method="REQUEST"):
    """The entry for somebody with a seat; CANCEL takes it away again."""
    event = registration.event
    host = event.host
    return personal_calendar(
        entry_of(event, link=event.remote_link),
        method=method,
        name=registration.name,
        email=registration.email,
        organiser=(host.name, host.email) if host and host.email else None,
        asks=False,
    )


def entry_of(event, *, link=""):
    title = f"{event.series.name}: {event.title}" if event.series_id else event.title
    return gathering_entry(
        event,
        title=title,
        address=f"{settings.SITE_URL}{event.get_absolute_url()}",
        about="\n\n".join(filter(None, [event.summary, event.description_lines])),
        link=link,
    )


def calendar_response(events, *, name, filename="tapahtumat.ics"):
    return calendar_answer(events_calendar(events, name=name), filename=filename)
