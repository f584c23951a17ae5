"""What the ombudsman keeps the room by: the log of reading, and how long records are kept."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ombudsman import reading_list
from ombudsman import retention as times
from ombudsman.forms.keeping import CaseKeepForm, ContactKeepForm, LogForm, RetentionForm
from ombudsman.guard import caseload, shows_a_form, typed
from ombudsman.models import Case, Contact, Retention
from publishing.locking import locked
from publishing.query import choice_of, page_of

page_and_form = require_http_methods(["GET", "HEAD", "POST"])
# Kinds of records that can be postponed, as the address names them.
SHOWN = {"yhteydenotot": Retention.Kind.CONTACT, "asiat": Retention.Kind.CASE}


def for_ombudsman(view):
    """A page of the caseload for whoever keeps it; a substitute gets the 404 that everybody else gets."""

    @wraps(view)
    def only(request, *args, **kwargs):
        if request.sight.is_substitute:
            raise Http404
        return view(request, *args, **kwargs)

    return caseload(only)


@for_ombudsman
@require_safe
def keeping(request):
    return render(request, "ombudsman/keeping.html")


@for_ombudsman
@require_safe
def log(request):
    """Who has opened and written what. Looking at it opens nothing, so it leaves no row itself."""
    form = LogForm(request.GET)
    page = page_of(form.rows(), request)
    context = {"form": form, "page": page, "rows": reading_list.in_words(page.object_list)}
    return render(request, "ombudsman/log.html", context)


# Times of keeping ———————————————————————————————————————————————————————————————————————————————————————————————————


@for_ombudsman
@require_safe
def retention(request):
    """What will go within the time of notice, by its numbers and days, and how long each kind is kept."""
    keeping_times = {time.kind: time for time in Retention.objects.order_by("kind")}
    shown = choice_of(request, "laji", SHOWN, default="yhteydenotot")
    kind = SHOWN[shown]
    page = page_of(times.going_soon(kind).order_by(times.SINCE[kind], "pk").only(*OPEN_COLUMNS[kind]), request)
    rows = [(record, goes_on(record, keeping_times[kind].months)) for record in page]
    context = {
        "shown": shown,
        "counts": {name: times.going_soon(kind).count() for name, kind in SHOWN.items()},
        "message_count": times.going_soon(Retention.Kind.MESSAGE).count(),
        "page": page,
        "rows": rows,
        "times": keeping_times.values(),
    }
    return render(request, "ombudsman/retention.html", context)


OPEN_COLUMNS = {
    Retention.Kind.CONTACT: ("pk", "occurred_on", "kept_until"),
    Retention.Kind.CASE: ("pk", "number", "closed_on", "kept_until"),
}


def goes_on(record, months):
    """The day on which a record will go; today for what waits for the next sweep."""
    return max(times.goes_on(record, months), timezone.localdate())


@shows_a_form
@for_ombudsman
@page_and_form
def retention_edit(request):
    form = RetentionForm(typed(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The times are saved."))
        return redirect("ombudsman:retention")
    return render(request, "ombudsman/retention_edit.html", {"form": form})


@shows_a_form
@for_ombudsman
@page_and_form
def case_keep(request, number):
    case = get_object_or_404(locked(request, Case.objects.editable_by(request.user)), number=number)
    if "take_back" in request.POST:
        return kept(request, case, until=None, reason="")
    form = CaseKeepForm(typed(request), initial={"kept_until": case.kept_until, "reason": case.kept_because})
    if request.method == "POST" and form.is_valid():
        return kept(request, case, until=form.cleaned_data["kept_until"], reason=form.cleaned_data["reason"])
    return render(request, "ombudsman/case_keep.html", {"form": form, "case": case})


@shows_a_form
@for_ombudsman
@page_and_form
def contact_keep(request, pk):
    """A contact by itself; one that belongs to a matter is kept with the matter."""
    contact = get_object_or_404(locked(request, Contact.objects.editable_by(request.user)), pk=pk)
    if contact.case_id:
        return redirect("ombudsman:case_keep", number=contact.case.number)
    if "take_back" in request.POST:
        return kept(request, contact, until=None)
    form = ContactKeepForm(typed(request), initial={"kept_until": contact.kept_until})
    if request.method == "POST" and form.is_valid():
        return kept(request, contact, until=form.cleaned_data["kept_until"])
    return render(request, "ombudsman/contact_keep.html", {"form": form, "contact": contact})


def kept(request, record, *, until, reason=None):
    """Postponed until a day, or not any more."""
    record.kept_until = until
    names = ["kept_until"]
    if reason is not None:
        record.kept_because = reason
        names.append("kept_because")
    record.save(update_fields=names)
    messages.success(request, _("The deletion is postponed.") if until else _("The postponement is taken back."))
    return redirect("ombudsman:retention")
