"""The pages of teams, by what they are about."""

from ilmapuntari.views.teams.importing import teams_import
from ilmapuntari.views.teams.list import members_export, teams, teams_export
from ilmapuntari.views.teams.managers import manager_add, manager_end, managers
from ilmapuntari.views.teams.members import member_add, member_edit, member_end, member_return, team_members
from ilmapuntari.views.teams.proposals import (
    proposal_accept,
    proposal_refuse,
    proposal_take_back,
    proposals,
    proposals_decide,
)
from ilmapuntari.views.teams.team import (
    lead_add,
    lead_end,
    team_create,
    team_edit,
    team_end,
    team_join,
    team_split,
)

__all__ = [
    "lead_add",
    "lead_end",
    "manager_add",
    "manager_end",
    "managers",
    "member_add",
    "member_edit",
    "member_end",
    "member_return",
    "members_export",
    "proposal_accept",
    "proposal_refuse",
    "proposal_take_back",
    "proposals",
    "proposals_decide",
    "team_create",
    "team_edit",
    "team_end",
    "team_join",
    "team_members",
    "team_split",
    "teams",
    "teams_export",
    "teams_import",
]
