"""Files and histories of public records, whichever room they live in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from publishing.history import changes_of, restore
from publishing.models import Attachment


@login_not_required
@require_safe
def attachment(request, pk, name):
    """The file, for those who may read it. It is saved rather than shown, so nothing in it acts on our pages."""
    found = get_object_or_404(Attachment.objects.select_related("content_type"), pk=pk)
    record = get_object_or_404(found.content_type.model_class().objects.visible_to(request.user), pk=found.object_id)
    get_object_or_404(Attachment.objects.readable_by(request.user, record), pk=pk)
    try:
        stored = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        stored,
        as_attachment=True,
        filename=found.name,
        content_type=found.mime_type,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
            "X-Robots-Tag": "noindex",
        },
    )


def record_or_404(user, content_type, pk):
    """The record, for staff who may edit it; models without that gate have no history page.

    Others may edit their own details, but a history names who did what with a record and with what belongs to it.
    """
    model = get_object_or_404(ContentType, pk=content_type).model_class()
    has_page = model is not None and hasattr(model.objects, "editable_by") and hasattr(model, "pgh_event_models")
    if not has_page or not user.is_staff:
        raise Http404
    return get_object_or_404(model.objects.editable_by(user), pk=pk)


@require_safe
def history(request, content_type, pk):
    """Who changed the record, when and what."""
    record = record_or_404(request.user, content_type, pk)
    context = {"record": record, "changes": changes_of(record), "content_type": content_type}
    return render(request, "publishing/history.html", context)


@require_POST
def restore_change(request, content_type, pk):
    """Go back to how a part of the record was after a change."""
    record = record_or_404(request.user, content_type, pk)
    asked = request.POST.get("change")
    wanted = next((c for c in changes_of(record) if f"{c.event_model}:{c.event_id}" == asked), None)
    if wanted is None or not wanted.can_be_restored:
        raise Http404
    try:
        restore(wanted, by=request.user)
    except ValidationError as error:
        messages.error(request, _("It was not restored: %(reason)s") % {"reason": " ".join(error.messages)})
    else:
        messages.success(request, _("Restored. What was there before is in the history."))
    return redirect("publishing:history", content_type=content_type, pk=pk)
