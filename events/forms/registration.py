"""Registering without an account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Question

NAME = {"autocomplete": "name"}
EMAIL = {"autocomplete": "email", "inputmode": "email"}
ORGANISATION = {"autocomplete": "organization"}


class PersonForm(forms.Form):
    """Who registers."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs=NAME),
        error_messages={"required": _("Write your name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=200,
        widget=forms.EmailInput(attrs=EMAIL),
        help_text=_("The confirmation comes here. Check the spelling."),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write the e-mail address like eeva.esimerkki@example.org."),
        },
    )
    organisation = forms.CharField(
        label=_("Organisation"), max_length=150, required=False, widget=forms.TextInput(attrs=ORGANISATION)
    )

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if "://" in name or "www." in name.lower():
            raise forms.ValidationError(_("Write your name, without an address of a page."))
        return name

    def clean_email(self):
        return self.cleaned_data["email"].strip()

    def clean(self):
        # A field beside the form that people do not see, and that machines fill in.
        if self.data.get("website"):
            raise forms.ValidationError(_("This looks like a machine. Leave the field for machines empty."))
        return super().clean()


class RegistrationForm(PersonForm):
    """For one event, with the questions it asks and the consent to what is kept and until when."""

    consent = forms.BooleanField(label="", error_messages={"required": _("Without your consent nothing is stored.")})

    def __init__(self, *args, event, consent, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(event.questions.in_order())
        for question in self.questions:
            self.fields[f"question-{question.pk}"] = field_of(question)
        self.fields["consent"].label = consent
        self.order_fields(["name", "email", "organisation", *(f"question-{q.pk}" for q in self.questions), "consent"])

    @property
    def answers(self):
        """{key of question: answer in words}, only what was answered."""
        found = {}
        for question in self.questions:
            value = self.cleaned_data.get(f"question-{question.pk}")
            if value is True:
                value = str(_("yes"))
            if value:
                found[str(question.pk)] = value
        return found


class OwnRegistrationForm(RegistrationForm):
    """What one may change of one's own registration; the address is what the link was sent to, and stays."""

    def __init__(self, *args, registration, **kwargs):
        super().__init__(*args, event=registration.event, consent="", **kwargs)
        for name in ("email", "consent"):
            del self.fields[name]
        self.initial |= {"name": registration.name, "organisation": registration.organisation}
        for question in self.questions:
            answer = registration.answers.get(str(question.pk))
            if answer is not None:
                self.initial[f"question-{question.pk}"] = True if question.kind == Question.Kind.YES else answer


def field_of(question):
    """The field in which a question is answered."""
    if question.kind == Question.Kind.YES:
        return forms.BooleanField(label=question.text, required=question.is_required)
    if question.kind == Question.Kind.CHOICE:
        return forms.ChoiceField(
            label=question.text,
            choices=[(choice, choice) for choice in question.choices],
            required=question.is_required,
            widget=forms.RadioSelect,
        )
    return forms.CharField(label=question.text, max_length=300, required=question.is_required)


class StandingForm(PersonForm):
    """For every occasion of a series."""

    consent = forms.BooleanField(label="", error_messages={"required": _("Without your consent nothing is stored.")})

    def __init__(self, *args, consent, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = consent


class OwnDataForm(forms.Form):
    """The address to which the link to one's own data is sent."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=200,
        widget=forms.EmailInput(attrs=EMAIL),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write the e-mail address like eeva.esimerkki@example.org."),
        },
    )
