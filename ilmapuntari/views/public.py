"""What everybody may read of the Ilmapuntari, and the poster that invites to it."""

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from ilmapuntari.areas import sees_whole_area
from ilmapuntari.models import ReportingUnit, Round, Team
from ilmapuntari.public_facts import participation, rounds_with_answers, running_round


@login_not_required
@require_safe
def index(request):
    """What the Ilmapuntari is, how to take part, and what follows for whoever is signed in."""
    context = {
        "round": running_round(),
        "participation": participation(),
        "has_teams": Team.objects.visible_to(request.user).exists(),
        "has_rounds": Round.objects.visible_to(request.user).exists(),
        "has_area": sees_whole_area(request.user),
    }
    return render(request, "ilmapuntari/index.html", context)


@login_not_required
@require_safe
def privacy(request):
    """What is promised to whoever answers, how it is kept, and when the answers of each round are destroyed."""
    return render(request, "ilmapuntari/privacy.html", {"rounds": rounds_with_answers()})


@require_safe
def poster(request, round_pk, pk):
    """A sheet for the coffee room: where the unit answers, and never a code."""
    units = ReportingUnit.objects.visible_to(request.user).select_related("round", "organisation", "county")
    unit = get_object_or_404(units, pk=pk, round=round_pk)
    address = f"{settings.SITE_URL}{unit.answer_url}"
    sign = segno.make(address, error="m", micro=False)
    picture = mark_safe(sign.svg_inline(scale=1, border=4, omitsize=True, light="white", svgclass=None, lineclass=None))
    return render(request, "ilmapuntari/poster.html", {"unit": unit, "address": address, "picture": picture})
