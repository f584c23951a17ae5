"""The instrument, teams and rounds, sealed boxes, published results and what was agreed because of them."""

from ilmapuntari.models.action import AgreedAction
from ilmapuntari.models.box import PendingCodes, SealedBox
from ilmapuntari.models.instrument import Instrument, Statement, Theme
from ilmapuntari.models.result import LevelResult, UnitResult
from ilmapuntari.models.round import Invitee, ReportingUnit, Round, UnitTeam, leaders_of, next_working_day_at_seven
from ilmapuntari.models.team import Lead, Manager, MemberProposal, Team, TeamChange, TeamMember

__all__ = [
    "AgreedAction",
    "Instrument",
    "Invitee",
    "Lead",
    "LevelResult",
    "Manager",
    "MemberProposal",
    "PendingCodes",
    "ReportingUnit",
    "Round",
    "SealedBox",
    "Statement",
    "Team",
    "TeamChange",
    "TeamMember",
    "Theme",
    "UnitResult",
    "UnitTeam",
    "leaders_of",
    "next_working_day_at_seven",
]
