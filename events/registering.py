"""Registering, cancelling, waiting: what happens to seats and what is told of it, in one transaction each.

PostgreSQL decides who gets a seat: whoever changes seats locks the event first, so people come one after another, and
a constraint refuses more seats than there are. The letter that tells of a change is written in the transaction that
makes it: killed anywhere in between, there is neither; afterwards there are both.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import ImportDraft
from events import mail
from events.attendance_import import AttendanceImport
from events.models import Event, Registration, Series, StandingRegistration
from letters.models import Letter

MOST_AN_HOUR = 20  # registrations of one address; nobody needs more, and letters to strangers are no toy


class Closed(Exception):
    """One cannot register now; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """What came of registering. An address that was registered already is told so by letter only."""

    registration: Registration
    is_new: bool


@transaction.atomic
def register(event, *, name, email, organisation="", answers=None, language="fi"):
    """Somebody registers by the form. Raises Closed when one cannot register any more."""
    event = event.locked()
    if not event.is_open:
        raise Closed(str(event.closed_words))
    lately = Registration.objects.of_address(email).filter(created_at__gt=timezone.now() - timedelta(hours=1))
    if lately.count() >= MOST_AN_HOUR:
        raise Closed(_("There have been many registrations with this address just now. Try again in an hour."))
    registration, is_new = event.take_in(
        name=name,
        email=email,
        organisation=organisation,
        answers=answers or {},
        language=language,
        consented_at=timezone.now(),
    )
    registration.event = event
    told = mail.confirmation(registration) if is_new else mail.known_already(registration)
    Letter.objects.write_all([told])
    return Outcome(registration, is_new)


@transaction.atomic
def cancel(registration):
    """She does not come: her seat goes to who waits. True when it was this time; then everybody concerned is told."""
    event = registration.event.locked()
    if event.is_over or not registration.cancel():
        return False
    event.count_seats()
    registration.event = event
    call_off(registration)
    if registration.email:
        Letter.objects.write_all([mail.cancelled(registration)])
    pass_on_seats(event)
    return True


def call_off(registration):
    """Letters about her seat that have not gone yet will not go."""
    event = registration.event
    waiting = Letter.objects.about(f"event:{event.pk}").filter(to_email__iexact=registration.email)
    waiting.call_off()


@transaction.atomic
def take_seat(registration):
    """She takes the seat that is held for her. True when it was still held."""
    event = registration.event.locked()
    if event.is_cancelled or not registration.take_seat():
        return False
    event.count_seats()
    registration.event = event
    Letter.objects.write_all([mail.seat_given(registration)])
    return True


@transaction.atomic
def move_queue(event):
    """Held seats that nobody took in time go on, free ones to who waits. Returns how many were told."""
    return pass_on_seats(event.locked())


def pass_on_seats(event):
    """The same, where the event is locked already. Seats of what is cancelled or over go to nobody."""
    if not event.is_upcoming:
        return 0
    lapsed = event.lapse_offers()
    lucky = event.offer_seats()
    for registration in (*lapsed, *lucky):
        registration.event = event
    letters = [mail.lapsed(registration) for registration in lapsed]
    letters += [mail.seat_given(r) if r.is_seated else mail.seat_held(r) for r in lucky]
    Letter.objects.write_all(letters)
    return len(letters)


def alive_of(event):
    """Those to be told of what becomes of the event."""
    found = list(event.registrations.alive().exclude(email="").order_by("pk"))
    for registration in found:
        registration.event = event
    return found


def tell_of_change(event):
    """Letters to everybody concerned that something in their calendars is different. Returns how many.

    The event is locked, and its sequence has been raised.
    """
    people = alive_of(event)
    if not event.is_upcoming:
        return 0
    # Who has a letter that has not gone, and none that has, gets only the new one. Letters of long ago are forgotten:
    # somebody of whom none is left has been reached.
    waiting = mail.people_of(Letter.objects.about(f"event:{event.pk}").waiting())
    # Called off first: that waits for a letter on its way, so nobody is counted among those not reached by mistake.
    Letter.objects.about(f"event:{event.pk}").call_off()
    sent = Letter.objects.about(f"event:{event.pk}").filter(sent_at__isnull=False)
    seated = {registration.pk for registration in people if registration.is_seated}
    # Who has a seat and was told of the queue only has been told nothing of the seat.
    unreached = waiting - mail.people_of(sent) | seated & waiting - mail.people_of(sent, kinds=mail.ABOUT_A_SEAT)
    letters = []
    for registration in people:
        if registration.state == Registration.State.OFFERED:
            letters.append(mail.seat_held(registration))
        else:
            letters.append((mail.confirmation if registration.pk in unreached else mail.change)(registration))
    Letter.objects.write_all(letters + mail.to_speakers(event, "speaker_change"))
    return len(letters)


@transaction.atomic
def call_off_event(event, *, by, reason=""):
    """The event is cancelled, and everybody who has a seat or waits is told. Returns how many, None a second time."""
    event = event.locked()
    if not event.cancel(by=by):
        return None
    event.cancel_reason = reason
    event.save(update_fields=["cancel_reason", "changed_at"])
    people = alive_of(event)
    Letter.objects.about(f"event:{event.pk}").call_off()
    Letter.objects.about(f"event:{event.pk}:speakers").call_off()
    told = [mail.event_cancelled(registration) for registration in people]
    Letter.objects.write_all(told + mail.to_speakers(event, "speaker_cancelled"))
    return len(people)


@transaction.atomic
def register_standing(series, *, name, email, organisation="", language="fi"):
    """Somebody registers for a whole series, and at once for what is open of it. Returns the standing registration.

    An address that has ended it begins anew; one that is registered already gets its link once more.
    """
    # Two at once with one address: the second waits here for the series and meets what the first has stored.
    series = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    standing = StandingRegistration.objects.of_address(email).filter(series=series).first()
    if standing is None:
        standing = StandingRegistration(series=series, email=email)
    if standing.pk is None or standing.ended_at:
        standing.name, standing.organisation, standing.language = name, organisation, language
        standing.ended_at, standing.created_at, standing.consented_at = None, timezone.now(), timezone.now()
        standing.save()
    Letter.objects.write_all([mail.standing_begun(standing)])
    # Several events are locked in the order of their keys, here as everywhere.
    for event in Event.objects.published().upcoming().filter(series=series).order_by("pk"):
        fill_from_standing(event)
    return standing


@transaction.atomic
def fill_from_standing(event):
    """Those registered for the series who are not in the event yet get a seat or a place in the queue, as they came.

    Who cancelled this one occasion stays out of it. Returns how many were taken in.
    """
    event = event.locked()
    if not event.is_open or not event.series_id:
        return 0
    letters = []
    for standing in StandingRegistration.objects.not_in(event):
        registration, is_new = event.take_in(
            name=standing.name,
            email=standing.email,
            organisation=standing.organisation,
            language=standing.language,
            consented_at=standing.consented_at,
            source=Registration.Source.STANDING,
        )
        if is_new:
            registration.event = event
            letters.append(mail.confirmation(registration))
    Letter.objects.write_all(letters)
    return len(letters)


@transaction.atomic
def forget_address(email):
    """Everything about an address goes: what is to come is cancelled, what was keeps its figures. Returns how many.

    Events are locked in the order of their keys, so that two who do this at once do not wait for each other.
    """
    events = Event.objects.filter(registrations__email_key=email.lower()).order_by("pk").distinct()
    gone = 0
    for event in list(events):
        event = event.locked()
        for registration in event.registrations.of_address(email):
            if event.is_over and registration.is_seated:
                Event.objects.filter(pk=event.pk).update(
                    forgotten_seated=event.forgotten_seated + 1,
                    forgotten_present=event.forgotten_present + bool(registration.was_present),
                )
            registration.delete()
            gone += 1
        if not event.is_over:
            event.count_seats()
            pass_on_seats(event)
    gone += StandingRegistration.objects.of_address(email).delete()[0]
    # What has been written to the address as well: letters about events, sent or not; and tables that name it.
    ImportDraft.objects.filter(purpose=AttendanceImport.purpose, rows__icontains=email).delete()
    Letter.objects.filter(to_email__iexact=email, key__startswith="event").delete()
    Letter.objects.filter(to_email__iexact=email, key__startswith="series:").delete()
    return gone
