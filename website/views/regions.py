"""Region pages: the records of all rooms seen from one county."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from directory.models import County
from publishing.prose_pages import prose_page
from publishing.structured import breadcrumbs_json
from website import statistics
from website.coming import by_week
from website.forms import RegionForm
from website.regions import coming_in, contacts_of, municipalities_of, networks_of, projects_of


@login_not_required
@require_safe
def regions(request):
    """The three counties."""
    return render(request, "website/regions.html", {"counties": statistics.counties_in_figures()})


@login_not_required
@require_safe
def region(request, slug):
    """One county: what we do there, its networks, meetings, contacts and municipalities."""
    county = get_object_or_404(County.objects.visible_to(request.user), slug=slug)
    return render(request, "website/region.html", region_context(request, county))


def region_context(request, county):
    """All that a region page shows."""
    may_edit = request.user.is_staff
    return {
        "county": county,
        **networks_of(county, request.user),
        **projects_of(county, request.user),
        **municipalities_of(county),
        "weeks": by_week(coming_in(county)),
        "contacts": contacts_of(county),
        "structured": breadcrumbs_json(
            (_("Regions"), reverse("website:regions")), (county.short_name, county.get_absolute_url())
        ),
        "may_edit": may_edit,
        "content_type": ContentType.objects.get_for_model(County).pk if may_edit else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def region_edit(request, slug):
    """The page of the county with its text opened."""
    counties = County.objects.editable_by(request.user)
    county = get_object_or_404(counties.select_for_update() if request.method == "POST" else counties, slug=slug)
    form = RegionForm(request.POST or None, instance=county)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. The page shows it now."))
        return redirect(county)
    shown = get_object_or_404(County, pk=county.pk)
    return render(request, "website/region.html", region_context(request, shown) | {"form": form})
