"""The instrument, teams and rounds, sealed boxes, published results and what was agreed because of them."""

from ilmapuntari.models.action import AgreedAction
from ilmapuntari.models.box import PendingCodes, SealedBox
from ilmapuntari.models.instrument import Instrument, Statement, Theme
from ilmapuntari.models.people import Lead, Manager, TeamMember
from ilmapuntari.models.plan import UnitPlan, leaders_of, plans_of
from ilmapuntari.models.proposal import MemberProposal, forget_the_gone
from ilmapuntari.models.result import LevelResult, UnitResult
from ilmapuntari.models.round import Round, next_working_day_at_seven
from ilmapuntari.models.team import Team, TeamChange
from ilmapuntari.models.unit import Invitee, ReportingUnit, UnitTeam

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
    "UnitPlan",
    "UnitResult",
    "UnitTeam",
    "forget_the_gone",
    "leaders_of",
    "next_working_day_at_seven",
    "plans_of",
]
