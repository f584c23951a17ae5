"""What a query string may ask of teams."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from directory.filters import DirectoryFilter
from directory.models import County, Organisation
from ilmapuntari.models import Team


class TeamFilter(DirectoryFilter):
    """Free words, county, organisation, service, what to look at, and those that have left. Nonsense asks nothing."""

    NOTICES = [
        ("small", _("four members or fewer")),
        ("no_leader", _("no leader")),
        ("proposals", _("proposed changes wait")),
    ]

    q = django_filters.CharFilter(label=_("Team or organisation"), method="by_words", max_length=200)
    county = django_filters.ChoiceFilter(
        label=_("Wellbeing services county"), field_name="county", empty_label=_("All counties")
    )
    organisation = django_filters.ChoiceFilter(
        label=_("Organisation"), field_name="organisation", empty_label=_("All organisations")
    )
    service = django_filters.ChoiceFilter(
        label=_("Service"), choices=Team.Service.choices, empty_label=_("All services")
    )
    notice = django_filters.ChoiceFilter(
        label=_("To look at"), choices=NOTICES, method="by_notice", empty_label=_("All teams")
    )
    ended = django_filters.BooleanFilter(
        label=_("Those that have left"), method="only_ended", widget=forms.CheckboxInput
    )

    class Meta:
        model = Team
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Only what the user's teams have is worth choosing.
        pairs = set(self.queryset.order_by().values_list("county", "organisation"))
        counties = County.objects.filter(pk__in={county for county, _organisation in pairs})
        organisations = Organisation.objects.filter(pk__in={organisation for _county, organisation in pairs})
        self.choose("county", counties.order_by("-is_ours", "position", "code"), "short_name")
        self.choose("organisation", organisations.in_finnish_order(), "called")

    def choose(self, name, records, title):
        choices = [(str(record.pk), getattr(record, title)) for record in records]
        self.filters[name].extra["choices"] = self.filters[name].field.choices = choices

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        return queryset.ended() if self.form.cleaned_data.get("ended") else queryset.working()

    def by_words(self, queryset, name, value):
        return queryset.search(value)

    def by_notice(self, queryset, name, value):
        limited = {
            "small": queryset.small,
            "no_leader": queryset.without_leader,
            "proposals": queryset.with_open_proposals,
        }
        return limited[value]() if value else queryset

    def only_ended(self, queryset, name, value):
        return queryset
