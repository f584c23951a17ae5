"""Who was there, what speakers send, what people say afterwards."""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Feedback, Registration, Speaker
from publishing.attachments import AttachmentField


class RegistrationsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, registration):
        return ", ".join(filter(None, [registration.name, registration.organisation]))


class AttendanceForm(forms.Form):
    """Who was there, of those with a seat."""

    present = RegistrationsField(Registration.objects.none(), label=_("Present"), required=False)

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = event.registrations.seated().by_name()
        self.marked = [str(row.pk) for row in self.rows if row.was_present]
        self.fields["present"].queryset = self.rows
        self.initial["present"] = [row.pk for row in self.rows if row.was_present]

    def changes(self):
        """(those ticked now, those unticked now): what others have marked since the page was opened stays."""
        before = set(self.data.get("before", "").split(","))
        present = {str(row.pk) for row in self.cleaned_data["present"]}
        shown = set(self.data.get("shown", "").split(","))
        return [int(key) for key in present - before], [int(key) for key in before & shown - present if key.isdecimal()]


class DoorForm(forms.Form):
    """Somebody who came without registering."""

    name = forms.CharField(label=_("Name"), max_length=120)
    organisation = forms.CharField(label=_("Organisation"), max_length=150, required=False)


class SpeakerOwnForm(forms.Form):
    """What a speaker sends by her link."""

    title = forms.CharField(label=_("Title of your talk"), max_length=180)
    bio = forms.CharField(
        label=_("Who you are"),
        max_length=800,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two or three sentences for the page of the event."),
    )
    slides = AttachmentField(label=_("Slides"), required=False)
    permission = forms.ChoiceField(
        label=_("May your talk be recorded and shown afterwards?"),
        choices=[(Speaker.Permission.YES, _("Yes")), (Speaker.Permission.NO, _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )


class FeedbackForm(forms.ModelForm):
    """Without a name: how it was."""

    useful = forms.TypedChoiceField(
        label=_("How useful was it for your work?"),
        coerce=int,
        choices=[
            (5, _("very useful")), (4, _("useful")), (3, _("something of both")), (2, _("of little use")),
            (1, _("of no use")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )  # fmt: skip

    class Meta:
        model = Feedback
        fields = ("useful", "text", "wishes")
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "wishes": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"text": _("Please do not write about clients or their matters.")}
