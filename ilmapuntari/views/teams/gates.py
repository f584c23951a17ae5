"""The gates through which these views fetch what they show or change; while it is being changed, it is locked."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from ilmapuntari.models import Team


def editable_team(request, slug):
    """For the coordinator."""
    return get_object_or_404(locked(request, Team.objects.editable_by(request.user)), slug=slug)


def working_team(request, slug):
    """The same, unless the team has been ended: then nothing more can happen to it."""
    team = editable_team(request, slug)
    if team.ended_on is not None:
        raise Http404
    return team


def team_with_names(request, slug):
    """For those who see who is in the team: the coordinator, the director, its leaders."""
    return get_object_or_404(locked(request, Team.objects.with_names_visible_to(request.user)), slug=slug)


def changing(request, team):
    """Whether the user changes the team's list or proposes changes to it; others have no business here.

    Nobody joins or leaves a team that has been ended.
    """
    if team.ended_on is not None:
        raise Http404
    if Team.objects.editable_by(request.user).filter(pk=team.pk).exists():
        return True
    if not Team.objects.proposable_by(request.user).filter(pk=team.pk).exists():
        raise Http404
    return False


def locked(request, rows):
    """The rows as they are for looking at; for changing, locked until the transaction ends."""
    rows = rows.select_related("organisation", "county")
    return rows.select_for_update(of=("self",)) if request.method == "POST" else rows
