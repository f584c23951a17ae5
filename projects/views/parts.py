"""The parts of one project: added, changed, moved, removed."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.forms import KINDS
from projects.models import Deadline
from projects.views.editable import editable_project
from publishing.part_pages import editable_part, kind_or_404, new_part, part_moved, part_page, part_removed
from publishing.prose_pages import prose_page


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def part_create(request, slug, kind):
    model = kind_or_404(KINDS, kind).model
    project = editable_project(request, slug)
    return part_page(request, project, new_part(model, project), kinds=KINDS, kind=kind, room="projects")


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def part_edit(request, slug, kind, pk):
    model = kind_or_404(KINDS, kind).model
    project = editable_project(request, slug)
    part = editable_part(request, model, project, pk)
    return part_page(request, project, part, kinds=KINDS, kind=kind, room="projects")


@require_POST
@transaction.atomic
def part_delete(request, slug, kind, pk):
    model = kind_or_404(KINDS, kind).model
    project = editable_project(request, slug)
    return part_removed(request, project, editable_part(request, model, project, pk))


@require_POST
@transaction.atomic
def part_move(request, slug, kind, pk):
    model = kind_or_404(KINDS, kind).model
    project = editable_project(request, slug)
    return part_moved(request, project, editable_part(request, model, project, pk))


@require_POST
@transaction.atomic
def deadline_done(request, slug, pk):
    project = editable_project(request, slug)
    editable_part(request, Deadline, project, pk).mark_done()
    messages.success(request, _("Marked as done today."))
    return redirect(f"{project.get_absolute_url()}#{Deadline.ANCHOR}")
