"""What may be typed on the pages of the website."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import County
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField
from publishing.personal_identity_code import refuse_personal_identity_code
from website.models import Feedback


class RegionForm(EditInPlaceForm):
    """What staff write about a county; names and figures come from the official lists."""

    class Meta:
        model = County
        fields = ("themes", "introduction")
        widgets = {"themes": forms.Textarea(attrs={"rows": 2})}


class FeedbackForm(forms.ModelForm):
    """A message about the site; an address only if an answer is wished."""

    class Meta:
        model = Feedback
        fields = ("about", "message", "email", "page")
        widgets = {
            "about": forms.RadioSelect,
            "message": forms.Textarea(attrs={"rows": 6}),
            "email": forms.EmailInput(attrs={"class": "medium", "autocomplete": "email"}),
            "page": forms.HiddenInput,
        }
        labels = {"about": _("What is it about?"), "message": _("Your message"), "email": _("Your e-mail")}
        help_texts = {
            "message": _(
                "What were you doing, and what went wrong? Please do not write about clients or their matters."
            ),
            "email": _("Only if you wish an answer."),
        }
        error_messages = {
            "about": {"required": _("Choose what your message is about.")},
            "message": {"required": _("Write your message.")},
        }

    def clean_message(self):
        refuse_personal_identity_code(self.cleaned_data["message"])
        return self.cleaned_data["message"]

    def clean_page(self):
        """The path of a page of ours, or nothing."""
        page = self.cleaned_data["page"]
        return page if page.startswith("/") and not page.startswith("//") else ""


class PartsForm(forms.Form):
    """One field of every sort, for the page that shows the parts of the look."""

    name = forms.CharField(label=_("Name"), help_text=_("As it stands on the page."))
    purpose = forms.CharField(label=_("Purpose"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    date = FinnishDateField(label=_("Date"), help_text=_("For example 1.12.2026"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", _("network")), ("b", _("forum"))])
    mode = forms.ChoiceField(
        label=_("Place"), choices=[("a", _("on site")), ("b", _("online"))], widget=forms.RadioSelect
    )
    counties = forms.MultipleChoiceField(
        label=_("Counties"),
        choices=[("08", "Pirkanmaa"), ("07", "Kanta-Häme"), ("06", "Satakunta")],
        widget=forms.CheckboxSelectMultiple,
    )
    is_public = forms.BooleanField(label=_("The file is public"), required=False)
    file = forms.FileField(label=_("File"), required=False)
