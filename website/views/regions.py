"""Region pages: the records of all rooms seen from one county."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Case, Prefetch, When
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from directory.models import County, Municipality, Person
from networks.models import Meeting, Network
from publishing.prose_pages import prose_page
from website import statistics
from website.forms import RegionForm
from website.views.front import by_week

NEXT_MEETINGS = 5
MOST_NETWORKS = 200  # the list of networks has the rest, with pages


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
    visible = Network.objects.visible_to(request.user)
    in_county = visible.in_county(county).exclude(scope=Network.Scope.WHOLE_AREA).for_cards()
    living_first = Case(When(status=Network.Status.ENDED, then=1), default=0)
    networks = list(in_county.order_by(living_first, "-convened_by_us", "name_key")[:MOST_NETWORKS])
    alive = [network for network in networks if not network.is_ended]
    sub_regions = list(
        county.sub_regions.prefetch_related(Prefetch("municipalities", Municipality.objects.defer("search")))
    )
    municipalities = [place for sub_region in sub_regions for place in sub_region.municipalities.all()]
    meetings = Meeting.objects.upcoming().filter(
        network__in=visible.in_county(county).published(), network__published_at__isnull=False
    )
    may_edit = request.user.is_staff
    return {
        "county": county,
        "ours": [network for network in alive if network.convened_by_us],
        "seats": [network for network in alive if not network.convened_by_us],
        "ended": [network for network in networks if network.is_ended],
        "shared": visible.published().filter(scope=Network.Scope.WHOLE_AREA).with_status().in_finnish_order(),
        "weeks": by_week(meetings.for_calendar()[:NEXT_MEETINGS]),
        "contacts": Person.objects.contacts().filter(counties=county),
        "sub_regions": [(sub_region, sum_of(sub_region.municipalities.all())) for sub_region in sub_regions],
        "municipality_count": len(municipalities),
        "population": sum_of(municipalities),
        "population_year": max((place.population_year for place in municipalities), default=None),
        "may_edit": may_edit,
        "content_type": ContentType.objects.get_for_model(County).pk if may_edit else None,
    }


def sum_of(municipalities):
    return sum(place.population for place in municipalities)


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
