"""The parts of an event and of a series, and the materials of an event."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from events.forms import KINDS, SERIES_KINDS, MaterialForm
from events.models import Event
from events.views.editable import editable_event, editable_series
from publishing.attachments import attach
from publishing.models import Attachment
from publishing.part_pages import editable_part, kind_or_404, new_part, part_moved, part_page, part_removed


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def part_create(request, slug, kind):
    model = kind_or_404(KINDS, kind).model
    event = editable_event(request, slug)
    return part_page(request, event, new_part(model, event), kinds=KINDS, kind=kind, room="events")


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def part_edit(request, slug, kind, pk):
    model = kind_or_404(KINDS, kind).model
    event = editable_event(request, slug)
    return part_page(request, event, editable_part(request, model, event, pk), kinds=KINDS, kind=kind, room="events")


@require_POST
@transaction.atomic
def part_delete(request, slug, kind, pk):
    model = kind_or_404(KINDS, kind).model
    event = editable_event(request, slug)
    return part_removed(request, event, editable_part(request, model, event, pk))


@require_POST
@transaction.atomic
def part_move(request, slug, kind, pk):
    model = kind_or_404(KINDS, kind).model
    event = editable_event(request, slug)
    return part_moved(request, event, editable_part(request, model, event, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def series_part_create(request, slug, kind):
    model = kind_or_404(SERIES_KINDS, kind).model
    series = editable_series(request, slug)
    return part_page(
        request, series, new_part(model, series), kinds=SERIES_KINDS, kind=kind, room="events", prefix="series_"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def series_part_edit(request, slug, kind, pk):
    model = kind_or_404(SERIES_KINDS, kind).model
    series = editable_series(request, slug)
    part = editable_part(request, model, series, pk)
    return part_page(request, series, part, kinds=SERIES_KINDS, kind=kind, room="events", prefix="series_")


@require_POST
@transaction.atomic
def series_part_delete(request, slug, kind, pk):
    model = kind_or_404(SERIES_KINDS, kind).model
    series = editable_series(request, slug)
    return part_removed(request, series, editable_part(request, model, series, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def files(request, slug):
    """The materials of the event, and one more."""
    event = editable_event(request, slug)
    form = MaterialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        attach(
            event,
            data["upload"],
            by=request.user,
            purpose=Event.MATERIAL,
            title=data["title"],
            is_public=data["is_public"],
        )
        messages.success(request, _("The file is saved."))
        return redirect("events:files", slug=event.slug)
    kept = Attachment.objects.of(event).order_by("added_at", "pk")
    return render(request, "events/files.html", {"event": event, "form": form, "files": kept})


@require_POST
@transaction.atomic
def file_delete(request, slug, pk):
    event = editable_event(request, slug)
    get_object_or_404(Attachment.objects.of(event), pk=pk).remove()
    messages.success(request, _("The file is removed."))
    return redirect("events:files", slug=event.slug)
