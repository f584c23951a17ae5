"""What may be typed about events."""

from events.forms.event import SECTIONS, CancelForm, NewEventForm
from events.forms.files import MaterialForm
from events.forms.parts import KINDS, SERIES_KINDS
from events.forms.people import AttendanceForm, DoorForm, FeedbackForm, SpeakerOwnForm
from events.forms.registration import OwnDataForm, OwnRegistrationForm, RegistrationForm, StandingForm
from events.forms.season import SeasonForm
from events.forms.series import SERIES_SECTIONS, NewSeriesForm

__all__ = [
    "KINDS",
    "SECTIONS",
    "SERIES_KINDS",
    "SERIES_SECTIONS",
    "AttendanceForm",
    "CancelForm",
    "DoorForm",
    "FeedbackForm",
    "MaterialForm",
    "NewEventForm",
    "NewSeriesForm",
    "OwnDataForm",
    "OwnRegistrationForm",
    "RegistrationForm",
    "SeasonForm",
    "SpeakerOwnForm",
    "StandingForm",
]
