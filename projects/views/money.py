"""The money of one project."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects.forms import SumsForm
from projects.models import Project
from projects.money_table import money_tables
from projects.views.editable import editable_project


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def money(request, slug):
    """The sums said, the rows by source and year, and whether they match."""
    project = editable_project(request, slug)
    form = SumsForm(request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The sums are saved."))
        return redirect("projects:money", slug=project.slug)
    shown = get_object_or_404(Project.objects.with_money(), pk=project.pk)
    return render(request, "projects/money.html", {"project": shown, "form": form, "tables": list(money_tables(shown))})
