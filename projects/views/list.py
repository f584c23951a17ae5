"""The list of projects, and what is made of exactly its rows."""

from django.contrib.auth.decorators import login_not_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects import statistics
from projects.calendars import calendar_response
from projects.exports import public_table
from projects.feeds import projects_feed
from projects.filters import ProjectFilter
from projects.models import Project
from publishing.fragments import page_or_fragment
from publishing.query import page_of


def found_projects(request):
    """The projects that the address asks for, of those that the user may see."""
    visible = Project.objects.visible_to(request.user)
    return ProjectFilter(request.GET, visible.for_cards(), visible=visible)


def list_context(request, found):
    """What the list, the map and the line of time have in common: the limits with their numbers."""
    visible = Project.objects.visible_to(request.user)
    counts = {"county": statistics.projects_by_county(visible), "status": found.status_counts}
    return {"found": found, "groups": list(found.groups(counts)), "query": request.GET.urlencode()}


@login_not_required
@require_safe
def index(request):
    """All projects, as rows; for htmx only the rows."""
    found = found_projects(request)
    page = page_of(found.qs, request)
    context = list_context(request, found) | {"page": page}
    if not page.object_list and found.words and found.limits > 1:
        context["wider_count"] = Project.objects.visible_to(request.user).search(found.words).count()
    return page_or_fragment(request, "projects/index.html", "projects/_results.html", context)


@login_not_required
@require_safe
def table(request):
    """Exactly the listed projects as CSV, with what the asker may see of them."""
    return public_table(found_projects(request).qs, request.user)


@login_not_required
@require_safe
def calendar(request):
    """The dates of exactly the listed projects that are public."""
    return calendar_response(found_projects(request).qs, name=_("Dates of the projects"))


@login_not_required
@require_safe
def feed(request):
    """What is new about exactly the listed projects."""
    listed = Project.objects.filter(pk__in=found_projects(request).qs.order_by().values("pk"))
    return projects_feed(request, listed, name=_("News of the projects"))
