"""Who sees the caseload while the ombudsman is away: set by the ombudsman, or switched on in an illness."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ombudsman import mail, reading_list
from ombudsman.forms.keeping import SubstitutionForm, SwitchForm, named_substitutes
from ombudsman.guard import shows_a_form, typed
from ombudsman.models import LogRow, Substitution
from ombudsman.views.keeping import for_ombudsman, page_and_form


def all_substitutions():
    return Substitution.objects.select_related("substitute__person", "set_by__person").order_by("-starts_on", "-pk")


@for_ombudsman
@require_safe
def substitutions(request):
    """Those in force, those to come and those that are over."""
    found = list(all_substitutions())
    context = {
        "present": [one for one in found if one.is_in_force],
        "coming": [one for one in reversed(found) if not one.is_over and not one.is_in_force],
        "past": [one for one in found if one.is_over],
        "substitutes": named_substitutes(),
    }
    return render(request, "ombudsman/substitutions.html", context)


@shows_a_form
@for_ombudsman
@page_and_form
def substitution_create(request):
    form = SubstitutionForm(typed(request), instance=Substitution(set_by=request.user))
    if request.method == "POST" and form.is_valid():
        mail.tell_of_substitution(form.save())
        messages.success(request, _("The substitution is set. You and the substitute are told by letter."))
        return redirect("ombudsman:substitutions")
    context = {"form": form, "has_substitutes": form.fields["substitute"].queryset.exists()}
    return render(request, "ombudsman/substitution_create.html", context)


@for_ombudsman
@require_safe
def substitution_read(request, pk):
    """The reading list: everything that was opened or written in the substitution, by record."""
    substitution = get_object_or_404(all_substitutions(), pk=pk)
    records = reading_list.by_record(substitution.log_rows.order_by("pk"))
    return render(request, "ombudsman/substitution_read.html", {"substitution": substitution, "records": records})


@for_ombudsman
@page_and_form
def substitution_end(request, pk):
    """Ends it at once, also one that is still to come. One that is over already stays as it is."""
    substitution = get_object_or_404(all_substitutions(), pk=pk)
    if substitution.is_over:
        return redirect("ombudsman:substitutions")
    if request.method == "POST":
        substitution.end()
        mail.tell_of_substitution_ended(substitution)
        messages.success(request, _("The substitution has ended. You and the substitute are told by letter."))
        return redirect("ombudsman:substitutions")
    return render(request, "ombudsman/substitution_end.html", {"substitution": substitution})


# In an illness ——————————————————————————————————————————————————————————————————————————————————————————————————————


@page_and_form
@transaction.atomic
def substitute_switch(request):
    """For the managing director, who reads nothing: the named substitute on for two weeks, and off again."""
    if not request.user.is_director:
        raise Http404
    if "end" in request.POST:
        return switched_off(request)
    form = SwitchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return switched_on(request, form.cleaned_data["substitute"])
    context = {
        "form": form,
        "can_switch": form.waiting.exists(),
        "present": all_substitutions().in_force(),
    }
    return render(request, "ombudsman/substitute_switch.html", context)


def switched_on(request, substitute):
    """A second press finds what the first one did: one substitution, one row of the log, one letter to each."""
    substitution = Substitution.switch_on(substitute, by=request.user)
    if substitution.is_for_illness:
        leave_row(request, substitution, "substitute_switch")
        mail.tell_of_substitution(substitution)
        said = _("%(name)s sees open matters from now on. The ombudsman and the substitute are told by letter.")
    else:
        said = _("%(name)s is the substitute already, as the ombudsman has set.")
    messages.success(request, said % {"name": substitute.name})
    return redirect("ombudsman:substitute_switch")


def switched_off(request):
    """Only what was switched on because of an illness: what the ombudsman has set is the ombudsman's to end."""
    pk = request.POST["end"]
    mine = Substitution.objects.in_force().filter(is_for_illness=True)
    substitution = get_object_or_404(mine, pk=pk) if pk.isdecimal() and len(pk) < 10 else None
    if substitution is None:
        raise Http404
    substitution.end()
    leave_row(request, substitution, "substitution_end")
    mail.tell_of_substitution_ended(substitution)
    messages.success(request, _("The substitution has ended. The ombudsman and the substitute are told by letter."))
    return redirect("ombudsman:substitute_switch")


def leave_row(request, substitution, address):
    """The ombudsman sees in the log who switched, though nothing was read."""
    LogRow.objects.get_or_create(
        substitution=substitution,
        address=address,
        office=LogRow.DIRECTOR,
        defaults={"user": request.user, "method": request.method},
    )
