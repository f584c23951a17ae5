"""Addresses on the web that people type, mostly without the beginning."""

from django.db import models


class WebAddressField(models.URLField):
    """An address; `www.example.org` means `https://www.example.org`."""

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
