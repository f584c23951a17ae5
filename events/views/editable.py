"""The gates through which the views fetch what they change; meanwhile the event or series is locked."""

from django.shortcuts import get_object_or_404

from events.models import Event, Series
from publishing.locking import locked


def editable_event(request, slug):
    return get_object_or_404(locked(request, Event.objects.editable_by(request.user)), slug=slug)


def editable_series(request, slug):
    return get_object_or_404(locked(request, Series.objects.editable_by(request.user)), slug=slug)
