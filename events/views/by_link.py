"""What a link in a letter opens without signing in."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from events.links import Unknown


def by_link(view):
    """The view for whoever has the link, kept by no cache; where it raises Unknown, the page that says so."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Unknown:
            return render(request, "events/link_unknown.html", status=404)

    return login_not_required(never_cache(wrapped))
