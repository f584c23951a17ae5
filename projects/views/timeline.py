"""The portfolio on one line of time."""

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.http import require_safe

from projects import statistics
from projects.portfolio_drawing import portfolio_drawing
from projects.views.list import found_projects, list_context
from publishing.fragments import page_or_fragment
from publishing.query import page_of


@login_not_required
@require_safe
def timeline(request):
    """The asked projects by their start, each with its period: as a bar, and in words."""
    found = found_projects(request)
    projects = found.qs.by_start()
    page = page_of(projects, request, per_page=100)
    context = list_context(request, found) | {
        "page": page,
        "drawing": portfolio_drawing(page, statistics.project_years(projects)),
    }
    return page_or_fragment(request, "projects/timeline.html", "projects/_timeline_results.html", context)
