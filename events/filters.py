"""What a query string may ask of events."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import County
from events import statistics
from events.models import Event, Series
from publishing.audience import Audience
from publishing.gatherings import Gathering
from publishing.list_filter import ListFilter

UPCOMING, PAST, ALL = "tulevat", "menneet", "kaikki"


class EventFilter(ListFilter):
    """Free word, when, county, series, theme, way, year, and what remains of it. Nothing asked: what is to come."""

    q = django_filters.CharFilter(label=_("Word or name"), method="by_words", max_length=200, widget=forms.SearchInput)
    when = django_filters.ChoiceFilter(
        label=_("When"),
        choices=[(UPCOMING, _("to come")), (PAST, _("past")), (ALL, _("all"))],
        method="by_time",
        empty_label=None,
    )
    county = django_filters.MultipleChoiceFilter(
        label=_("Wellbeing services county"), method="by_county", widget=forms.CheckboxSelectMultiple
    )
    series = django_filters.ChoiceFilter(label=_("Series"), method="by_series", empty_label=_("All series"))
    theme = django_filters.ChoiceFilter(
        label=_("For whom"), choices=Audience.choices, method="by_theme", empty_label=_("Everybody")
    )
    mode = django_filters.ChoiceFilter(
        label=_("Where"), choices=Gathering.Mode.choices, method="by_mode", empty_label=_("Everywhere")
    )
    year = django_filters.ChoiceFilter(label=_("Year"), method="by_year", empty_label=_("All years"))
    left = django_filters.ChoiceFilter(
        label=_("What remains"),
        choices=[("tallenne", _("a recording")), ("aineisto", _("materials"))],
        method="by_what_is_left",
        empty_label=_("All"),
    )
    sort = django_filters.ChoiceFilter(
        label=_("Order"),
        choices=[("time", _("By time")), ("newest", _("Newest first")), ("best", _("Best hits"))],
        method="in_order",
        empty_label=None,
    )

    class Meta:
        model = Event
        fields = ()

    LIMITS = ("q", "when", "county", "series", "theme", "mode", "year", "left")
    GROUPS = ("county",)

    def __init__(self, *args, visible, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("county", [(county.code, county.short_name) for county in County.objects.ours()])
        used = Series.objects.filter(pk__in=visible.order_by().values("series"))
        self.offer("series", used.in_finnish_order().values_list("slug", "name"))
        self.offer("year", [(str(year), str(year)) for year in statistics.event_years(visible)])

    @property
    def asked_when(self):
        """What is shown: what is to come, unless told otherwise or a year or what remains is asked for."""
        asked = self.value("when")
        if asked:
            return asked
        return ALL if self.value("year") or self.value("left") or self.words else UPCOMING

    @property
    def limits(self):
        return sum(bool(self.value(name)) for name in self.LIMITS if name != "when")

    @property
    def qs(self):
        if not hasattr(self, "_shown"):
            asked, found = self.asked_when, self.of_any_time
            if asked == UPCOMING:
                found = found.not_over()
            self._shown = found.past() if asked == PAST else found
        return self._shown

    @property
    def of_any_time(self):
        """The same limits whatever the time, for the month, the materials and what programs subscribe to."""
        return super().qs

    def by_time(self, queryset, name, value):
        # The last of all limits, in `qs`: without one it depends on the others.
        return queryset

    def by_county(self, queryset, name, value):
        return queryset.in_counties(value) if value else queryset

    def by_series(self, queryset, name, value):
        return queryset.filter(series__slug=value) if value else queryset

    def by_theme(self, queryset, name, value):
        return queryset.filter(audience__contains=[value]) if value else queryset

    def by_mode(self, queryset, name, value):
        return queryset.filter(mode=value) if value else queryset

    def by_year(self, queryset, name, value):
        return queryset.in_year(int(value)) if value else queryset

    def by_what_is_left(self, queryset, name, value):
        if value == "tallenne":
            return queryset.with_recording()
        return queryset.with_materials() if value else queryset

    def in_order(self, queryset, name, value):
        if value == "best" and self.words:
            return queryset.order_by("-is_exact", "-rank", "-starts_at", "pk")
        if value == "newest" or (not value and self.asked_when != UPCOMING):
            return queryset.latest_first()
        return queryset.by_start()
