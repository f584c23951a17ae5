"""Celery's doors to events. What is due is asked of the database, so a lost message loses nothing."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from directory.models import ImportDraft
from events import mail, registering
from events.attendance_import import AttendanceImport
from events.models import Event, Registration, StandingRegistration
from letters.models import Letter
from letters.tasks import send_letters
from pikassos.celery import nudge


@shared_task(acks_late=True, reject_on_worker_lost=True)
def move_queues():
    """Seats held for too long go on to the next, free ones to who waits; one event a transaction."""
    told = sum(registering.move_queue(event) for event in Event.objects.with_offers_over().order_by("pk"))
    if told:
        nudge(send_letters)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def register_standing():
    """Those registered for a series are taken into its occasions that have been published since."""
    series = StandingRegistration.objects.alive().order_by().values("series")
    events = Event.objects.published().upcoming().filter(series__in=series, takes_registrations=True)
    if sum(registering.fill_from_standing(event) for event in events.by_start()):
        nudge(send_letters)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def remind():
    """Those with a seat are reminded the day before, and asked afterwards how it was; each once."""
    written = sum(map(write_reminders, Event.objects.to_remind()))
    written += sum(map(ask_feedback, Event.objects.to_ask_feedback()))
    if written:
        nudge(send_letters)


@transaction.atomic
def write_reminders(event):
    """To those with a seat, while nobody can cancel or move the event. Whoever got it just now knows."""
    event = event.locked()
    if not Event.objects.to_remind().filter(pk=event.pk).exists():
        return 0
    long_enough = event.starts_at - Event.REMINDED_AHEAD
    return write_to(event, mail.reminder, state=Registration.State.SEATED, seated_at__lt=long_enough)


@transaction.atomic
def ask_feedback(event):
    return write_to(event.locked(), mail.feedback_asked, was_present=True)


def write_to(event, write, **condition):
    """A letter for each registration that meets the condition. Returns how many are new."""
    registrations = list(event.registrations.filter(**condition).exclude(email="").order_by("pk"))
    for registration in registrations:
        registration.event = event
    return Letter.objects.write_all([write(registration) for registration in registrations])


@shared_task(acks_late=True, reject_on_worker_lost=True)
def warn_of_recordings():
    """A week before a recording goes, whoever answers for the event is told; once for each day that was set."""
    today = timezone.localdate()
    by_person = {}
    for event in Event.objects.recordings_ending(today).select_related("series__coordinator", "coordinator"):
        if event.host and event.host.email:
            by_person.setdefault(event.host, []).append(event)
    written = 0
    for person, events in by_person.items():
        with transaction.atomic():
            untold = list(
                Event.objects.select_for_update(of=("self",))
                .filter(pk__in=[event.pk for event in events])
                .untold_of_end()
                .order_by("pk")
            )
            if untold and Letter.objects.write_all([mail.recordings_end(person, untold, day=today)]):
                written += 1
            for event in untold:
                event.mark_told_of_end()
    if written:
        nudge(send_letters)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def forget_people():
    """Participants' names go when their time is over, with the letters to them; one event a transaction."""
    for event in Event.objects.to_forget(timezone.localdate()):
        with transaction.atomic():
            event.forget_people()
            Letter.objects.filter(key__startswith=f"event:{event.pk}:").delete()
            ImportDraft.objects.filter(purpose=AttendanceImport.purpose, subject=str(event.pk)).delete()
    StandingRegistration.objects.to_forget().delete()
