"""Who comes and who was there, for staff."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.forms import TableForm
from events import registering
from events.attendance_import import AttendanceImport
from events.exports import badges_document, participants_document, participants_table
from events.forms import AttendanceForm, DoorForm, OwnRegistrationForm
from events.models import Registration
from events.views.editable import editable_event
from letters.tasks import send_letters
from pikassos.celery import nudge
from publishing.query import choice_of
from publishing.tables import KINDS


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def participants(request, slug):
    """Everybody who registered, who was there by a tap, and who came without registering."""
    event = editable_event(request, slug)
    form = AttendanceForm(request.POST or None, event=event)
    if request.method == "POST" and form.is_valid():
        event.record_present(*form.changes())
        messages.success(request, _("The attendance is recorded."))
        return redirect("events:participants", slug=event.slug)
    rows = list(event.registrations.by_name())
    states = Registration.State
    questions = list(event.questions.in_order())
    for row in rows:
        row.replies = [(question.text, row.answers.get(str(question.pk), "")) for question in questions]
    context = {
        "event": event,
        "form": form,
        "door_form": DoorForm(prefix="ovi"),
        "seated": [row for row in rows if row.state == states.SEATED],
        "offered": [row for row in rows if row.state == states.OFFERED],
        "waiting": sorted((row for row in rows if row.state == states.WAITING), key=lambda row: row.pk),
        "gone": [row for row in rows if not row.is_alive],
        "questions": questions,
        "present_total": event.present_total(),
        "has_begun": event.has_begun,
    }
    return render(request, "events/participants.html", context)


@require_POST
@transaction.atomic
def door_add(request, slug):
    """Somebody who came without registering, present at once."""
    event = editable_event(request, slug)
    form = DoorForm(request.POST, prefix="ovi")
    if not event.takes_names:
        messages.error(
            request, _("The names have been removed as was promised. Write only the number of participants.")
        )
    elif not event.has_begun:
        messages.error(request, _("Before the event people register by the form."))
    elif form.is_valid():
        event.registrations.create(
            **form.cleaned_data, source=Registration.Source.DOOR, seated_at=timezone.now(), was_present=True
        )
        # At the door the room decides; the number of seats grows with who is let in.
        event.let_in_at_the_door()
        messages.success(request, _("%(name)s is on the list.") % {"name": form.cleaned_data["name"]})
    else:
        messages.error(request, _("Write the name of who came."))
    return redirect("events:participants", slug=event.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def participant_cancel(request, slug, pk):
    """Take somebody out at her wish; she is told, and the seat goes to who waits."""
    event = editable_event(request, slug)
    found = get_object_or_404(Registration.objects.editable_by(request.user), event=event, pk=pk)
    if request.method == "POST":
        if registering.cancel(found):
            nudge(send_letters)
            messages.success(request, _("%(name)s is not coming any more.") % {"name": found.name})
        else:
            messages.info(request, _("There was nothing to cancel."))
        return redirect("events:participants", slug=event.slug)
    return render(request, "events/participant_cancel.html", {"event": event, "registration": found})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def participant_edit(request, slug, pk):
    """Mend a name, an organisation or an answer; the certificate shows it as it stands here."""
    event = editable_event(request, slug)
    found = get_object_or_404(Registration.objects.editable_by(request.user), event=event, pk=pk)
    found.event = event
    form = OwnRegistrationForm(request.POST or None, registration=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found.correct(name=data["name"], organisation=data["organisation"], answers=form.answers)
        messages.success(request, _("Saved. The page shows it now."))
        return redirect("events:participants", slug=event.slug)
    return render(request, "events/participant_edit.html", {"event": event, "registration": found, "form": form})


@require_safe
def participants_export(request, slug):
    return participants_table(editable_event(request, slug), choice_of(request, "muoto", KINDS, "xlsx"))


@require_safe
def participants_pdf(request, slug):
    return participants_document(editable_event(request, slug))


@require_safe
def badges_pdf(request, slug):
    return badges_document(editable_event(request, slug))


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def attendance_import(request, slug):
    """Bring the list of the meeting tool; what it would do is shown before anything is saved."""
    event = editable_event(request, slug)
    if not event.takes_names:
        messages.error(
            request, _("The names have been removed as was promised. Write only the number of participants.")
        )
        return redirect("events:participants", slug=event.slug)
    importer = AttendanceImport(subject=event.pk)
    form = TableForm(request.POST or None, request.FILES or None, importer=importer)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save(by=request.user))
    return render(request, "directory/import_start.html", {"form": form, "importer": importer})
