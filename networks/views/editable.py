"""The gates through which the views fetch what they change; while it is being changed, it is locked."""

from django.shortcuts import get_object_or_404

from networks.models import Meeting, Membership, Network, Phase
from publishing.locking import locked


def editable_network(request, slug):
    return get_object_or_404(Network.objects.editable_by(request.user), slug=slug)


def editable_meeting(request, slug, pk):
    meetings = Meeting.objects.editable_by(request.user).select_related("network__coordinator")
    return get_object_or_404(locked(request, meetings), network__slug=slug, pk=pk)


def editable_membership(request, slug, pk):
    memberships = Membership.objects.editable_by(request.user).select_related("network", "person")
    return get_object_or_404(locked(request, memberships), network__slug=slug, pk=pk)


def editable_phase(request, slug, pk):
    phases = Phase.objects.editable_by(request.user).select_related("network")
    return get_object_or_404(locked(request, phases), network__slug=slug, pk=pk)
