"""What speakers send by their link, and what people say afterwards."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import mail
from events.forms import FeedbackForm, SpeakerOwnForm
from events.links import opened
from events.models import Event, Speaker
from events.views.by_link import by_link
from events.views.editable import editable_event
from letters.models import Letter
from letters.tasks import send_letters
from pikassos.celery import nudge
from publishing.addresses import record_or_redirect
from publishing.attachments import attach
from publishing.models import Attachment
from publishing.query import page_of


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def speaker(request, token):
    """The speaker's own form: title, introduction, slides, permission. Staff accept before anything is shown."""
    found = opened("speaker", token, Speaker.objects.select_related("event__series"))
    initial = {
        "title": found.proposed_title or found.title,
        "bio": found.proposed_bio or found.bio,
        "permission": found.permission,
    }
    form = SpeakerOwnForm(request.POST or None, request.FILES or None, initial=initial)
    if not found.event.hears_speakers:
        return render(request, "events/speaker_closed.html", {"speaker": found, "event": found.event})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found.propose(title=data["title"], bio=data["bio"], permission=data["permission"])
        if data["slides"]:
            for old in Attachment.objects.of(found.event).filter(purpose=found.slides_purpose):
                old.remove()
            title = _("Slides: %(name)s") % {"name": found.name}
            attach(found.event, data["slides"], by=None, purpose=found.slides_purpose, title=title[:150])
        messages.success(request, _("Thank you. It is shown once our staff have seen it; you may still change it."))
        return redirect("events:speaker", token=token)
    slides = Attachment.objects.of(found.event).filter(purpose=found.slides_purpose).first()
    return render(
        request, "events/speaker.html", {"speaker": found, "event": found.event, "form": form, "slides": slides}
    )


def speaker_of(request, slug, pk):
    event = editable_event(request, slug)
    return event, get_object_or_404(Speaker.objects.editable_by(request.user), event=event, pk=pk)


@require_POST
@transaction.atomic
def speaker_ask(request, slug, pk):
    """Send the speaker her link."""
    event, found = speaker_of(request, slug, pk)
    if not found.email:
        messages.error(request, _("Write the speaker's e-mail address first."))
    elif Letter.objects.write_all([mail.speaker_asked(found, by=request.user)]):
        nudge(send_letters)
        messages.success(request, _("The link is on its way to %(name)s.") % {"name": found.name})
    else:
        messages.info(request, _("%(name)s got the link today already.") % {"name": found.name})
    return redirect(f"{event.get_absolute_url()}#puhujat")


@require_POST
@transaction.atomic
def speaker_accept(request, slug, pk):
    """What the speaker sent is shown from now on, the slides among the materials."""
    event, found = speaker_of(request, slug, pk)
    if not found.is_as_seen(request.POST.get("seen", "")):
        messages.info(request, _("The speaker has sent something newer, or it was settled already. Look once more."))
        return redirect(f"{event.get_absolute_url()}#puhujat")
    found.accept()
    for slides in Attachment.objects.of(event).filter(purpose=found.slides_purpose):
        slides.purpose = Event.MATERIAL
        slides.is_public = True
        slides.save(update_fields=["purpose", "is_public"])
    messages.success(request, _("Accepted. The page shows it now."))
    return redirect(f"{event.get_absolute_url()}#puhujat")


@require_POST
@transaction.atomic
def speaker_drop(request, slug, pk):
    """What the speaker sent is not used."""
    event, found = speaker_of(request, slug, pk)
    if not found.is_as_seen(request.POST.get("seen", "")):
        messages.info(request, _("The speaker has sent something newer, or it was settled already. Look once more."))
        return redirect(f"{event.get_absolute_url()}#puhujat")
    found.drop()
    for slides in Attachment.objects.of(event).filter(purpose=found.slides_purpose):
        slides.remove()
    messages.success(request, _("What the speaker sent is set aside."))
    return redirect(f"{event.get_absolute_url()}#puhujat")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request, slug):
    """How it was, without a name: from the start until a month after."""
    event = record_or_redirect(Event.objects.visible_to(request.user).for_form(), slug)
    form = FeedbackForm(request.POST or None)
    if not event.takes_feedback:
        return render(request, "events/feedback_closed.html", {"event": event})
    if request.method == "POST" and form.is_valid():
        form.instance.event = event
        form.save()
        return redirect("events:feedback_thanks", slug=event.slug)
    return render(request, "events/feedback.html", {"event": event, "form": form})


@login_not_required
@require_safe
def feedback_thanks(request, slug):
    event = record_or_redirect(Event.objects.visible_to(request.user).for_form(), slug)
    return render(request, "events/feedback_thanks.html", {"event": event})


@require_safe
def feedback_summary(request, slug):
    """What people said, for staff; the days only, in no order that would tell who came first."""
    event = editable_event(request, slug)
    answers = event.feedback.editable_by(request.user)
    given = Counter(answers.values_list("useful", flat=True))
    spread = [(words, given[number]) for number, words in FeedbackForm.base_fields["useful"].choices]
    page = page_of(answers.exclude(text="", wishes="").order_by("text", "pk"), request, per_page=100)
    context = {"event": event, "figures": answers.figures(), "spread": spread, "page": page}
    return render(request, "events/feedback_summary.html", context)
