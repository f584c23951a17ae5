"""Choosing records by the addresses of their pages, or by name, one a line: among hundreds a list would be no help."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class LinkedRecordsField(forms.CharField):
    """Records of a few kinds. `cleaned_data` holds a tuple with a list for each of `MODELS`, in their order.

    A room's field says of which kinds, how many, which record a line means, and what is said of a line that means none.
    """

    widget = forms.Textarea(attrs={"rows": 3})
    MODELS = ()
    MOST = 40
    UNKNOWN = ""  # a sentence with %(lines)s

    def record_of(self, line):
        """The record that somebody wrote the address or the name of; None when there is none."""
        raise NotImplementedError

    def prepare_value(self, value):
        if isinstance(value, tuple):
            return "\n".join(record.get_absolute_url() for records in value for record in records)
        return value

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "").split() != (data or "").split()

    def clean(self, value):
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > self.MOST:
            raise ValidationError(_("At most %(most)s pages can be linked.") % {"most": self.MOST})
        found, unknown = {model: {} for model in self.MODELS}, []
        for line in lines:
            record = self.record_of(line)
            if record is None:
                unknown.append(line[:80])
            else:
                found[type(record)][record.pk] = record
        if unknown:
            raise ValidationError(self.UNKNOWN % {"lines": ", ".join(unknown)})
        return tuple(list(records.values()) for records in found.values())
