"""What may be typed of the questionnaire."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ilmapuntari.models import (
    Instrument,
    Statement,
    Theme,
)
from ilmapuntari.models.instrument import LANGUAGES
from publishing.editing import EditInPlaceForm


class TenthsField(forms.DecimalField):
    """A limit on the scale of means, typed 7,0 and stored in tenths."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"class": "time", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=0, max_value=10, decimal_places=1, localize=False, widget=widget, **kwargs)

    def prepare_value(self, value):
        return f"{value // 10},{value % 10}" if isinstance(value, int) else value

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip().replace(",", ".")
        return super().to_python(value)

    def clean(self, value):
        value = super().clean(value)
        return None if value is None else int(value * 10)

    def has_changed(self, initial, data):
        try:
            return initial != self.clean(data)
        except ValidationError:
            return True


GREEN_AFTER_YELLOW = _("Green has to begin above yellow.")


class InstrumentForm(EditInPlaceForm):
    """What holds for the whole version: limits of the states, noise, where the statements come from."""

    good_from = TenthsField(label=_("Green from"), help_text=_("Mean on the scale 0–10, for example 7,0."))
    fair_from = TenthsField(label=_("Yellow from"), help_text=_("Below it is red."))
    noise_sd = TenthsField(
        label=_("Spread of answers"),
        help_text=_("Standard deviation of one person's answer. With the next one it decides when a change is told."),
    )

    class Meta:
        model = Instrument
        fields = ("good_from", "fair_from", "noise_sd", "noise_r", "origin_fi", "origin_sv", "origin_en")
        labels = {"noise_r": _("Correlation of two rounds, in hundredths")}
        widgets = {
            "noise_r": forms.NumberInput(attrs={"class": "time"}),
            **{f"origin_{code}": forms.Textarea(attrs={"rows": 2}) for code in LANGUAGES},
        }

    def clean_noise_sd(self):
        if not self.cleaned_data["noise_sd"]:
            raise ValidationError(_("A spread of nothing would tell every change."))
        return self.cleaned_data["noise_sd"]

    def clean(self):
        cleaned = super().clean()
        good, fair = cleaned.get("good_from"), cleaned.get("fair_from")
        if good is not None and fair is not None and good <= fair:
            self.add_error("good_from", GREEN_AFTER_YELLOW)
        return cleaned


class ThemeForm(EditInPlaceForm):
    """The name of a theme in three languages."""

    class Meta:
        model = Theme
        fields = ("name_fi", "name_sv", "name_en")


class StatementForm(EditInPlaceForm):
    """A statement in three languages, its direction, its limits and its questions for discussion."""

    theme = forms.ModelChoiceField(Theme.objects.none(), label=_("Theme"), empty_label=None)
    good_from = TenthsField(
        label=_("Green from"), required=False, help_text=_("Leave empty for the limits of the whole version.")
    )
    fair_from = TenthsField(label=_("Yellow from"), required=False)
    new_meaning = forms.BooleanField(
        label=_("The meaning changes"),
        required=False,
        help_text=_("Then the statement is not compared with earlier versions. Leave it for a better wording."),
    )

    class Meta:
        model = Statement
        fields = (
            *(f"text_{code}" for code in LANGUAGES), "theme", "is_reversed", "good_from", "fair_from",
            *(f"mid_{code}" for code in LANGUAGES), *(f"bad_{code}" for code in LANGUAGES),
        )  # fmt: skip
        labels = {"is_reversed": _("A high figure is bad")}
        help_texts = {
            "is_reversed": _("Results turn the figures, so that higher is always better."),
            "text_fi": _("At most 140 characters. It is answered from 0 (does not match) to 10 (matches)."),
        }
        widgets = {
            **{f"text_{code}": forms.Textarea(attrs={"rows": 2, "lang": code}) for code in LANGUAGES},
            **{
                f"{name}_{code}": forms.Textarea(attrs={"rows": 2, "lang": code})
                for name in ("mid", "bad")
                for code in LANGUAGES
            },
        }

    def __init__(self, *args, instrument, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = instrument.themes.order_by("position")
        if not self.instance.pk:
            del self.fields["new_meaning"]

    def clean(self):
        cleaned = super().clean()
        good, fair = cleaned.get("good_from"), cleaned.get("fair_from")
        if (good is None) != (fair is None):
            self.add_error("good_from" if good is None else "fair_from", _("Write both limits, or leave both empty."))
        elif good is not None and good <= fair:
            self.add_error("good_from", GREEN_AFTER_YELLOW)
        return cleaned

    @transaction.atomic
    def save(self, commit=True):
        if not self.instance.pk:
            fields = {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "theme")}
            return self.cleaned_data["theme"].add_statement(**fields)
        statement = super().save()
        if "theme" in self.changed_data:
            statement.put_into(self.cleaned_data["theme"])
        if self.cleaned_data["new_meaning"]:
            statement.change_identity()
        return statement
