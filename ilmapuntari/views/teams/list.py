"""The list of teams, and the same to take home."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from ilmapuntari.filters import TeamFilter
from ilmapuntari.models import MemberProposal, Team, TeamMember
from ilmapuntari.team_import import TeamImport
from publishing.fragments import page_or_fragment
from publishing.query import choice_of, page_of
from publishing.tables import KINDS, table_response

FEW = 8  # so many are seen at a glance, without filters


def sees_all(user):
    return user.is_coordinator or user.is_director


def found_teams(request):
    """The teams that the address asks for, of those that the user may see; who has none finds nothing here."""
    visible = Team.objects.visible_to(request.user)
    if not (sees_all(request.user) or visible.exists()):
        raise Http404
    return TeamFilter(request.GET, visible.for_list())


@require_safe
def teams(request):
    """All teams for the coordinator and the director; leaders find their own, managers theirs."""
    found = found_teams(request)
    page = page_of(found.qs, request)
    named = Team.objects.with_names_visible_to(request.user).filter(pk__in=[team.pk for team in page])
    context = {
        "found": found,
        "page": page,
        "named": set(named.values_list("pk", flat=True)),
        "may_edit": request.user.is_coordinator,
        "is_own_list": not sees_all(request.user),
        "is_short": not sees_all(request.user) and not found.limits and page.paginator.count <= FEW,
        "waiting_count": MemberProposal.objects.visible_to(request.user).open().count(),
    }
    return page_or_fragment(request, "ilmapuntari/teams.html", "ilmapuntari/_teams.html", context)


@require_safe
def teams_export(request):
    """The listed teams as a table."""
    if not request.user.is_coordinator:
        raise Http404
    titles = [
        _("Organisation"), _("Wellbeing services county"), _("Service"), _("Team"), _("Leader"), _("Leader’s e-mail"),
        _("Members"), pgettext("number of people", "Invited"), _("Paper slips"), _("The leader answers with the team"),
        _("Joined the Ilmapuntari"), _("Left the Ilmapuntari"),
    ]  # fmt: skip
    rows = (
        [
            team.organisation.name,
            team.county.short_name,
            team.get_service_display(),
            team.name,
            ", ".join(lead.name for lead in team.present_leads),
            ", ".join(lead.user.email for lead in team.present_leads),
            team.member_count,
            team.invited_count,
            team.slips,
            team.leader_answers_with_team,
            team.started_on,
            team.ended_on,
        ]
        for team in found_teams(request).qs
    )
    return table_response(titles, rows, _("teams"), choice_of(request, "muoto", KINDS, "xlsx"))


@require_safe
def members_export(request):
    """The members of the listed teams, in the form in which they can be brought again.

    Not in the role of the reports, which cannot read the names and addresses that this is made of.
    """
    if not request.user.is_coordinator:
        raise Http404
    members = TeamMember.objects.present().of_teams(found_teams(request).qs)
    rows = TeamImport.rows_of(members)
    return table_response(TeamImport.columns, rows, _("team members"), choice_of(request, "muoto", KINDS, "xlsx"))
