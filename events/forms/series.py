"""A series: the sections of its page."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.county_fields import CountiesField
from directory.models import County, Person
from directory.person_fields import PersonChoiceField, coordinators
from events.forms.fields import HostsField
from events.models import Series
from publishing.audience import Audience
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField, FinnishTimeField

WEEKDAYS = [
    ("", _("no fixed day")), (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")),
    (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip


class SectionForm(EditInPlaceForm):
    heading = ""

    class Meta:
        model = Series
        fields = ()


class BasicsForm(SectionForm):
    heading = _("Basic facts")
    audience = forms.MultipleChoiceField(
        label=_("For whom"), choices=Audience.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    counties = CountiesField(
        County.objects.none(), label=_("Counties"), required=False, help_text=_("Leave empty for the whole area.")
    )

    class Meta:
        model = Series
        fields = ("name", "summary", "kind", "counties", "area_note", "audience", "audience_note")
        widgets = {"summary": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "summary": _("Shown in lists. What the series is, in at most 200 characters."),
            "area_note": _("For example: koko maa, Sisä-Suomen yhteistyöalue."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["counties"].offer(self.initial.get("counties", ()))

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class NewSeriesForm(BasicsForm):
    """A new series: its basic facts, who answers for it and since when it runs."""

    coordinator = PersonChoiceField(Person.objects.none(), label=_("Answers for it"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), choices=Series.Status.choices, widget=forms.RadioSelect, initial=Series.Status.RUNNING
    )
    since = FinnishDateField(label=_("Since"), help_text=_("For example 1.12.2026"))

    class Meta(BasicsForm.Meta):
        fields = (*BasicsForm.Meta.fields, "coordinator")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = coordinators()
        self.initial.setdefault("since", timezone.localdate())

    def save(self, commit=True):
        data = dict(self.cleaned_data)
        for name in ("seen", "since"):
            data.pop(name, None)
        return Series.found(on=self.cleaned_data["since"], **data)


class PurposeForm(SectionForm):
    heading = _("What for")

    class Meta:
        model = Series
        fields = ("purpose", "background")
        widgets = {"purpose": forms.Textarea(attrs={"rows": 4, "class": "full"})}
        help_texts = {"purpose": _("Two or three sentences. Everybody sees them.")}

    def save(self, commit=True):
        # Who has just written the text has checked it.
        self.instance.reviewed_on = timezone.localdate()
        return super().save(commit)


class ScheduleForm(SectionForm):
    heading = _("When and how")
    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=WEEKDAYS, coerce=int, empty_value=None, required=False)
    starts = FinnishTimeField(label=_("Starts"), required=False)
    ends = FinnishTimeField(label=_("Ends"), required=False)

    class Meta:
        model = Series
        fields = (
            "cadence", "weekday", "starts", "ends", "mode", "place", "takes_registrations", "takes_standing",
            "recordings_page",
        )  # fmt: skip
        widgets = {"mode": forms.RadioSelect}
        help_texts = {
            "cadence": _("For example: perjantaisin klo 8.30."),
            "takes_standing": _("One form, and every new event of the series brings a confirmation by itself."),
        }

    def clean(self):
        cleaned = super().clean()
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The event cannot end before it starts."))
        if cleaned.get("takes_standing") and not cleaned.get("takes_registrations"):
            self.add_error("takes_standing", _("Nobody registers for the events of this series."))
        return cleaned


class HostsForm(SectionForm):
    heading = _("Who holds it")
    coordinator = PersonChoiceField(Person.objects.none(), label=_("Answers for it"), required=False)
    hosts = HostsField(label=_("Networks and projects that hold it"), required=False)

    class Meta:
        model = Series
        fields = ("coordinator", "partners")

    field_order = ("coordinator", "hosts", "partners")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = coordinators(self.instance.coordinator_id)
        self.initial["hosts"] = (list(self.instance.networks.all()), list(self.instance.projects.all()))

    def save(self, commit=True):
        series = super().save(commit)
        networks, projects = self.cleaned_data["hosts"]
        series.networks.set(networks)
        series.projects.set(projects)
        return series


SERIES_SECTIONS = {
    "perustiedot": BasicsForm,
    "tarkoitus": PurposeForm,
    "tapa": ScheduleForm,
    "jarjestajat": HostsForm,
}
