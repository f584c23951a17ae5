"""What may be typed of agreed actions."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ilmapuntari import published
from ilmapuntari.models import (
    AgreedAction,
)
from publishing.finnish_dates import FinnishDateField


class AgreedActionForm(forms.ModelForm):
    """What the team agreed on: because of which statement, what, who by role, by when."""

    FURTHEST = timedelta(days=2 * 365)

    statement = forms.ChoiceField(label=_("Because of which statement"))
    by_on = FinnishDateField(label=_("By when"), help_text=_("For example 31.1.2027. The next round asks about it."))

    class Meta:
        model = AgreedAction
        fields = ("statement", "what", "who", "by_on")
        labels = {"what": _("What was agreed"), "who": _("Who, by role")}
        help_texts = {
            "what": _("One thing that can be seen to have happened. At most 200 characters."),
            "who": _("A role, not a name: for example the whole team, or the team leader."),
        }
        widgets = {"what": forms.Textarea(attrs={"rows": 2}), "who": forms.TextInput(attrs={"class": "medium"})}
        error_messages = {
            "what": {"required": _("Write what was agreed.")},
            "who": {"required": _("Write whose task it is, by role.")},
        }

    def __init__(self, *args, result, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["statement"].choices = statement_choices(result, self.instance.statement)
        self.fields["statement"].error_messages["required"] = _("Choose the statement.")

    def clean_what(self):
        return without_address(self.cleaned_data["what"])

    def clean_who(self):
        return without_address(self.cleaned_data["who"])

    def clean_by_on(self):
        day = self.cleaned_data["by_on"]
        today = timezone.localdate()
        if "by_on" in self.changed_data and day < today:
            raise forms.ValidationError(_("That day has passed. Choose a day to come."))
        if day > today + self.FURTHEST:
            raise forms.ValidationError(_("That is more than two years away. Check the year."))
        return day


def without_address(text):
    """The text as it is; refused when it holds an e-mail address, as agreed actions name nobody."""
    if "@" in text:
        raise forms.ValidationError(_("Leave e-mail addresses out: write a role, not a person."))
    return text


def statement_choices(result, chosen=""):
    """Statements as choices: first those to talk about, then the others in the order in which they are asked."""
    statements = {statement.identity: statement.text for statement in result.sheet.statements}
    first = {}
    for question in result.questions:
        heading = question.figure.state_words if question.figure and result.is_shown else _("To talk about")
        first.setdefault(str(heading), []).append(question.asked.identity)
    named = {identity for identities in first.values() for identity in identities}
    groups = [("", _("Choose"))]
    groups += [(heading, [(key, statements[key]) for key in identities]) for heading, identities in first.items()]
    others = [(key, text) for key, text in statements.items() if key not in named]
    if chosen and chosen not in statements:  # asked by an earlier version
        others.append((chosen, published.statement_text(result, chosen) or chosen))
    return [*groups, (_("Other statements"), others)] if others else groups


class ActionReviewForm(forms.Form):
    """Looking back: did it happen, and did it help?"""

    happened = forms.ChoiceField(
        label=_("Did it happen?"),
        choices=AgreedAction.Happened,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it happened.")},
    )
    helped = forms.ChoiceField(
        label=_("Did it help?"),
        choices=AgreedAction.Helped,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Leave empty if it was not done."),
    )

    def clean(self):
        data = super().clean()
        happened = data.get("happened")
        if happened == AgreedAction.Happened.NO:
            data["helped"] = ""
        elif happened and not data.get("helped") and "helped" not in self.errors:
            self.add_error("helped", _("Choose whether it helped. If you cannot say yet, choose so."))
        return data
