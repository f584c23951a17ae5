"""The parts of an event and of a series: a form for each kind."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.fields import LinesField
from events.models import Phase, Question, Speaker, YearFigure
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField
from publishing.part_pages import Kind


class EventPartForm(EditInPlaceForm):
    """A part of one event, which does not change."""

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.event = event

    def save(self, commit=True):
        if self.instance.pk is None:
            self.instance.put_last()
        return super().save(commit)


class SpeakerForm(EventPartForm):
    class Meta:
        model = Speaker
        fields = ("name", "role", "title", "bio", "email", "permission")
        widgets = {"bio": forms.Textarea(attrs={"rows": 3}), "permission": forms.RadioSelect}
        help_texts = {
            "role": _("For example: yliopistonlehtori, Tampereen yliopisto."),
            "email": _("Not shown. By it the speaker gets a link to send title, introduction and slides."),
        }

    def save(self, commit=True):
        if "email" in self.changed_data and self.instance.pk:
            # Whoever got the link by mistake cannot use it any more.
            self.instance.nonce = uuid.uuid4()
        return super().save(commit)


class QuestionForm(EventPartForm):
    choices = LinesField(
        label=_("Choices"), most=20, longest=100, required=False, help_text=_("One a line, where one is chosen.")
    )

    class Meta:
        model = Question
        fields = ("text", "kind", "choices", "is_required")
        widgets = {"kind": forms.RadioSelect}
        help_texts = {"text": _("Ask only what you need: the answers are personal data.")}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") != Question.Kind.CHOICE:
            cleaned["choices"] = []
        return cleaned


class SeriesPartForm(EditInPlaceForm):
    """A part of one series, which does not change."""

    def __init__(self, *args, series, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.series = series


class PhaseForm(SeriesPartForm):
    on = FinnishDateField(label=_("Date"), help_text=_("For example 1.12.2026"))

    class Meta:
        model = Phase
        fields = ("on", "precision", "status", "text")
        widgets = {"precision": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "status": _("Choose one when the series starts, pauses or ends; otherwise leave it empty."),
            "text": _("One sentence; leave it empty if the status says it all."),
        }


class YearFigureForm(SeriesPartForm):
    class Meta:
        model = YearFigure
        fields = ("year", "event_count", "participant_count", "text")
        widgets = {
            "year": forms.NumberInput(attrs={"class": "short"}),
            "event_count": forms.NumberInput(attrs={"class": "short"}),
            "participant_count": forms.NumberInput(attrs={"class": "short"}),
        }
        help_texts = {
            "event_count": _("Only where the single events are not recorded here."),
        }


KINDS = {
    "puhujat": Kind(SpeakerForm, _("New speaker"), _("Speaker")),
    "kysymykset": Kind(QuestionForm, _("New question to those who register"), _("Question to those who register")),
}
SERIES_KINDS = {
    "vaiheet": Kind(PhaseForm, _("New phase"), _("Phase")),
    "vuodet": Kind(YearFigureForm, _("Figures of a year"), _("Figures of a year")),
}
