"""The parts of one project: added, changed, moved, removed."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.forms import KINDS
from projects.models import Deadline
from projects.views.editable import editable_part, editable_project
from publishing.prose_pages import prose_page


def kind_or_404(kind):
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def part_create(request, slug, kind):
    found = kind_or_404(kind)
    project = editable_project(request, slug)
    return part_page(request, project, kind, found, found.model(project=project))


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def part_edit(request, slug, kind, pk):
    found = kind_or_404(kind)
    project = editable_project(request, slug)
    return part_page(request, project, kind, found, editable_part(request, found.model, project, pk))


def part_page(request, project, kind, found, part):
    """A part, new or old."""
    is_new = part.pk is None
    form = found.form(request.POST or None, instance=part, project=project)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("Saved. The page shows it now."))
        if "more" in request.POST:
            return redirect("projects:part_create", slug=project.slug, kind=kind)
        return redirect(f"{project.get_absolute_url()}#{saved.ANCHOR}")
    context = {
        "project": project,
        "form": form,
        "kind": kind,
        "kind_of_part": found,
        "is_new": is_new,
        "pk": part.pk,
        "heading": found.new if is_new else found.old,
        "back": f"{project.get_absolute_url()}#{found.model.ANCHOR}",
    }
    return render(request, "projects/part.html", context)


@require_POST
@transaction.atomic
def part_delete(request, slug, kind, pk):
    """Remove what was a mistake. The history keeps it and brings it back."""
    found = kind_or_404(kind)
    project = editable_project(request, slug)
    part = editable_part(request, found.model, project, pk)
    part.delete()
    messages.success(request, _("Removed. The history of changes keeps it and can bring it back."))
    return redirect(f"{project.get_absolute_url()}#{found.model.ANCHOR}")


@require_POST
@transaction.atomic
def part_move(request, slug, kind, pk):
    """One place up or down among its siblings."""
    found = kind_or_404(kind)
    if not found.is_ordered:
        raise Http404
    project = editable_project(request, slug)
    part = editable_part(request, found.model, project, pk)
    part.move(-1 if request.POST.get("to") == "up" else 1)
    return redirect(f"{project.get_absolute_url()}#{found.model.ANCHOR}")


@require_POST
@transaction.atomic
def deadline_done(request, slug, pk):
    project = editable_project(request, slug)
    editable_part(request, Deadline, project, pk).mark_done()
    messages.success(request, _("Marked as done today."))
    return redirect(f"{project.get_absolute_url()}#{Deadline.ANCHOR}")
