"""What everybody may read of the Ilmapuntari."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def index(request):
    """What the Ilmapuntari is, and what follows for whoever is signed in."""
    return render(request, "ilmapuntari/index.html")
