"""One event: its page, and the page with one section opened for editing."""

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import registering
from events.calendars import calendar_response
from events.forms import SECTIONS, CancelForm, NewEventForm
from events.models import Event, Series
from events.page import page_context
from events.video import player_of
from events.views.editable import editable_event, editable_occasion
from letters.tasks import send_letters
from pikassos.celery import nudge
from publishing.addresses import record_or_redirect
from publishing.prose_pages import prose_page
from publishing.record_pages import publish_page, rename_page


@login_not_required
@require_safe
def detail(request, slug):
    """What, when, where and with whom; how one registers; what remains of it."""
    event = record_or_redirect(Event.objects.visible_to(request.user).for_page(), slug)
    return render(request, "events/detail.html", page_context(request, event))


@login_not_required
@require_safe
def recording(request, slug):
    """The recording, shown by the service that keeps it: only who opens this page has anything fetched from there."""
    event = record_or_redirect(Event.objects.visible_to(request.user).for_page(), slug)
    player = player_of(event.recording_link) if event.shows_recording else None
    if player is None:
        return redirect(f"{event.get_absolute_url()}#tallenne")

    @csp_update({"frame-src": [player.origin]})
    def page(request):
        return render(request, "events/recording.html", {"event": event, "player": player})

    return page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def edit(request, slug, section):
    """The page of the event with one section opened; who registered is told when something in calendars changes."""
    if section not in SECTIONS:
        raise Http404
    event = editable_occasion(request, slug)
    form = SECTIONS[section](request.POST or None, instance=event)
    if request.method == "POST" and form.is_valid():
        others = form.save_others()
        saved = form.save()
        moved = [event for event, in_calendars in others if in_calendars]
        if form.changes_calendars:
            moved.append(saved)
        told = tell(moved)
        if section == "ilmoittautuminen":
            for one in (saved, *(event for event, _changed in others)):
                registering.move_queue(one)
            nudge(send_letters)
        messages.success(request, said_of_change(told, len(others)))
        return redirect(f"{saved.get_absolute_url()}#{section}")
    # What a refused form has put into its record must not show on the page around it.
    shown = get_object_or_404(Event.objects.for_page(), pk=event.pk)
    return render(request, "events/detail.html", page_context(request, shown) | {"section": section, "form": form})


def tell(events):
    """Letters to everybody who is in one of the events that changed. Returns how many."""
    told = 0
    for event in events:
        event.announce_change()
        told += registering.tell_of_change(event)
    if told:
        nudge(send_letters)
    return told


def said_of_change(told, others):
    parts = [_("Saved. The page shows it now.")]
    if others:
        words = ngettext("%(count)d other event changed too.", "%(count)d other events changed too.", others)
        parts.append(words % {"count": others})
    if told:
        words = ngettext("%(count)d registered person is told.", "%(count)d registered people are told.", told)
        parts.append(words % {"count": told})
    return " ".join(parts)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def create(request):
    """A new event, a draft until it is published."""
    if not request.user.is_staff:
        raise Http404
    series = Series.objects.editable_by(request.user).filter(slug=request.GET.get("sarja", "")[:120]).first()
    form = NewEventForm(request.POST or None, series=series)
    if request.method == "POST" and form.is_valid():
        event = form.save()
        messages.success(request, _("The event is saved as a draft. Add what it is about, and publish it."))
        return redirect(event)
    return render(request, "events/create.html", {"form": form, "series": series})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def rename(request, slug):
    return rename_page(request, editable_event(request, slug))


@require_POST
@transaction.atomic
def publish(request, slug):
    return publish_page(request, editable_event(request, slug))


@require_POST
@transaction.atomic
def unpublish(request, slug):
    """A draft again, unless somebody has registered: then it is cancelled, so that they are told."""
    event = editable_event(request, slug)
    if event.is_upcoming and event.registrations.alive().exists():
        messages.error(request, _("People have registered. Cancel the event instead, and they will be told."))
        return redirect(event)
    event.unpublish()
    messages.success(request, _("The page is a draft now: only staff see it."))
    return redirect(event)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def delete(request, slug):
    """Remove a draft that was a mistake. What has been public or has participants stays."""
    event = editable_event(request, slug)
    if event.is_published or event.registrations.exists():
        messages.error(request, _("An event that is public or has participants is not removed. Cancel it instead."))
        return redirect(event)
    if request.method == "POST":
        event.remove()
        messages.success(request, _("The draft is removed."))
        return redirect("events:index")
    what = _("The draft goes with its speakers, questions and files.")
    return render(request, "publishing/delete.html", {"record": event, "what": what})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def cancel(request, slug):
    """Call the event off after asking once; everybody who has a seat or waits is told."""
    event = editable_event(request, slug)
    form = CancelForm(request.POST or None)
    if not event.is_upcoming:
        messages.error(request, _("The event is over or cancelled already."))
        return redirect(event)
    if request.method == "POST" and form.is_valid():
        told = registering.call_off_event(event, by=request.user, reason=form.cleaned_data["reason"])
        nudge(send_letters)
        words = ngettext(
            "The event is cancelled. %(count)d person is told.", "The event is cancelled. %(count)d people are told.",
            told or 0,
        )  # fmt: skip
        messages.success(request, words % {"count": told or 0})
        return redirect(event)
    context = {"event": event, "form": form, "count": event.registrations.alive().exclude(email="").count()}
    return render(request, "events/cancel.html", context)


@login_not_required
@require_safe
def event_calendar(request, slug):
    """The event for one's own calendar, without the remote link."""
    event = record_or_redirect(Event.objects.published().for_calendar(), slug)
    return calendar_response([event], name=event.title, filename=f"{event.slug}.ics")
