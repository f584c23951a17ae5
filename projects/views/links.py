"""Addresses that the page of a project points to."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pikassos.celery import nudge
from projects import tasks
from projects.models import Link
from projects.views.editable import editable_project


@require_POST
@transaction.atomic
def links_check(request, slug):
    """Ask the addresses of the project now rather than in their week."""
    project = editable_project(request, slug)
    Link.objects.renew(project)
    Link.objects.ask_again(project)
    nudge(tasks.check_links)
    messages.success(request, _("The addresses are asked within some minutes. Come back and look."))
    return redirect(f"{project.get_absolute_url()}#{Link.ANCHOR}")
