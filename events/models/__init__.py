"""Events: series and their occasions, who registers and comes, what remains of them."""

from events.models.event import Event, EventCounty
from events.models.feedback import Feedback
from events.models.program import Question, Speaker
from events.models.registration import Registration, StandingRegistration
from events.models.series import Phase, Series, SeriesCounty, YearFigure

__all__ = [
    "Event",
    "EventCounty",
    "Feedback",
    "Phase",
    "Question",
    "Registration",
    "Series",
    "SeriesCounty",
    "Speaker",
    "StandingRegistration",
    "YearFigure",
]
