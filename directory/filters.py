"""What a query string may ask of people, organisations and users."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Appointment, Role, User
from directory.models import Organisation, Person


class DirectoryFilter(django_filters.FilterSet):
    """A filter that knows how many of its limits are on. Values that make no sense ask for nothing."""

    @property
    def limits(self):
        """How many limits the rows have now."""
        return sum(bool(value) for value in self.form.cleaned_data.values()) if self.is_bound else 0

    @property
    def words(self):
        """The free words as typed."""
        return self.form.cleaned_data.get("q") or "" if self.is_bound else ""


class PersonFilter(DirectoryFilter):
    """Free words, kind of organisation, only the house, those who have left instead of those present."""

    q = django_filters.CharFilter(label=_("Name, organisation or e-mail"), method="by_words", max_length=200)
    kind = django_filters.ChoiceFilter(
        label=_("Kind of organisation"),
        field_name="organisation__kind",
        choices=Organisation.Kind.choices,
        empty_label=_("All kinds"),
    )
    house = django_filters.BooleanFilter(label=_("Only our own staff"), method="only_house", widget=forms.CheckboxInput)
    left = django_filters.BooleanFilter(label=_("Those who have left"), method="only_left", widget=forms.CheckboxInput)

    class Meta:
        model = Person
        fields = ()

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("left") else queryset.present()

    def by_words(self, queryset, name, value):
        return queryset.search(value)

    def only_house(self, queryset, name, value):
        return queryset.filter(organisation__is_us=True) if value else queryset

    def only_left(self, queryset, name, value):
        return queryset.left() if value else queryset


class OrganisationFilter(DirectoryFilter):
    """Free words, kind, those that have ended instead of those at work."""

    q = django_filters.CharFilter(label=_("Name"), method="by_words", max_length=200)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Organisation.Kind.choices, empty_label=_("All kinds"))
    ended = django_filters.BooleanFilter(label=_("Ended ones too"), method="also_ended", widget=forms.CheckboxInput)

    class Meta:
        model = Organisation
        fields = ()

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("ended") else queryset.working()

    def by_words(self, queryset, name, value):
        return queryset.search(value)

    def also_ended(self, queryset, name, value):
        return queryset


class UserFilter(DirectoryFilter):
    """Free words, role or office, and whether the account is open."""

    ANY_OFFICE = "office"

    q = django_filters.CharFilter(label=_("Name or e-mail"), method="by_words", max_length=200)
    role = django_filters.ChoiceFilter(
        label=_("Role"),
        choices=[*Role.choices, (ANY_OFFICE, _("ombudsman or substitute")), ("none", _("no role"))],
        method="by_role",
        empty_label=_("All roles"),
    )
    closed = django_filters.BooleanFilter(label=_("Closed accounts"), method="only_closed", widget=forms.CheckboxInput)

    class Meta:
        model = User
        fields = ()

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).filter(is_active=not self.form.cleaned_data.get("closed"))

    def by_words(self, queryset, name, value):
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(person__given_name__icontains=word)
                | Q(person__family_name__icontains=word)
                | Q(email__icontains=word)
            )
        return queryset

    def by_role(self, queryset, name, value):
        if value == self.ANY_OFFICE:
            return queryset.filter(pk__in=Appointment.objects.not_over().values("user"))
        if value == "none":
            return queryset.filter(groups=None)
        return queryset.filter(groups__name=value)

    def only_closed(self, queryset, name, value):
        return queryset
