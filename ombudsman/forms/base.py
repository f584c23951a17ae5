"""What every form of the room refuses: personal identity codes, wherever they are typed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from publishing.personal_identity_code import refuse_personal_identity_code


def not_to_come(day):
    """A validator of days on which something has happened."""
    if day > timezone.localdate():
        raise ValidationError(_("The day has not come yet."))


class CarefulFormMixin:
    """Adds the refusal to each field of words, also to those that a model brings."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.validators = [*field.validators, refuse_personal_identity_code]


class CarefulForm(CarefulFormMixin, forms.Form):
    """For records that rest sealed: plain values in, plain values out."""


class CarefulModelForm(CarefulFormMixin, forms.ModelForm):
    """For the few records whose columns are open."""
