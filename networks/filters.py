"""What a query string may ask of networks."""

import django_filters
from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models import County
from networks.models import Network
from publishing.audience import Audience
from publishing.list_filter import ListFilter

WHOLE_AREA = "area"


class NetworkFilter(ListFilter):
    """Free word, county, status, kind, audience, our role, and the order. Unknown values ask for nothing."""

    q = django_filters.CharFilter(label=_("Word or name"), method="by_words", max_length=200, widget=forms.SearchInput)
    county = django_filters.MultipleChoiceFilter(
        label=_("Wellbeing services county"), method="by_county", widget=forms.CheckboxSelectMultiple
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Network.Status.choices, method="by_status", widget=forms.CheckboxSelectMultiple
    )
    role = django_filters.MultipleChoiceFilter(
        label=_("Our role"),
        choices=[("ours", _("we convene")), ("seat", _("we take part"))],
        method="by_role",
        widget=forms.CheckboxSelectMultiple,
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Network.Kind.choices, empty_label=_("All kinds"))
    audience = django_filters.ChoiceFilter(
        label=_("For whom"), choices=Audience.choices, method="by_audience", empty_label=_("All audiences")
    )
    sort = django_filters.ChoiceFilter(
        label=_("Order"),
        choices=[("name", _("Name")), ("next", _("Next meeting")), ("best", _("Best hits"))],
        method="in_order",
        empty_label=None,
    )

    class Meta:
        model = Network
        fields = ()

    LIMITS = ("q", "county", "status", "role", "kind", "audience")
    GROUPS = ("county", "status", "role")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ours = [(county.code, county.short_name) for county in County.objects.ours()]
        self.offer("county", [*ours, (WHOLE_AREA, _("Whole area"))])

    def by_county(self, queryset, name, value):
        if not value:
            return queryset
        wanted = Q(counties__in=[code for code in value if code != WHOLE_AREA])
        if WHOLE_AREA in value:
            wanted |= Q(scope=Network.Scope.WHOLE_AREA)
        return queryset.filter(pk__in=Network.objects.filter(wanted).values("pk"))

    def by_status(self, queryset, name, value):
        return queryset.filter(status__in=value) if value else queryset

    def by_role(self, queryset, name, value):
        return queryset.filter(convened_by_us=value[0] == "ours") if len(value or []) == 1 else queryset

    def by_audience(self, queryset, name, value):
        return queryset.filter(audience__contains=[value]) if value else queryset

    def in_order(self, queryset, name, value):
        if value == "next":
            return queryset.order_by(F("next_meeting_at").asc(nulls_last=True), "name_key")
        if self.words and value != "name":
            return queryset.order_by("-rank", "name_key")
        return queryset.in_finnish_order()
