"""One meeting: called, changed, held, written up or called off."""

from collections import defaultdict

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from letters.models import Letter
from letters.tasks import send_letters
from networks import mail
from networks.calendars import calendar_response
from networks.forms import AttendanceForm, MeetingForm, SummaryForm
from networks.models import Network
from networks.structured import event_json
from networks.views.editable import editable_meeting, editable_network
from pikassos.celery import nudge
from publishing.addresses import record_or_redirect
from publishing.attachments import attach
from publishing.models import Attachment
from publishing.prose_pages import prose_page


@login_not_required
@require_safe
def meeting(request, slug, pk):
    """What, when and where; for those inside also the link, the files and who comes."""
    network = record_or_redirect(Network.objects.visible_to(request.user).for_page(), slug)
    found = get_object_or_404(network.meetings.with_answers(), pk=pk)
    found.network = network
    inside = Network.objects.inside_visible_to(request.user).filter(pk=network.pk).exists()
    may_edit = request.user.is_staff
    attendances = list(found.attendances.with_names()) if inside else []
    own = next((a for a in attendances if a.person.user_id == request.user.pk), None) if inside else None
    context = {
        "network": network,
        "meeting": found,
        "event_json": event_json(found) if network.is_published else "",
        "inside": inside,
        "may_edit": may_edit,
        "files": files_by_purpose(Attachment.objects.readable_by(request.user, found)),
        "attendances": attendances,
        "reply_token": mail.reply_token(own) if own and found.is_upcoming else "",
        "own": own,
        "uninvited_count": found.uninvited_members().count() if may_edit and found.is_upcoming else 0,
    }
    return render(request, "networks/meeting.html", context)


def files_by_purpose(attachments):
    """{purpose: [files]}, one query."""
    files = defaultdict(list)
    for attachment in attachments:
        files[attachment.purpose].append(attachment)
    return dict(files)


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def meeting_create(request, slug):
    network = editable_network(request, slug)
    form = MeetingForm(request.POST or None, request.FILES or None, network=network)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        keep_file(saved, form.cleaned_data["agenda_file"], by=request.user, purpose="agenda")
        messages.success(request, _("The meeting is saved. It is on the network's page and in its calendar."))
        return redirect(saved)
    context = {
        "form": form,
        "network": network,
        "count": network.memberships.invitable().count(),
        "previous": network.meetings.held().order_by("-starts_at").first(),
    }
    return render(request, "networks/meeting_create.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def meeting_edit(request, slug, pk):
    """Change the meeting; those invited are told when something in their calendars changes."""
    meeting = editable_meeting(request, slug, pk)
    form = MeetingForm(request.POST or None, request.FILES or None, instance=meeting, network=meeting.network)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        keep_file(saved, form.cleaned_data["agenda_file"], by=request.user, purpose="agenda")
        told = 0
        if form.changes_calendars:
            saved.announce_change()
            told = tell_of_change(saved)
        messages.success(request, said_of_change(told))
        return redirect(saved)
    return render(request, "networks/meeting_edit.html", {"form": form, "network": meeting.network, "meeting": meeting})


def tell_of_change(meeting):
    """Letters to those invited to a meeting that is still to come. Returns how many."""
    invited = list(meeting.attendances.invited().of_members().select_related("person"))
    if not invited or not meeting.is_upcoming:
        return 0
    # Called off first: that waits for a letter on its way, so nobody is counted among those not reached by mistake.
    Letter.objects.about(f"meeting:{meeting.pk}").call_off()
    # Who has not got the first letter yet gets only the new one, as an invitation.
    reached = mail.reached(meeting)
    for attendance in invited:
        attendance.meeting = meeting
    letters = mail.invitations([a for a in invited if a.person_id not in reached])
    letters += mail.changes([a for a in invited if a.person_id in reached])
    Letter.objects.write_all(letters)
    nudge(send_letters)
    return len(letters)


def said_of_change(told):
    if not told:
        return _("Saved. The page shows it now.")
    return ngettext(
        "Saved. %(count)d invited person is told of the change.",
        "Saved. %(count)d invited people are told of the change.",
        told,
    ) % {"count": told}


def keep_file(record, upload, *, by, purpose, is_public=True):
    """The new file takes the place of the one of the same purpose."""
    if not upload:
        return
    for old in Attachment.objects.of(record).filter(purpose=purpose):
        old.remove()
    attach(record, upload, by=by, purpose=purpose, is_public=is_public)


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def meeting_summary(request, slug, pk):
    """What was said and agreed."""
    meeting = editable_meeting(request, slug, pk)
    form = SummaryForm(request.POST or None, request.FILES or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        public = form.cleaned_data["minutes_public"]
        if form.cleaned_data["minutes_file"]:
            keep_file(saved, form.cleaned_data["minutes_file"], by=request.user, purpose="minutes", is_public=public)
        elif form.minutes:
            form.minutes.show_to_all(public)
        messages.success(request, _("Saved. The page shows it now."))
        return redirect(saved)
    context = {"form": form, "network": meeting.network, "meeting": meeting}
    return render(request, "networks/meeting_summary.html", context)


@require_POST
@transaction.atomic
def meeting_invite(request, slug, pk):
    """Write to the members who have no invitation yet; the worker sends."""
    meeting = editable_meeting(request, slug, pk)
    if not meeting.is_upcoming:
        messages.error(request, _("The meeting is over or cancelled, so nobody is invited."))
        return redirect(meeting)
    if not meeting.network.is_published:
        messages.error(request, _("Publish the page of the network first: the invitation leads to it."))
        return redirect(meeting)
    attendances = meeting.invite(by=request.user)
    for attendance in attendances:
        attendance.meeting = meeting
    count = Letter.objects.write_all(mail.invitations(attendances))
    nudge(send_letters)
    if count:
        said = ngettext("The invitation goes to %(count)d member.", "The invitation goes to %(count)d members.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("All members with an e-mail address have been invited already."))
    return redirect(meeting)


@require_POST
@transaction.atomic
def meeting_remind(request, slug, pk):
    """Ask those who have not answered once more, at most once a day."""
    meeting = editable_meeting(request, slug, pk)
    attendances = []
    if meeting.is_upcoming:
        attendances = list(meeting.attendances.unanswered().of_members().select_related("person"))
    for attendance in attendances:
        attendance.meeting = meeting
    count = Letter.objects.write_all(mail.reminders(attendances, day=timezone.localdate()))
    nudge(send_letters)
    if count:
        said = ngettext("The reminder goes to %(count)d member.", "The reminder goes to %(count)d members.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("Everybody has answered or was reminded today already."))
    return redirect(meeting)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def meeting_cancel(request, slug, pk):
    """Call the meeting off after asking once; those invited are told, and it goes from their calendars."""
    meeting = editable_meeting(request, slug, pk)
    invited = meeting.attendances.invited().exclude(person__email="")
    if request.method == "POST":
        if meeting.cancel(by=request.user):
            tell_of_cancellation(meeting, list(invited.select_related("person")))
        messages.success(request, _("The meeting is cancelled. Those invited will be told."))
        return redirect(meeting)
    context = {"network": meeting.network, "meeting": meeting, "count": invited.count()}
    return render(request, "networks/meeting_cancel.html", context)


def tell_of_cancellation(meeting, invited):
    """Letters to those who got an invitation; to the others nothing was said, so nothing is taken back."""
    Letter.objects.about(f"meeting:{meeting.pk}").call_off()
    reached = mail.reached(meeting)
    told = [attendance for attendance in invited if attendance.person_id in reached]
    for attendance in told:
        attendance.meeting = meeting
    Letter.objects.write_all(mail.cancellations(told))
    nudge(send_letters)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def meeting_delete(request, slug, pk):
    """Remove a meeting that was a mistake; one to which people were invited is cancelled instead."""
    meeting = editable_meeting(request, slug, pk)
    if meeting.is_invited or meeting.summary:
        messages.error(request, _("People were invited to the meeting or it has a summary: cancel it instead."))
        return redirect(meeting)
    if request.method == "POST":
        network = meeting.network
        meeting.remove()
        messages.success(request, _("The meeting is removed."))
        return redirect(f"{network.get_absolute_url()}#kokoukset")
    return render(request, "networks/meeting_delete.html", {"network": meeting.network, "meeting": meeting})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def attendance(request, slug, pk):
    """Who was there: those invited, and members who came without an invitation."""
    meeting = editable_meeting(request, slug, pk)
    form = AttendanceForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        meeting.record_present(form.cleaned_data["present"])
        messages.success(request, _("The attendance is recorded."))
        return redirect(meeting)
    return render(request, "networks/attendance.html", {"form": form, "network": meeting.network, "meeting": meeting})


@login_not_required
@require_safe
def meeting_calendar(request, slug, pk):
    """The meeting for one's own calendar."""
    network = record_or_redirect(Network.objects.visible_to(request.user), slug)
    meeting = get_object_or_404(network.meetings.for_calendar(), pk=pk)
    return calendar_response([meeting], name=network.name, filename=f"{network.slug}-{meeting.pk}.ics")
