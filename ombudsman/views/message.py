"""The messages of the public form, as the caseload reads them."""

from django.contrib.messages import success
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.models import Municipality
from ombudsman.forms.message import Wish
from ombudsman.guard import caseload
from ombudsman.models import Contact, Message
from ombudsman.models.finding import normalised_phone
from ombudsman.reading import present
from ombudsman.retention import delete_for_good
from ombudsman.views.keeping import for_ombudsman
from publishing.query import page_of


@caseload
@require_safe
def messages(request):
    """Those that wait first, the oldest first. The beginning of each is opened, so the log has them all."""
    page = page_of(Message.objects.visible_to(request.user).prefetch_related("additions").in_order(), request)
    rows = [(message, wish_of(message)) for message in page]
    return render(request, "ombudsman/messages.html", {"page": page, "rows": rows})


@caseload
@require_safe
def message(request, pk):
    """A whole message with what was added to it. The receipt code stays the sender's."""
    found = get_object_or_404(Message.objects.visible_to(request.user).prefetch_related("additions"), pk=pk)
    context = {
        "message": found,
        "wish": wish_of(found),
        "phone_address": normalised_phone(found.person.get("phone", "")),
        "municipality": Municipality.objects.filter(pk=found.person.get("municipality")).first(),
        "contact": Contact.objects.visible_to(request.user).filter(message=found).first(),
    }
    return render(request, "ombudsman/message.html", context)


def wish_of(message):
    """How the sender wishes to be answered, in words; nothing where it was not told."""
    wish = message.person.get("wish")
    return Wish(wish).label if wish else ""


@caseload
@require_POST
def message_answered(request, pk):
    found = get_object_or_404(Message.objects.editable_by(request.user), pk=pk)
    found.mark_answered()
    success(request, _("The message is marked as answered. The sender sees it with the receipt code."))
    return redirect("ombudsman:messages")


@for_ombudsman
@require_http_methods(["GET", "HEAD", "POST"])
def message_delete(request, pk):
    """Delete a message for good, asked once."""
    found = get_object_or_404(Message.objects.editable_by(request.user), pk=pk)
    if request.method == "POST":
        delete_for_good(found, present())
        success(request, _("The message was deleted for good."))
        return redirect("ombudsman:messages")
    return render(request, "ombudsman/message_delete.html", {"message": found})
