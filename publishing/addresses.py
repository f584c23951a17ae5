"""Addresses that last: a record that was renamed is found by every address it had."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from publishing.models import OldAddress


class Moved(Exception):
    """The record has another slug now; the middleware answers with a redirect to it."""

    def __init__(self, slug):
        super().__init__(slug)
        self.slug = slug


def record_or_redirect(records, slug):
    """The record with the slug among those given.

    Raises Moved where a visible record had the slug once, Http404 otherwise.
    """
    record = records.filter(slug=slug).first()
    if record is not None:
        return record
    old = OldAddress.objects.for_model(records.model).filter(slug=slug).first()
    record = records.filter(pk=old.object_id).first() if old else None
    if record is None:
        raise Http404
    raise Moved(record.slug)


def page_at(line):
    """What an address of this portal leads to, in any of its languages, as a ResolverMatch; None when it is none."""
    try:
        path = urlsplit(line).path.rstrip("/") + "/"
        for code, _name in settings.LANGUAGES:
            path = path.removeprefix(f"/{code}") if path.startswith(f"/{code}/") else path
        with override(settings.LANGUAGE_CODE):
            return resolve(path)
    except (Resolver404, ValueError):
        return None


def record_at(line, pages):
    """The record whose page somebody copied the address of; None when there is none.

    `pages` gives the model by the name of its view; an address the record had once leads to it too.
    """
    match = page_at(line)
    model = pages.get(match.view_name) if match else None
    if model is None:
        return None
    slug = match.kwargs["slug"]
    record = model.objects.filter(slug=slug).first()
    if record is None:
        old = OldAddress.objects.for_model(model).filter(slug=slug).first()
        record = model.objects.filter(pk=old.object_id).first() if old else None
    return record


class MovedMiddleware:
    """Sends whoever asks for an old address to the new one for good: the page, its calendar, its feed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Moved):
            return None
        match = request.resolver_match
        address = reverse(match.view_name, kwargs={**match.kwargs, "slug": exception.slug})
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address, permanent=True)


class AddressForm(forms.Form):
    """The last part of a page's address."""

    slug = forms.SlugField(
        label=_("Address"),
        max_length=120,
        help_text=_("Small letters a–z, numbers and hyphens. The old address keeps working."),
        error_messages={
            "invalid": _("Use small letters a–z, numbers and hyphens only, for example kriisityon-verkosto.")
        },
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = record
        self.initial.setdefault("slug", record.slug)

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        model = type(self.record)
        taken = model.objects.filter(slug=slug).exclude(pk=self.record.pk).exists()
        taken |= OldAddress.objects.for_model(model).filter(slug=slug).exclude(object_id=self.record.pk).exists()
        if taken or slug in model.RESERVED_SLUGS:
            raise ValidationError(_("Another page has or had this address. Choose another one."))
        return slug
