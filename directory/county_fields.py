"""Choosing areas by their official codes, whatever a request holds instead of one.

Unlike numbers, codes reach the database as they came, and a database refuses NUL with an error of its own.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from directory.models import County


class CodesField(forms.ModelMultipleChoiceField):
    """Several areas by their codes, counties or municipalities; what cannot be a code is not looked for."""

    def clean(self, value):
        if any(not str(code).isalnum() for code in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": "?"})
        return super().clean(value)


class CountiesField(CodesField):
    """Several counties to tick: ours, and those that are chosen already; the list of all would be long."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, chosen):
        self.queryset = County.objects.filter(Q(is_ours=True) | Q(pk__in=[county.pk for county in chosen])).order_by(
            "-is_ours", "position", "code"
        )


class CountyField(forms.ModelChoiceField):
    """One county or none; what cannot be a code is not looked for."""

    def __init__(self, **kwargs):
        super().__init__(County.objects.order_by("-is_ours", "position", "code"), **kwargs)

    def to_python(self, value):
        if value and not isinstance(value, County) and not str(value).isalnum():
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": "?"})
        return super().to_python(value)
