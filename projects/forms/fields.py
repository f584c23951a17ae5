"""Fields that forms of projects share: sums of money, figures, and what stands on a page of its own elsewhere."""

import re
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from networks.models import Meeting, Network
from publishing.addresses import page_at, record_at
from publishing.linked_records import LinkedRecordsField
from publishing.templatetags.portal import figure, thousands

MOST_EUROS = 2_000_000_000


class EurosField(forms.Field):
    """Whole euros as people write them: 215 000, 215.000 € or 215000."""

    widget = forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"})

    def prepare_value(self, value):
        return thousands(value).replace("\xa0", " ") if isinstance(value, int) else value

    def to_python(self, value):
        text = re.sub(r"\s|€|euroa", "", str(value or ""))
        if not text:
            return None
        if re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
            text = text.replace(".", "")
        text = re.sub(r"[.,]0{1,2}$", "", text)
        if not re.fullmatch(r"[0-9]{1,15}", text):
            raise ValidationError(_("Write whole euros, for example 215 000."), code="invalid")
        if int(text) > MOST_EUROS:
            raise ValidationError(_("The sum is too large to be true."), code="too_large")
        return int(text)


class FigureField(forms.Field):
    """A number with at most two decimals after a comma: 1 234,5."""

    widget = forms.TextInput(attrs={"class": "short", "inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value):
        return figure(value).replace("\xa0", " ") if isinstance(value, Decimal) else value

    def to_python(self, value):
        text = re.sub(r"\s", "", str(value or "")).replace(",", ".").replace("−", "-")
        if not text:
            return None
        try:
            number = Decimal(text) if re.fullmatch(r"-?[0-9]{1,10}(\.[0-9]{1,2})?", text) else None
        except InvalidOperation:
            number = None
        if number is None:
            raise ValidationError(_("Write a number, for example 18 or 4,5."), code="invalid")
        return number


class LinkedPagesField(LinkedRecordsField):
    """Networks and meetings recorded elsewhere on the portal."""

    MODELS = (Network, Meeting)
    UNKNOWN = _("There is no network or meeting here: %(lines)s. Copy the address of its page on this portal.")

    def record_of(self, line):
        return page_on_the_portal(line)


def page_on_the_portal(line):
    """The network or meeting whose page or name somebody wrote; None when there is none."""
    network = record_at(line, {"networks:detail": Network, "networks:meeting": Network})
    match = page_at(line)
    if network is None:
        return Network.objects.filter(name__iexact=line).first() if match is None else None
    return network.meetings.filter(pk=match.kwargs["pk"]).first() if "pk" in match.kwargs else network
