"""Choosing a person of the directory."""

from django import forms
from django.db.models import Q

from directory.models import Person


class PersonChoiceField(forms.ModelChoiceField):
    """A person, last name first as the list is sorted, with title and organisation to tell namesakes apart."""

    def label_from_instance(self, person):
        name = f"{person.family_name} {person.given_name}"
        return f"{name} ({person.role_and_place})" if person.role_and_place else name


def coordinators(present=None):
    """Those who may answer for a network or a project: the staff of the house, and whoever does so now."""
    of_the_house = Q(organisation__is_us=True, left_on=None)
    return Person.objects.filter(of_the_house | Q(pk=present)).select_related("organisation")
