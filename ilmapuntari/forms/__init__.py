"""What may be typed in the Ilmapuntari, and the sentence when it is wrong."""

from ilmapuntari.forms.actions import ActionReviewForm, AgreedActionForm
from ilmapuntari.forms.questionnaire import InstrumentForm, StatementForm, ThemeForm
from ilmapuntari.forms.rounds import CallOffForm, JoinerForm, NewRoundForm, RoundForm, RoundTeamsForm, UnitJoinForm
from ilmapuntari.forms.teams import (
    DayForm,
    JoinForm,
    LeadForm,
    ManagerForm,
    MemberForm,
    NamedAddressForm,
    ProposalForm,
    SplitForm,
    TeamForm,
)

__all__ = [
    "ActionReviewForm",
    "AgreedActionForm",
    "CallOffForm",
    "DayForm",
    "InstrumentForm",
    "JoinForm",
    "JoinerForm",
    "LeadForm",
    "ManagerForm",
    "MemberForm",
    "NamedAddressForm",
    "NewRoundForm",
    "ProposalForm",
    "RoundForm",
    "RoundTeamsForm",
    "SplitForm",
    "StatementForm",
    "TeamForm",
    "ThemeForm",
    "UnitJoinForm",
]
