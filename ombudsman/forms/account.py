"""What is typed for figures and accounts: months, a year, prose, and the last word before an account is public."""

import re
from datetime import date

from django import forms
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from ombudsman.account_reading import SECTIONS
from ombudsman.models import Account, AccountText
from ombudsman.statistics import Time, years_of_contacts
from publishing.personal_identity_code import refuse_personal_identity_code

MONTH = re.compile(r"(?P<month>1[0-2]|0?[1-9])\s*[/.]\s*(?P<year>[12][0-9]{3})")
LONGEST = 60  # months; more would be no table any longer


class MonthField(forms.CharField):
    """A month as people write it, 1/2022; cleaned to its first day."""

    widget = forms.TextInput(attrs={"class": "time"})
    default_error_messages = {"invalid": _("Write the month and the year, for example 1/2022.")}

    def prepare_value(self, value):
        return f"{value.month}/{value.year}" if isinstance(value, date) else value

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        found = MONTH.fullmatch(text)
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return date(int(found["year"]), int(found["month"]), 1)


class MonthsForm(forms.Form):
    """From which month to which; without a choice, this year so far."""

    error_title = _("The figures of these months cannot be shown")

    alku = MonthField(label=_("From the month"), help_text=_("For example 1/2022."))
    loppu = MonthField(label=_("To the month"), help_text=_("For example 12/2022."))

    def __init__(self, query):
        today = timezone.localdate()
        self.usual = {"alku": date(today.year, 1, 1), "loppu": today.replace(day=1)}
        asked = {"alku", "loppu"} & query.keys()
        super().__init__(query if asked else None, initial=self.usual)

    def clean(self):
        first, last = self.cleaned_data.get("alku"), self.cleaned_data.get("loppu")
        if first and last:
            if last < first:
                self.add_error("loppu", _("The last month cannot be before the first."))
            elif Time.of_months(first, last).months > LONGEST:
                self.add_error("loppu", _("Five years can be shown at most."))

    @property
    def query(self):
        """The same months in the query of a link."""
        return urlencode({"alku": f"{self.time.first:%-m/%Y}", "loppu": f"{self.time.last:%-m/%Y}"})

    @property
    def time(self):
        """The months that are shown: the usual ones also while those that were asked for need mending."""
        chosen = self.cleaned_data if self.is_valid() else self.usual
        return Time.of_months(chosen["alku"], chosen["loppu"])


class BeginForm(forms.Form):
    """A year that has contacts and no account yet."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        taken = set(Account.objects.values_list("year", flat=True))
        self.fields["year"].choices = [(year, year) for year in years_of_contacts() if year not in taken]

    @property
    def has_years(self):
        return bool(self.fields["year"].choices)

    def save(self):
        return Account.objects.get_or_create(year=self.cleaned_data["year"])[0]


class ProseForm(forms.Form):
    """The ombudsman's prose of one area, a field a section; only what was changed is written."""

    def __init__(self, data, *, account, county):
        self.account, self.county = account, county
        texts = account.texts.filter(county=county or None).values_list("section", "text")
        super().__init__(data, initial=dict(texts), prefix="teksti")
        for code, (heading, _tables) in SECTIONS.items():
            self.fields[code] = forms.CharField(
                label=_("Text: %(section)s") % {"section": heading},
                required=False,
                max_length=20_000,
                validators=[refuse_personal_identity_code],
                widget=forms.Textarea(attrs={"rows": 5, "class": "full"}),
            )

    def save(self):
        for code in self.changed_data:
            AccountText.objects.update_or_create(
                account=self.account,
                county_id=self.county or None,
                section=code,
                defaults={"text": self.cleaned_data[code]},
            )


class ApproveForm(forms.Form):
    """Nothing to fill in: whether the account may be approved now, and why not."""

    error_title = _("The account cannot be approved yet")

    def __init__(self, data, *, account):
        super().__init__(data)
        self.account = account

    @property
    def leaves_open(self):
        """The year before, if it has a draft: once this account shows its figures, it cannot be approved any more."""
        return Account.objects.filter(year=self.account.year - 1, approved_at=None).first()

    def clean(self):
        if self.hindrance:
            raise forms.ValidationError(self.hindrance)

    @property
    def hindrance(self):
        """Why the account may not be approved, or nothing.

        A later account shows the figures of the year before it. To hide that year anew afterwards would give two
        answers on it, which together could tell what neither tells.
        """
        year = self.account.year
        if timezone.localdate().year <= year:
            return _("The year %(year)s is not over. Its account can be approved from 1.1.%(next)s.") % {
                "year": year,
                "next": year + 1,
            }
        if Account.objects.filter(year=year + 1, approved_at__isnull=False).exists():
            return _(
                "The account of %(next)s has been approved already, and it shows figures of this year. "
                "They cannot be published in two ways."
            ) % {"year": year, "next": year + 1}
        return ""
