"""What may be written to the ombudsman without an account."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models import Municipality
from ombudsman.forms.base import CarefulForm
from ombudsman.models import ServedArea
from ombudsman.models.finding import normalised_phone

LONGEST = 8000  # letters; some three pages


class Wish(models.TextChoices):
    """How the sender wishes to be answered."""

    CALL = "call", _("Call me")
    EMAIL = "email", _("Answer by e-mail")
    NONE = "none", _("I need no answer, or I will call myself")


class WordsField(forms.CharField):
    """A long text. A change of line is one letter. A browser that knew the limit would cut what is pasted, unseen."""

    widget = forms.Textarea(attrs={"rows": 9, "class": "full", "autocomplete": "off"})

    def __init__(self, **kwargs):
        too_long = _("This has %(show_value)d letters, and there is room for %(limit_value)d. Shorten it a little.")
        kwargs["error_messages"] = {"max_length": too_long} | kwargs.get("error_messages", {})
        super().__init__(max_length=LONGEST, **kwargs)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def widget_attrs(self, widget):
        return {}


class MessageForm(CarefulForm):
    """A message to the ombudsman. A name is never asked for; how to answer only of those who wish an answer."""

    error_title = _("Your message was not sent yet")

    words = WordsField(
        label=_("Your message"),
        help_text=_(
            "What has happened, and what do you wish to know? Do not write a personal identity code. "
            "Of other people write only what is needed."
        ),
        error_messages={"required": _("Write your message.")},
    )
    wish = forms.ChoiceField(
        label=_("How do you wish to be answered?"),
        choices=Wish,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you wish to be answered.")},
    )
    phone = forms.CharField(
        label=_("Telephone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "class": "medium", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Ordinary e-mail is not protected, so the answer says little of your matter. A call is safer."),
        widget=forms.EmailInput(attrs={"class": "medium", "autocomplete": "email"}),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        help_text=_("You need not tell your name."),
        widget=forms.TextInput(attrs={"class": "medium", "autocomplete": "name"}),
    )
    municipality = forms.ModelChoiceField(
        label=_("Your municipality"),
        required=False,
        queryset=Municipality.objects.none(),
        empty_label=_("I do not tell, or another one"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        served = Municipality.objects.filter(pk__in=ServedArea.objects.in_force().values("municipality"))
        self.fields["municipality"].queryset = served

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and not normalised_phone(phone):
            raise forms.ValidationError(_("This is not a telephone number. For example 040 123 4567."))
        return phone

    def clean(self):
        wish = self.cleaned_data.get("wish")
        if wish == Wish.CALL and not self.cleaned_data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Write the number that you wish to be called at."))
        if wish == Wish.EMAIL and not self.cleaned_data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the address that you wish to be answered at."))

    @property
    def person(self):
        """Of the sender what was told: name, phone, email, municipality (its code) and wish."""
        place = self.cleaned_data["municipality"]
        told = {name: self.cleaned_data[name] for name in ("name", "phone", "email", "wish")}
        return told | {"municipality": place.pk if place else ""}


class ReceiptForm(CarefulForm):
    """The code that came with a message."""

    error_title = _("The message was not found")

    code = forms.CharField(
        label=_("Receipt code"),
        max_length=80,
        help_text=_("Small letters, spaces and lines make no difference."),
        error_messages={"required": _("Write the receipt code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "autocorrect": "off", "spellcheck": "false"}
        ),
    )


class AdditionForm(CarefulForm):
    """More to a message that was sent before."""

    error_title = _("Your addition was not sent yet")

    words = WordsField(
        label=_("What do you wish to add?"),
        help_text=_("Do not write a personal identity code."),
        error_messages={"required": _("Write what you wish to add.")},
    )
    # How many additions there were when the page was shown: what is sent twice is recognised by it.
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
