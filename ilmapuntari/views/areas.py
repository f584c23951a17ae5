"""Results of organisations, counties and the whole area."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ilmapuntari import areas
from ilmapuntari.charts import Chart, drawn


def context_of(page):
    """The page, and its trend drawn."""
    if page.level is None:
        return {"page": page, "charts": []}
    band = (page.sheet.instrument.fair_from, page.sheet.instrument.good_from)
    return {"page": page, "charts": [Chart(trend, drawn(trend, band)) for trend in page.trend]}


@require_safe
def organisation(request, pk):
    """The teams of an organisation and their themes, for those who answer for them."""
    found = get_object_or_404(areas.organisations_visible_to(request.user), pk=pk)
    page = areas.organisation_page(found, request.user, request.GET.get("kierros", ""))
    return render(request, "ilmapuntari/organisation.html", context_of(page))


@require_safe
def county(request, slug):
    """The level of a county: themes, statements, organisations, participation."""
    found = get_object_or_404(areas.counties_visible_to(request.user), slug=slug)
    page = areas.county_page(found, request.user, request.GET.get("kierros", ""))
    sees_whole_area = areas.sees_whole_area(request.user)
    return render(request, "ilmapuntari/county.html", {**context_of(page), "sees_whole_area": sees_whole_area})


@require_safe
def area(request):
    """The level of the whole area, and its counties."""
    if not areas.sees_whole_area(request.user):
        raise Http404
    page = areas.area_page(request.user, request.GET.get("kierros", ""))
    return render(request, "ilmapuntari/area.html", context_of(page))
