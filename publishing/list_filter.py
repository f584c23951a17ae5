"""What a query string may ask of a list: limits that answer nonsense with nothing, groups of choices with numbers."""

import django_filters


class ListFilter(django_filters.FilterSet):
    """The base of every list's filter. `LIMITS` names what limits the rows, `GROUPS` the groups of checkboxes.

    A subclass declares the filters, among them `q` and `sort`, and `in_order`, which is asked with an empty value
    when nobody has chosen an order.
    """

    LIMITS = ()
    GROUPS = ()

    @property
    def words(self):
        return self.value("q") or ""

    def value(self, name):
        """The cleaned value of one limit; nothing where the query string holds nonsense."""
        if not self.is_bound:
            return None
        self.form.is_valid()
        return self.form.cleaned_data.get(name)

    def offer(self, name, choices):
        """Choices that are known only when the list is asked for."""
        self.filters[name].extra["choices"] = list(choices)
        self.filters[name].field.choices = list(choices)

    def groups(self, counts):
        """The groups of checkboxes as the template draws them, each choice with its number where one is given."""
        for name in self.GROUPS:
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
