"""The gates through which the views fetch what they change; meanwhile the event or series is locked."""

from django.db.models import Q
from django.shortcuts import get_object_or_404

from events.models import Event, Series
from publishing.locking import locked


def editable_event(request, slug):
    return get_object_or_404(locked(request, Event.objects.editable_by(request.user)), slug=slug)


def editable_occasion(request, slug):
    """The event, and where a change may concern its whole series, all that is to come of it.

    Several events are locked in the order of their keys, here as everywhere, so that two never wait for each other.
    """
    if request.method == "POST" and request.POST.get("reach", "this") != "this":
        event = get_object_or_404(Event.objects.editable_by(request.user), slug=slug)
        concerned = Q(pk=event.pk) | Q(series=event.series_id, series__isnull=False)
        list(Event.objects.filter(concerned).select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    return editable_event(request, slug)


def editable_series(request, slug):
    return get_object_or_404(locked(request, Series.objects.editable_by(request.user)), slug=slug)
