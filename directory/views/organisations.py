"""Organisations: their list, one of them with its people, and changing it."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.filters import OrganisationFilter
from directory.forms import OrganisationForm
from directory.models import Organisation, Person
from publishing.fragments import page_or_fragment
from publishing.query import page_of


@require_safe
def organisations(request):
    if not request.user.is_staff:
        raise Http404
    found = OrganisationFilter(request.GET, Organisation.objects.visible_to(request.user).for_list())
    context = {"found": found, "page": page_of(found.qs, request)}
    return page_or_fragment(request, "directory/organisations.html", "directory/_organisations.html", context)


@require_safe
def organisation(request, pk):
    found = get_object_or_404(Organisation.objects.visible_to(request.user).select_related("county"), pk=pk)
    here = Person.objects.visible_to(request.user).present().of(found).in_finnish_order()
    context = {
        "organisation": found,
        "page": page_of(here, request),
        "content_type": ContentType.objects.get_for_model(Organisation).pk,
    }
    return render(request, "directory/organisation.html", context)


def organisation_create(request):
    if not request.user.is_staff:
        raise Http404
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        messages.success(request, _("%(name)s is in the directory now.") % {"name": made.name})
        return redirect(made)
    return render(request, "directory/organisation_create.html", {"form": form})


@transaction.atomic
def organisation_edit(request, pk):
    organisations = Organisation.objects.editable_by(request.user)
    found = get_object_or_404(organisations.select_for_update() if request.method == "POST" else organisations, pk=pk)
    form = OrganisationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The details of %(name)s are saved.") % {"name": found.name})
        return redirect(found)
    return render(request, "directory/organisation_edit.html", {"form": form, "organisation": found})
