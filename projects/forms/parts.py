"""The parts of a project: a form for each kind, and what the pages around them say."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.county_fields import CountiesField
from directory.models import County, Organisation, Person
from directory.person_fields import PersonChoiceField, coordinators
from projects.forms.fields import EurosField, FigureField, LinkedPagesField
from projects.models import (
    Activity,
    Deadline,
    Extension,
    Funding,
    Indicator,
    Objective,
    Output,
    Partner,
    Phase,
    Report,
    Staffing,
)
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField
from publishing.part_pages import Kind

EXAMPLE = _("For example 1.12.2026")


class PartForm(EditInPlaceForm):
    """A part of one project, which does not change."""

    def __init__(self, *args, project, **kwargs):
        super().__init__(*args, **kwargs)
        self.project = project
        self.instance.project = project
        if "organisation" in self.fields:
            self.fields["organisation"].queryset = working_or(self.instance.organisation_id)
        if "objective" in self.fields:
            self.fields["objective"].queryset = project.objectives.order_by("part", "position", "pk")
            self.fields["objective"].empty_label = _("No one objective")

    def save(self, commit=True):
        if self.instance.pk is None and hasattr(self.instance, "put_last"):
            self.instance.put_last()
        return super().save(commit)


def working_or(present):
    """Bodies that exist, and the one that is chosen now."""
    return Organisation.objects.filter(Q(pk__in=Organisation.objects.working()) | Q(pk=present)).in_finnish_order()


def dates_in_order(form, first="starts_on", last="ends_on"):
    """The sentence stands at the field that is wrong, not above the form."""
    starts, ends = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if starts and ends and ends < starts:
        form.add_error(last, _("The period cannot end before it starts."))


class PhaseForm(PartForm):
    on = FinnishDateField(label=_("Date"), help_text=EXAMPLE)

    class Meta:
        model = Phase
        fields = ("on", "precision", "status", "text")
        widgets = {"precision": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "status": _("Choose one when the project comes to another phase; otherwise leave it empty."),
            "text": _("One sentence; leave it empty if the status says it all."),
        }


class ExtensionForm(PartForm):
    until = FinnishDateField(label=_("Goes on until"), help_text=EXAMPLE)
    decided_on = FinnishDateField(label=_("Decided"))

    class Meta:
        model = Extension
        fields = ("until", "precision", "decided_on", "text")
        widgets = {"precision": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("decided_on", timezone.localdate())

    def save(self, commit=True):
        """A new extension is also a phase: from its decision on the project is extended."""
        if self.instance.pk:
            return super().save(commit)
        data = self.cleaned_data
        return self.project.extend(
            until=data["until"], precision=data["precision"], on=data["decided_on"], text=data["text"]
        )


class PartnerForm(PartForm):
    starts_on = FinnishDateField(label=_("From"), required=False, help_text=_("Empty: since the project began."))
    ends_on = FinnishDateField(label=_("Until"), required=False, help_text=_("Empty: until it ends."))

    class Meta:
        model = Partner
        fields = ("organisation", "name", "role", "starts_on", "ends_on")
        widgets = {"role": forms.RadioSelect}

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("organisation") and not cleaned.get("name"):
            self.add_error("organisation", _("Choose an organisation or write a name below."))
        elif cleaned.get("organisation") and cleaned.get("name"):
            self.add_error("name", _("Choose an organisation or write a name, not both."))
        dates_in_order(self)
        return cleaned


class StaffingForm(PartForm):
    person = PersonChoiceField(Person.objects.none(), label=_("Person"), required=False)
    starts_on = FinnishDateField(label=_("From"), required=False, help_text=_("Empty: since the project began."))
    ends_on = FinnishDateField(label=_("Until"), required=False, help_text=_("Empty: until it ends."))

    class Meta:
        model = Staffing
        fields = ("title", "person", "share", "starts_on", "ends_on")
        help_texts = {
            "title": _("For example projektipäällikkö."),
            "share": _("100 is full time. Person-months are counted from it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = coordinators(self.instance.person_id)

    def clean(self):
        cleaned = super().clean()
        dates_in_order(self)
        return cleaned


class FundingForm(PartForm):
    amount = EurosField(label=_("Euros"), required=False, help_text=_("Empty if it is not known."))

    class Meta:
        model = Funding
        fields = ("part", "source", "organisation", "year", "amount", "is_public")
        widgets = {"part": forms.RadioSelect}
        help_texts = {
            "organisation": _("The body that gives the money, if it is known by name."),
            "year": _("Empty: the whole time."),
            "is_public": _("Otherwise only staff see the sum. The source is always public."),
        }


class ObjectiveForm(PartForm):
    class Meta:
        model = Objective
        fields = ("part", "text")
        widgets = {"part": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 2})}


class ActivityForm(PartForm):
    counties = CountiesField(County.objects.none(), label=_("Counties"), required=False)
    linked = LinkedPagesField(
        label=_("Recorded elsewhere on this portal"),
        required=False,
        help_text=_(
            "Addresses of the pages of networks and meetings, one a line. What is recorded there is linked, not "
            "written again."
        ),
    )

    class Meta:
        model = Activity
        fields = ("objective", "text", "counties")
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["counties"].offer(self.initial.get("counties", ()))
        if self.instance.pk:
            meetings = self.instance.meetings.select_related("network").order_by("starts_at")
            self.initial["linked"] = (list(self.instance.networks.order_by("name_key")), list(meetings))

    def save(self, commit=True):
        activity = super().save(commit)
        networks, meetings = self.cleaned_data["linked"]
        activity.networks.set(networks)
        activity.meetings.set(meetings)
        return activity


class OutputForm(PartForm):
    ready_on = FinnishDateField(label=_("Ready"), required=False, help_text=EXAMPLE)
    checked_on = FinnishDateField(label=_("Last checked"), required=False)

    class Meta:
        model = Output
        fields = (
            "title", "kind", "state", "url", "note", "objective", "ready_on", "ready_precision", "rooted_in", "owner",
            "checked_on",
        )  # fmt: skip
        widgets = {"state": forms.RadioSelect, "note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "url": _("For an operating model its page in Innokylä."),
            "rooted_in": _("Where it is in use, for example which services of which county."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = working_or(self.instance.owner_id)


class IndicatorForm(PartForm):
    baseline = FigureField(label=_("At the start"), required=False)
    target = FigureField(label=_("Target"), required=False)
    actual = FigureField(label=_("Actual"), required=False)
    measured_on = FinnishDateField(label=_("Measured"), required=False, help_text=EXAMPLE)

    class Meta:
        model = Indicator
        fields = ("name", "unit", "baseline", "target", "actual", "measured_on", "measured_precision", "note")


class DeadlineForm(PartForm):
    on = FinnishDateField(label=_("By"), help_text=EXAMPLE)
    done_on = FinnishDateField(label=_("Done"), required=False)

    class Meta:
        model = Deadline
        fields = ("title", "kind", "on", "remind_days", "is_public", "done_on")
        widgets = {"kind": forms.RadioSelect}
        help_texts = {"remind_days": _("The one who answers for the project gets a letter.")}


class ReportForm(PartForm):
    starts_on = FinnishDateField(label=_("From"), help_text=EXAMPLE)
    ends_on = FinnishDateField(label=_("Until"))
    submitted_on = FinnishDateField(label=_("Handed in"), required=False)

    class Meta:
        model = Report
        fields = ("starts_on", "ends_on", "text", "is_public", "submitted_on")

    def clean(self):
        cleaned = super().clean()
        dates_in_order(self)
        return cleaned


# By the word in the address.
KINDS = {
    "vaiheet": Kind(PhaseForm, _("New phase"), _("Phase")),
    "jatkoajat": Kind(ExtensionForm, _("New extension"), _("Extension"), several=False),
    "toteuttajat": Kind(PartnerForm, _("New organisation in the project"), _("Organisation in the project")),
    "henkilosto": Kind(StaffingForm, _("New member of staff in the project"), _("Member of staff in the project")),
    "rahoitus": Kind(FundingForm, _("New row of funding"), _("Row of funding")),
    "tavoitteet": Kind(ObjectiveForm, _("New objective"), _("Objective")),
    "toimenpiteet": Kind(ActivityForm, _("New activity"), _("Activity")),
    "tuotokset": Kind(OutputForm, _("New output"), _("Output")),
    "mittarit": Kind(IndicatorForm, _("New indicator"), _("Indicator")),
    "maarapaivat": Kind(DeadlineForm, _("New date to keep"), _("Date to keep")),
    "raportit": Kind(ReportForm, _("New report"), _("Report"), several=False),
}
