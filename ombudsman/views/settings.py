"""Other work than contacts, the values of counting, the area that is served, and what the public page says."""

from collections import Counter

from django.contrib import messages
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ombudsman.forms.keeping import AreaEndForm, CodeForm, DetailsForm, OtherWorkForm, ServedAreaForm
from ombudsman.guard import caseload, shows_a_form, typed
from ombudsman.models import Code, OtherWork, PublicDetails, ServedArea, Variable
from ombudsman.views.keeping import for_ombudsman, page_and_form
from publishing.query import choice_of

# Other work: also the substitute's ———————————————————————————————————————————————————————————————————————————————————


@caseload
@require_safe
def other_work(request):
    """What was done in a year besides contacts, each kind counted."""
    work = OtherWork.objects.visible_to(request.user)
    this_year = timezone.localdate().year
    years = sorted({this_year, *(day.year for day in work.dates("done_on", "year"))}, reverse=True)
    year = int(choice_of(request, "vuosi", {str(year) for year in years}, default=str(this_year)))
    rows = work.of_year(year).select_related("county")
    counted = Counter(row.kind for row in rows)
    counts = [(kind.label, counted[kind]) for kind in OtherWork.Kind if counted[kind]]
    return render(request, "ombudsman/other_work.html", {"rows": rows, "counts": counts, "year": year, "years": years})


@shows_a_form
@caseload
@page_and_form
def other_work_create(request):
    form = OtherWorkForm(typed(request), initial={"done_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        return saved_work(request, form)
    return render(request, "ombudsman/other_work_create.html", {"form": form})


@shows_a_form
@caseload
@page_and_form
def other_work_edit(request, pk):
    work = get_object_or_404(OtherWork.objects.editable_by(request.user), pk=pk)
    form = OtherWorkForm(typed(request), instance=work)
    if request.method == "POST" and form.is_valid():
        return saved_work(request, form)
    return render(request, "ombudsman/other_work_edit.html", {"form": form, "work": work})


@caseload
@page_and_form
def other_work_delete(request, pk):
    work = get_object_or_404(OtherWork.objects.editable_by(request.user), pk=pk)
    if request.method == "POST":
        work.delete()
        messages.success(request, _("It is removed, and counted no more."))
        return redirect_to_year(request, work.done_on.year)
    return render(request, "ombudsman/other_work_delete.html", {"work": work})


def saved_work(request, form):
    work = form.save()
    messages.success(request, _("Saved. The account of the year %(year)s counts it.") % {"year": work.done_on.year})
    return redirect_to_year(request, work.done_on.year)


def redirect_to_year(request, year):
    response = redirect("ombudsman:other_work")
    response["Location"] += f"?vuosi={year}"
    return response


# Values of counting —————————————————————————————————————————————————————————————————————————————————————————————————


@for_ombudsman
@require_safe
def codes(request):
    """Every variable with its values, those that have ended too."""
    values = list(Code.objects.select_related("maps_to").in_order())
    variables = [(variable, [code for code in values if code.variable == variable]) for variable in Variable]
    return render(request, "ombudsman/codes.html", {"variables": variables})


@shows_a_form
@for_ombudsman
@page_and_form
def code_create(request):
    variable = choice_of(request, "muuttuja", Variable.values, default=Variable.REASON)
    form = CodeForm(typed(request), initial={"variable": variable})
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The value is there to be chosen from its first day on."))
        return redirect("ombudsman:codes")
    return render(request, "ombudsman/code_create.html", {"form": form})


@shows_a_form
@for_ombudsman
@page_and_form
def code_edit(request, pk):
    code = get_object_or_404(Code, pk=pk)
    title = code.label
    form = CodeForm(typed(request), instance=code)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The change is saved."))
        return redirect("ombudsman:codes")
    context = {"form": form, "title": title, "variable": Variable(code.variable)}
    return render(request, "ombudsman/code_edit.html", context)


# The area, and the public page ———————————————————————————————————————————————————————————————————————————————————————


@shows_a_form
@for_ombudsman
@page_and_form
def area(request):
    """Which municipalities are served from when until when; one form adds, the other one ends."""
    data = typed(request)
    is_end = data is not None and data.get("act") == "end"
    form = ServedAreaForm(None if is_end else data, initial={"starts_on": timezone.localdate()})
    end_form = AreaEndForm(data if is_end else None, initial={"served": request.GET.get("paata")})
    asked = end_form if is_end else form
    if request.method == "POST" and asked.is_valid():
        asked.save()
        messages.success(request, _("The area is saved. Figures of each day follow from it."))
        return redirect("ombudsman:area")
    served = ServedArea.objects.select_related("municipality__sub_region__county").order_by(
        F("municipality__sub_region__county__position"), "municipality__name_key", "starts_on"
    )
    return render(request, "ombudsman/area.html", {"form": form, "end_form": end_form, "served": served})


@shows_a_form
@for_ombudsman
@page_and_form
def details(request):
    form = DetailsForm(typed(request), instance=PublicDetails.present())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. The public page shows it at once."))
        return redirect("ombudsman:details")
    return render(request, "ombudsman/details.html", {"form": form})
