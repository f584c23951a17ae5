"""What a query string may ask of projects."""

import django_filters
from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from directory.models import County, Municipality
from projects import statistics
from projects.models import Funding, Project
from publishing.audience import Audience
from publishing.list_filter import ListFilter

BODY = "org-"  # before the key of a funder that is known by name


class ProjectFilter(ListFilter):
    """Free word, county, municipality, phase, theme, funder, our role, year, and the order."""

    q = django_filters.CharFilter(label=_("Word or name"), method="by_words", max_length=200, widget=forms.SearchInput)
    county = django_filters.MultipleChoiceFilter(
        label=_("Wellbeing services county"), method="by_county", widget=forms.CheckboxSelectMultiple
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("Phase"), choices=Project.Status.choices, method="by_status", widget=forms.CheckboxSelectMultiple
    )
    municipality = django_filters.ChoiceFilter(
        label=_("Municipality"), method="by_municipality", empty_label=_("All municipalities")
    )
    theme = django_filters.ChoiceFilter(
        label=_("Theme"), choices=Audience.choices, method="by_theme", empty_label=_("All themes")
    )
    funder = django_filters.ChoiceFilter(label=_("Funder"), method="by_funder", empty_label=_("All funders"))
    role = django_filters.ChoiceFilter(
        label=_("Our role"), choices=Project.OurRole.choices, method="by_role", empty_label=_("All roles")
    )
    year = django_filters.ChoiceFilter(label=_("Year"), method="by_year", empty_label=_("All years"))
    sort = django_filters.ChoiceFilter(
        label=_("Order"),
        choices=[
            ("name", _("Name")),
            ("newest", _("Newest first")),
            ("ending", _("Ends next")),
            ("best", _("Best hits")),
        ],
        method="in_order",
        empty_label=None,
    )

    class Meta:
        model = Project
        fields = ()

    LIMITS = ("q", "county", "status", "municipality", "theme", "funder", "role", "year")
    GROUPS = ("county", "status")

    def __init__(self, *args, visible, **kwargs):
        super().__init__(*args, **kwargs)
        self.status_counts = statistics.projects_by_status(visible)
        asked = set(self.data.getlist("status")) if self.is_bound else set()
        in_use = [
            (code, label) for code, label in Project.Status.choices if code in self.status_counts or code in asked
        ]
        self.offer("status", in_use)
        self.offer("county", [(county.code, county.short_name) for county in County.objects.ours()])
        places = Municipality.objects.filter(sub_region__county__is_ours=True).order_by("name_key")
        self.municipalities = {
            place.code: place for place in places.select_related("sub_region__county").defer("search")
        }
        self.offer("municipality", [(code, place.name) for code, place in self.municipalities.items()])
        self.offer("funder", statistics.funder_choices(visible, BODY))
        self.offer("year", [(str(year), str(year)) for year in statistics.project_years(visible)])

    @property
    def place(self):
        """The municipality that is asked for; None when it is none of ours."""
        return self.municipalities.get(self.value("municipality"))

    def by_county(self, queryset, name, value):
        return queryset.in_counties(value) if value else queryset

    def by_municipality(self, queryset, name, value):
        return queryset.in_municipality(self.municipalities[value]) if value else queryset

    def by_status(self, queryset, name, value):
        return queryset.filter(status__in=value) if value else queryset

    def by_theme(self, queryset, name, value):
        return queryset.filter(audience__contains=[value]) if value else queryset

    def by_role(self, queryset, name, value):
        return queryset.filter(our_roles__contains=[value]) if value else queryset

    def by_funder(self, queryset, name, value):
        if not value:
            return queryset
        is_body = value.startswith(BODY)
        rows = Funding.objects.filter(
            **{"organisation": int(value.removeprefix(BODY))} if is_body else {"source": value}
        )
        return queryset.filter(pk__in=rows.values("project"))

    def by_year(self, queryset, name, value):
        return queryset.in_year(int(value)) if value else queryset

    def in_order(self, queryset, name, value):
        if value == "newest":
            return queryset.order_by(F("first_on").desc(nulls_last=True), "name_key", "pk")
        if value == "ending":
            return queryset.ending_next_first()
        if self.words and value != "name":
            return queryset.order_by("-rank", "name_key", "pk")
        return queryset.in_finnish_order()
