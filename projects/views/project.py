"""One project: its page, and the page with one section opened for editing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.calendars import calendar_response
from projects.feeds import projects_feed
from projects.forms import SECTIONS, NewProjectForm
from projects.models import Project
from projects.page import page_context
from projects.views.editable import editable_project
from publishing.addresses import record_or_redirect
from publishing.prose_pages import prose_page
from publishing.record_pages import delete_page, hide_page, publish_page, rename_page, review_page


@login_not_required
@require_safe
def detail(request, slug):
    """The page of a project; an address it had once leads here."""
    project = record_or_redirect(Project.objects.visible_to(request.user).for_page(), slug)
    return render(request, "projects/detail.html", page_context(request, project))


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def edit(request, slug, section):
    """The page of the project with one section opened."""
    if section not in SECTIONS:
        raise Http404
    project = editable_project(request, slug)
    form = SECTIONS[section](request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. The page shows it now."))
        return redirect(f"{project.get_absolute_url()}#{section}")
    # What a refused form has put into its record must not show on the page around it.
    shown = get_object_or_404(Project.objects.for_page(), pk=project.pk)
    return render(request, "projects/detail.html", page_context(request, shown) | {"section": section, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """A new project, a draft until it is published."""
    if not request.user.is_staff:
        raise Http404
    form = NewProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        project = form.save()
        messages.success(request, _("The project is saved as a draft. Add what it is for, and publish it."))
        return redirect(project)
    return render(request, "projects/create.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def rename(request, slug):
    return rename_page(request, editable_project(request, slug))


@require_POST
@transaction.atomic
def publish(request, slug):
    return publish_page(request, editable_project(request, slug))


@require_POST
@transaction.atomic
def unpublish(request, slug):
    return hide_page(request, editable_project(request, slug))


@require_POST
@transaction.atomic
def review(request, slug):
    return review_page(request, editable_project(request, slug))


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def delete(request, slug):
    """Remove a draft that was a mistake. What has been public stays as history."""
    project = editable_project(request, slug)
    why = _("A project that is public is not removed. Add the phase in which it ended instead.")
    return delete_page(
        request,
        project,
        list_url="projects:index",
        what=_("The draft goes with everything that was recorded in it."),
        kept_because=why if project.is_published else "",
    )


@login_not_required
@require_safe
def project_calendar(request, slug):
    """The dates of one project that are for everybody, to subscribe to."""
    project = record_or_redirect(Project.objects.published().for_cards(), slug)
    return calendar_response([project], name=project.called, filename=f"{project.slug}.ics")


@login_not_required
@require_safe
def project_feed(request, slug):
    """What is new about one project."""
    project = record_or_redirect(Project.objects.published(), slug)
    one = Project.objects.filter(pk=project.pk)
    return projects_feed(request, one, name=project.called, address=project.get_absolute_url())
