"""The records of the room, one module a record."""

from ombudsman.models.account import Account, AccountText
from ombudsman.models.case import Case, CaseEvent, CaseFile, CaseNumber, Measure
from ombudsman.models.classification import SEVERAL, Code, ServedArea, Variable, title_on
from ombudsman.models.contact import Contact
from ombudsman.models.fact import Fact
from ombudsman.models.finding import Findable, terms_asked, terms_of
from ombudsman.models.log import LogRow, Purpose
from ombudsman.models.message import Message, MessageAddition
from ombudsman.models.record import DoomedKey, SealedRecord
from ombudsman.models.substitution import Sight, Substitution, holders, sight_of
from ombudsman.models.work import Draft, OtherWork, PublicDetails, Retention

__all__ = [
    "SEVERAL",
    "Account",
    "AccountText",
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseNumber",
    "Code",
    "Contact",
    "DoomedKey",
    "Draft",
    "Fact",
    "Findable",
    "LogRow",
    "Measure",
    "Message",
    "MessageAddition",
    "OtherWork",
    "PublicDetails",
    "Purpose",
    "Retention",
    "SealedRecord",
    "ServedArea",
    "Sight",
    "Substitution",
    "Variable",
    "holders",
    "sight_of",
    "terms_asked",
    "terms_of",
    "title_on",
]
