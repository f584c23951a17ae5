"""People: the list of staff, one person, and what may be done to one."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.filters import PersonFilter
from directory.forms import LeaveForm, OwnDetailsForm, PersonForm
from directory.models import Person
from publishing.finnish_dates import written_day
from publishing.fragments import page_or_fragment
from publishing.query import choice_of, page_of
from publishing.tables import KINDS, table_response


def found_people(request):
    """The people that the address asks for; staff only, as the list holds everybody's details."""
    if not request.user.is_staff:
        raise Http404
    return PersonFilter(request.GET, Person.objects.visible_to(request.user).for_list())


@require_safe
def people(request):
    found = found_people(request)
    context = {"found": found, "page": page_of(found.qs, request)}
    return page_or_fragment(request, "directory/people.html", "directory/_people.html", context)


@require_safe
def people_export(request):
    """Exactly the rows of the list, to take home."""
    titles = [
        _("Last name"), _("First name"), _("Title"), _("Organisation"), _("E-mail"), _("Telephone"), _("Left"),
    ]  # fmt: skip
    rows = (
        [
            person.family_name, person.given_name, person.title,
            person.organisation.name if person.organisation else "", person.email, person.phone, person.left_on,
        ]
        for person in found_people(request).qs.iterator(chunk_size=1000)
    )  # fmt: skip
    return table_response(titles, rows, _("people"), choice_of(request, "muoto", KINDS, "xlsx"))


@require_safe
def person(request, pk):
    found = get_object_or_404(Person.objects.visible_to(request.user).for_page(), pk=pk)
    may_edit = Person.objects.editable_by(request.user).filter(pk=pk).exists() and request.user.is_staff
    context = {"person": found, "may_edit": may_edit, "is_guarded": may_edit and found.is_guarded_from(request.user)}
    return render(request, "directory/person.html", context)


def person_create(request):
    if not request.user.is_staff:
        raise Http404
    form = PersonForm(
        request.POST or None, by=request.user, initial={"organisation": request.GET.get("organisaatio", "")[:9]}
    )
    if request.method == "POST" and form.is_valid():
        made = form.save()
        messages.success(request, _("%(name)s is in the directory now.") % {"name": made.name})
        return redirect(made)
    return render(request, "directory/person_create.html", {"form": form})


def editable_person(request, pk):
    """The person, locked while being changed, if the user is of the house and may change others' details."""
    if not request.user.is_staff:
        raise Http404
    people = Person.objects.editable_by(request.user).select_related("organisation")
    return get_object_or_404(people.select_for_update(of=("self",)) if request.method == "POST" else people, pk=pk)


def unguarded_person(request, pk):
    """The same, but nobody whose account is out of the user's hands."""
    found = editable_person(request, pk)
    if found.is_guarded_from(request.user):
        raise Http404
    return found


@transaction.atomic
def person_edit(request, pk):
    found = editable_person(request, pk)
    form = PersonForm(request.POST or None, instance=found, by=request.user)
    if request.method == "POST" and form.is_valid():
        found = form.save()
        messages.success(request, _("The details of %(name)s are saved.") % {"name": found.name})
        return redirect(found)
    return render(request, "directory/person_edit.html", {"form": form, "person": editable_person(request, pk)})


@transaction.atomic
def person_leave(request, pk):
    found = unguarded_person(request, pk)
    form = LeaveForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        found.leave(on=form.cleaned_data["on"], by=request.user)
        messages.success(
            request,
            _("%(name)s left on %(day)s. The account is closed.")
            % {"name": found.name, "day": written_day(found.left_on)},
        )
        return redirect(found)
    return render(request, "directory/person_leave.html", {"form": form, "person": found})


@require_POST
@transaction.atomic
def person_return(request, pk):
    found = editable_person(request, pk)
    found.come_back()
    messages.success(request, _("%(name)s works again.") % {"name": found.name})
    return redirect(found)


@transaction.atomic
def person_forget(request, pk):
    """Asks first; then the person is gone, also from the history."""
    found = unguarded_person(request, pk)
    if request.method == "POST":
        name = found.name
        found.forget()
        messages.success(request, _("Everything about %(name)s was removed.") % {"name": name})
        return redirect("directory:people")
    return render(request, "directory/person_forget.html", {"person": found})


def own_details(request):
    """Everybody's own title and telephone; who is nobody in the directory has an address to sign in with only."""
    own = Person.objects.editable_by(request.user).select_related("organisation")
    found = own.filter(user=request.user).first()
    if found is None:
        return redirect("accounts:home")
    form = OwnDetailsForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your details are saved."))
        return redirect("directory:own_details")
    return render(request, "directory/own_details.html", {"form": form, "person": found})
