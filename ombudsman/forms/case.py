"""What may be typed about a matter."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ombudsman.forms.base import CarefulForm, not_to_come
from ombudsman.models import Case, CaseFile, Code, Fact, Measure, Variable
from publishing.attachments import AttachmentField
from publishing.finnish_dates import FinnishDateField
from publishing.personal_identity_code import refuse_personal_identity_code


class CaseForm(CarefulForm):
    """What the matter is about, what comes next, and the decision from which times are counted."""

    title = forms.CharField(label=gettext_lazy("What it is about"), max_length=200)
    next_step = forms.CharField(label=gettext_lazy("Next step"), required=False, max_length=300)
    next_on = FinnishDateField(label=gettext_lazy("Remind on"), required=False)
    decided_on = FinnishDateField(
        label=gettext_lazy("Date of the decision"), required=False, validators=[not_to_come],
        help_text=gettext_lazy("The times for challenging it are counted from this."),
    )  # fmt: skip
    served_on = FinnishDateField(
        label=gettext_lazy("The client received it on"), required=False,
        help_text=gettext_lazy("If it is not known, the seventh day after the decision is taken."),
    )  # fmt: skip
    NAMES = ("title", "next_step", "next_on", "decided_on", "served_on")

    def __init__(self, *args, case, **kwargs):
        self.case = case
        super().__init__(*args, initial={name: getattr(case, name) for name in self.NAMES}, **kwargs)

    def clean(self):
        data = super().clean()
        decided, served = data.get("decided_on"), data.get("served_on")
        if served and not decided and "decided_on" not in self.errors:
            self.add_error("decided_on", _("Write also the date of the decision."))
        if decided and served and served < decided:
            self.add_error("served_on", _("A decision cannot be received before it was made."))
        if self.case.is_closed and (data.get("next_on") or data.get("next_step")):
            self.add_error("next_step", _("The matter is closed. Open it again first."))
        return data

    def save(self):
        for name in self.NAMES:
            setattr(self.case, name, self.cleaned_data[name])
        self.case.save(update_fields=self.NAMES)


class MoveForm(CarefulForm):
    """Open, waiting or closed; a matter that is closed tells how it ended."""

    status = forms.ChoiceField(label=gettext_lazy("State"), choices=Case.Status, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"), required=False, choices=[("", "–"), *Case.Outcome.choices]
    )
    outcome_words = forms.CharField(
        label=gettext_lazy("In words"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self):
        data = super().clean()
        if data.get("status") == Case.Status.CLOSED and not data.get("outcome"):
            self.add_error("outcome", _("Choose how the matter ended."))
        return data


class MeasureForm(CarefulForm):
    """Something that was done between contacts."""

    taken_on = FinnishDateField(label=gettext_lazy("Day"), validators=[not_to_come])
    code = forms.ChoiceField(label=gettext_lazy("Measure"))
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        codes = Code.objects.of(Variable.MEASURE).valid().in_order()
        self.fields["code"].choices = [(code.code, code.label) for code in codes]

    def save(self, case):
        """Store the measure and the row by which it is counted, in the county of the matter's last contact."""
        data = self.cleaned_data
        place = {}
        latest = case.contacts.order_by("-occurred_on").first()
        if latest:
            standing = Fact.objects.filter(pk=latest.fact).first()
            place = {"county": standing.county, "municipality": standing.municipality} if standing else {}
        fact = Fact.objects.create(
            kind=Fact.Kind.MEASURE, month=data["taken_on"].replace(day=1), measures=[data["code"]], **place
        )
        return Measure.objects.create(
            case=case, taken_on=data["taken_on"], code=data["code"], note=data["note"], fact=str(fact.pk)
        )


class CaseFileForm(CarefulForm):
    """A file of the matter. It is sealed with a key of its own."""

    MOST_FILES = 30

    file = AttachmentField(label=gettext_lazy("File"))

    def __init__(self, *args, case, **kwargs):
        self.case = case
        super().__init__(*args, **kwargs)

    def clean_file(self):
        upload = self.cleaned_data["file"]
        refuse_personal_identity_code(upload.name)
        if self.case.files.count() >= self.MOST_FILES:
            raise ValidationError(_("A matter holds thirty files at most. Remove one that is not needed."))
        return upload

    def save(self):
        upload = self.cleaned_data["file"]
        facts = {"name": upload.name[-150:], "mime_type": upload.mime_type, "size": upload.size}
        return CaseFile.objects.create(case=self.case, facts=facts, content=upload.read())
