"""The letters that events write, one function a letter.

Letters about a seat hold the remote link and the link to one's own page: they are wiped once sent. What is about a
seat that still exists is kept under `event:<key>` and is called off when the event changes; receipts of what is over
stand under `event:<key>:done` and go whatever happens.
"""

import hashlib

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.calendars import seat_calendar
from events.links import own_token, token, whole
from letters.models import Letter

# After one of these somebody knows of her seat, and has it in her calendar.
ABOUT_A_SEAT = ("confirmation", "seat", "change", "reminder")


def people_of(letters, kinds=None):
    """The registrations, by key, that letters about an event are for; of the given kinds only."""
    parts = (key.split(":") for key in letters.values_list("key", flat=True))
    return {int(part[4]) for part in parts if kinds is None or part[2] in kinds}


def confirmation(registration):
    """Where she stands: a seat with its calendar entry, or a place in the queue."""
    if registration.is_seated:
        return letter(registration, "confirmation", method="REQUEST")
    return letter(registration, "waiting", place=registration.place_in_queue())


def seat_held(registration):
    """A seat came free and is held for a day."""
    return letter(registration, "offer", once=f":{registration.offered_until:%Y%m%d%H%M}")


def seat_given(registration):
    """She has a seat now: taken, or given shortly before the start."""
    return letter(registration, "seat", method="REQUEST")


def change(registration):
    """Something in people's calendars is different now."""
    if registration.is_seated:
        return letter(registration, "change", method="REQUEST")
    return letter(registration, "change")


def reminder(registration):
    """Once for each moment at which the event was to start; what changes otherwise is told by its own letter."""
    return letter(registration, "reminder", method="REQUEST", once=f"{registration.event.starts_at:%Y%m%d%H%M}")


def known_already(registration):
    """Somebody typed an address that is registered: its owner is told, at most once a day."""
    return letter(registration, "already", once=f":{timezone.localdate():%Y%m%d}")


def cancelled(registration):
    """She is not coming any more."""
    return letter(registration, "cancelled", method=cancels(registration), done=True)


def lapsed(registration):
    """The held seat went to the next one."""
    return letter(registration, "lapsed", once=f":{registration.offered_until:%Y%m%d%H%M}", done=True)


def event_cancelled(registration):
    return letter(registration, "event_cancelled", method=cancels(registration), done=True)


def cancels(registration):
    """Only who had a seat has an entry to take away."""
    return "CANCEL" if registration.seated_at else ""


def letter(registration, kind, *, method="", once="", done=False, **context):
    """The letter of a kind to one registered person; its key lets it be written once for each version of the event."""
    event, host = registration.event, registration.event.host
    # A reminder is one for each start, whatever else changes meanwhile.
    version = f"{once}:{registration.pk}" if kind == "reminder" else f"{event.sequence}:{registration.pk}{once}"
    own = whole("registration", token("registration", registration))
    with override(registration.language):
        context |= {
            "registration": registration,
            "event": event,
            "host": host,
            "is_seated": registration.is_seated,
            "own_address": own,
            "address": f"{settings.SITE_URL}{event.get_absolute_url()}",
        }
        subject, text = written(kind, context)
    return Letter(
        key=f"event:{event.pk}:{kind}:{version}",
        about=f"event:{event.pk}:done" if done else f"event:{event.pk}",
        to_name=registration.name,
        to_email=registration.email,
        reply_to=host.email if host else "",
        subject=subject,
        text=text,
        calendar=seat_calendar(registration, method=method) if method else "",
        calendar_method=method,
        is_secret=True,
    )


def written(kind, context):
    """Subject and text from their templates."""
    subject = render_to_string(f"events/mail/{kind}_subject.txt", context)
    text = render_to_string(f"events/mail/{kind}.txt", context)
    return " ".join(subject.split())[:250], text.strip() + "\n"


def standing_begun(standing):
    """Registered for the whole series."""
    with override(standing.language):
        address = whole("standing", token("standing", standing))
        subject, text = written("standing", {"standing": standing, "series": standing.series, "address": address})
    return Letter(
        key=f"series:{standing.series_id}:standing:{standing.pk}:{timezone.localdate():%Y%m%d}",
        about=f"series:{standing.series_id}",
        to_name=standing.name,
        to_email=standing.email,
        subject=subject,
        text=text,
        is_secret=True,
    )


def own_data(email, language):
    """The link to everything that is stored about an address; at most one an hour."""
    with override(language):
        subject, text = written("own_data", {"address": whole("own", own_token(email))})
    return Letter(
        key=f"events:own:{hashlib.sha256(email.lower().encode()).hexdigest()[:32]}:{timezone.now():%Y%m%d%H}",
        about="events:own",
        to_email=email,
        subject=subject,
        text=text,
        is_secret=True,
    )


def recordings_end(person, events, *, day):
    """Which recordings go within a week; one letter a person and day."""
    with override("fi"):
        rows = [(event, f"{settings.SITE_URL}{event.get_absolute_url()}") for event in events]
        subject, text = written("recordings_end", {"person": person, "rows": rows})
    keys = "-".join(f"{event.pk}.{event.recording_until:%y%m%d}" for event in events)[:120]
    return Letter(
        key=f"events:recordings:{person.pk}:{day:%Y%m%d}:{keys}",
        about="events:recordings",
        to_name=person.name,
        to_email=person.email,
        subject=subject,
        text=text,
    )


def speaker_asked(speaker, *, by):
    """The link by which a speaker sends title, bio, slides and permission."""
    event = speaker.event
    sender = getattr(by, "person", None)
    with override("fi"):
        context = {
            "speaker": speaker,
            "event": event,
            "sender": sender.name if sender else _("Pikassos"),
            "address": whole("speaker", token("speaker", speaker)),
        }
        subject, text = written("speaker", context)
    return Letter(
        key=f"event:{event.pk}:speaker:{speaker.pk}:{speaker.nonce.hex}:{timezone.localdate():%Y%m%d}",
        about=f"event:{event.pk}:speakers",
        to_name=speaker.name,
        to_email=speaker.email,
        reply_to=sender.email if sender else by.email,
        subject=subject,
        text=text,
        is_secret=True,
    )


def to_speakers(event, kind):
    """What changed, or that the event is off, to every speaker who was written to before."""
    asked = Letter.objects.about(f"event:{event.pk}:speakers").filter(sent_at__isnull=False)
    addresses = {address.lower() for address in asked.values_list("to_email", flat=True)}
    speakers = [one for one in event.speakers.exclude(email="").order_by("pk") if one.email.lower() in addresses]
    letters = []
    for speaker in speakers:
        with override("fi"):
            address = f"{settings.SITE_URL}{event.get_absolute_url()}"
            subject, text = written(kind, {"speaker": speaker, "event": event, "address": address, "is_seated": True})
        letters.append(
            Letter(
                key=f"event:{event.pk}:{kind}:{event.sequence}:{speaker.pk}",
                about=f"event:{event.pk}:done",
                to_name=speaker.name,
                to_email=speaker.email,
                reply_to=event.host.email if event.host else "",
                subject=subject,
                text=text,
                is_secret=True,
            )
        )
    return letters


def feedback_asked(registration):
    """Once after the event: the form without a name, and the certificate where one was there."""
    event = registration.event
    with override(registration.language):
        context = {
            "registration": registration,
            "event": event,
            "feedback_address": f"{settings.SITE_URL}{event.feedback_url}",
            "own_address": whole("registration", token("registration", registration)),
        }
        subject, text = written("feedback", context)
    return Letter(
        key=f"event:{event.pk}:feedback:0:{registration.pk}",
        about=f"event:{event.pk}:done",
        to_name=registration.name,
        to_email=registration.email,
        subject=subject,
        text=text,
        is_secret=True,
    )
