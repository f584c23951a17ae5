"""Our area as a map of squares."""

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.http import require_safe

from projects.area_drawing import area_drawing
from projects.filters import ProjectFilter
from projects.models import Project
from projects.views.list import list_context
from publishing.fragments import page_or_fragment
from publishing.query import page_of


@login_not_required
@require_safe
def area_map(request):
    """How many of the asked projects there are in each municipality, and which in the chosen one."""
    visible = Project.objects.visible_to(request.user)
    found = ProjectFilter(request.GET, visible.for_cards(), visible=visible)
    elsewhere = request.GET.copy()
    elsewhere.pop("municipality", None)
    elsewhere.pop("page", None)
    everywhere = ProjectFilter(elsewhere, visible.for_cards(), visible=visible)
    context = list_context(request, found) | {
        "drawing": area_drawing(everywhere, chosen=found.place, query=elsewhere),
        "place": found.place,
        "page": page_of(found.qs, request) if found.place else None,
    }
    return page_or_fragment(request, "projects/area_map.html", "projects/_map_results.html", context)
