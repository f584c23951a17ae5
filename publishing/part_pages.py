"""The pages on which the parts of a record are added, changed, moved and removed, the same in every room.

A room has `KINDS`, its parts by the word in the address, and the addresses `part_create`, `part_edit`, `part_move` and
`part_delete`, with a `prefix` where two of its records have parts. Its views fetch the record through their gate and
hand it over.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Kind:
    """A kind of part: its form, the heading of a new one and of an old one."""

    form: type
    new: str
    old: str
    several: bool = True  # one adds more than one in a row

    @property
    def model(self):
        return self.form._meta.model

    @property
    def is_ordered(self):
        return hasattr(self.model, "move")


def kind_or_404(kinds, kind):
    if kind not in kinds:
        raise Http404
    return kinds[kind]


def editable_part(request, model, record, pk):
    return get_object_or_404(model.objects.editable_by(request.user), **{model.OWNER: record}, pk=pk)


def new_part(model, record):
    return model(**{model.OWNER: record})


def part_page(request, record, part, *, kinds, kind, room, prefix=""):
    """A part, new or old: its form, and once saved back to its section or on to the next one."""
    found = kinds[kind]
    is_new = part.pk is None
    form = found.form(request.POST or None, instance=part, **{found.model.OWNER: record})
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("Saved. The page shows it now."))
        if "more" in request.POST:
            return redirect(f"{room}:{prefix}part_create", slug=record.slug, kind=kind)
        return redirect(f"{record.get_absolute_url()}#{saved.ANCHOR}")
    address = {"slug": record.slug, "kind": kind, "pk": part.pk}
    context = {
        "record": record,
        "form": form,
        "kind_of_part": found,
        "is_new": is_new,
        "heading": found.new if is_new else found.old,
        "back": f"{record.get_absolute_url()}#{found.model.ANCHOR}",
        "move_address": "" if is_new or not found.is_ordered else reverse(f"{room}:{prefix}part_move", kwargs=address),
        "delete_address": "" if is_new else reverse(f"{room}:{prefix}part_delete", kwargs=address),
    }
    return render(request, f"{room}/part.html", context)


def part_removed(request, record, part):
    """Remove what was a mistake. The history keeps it and brings it back."""
    anchor = part.ANCHOR
    part.delete()
    messages.success(request, _("Removed. The history of changes keeps it and can bring it back."))
    return redirect(f"{record.get_absolute_url()}#{anchor}")


def part_moved(request, record, part):
    """One place up or down among its siblings."""
    if not hasattr(part, "move"):
        raise Http404
    part.move(-1 if request.POST.get("to") == "up" else 1)
    return redirect(f"{record.get_absolute_url()}#{part.ANCHOR}")
