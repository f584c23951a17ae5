"""Fields that forms of events share."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from networks.models import Network
from projects.models import Project
from publishing.addresses import record_at
from publishing.linked_records import LinkedRecordsField
from publishing.templatetags.portal import figure


class PriceField(forms.Field):
    """Euros with cents where there are any: 25, 25,50 or 25,50 €; nothing is free of charge."""

    widget = forms.TextInput(attrs={"class": "short", "inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value):
        if isinstance(value, Decimal):
            return figure(value).replace("\xa0", " ") if value else ""
        return value

    def to_python(self, value):
        text = re.sub(r"\s|€|euroa", "", str(value or "")).replace(",", ".")
        if not text:
            return Decimal(0)
        if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,2})?", text):
            raise ValidationError(_("Write the price in euros, for example 25 or 25,50."), code="invalid")
        return Decimal(text)

    def has_changed(self, initial, data):
        try:
            return (initial or Decimal(0)) != self.to_python(data)
        except ValidationError:
            return True


class LinesField(forms.CharField):
    """Several short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, most, longest, **kwargs):
        super().__init__(**kwargs)
        self.most, self.longest = most, longest

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        lines = [" ".join(line.split()) for line in (super().clean(value) or "").splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        if len(lines) > self.most:
            raise ValidationError(_("At most %(most)s lines fit.") % {"most": self.most})
        if any(len(line) > self.longest for line in lines):
            raise ValidationError(_("A line has at most %(most)s characters.") % {"most": self.longest})
        return lines

    def has_changed(self, initial, data):
        return (initial or []) != [line.strip() for line in (data or "").splitlines() if line.strip()]


class HostsField(LinkedRecordsField):
    """Networks and projects that hold something."""

    widget = forms.Textarea(attrs={"rows": 2})
    MODELS = (Network, Project)
    MOST = 12
    UNKNOWN = _("There is no network or project here: %(lines)s. Copy the address of its page on this portal.")

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "help_text",
            _("Addresses of their pages on this portal, or their names, one a line. Empty: we hold it ourselves."),
        )
        super().__init__(**kwargs)

    def record_of(self, line):
        return host_of(line)


def host_of(line):
    """The network or project whose page or name somebody wrote; None when there is none."""
    record = record_at(line, {"networks:detail": Network, "projects:detail": Project})
    if record is None and "/" not in line:
        record = (
            Network.objects.filter(name__iexact=line).first()
            or Project.objects.filter(name__iexact=line).first()
            or Project.objects.filter(acronym__iexact=line).first()
        )
    return record
