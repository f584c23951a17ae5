"""Fields that forms of events share."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from networks.models import Network
from projects.models import Project
from publishing.addresses import record_at
from publishing.templatetags.portal import figure

MOST_HOSTS = 12


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


class HostsField(forms.CharField):
    """Networks and projects by the addresses of their pages, or by their names, one a line.

    `cleaned_data` holds (networks, projects).
    """

    widget = forms.Textarea(attrs={"rows": 2})

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "help_text",
            _("Addresses of their pages on this portal, or their names, one a line. Empty: we hold it ourselves."),
        )
        super().__init__(**kwargs)

    def prepare_value(self, value):
        if isinstance(value, tuple):
            return "\n".join(record.get_absolute_url() for records in value for record in records)
        return value

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "").split() != (data or "").split()

    def clean(self, value):
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > MOST_HOSTS:
            raise ValidationError(_("At most %(most)s pages can be linked.") % {"most": MOST_HOSTS})
        networks, projects, unknown = {}, {}, []
        for line in lines:
            record = host_of(line)
            if isinstance(record, Network):
                networks[record.pk] = record
            elif isinstance(record, Project):
                projects[record.pk] = record
            else:
                unknown.append(line[:80])
        if unknown:
            raise ValidationError(
                _("There is no network or project here: %(lines)s. Copy the address of its page on this portal.")
                % {"lines": ", ".join(unknown)}
            )
        return list(networks.values()), list(projects.values())


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
