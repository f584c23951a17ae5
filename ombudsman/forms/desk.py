"""What is asked at the door, and what is looked for."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ombudsman.forms.base import CarefulForm
from ombudsman.models import Purpose, terms_asked


class PurposeForm(CarefulForm):
    """What a substitute is here for."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What are you here for?"), choices=Purpose, widget=forms.RadioSelect,
        help_text=gettext_lazy("It stands beside each of your readings in the log, which the ombudsman sees."),
    )  # fmt: skip
    next = forms.CharField(required=False, widget=forms.HiddenInput, max_length=500)

    def clean_next(self):
        url = self.cleaned_data["next"]
        return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


class SearchForm(CarefulForm):
    """A telephone number, an e-mail address, a whole name or the number of a matter."""

    words = forms.CharField(
        label=gettext_lazy("Find"), max_length=120,
        help_text=gettext_lazy("Telephone number, e-mail address, whole name or the number of a matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "medium"}),
    )  # fmt: skip

    def clean_words(self):
        words = self.cleaned_data["words"]
        if not self.number_in(words) and not terms_asked(words):
            raise ValidationError(_("One word finds nobody: write the first and the last name, or a whole number."))
        return words

    @staticmethod
    def number_in(words):
        found = re.fullmatch(r"\s*([0-9]{4})\s*[-–/]\s*([0-9]{1,6})\s*", words)
        return f"{found[1]}-{int(found[2])}" if found else ""

    @property
    def number(self):
        return self.number_in(self.cleaned_data["words"])

    @property
    def terms(self):
        return terms_asked(self.cleaned_data["words"])
