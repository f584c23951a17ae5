"""Matters: what belongs together, what comes next, and how it ended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ombudsman.deadlines import deadlines
from ombudsman.forms.case import CaseFileForm, CaseForm, MeasureForm, MoveForm
from ombudsman.guard import caseload, form_stands_on, shows_a_form, typed
from ombudsman.lists import contacts_with_words
from ombudsman.models import Case, CaseFile, Code, Fact, Measure, Retention
from ombudsman.reading import present
from ombudsman.retention import delete_for_good, goes_on
from ombudsman.views.keeping import for_ombudsman
from publishing.query import choice_of, page_of

PAGE = ("GET", "HEAD", "POST")
OPEN, ALL = "avoimet", "kaikki"
STATES = {OPEN: None, "kesken": Case.Status.OPEN, "odottaa": Case.Status.WAITING, "suljetut": Case.Status.CLOSED}


@caseload
@require_safe
def cases(request):
    """The matters by what comes next; closed ones by when they were closed."""
    state = choice_of(request, "tila", {*STATES, ALL}, OPEN)
    visible = Case.objects.visible_to(request.user)
    rows = visible if state == ALL else visible.in_state(STATES[state])
    rows = rows.latest_first() if state in {ALL, "suljetut"} else rows.in_order()
    page = page_of(rows.with_contact_count(), request)
    return render(request, "ombudsman/cases.html", {"page": page, "state": state})


def case_or_404(request, number):
    return get_object_or_404(Case.objects.visible_to(request.user), number=number)


@caseload
@require_safe
def case(request, number):
    """The whole matter on one page."""
    kept = {"measure_create": ("measure_form", MeasureForm), "case_move": ("move_form", MoveForm)}.get(request.kept_by)
    forms = {kept[0]: kept[1](request.kept)} if kept else {}
    return case_page(request, case_or_404(request, number), **forms)


def case_page(request, found, **forms):
    for name in found.sealed_fields():
        getattr(found, name)  # opened here: an `or` of a template would take a refused column for an empty one
    labels = Code.objects.labels()
    months = dict(Retention.objects.values_list("kind", "months"))
    measures = list(found.measures.all())
    for measure in measures:
        measure.label = labels["measure"].get(measure.code, measure.code)
    context = {
        "case": found,
        "contacts": contacts_with_words(found.contacts.newest_first(), labels),
        "measures": measures,
        "files": found.files.defer("content"),
        "events": found.events.select_related("by__person"),
        "deadlines": deadlines(found.decided_on, found.served_on) if found.decided_on else [],
        "goes_on": goes_on(found, months["case"]) if found.is_closed else None,
        "move_form": MoveForm(initial={"status": found.status}),
        "measure_form": MeasureForm(initial={"taken_on": timezone.localdate()}),
        "file_form": CaseFileForm(case=found),
        **forms,
    }
    return render(request, "ombudsman/case.html", context)


@shows_a_form
@caseload
@require_http_methods(PAGE)
def case_edit(request, number):
    found = case_or_404(request, number)
    form = CaseForm(typed(request), case=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The matter is saved."))
        return redirect(found)
    return render(request, "ombudsman/case_edit.html", {"form": form, "case": found})


@form_stands_on("case")
@caseload
@require_POST
def case_move(request, number):
    """Open, waiting, closed, and open again."""
    found = case_or_404(request, number)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return case_page(request, found, move_form=form)
    moved = found.move_to(
        form.cleaned_data["status"], by=request.user, outcome=form.cleaned_data["outcome"],
        outcome_words=form.cleaned_data["outcome_words"],
    )  # fmt: skip
    messages.success(request, _("The matter is now: %(state)s.") % {"state": moved.get_status_display()})
    can_be_seen = Case.objects.visible_to(request.user).filter(pk=moved.pk).exists()
    return redirect(moved if can_be_seen else "ombudsman:cases")


@for_ombudsman
@require_http_methods(PAGE)
def case_delete(request, number):
    """The matter goes for good, with its contacts and files; the figures stay."""
    found = case_or_404(request, number)
    if request.method == "POST":
        delete_for_good(found, present())
        messages.success(request, _("The matter %(number)s was removed for good.") % {"number": number})
        return redirect("ombudsman:cases")
    context = {"case": found, "contact_count": found.contacts.count(), "file_count": found.files.count()}
    return render(request, "ombudsman/case_delete.html", context)


@form_stands_on("case")
@caseload
@require_POST
def measure_create(request, number):
    found = case_or_404(request, number)
    form = MeasureForm(request.POST)
    if not form.is_valid():
        return case_page(request, found, measure_form=form)
    form.save(found)
    messages.success(request, _("The measure is saved."))
    return redirect(found)


@caseload
@require_POST
def measure_delete(request, number, pk):
    """A measure that was written down by mistake; it is counted no more."""
    found = case_or_404(request, number)
    measure = get_object_or_404(Measure.objects.select_related("case"), case=found, pk=pk)
    Fact.objects.get(pk=measure.fact).take_back()
    delete_for_good(measure, present())
    messages.success(request, _("The measure was removed."))
    return redirect(found)


@caseload
@require_POST
def file_create(request, number):
    found = case_or_404(request, number)
    form = CaseFileForm(request.POST, request.FILES, case=found)
    if not form.is_valid():
        return case_page(request, found, file_form=form)
    form.save()
    messages.success(request, _("The file is sealed and kept with the matter."))
    return redirect(found)


@caseload
@require_safe
def case_file(request, number, pk):
    """The file itself: to be saved and not shown, so that nothing in it can act in the reader's name."""
    found = get_object_or_404(CaseFile, case=case_or_404(request, number), pk=pk)
    response = HttpResponse(found.content, content_type=found.facts["mime_type"])
    response["Content-Disposition"] = content_disposition_header(True, found.name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@for_ombudsman
@require_POST
def file_delete(request, number, pk):
    found = case_or_404(request, number)
    delete_for_good(get_object_or_404(CaseFile, case=found, pk=pk), present())
    messages.success(request, _("The file was removed for good."))
    return redirect(found)
