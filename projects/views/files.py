"""Decisions, logos and other files of one project."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.forms import FileForm
from projects.views.editable import editable_project
from publishing.attachments import attach
from publishing.models import Attachment


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def files(request, slug):
    """The files of the project, and one more."""
    project = editable_project(request, slug)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        attach(
            project,
            data["upload"],
            by=request.user,
            purpose=data["purpose"],
            title=data["title"],
            is_public=data["is_public"],
        )
        messages.success(request, _("The file is saved."))
        return redirect("projects:files", slug=project.slug)
    kept = Attachment.objects.of(project).order_by("purpose", "added_at", "pk")
    return render(request, "projects/files.html", {"project": project, "form": form, "files": kept})


@require_POST
@transaction.atomic
def file_delete(request, slug, pk):
    project = editable_project(request, slug)
    get_object_or_404(Attachment.objects.of(project), pk=pk).remove()
    messages.success(request, _("The file is removed."))
    return redirect("projects:files", slug=project.slug)
