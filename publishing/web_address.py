"""Addresses on the web that people type, mostly without the beginning."""

from django.core.validators import URLValidator
from django.db import models


class WebAddressField(models.URLField):
    """An address of a page; `www.example.org` means `https://www.example.org`."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
