"""One project: its page, and the page with one section opened for editing."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.calendars import calendar_response
from projects.feeds import projects_feed
from projects.models import Project
from projects.page import page_context
from publishing.addresses import record_or_redirect


@login_not_required
@require_safe
def detail(request, slug):
    """The page of a project; an address it had once leads here."""
    project = record_or_redirect(Project.objects.visible_to(request.user).for_page(), slug)
    return render(request, "projects/detail.html", page_context(request, project))


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


def edit(request, **kwargs):
    raise Http404


create = rename = publish = unpublish = review = delete = edit
