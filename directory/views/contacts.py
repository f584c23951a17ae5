"""The public contact page."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.models import County, Organisation, Person


@require_safe
@login_not_required
def contacts(request):
    """The staff in Finnish order, all of them or those who serve one county."""
    counties = list(County.objects.ours())
    county = next((county for county in counties if county.slug == request.GET.get("alue")), None)
    everybody = Person.objects.contacts()
    context = {
        "counties": counties,
        "county": county,
        "people": everybody.serving(county) if county else everybody,
        "centre": Organisation.objects.us().first(),
    }
    return render(request, "directory/contacts.html", context)
