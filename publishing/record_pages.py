"""What every room does with a record of its own in the same way: its address, showing and hiding it, checking its text.

Each function takes the request and the record that the view has fetched through its gate, and answers.
"""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from publishing.addresses import AddressForm


def rename_page(request, record):
    """Another address for the page; the old one keeps leading to it."""
    form = AddressForm(request.POST or None, record=record)
    if request.method == "POST" and form.is_valid():
        record.move_to(form.cleaned_data["slug"])
        messages.success(request, _("The page has a new address. The old one leads to it."))
        return redirect(record)
    return render(request, "publishing/rename.html", {"form": form, "record": record})


def publish_page(request, record):
    record.publish()
    messages.success(request, _("The page is public now."))
    return redirect(record)


def hide_page(request, record):
    record.unpublish()
    messages.success(request, _("The page is a draft now: only staff see it."))
    return redirect(record)


def review_page(request, record):
    record.mark_reviewed()
    messages.success(request, _("Marked as checked today."))
    return redirect(record)


def delete_page(request, record, *, list_url, what, kept_because=""):
    """Remove a draft that was a mistake: `what` says what goes. `kept_because` says why it has to stay instead."""
    if kept_because:
        messages.error(request, kept_because)
        return redirect(record)
    if request.method == "POST":
        record.delete()
        messages.success(request, _("The draft is removed."))
        return redirect(list_url)
    return render(request, "publishing/delete.html", {"record": record, "what": what})
