"""What a query string may ask of networks."""

import django_filters
from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models import County
from networks.models import Network
from publishing.audience import Audience

WHOLE_AREA = "area"


class NetworkFilter(django_filters.FilterSet):
    """Free word, county, status, kind, audience, our role, and the order. Unknown values ask for nothing."""

    q = django_filters.CharFilter(label=_("Word or name"), method="by_words", max_length=200)
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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ours = [(county.code, county.short_name) for county in County.objects.ours()]
        self.filters["county"].extra["choices"] = [*ours, (WHOLE_AREA, _("Whole area"))]
        self.filters["county"].field.choices = self.filters["county"].extra["choices"]

    @property
    def words(self):
        return self.value("q") or ""

    def value(self, name):
        """The cleaned value of one limit; nothing where the query string holds nonsense."""
        if not self.is_bound:
            return None
        self.form.is_valid()
        return self.form.cleaned_data.get(name)

    def groups(self, counts):
        """The groups of checkboxes as the template draws them, each choice with its number where one is given."""
        for name in ("county", "status", "role"):
            chosen = self.value(name) or []
            yield {
                "name": name,
                "label": self.filters[name].label,
                "choices": [
                    {
                        "value": value,
                        "label": label,
                        "chosen": value in chosen,
                        "count": counts[name].get(value, 0) if name in counts else None,
                    }
                    for value, label in self.filters[name].field.choices
                ],
            }

    @property
    def hidden_inputs(self):
        """The present limits as name and value, for a form that changes only the order."""
        return [(name, value) for name in self.LIMITS for value in self.data.getlist(name) if value]

    @property
    def limits(self):
        """How many limits are on."""
        return sum(bool(self.value(name)) for name in self.LIMITS)

    @property
    def qs(self):
        # An invalid limit is left out rather than emptying or opening the whole list.
        if not hasattr(self, "_found"):
            found = self.queryset.all()
            if self.is_bound:
                self.form.is_valid()
                found = self.filter_queryset(found)
            self._found = found if self.value("sort") else self.in_order(found, "sort", "")
        return self._found

    def filter_queryset(self, queryset):
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def by_words(self, queryset, name, value):
        return queryset.search(value)

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
