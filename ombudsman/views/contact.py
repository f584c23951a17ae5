"""Contacts: written down, found again, mended."""

import uuid

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.models import County, Municipality
from ombudsman.forms.contact import DEFAULTS, ContactForm, NewContactForm, join_choices, same_callers
from ombudsman.guard import caseload, form_stands_on, shows_a_form, typed
from ombudsman.lists import contacts_with_words
from ombudsman.models import Case, Code, Contact, Draft, Message, Retention
from ombudsman.reading import present
from ombudsman.retention import delete_for_good, goes_on
from ombudsman.views.keeping import for_ombudsman
from publishing.personal_identity_code import holds_personal_identity_code
from publishing.query import choice_of, page_of

PAGE = ("GET", "HEAD", "POST")
NOT_IN_DRAFT = {"csrfmiddlewaretoken", "draft"}


@caseload
@require_safe
def contacts(request):
    """The contacts of a year, the latest first."""
    visible = Contact.objects.visible_to(request.user)
    years = visible.years()
    year = int(choice_of(request, "vuosi", {str(year) for year in years}, str(years[0]) if years else "0"))
    page = page_of(visible.of_year(year).newest_first(), request) if years else None
    rows = contacts_with_words(page.object_list, Code.objects.labels()) if page else []
    return render(request, "ombudsman/contacts.html", {"years": years, "year": year, "page": page, "rows": rows})


@shows_a_form
@caseload
@require_http_methods(PAGE)
def contact_create(request):
    """The form for the telephone. A draft and a message of the public form can be where it begins."""
    message = asked(request, "viesti", Message.objects.visible_to(request.user))
    draft = asked(request, "luonnos", Draft.objects.visible_to(request.user))
    form = NewContactForm(typed(request), initial=beginning(draft, message), user=request.user, message=message)
    if request.method == "POST" and form.is_valid():
        recorded = form.record()
        messages.success(request, saved_words(recorded))
        return redirect("ombudsman:contact_create" if "next" in request.POST else recorded.case or recorded)
    return render(request, "ombudsman/contact_create.html", form_context(form) | {"message": message})


def asked(request, name, rows):
    """The row whose key stands in the query; None where there is none, 404 where it is not the reader's."""
    key = request.GET.get(name)
    if not key:
        return None
    try:
        return get_object_or_404(rows, pk=uuid.UUID(key))
    except ValueError as error:
        raise Http404 from error


def beginning(draft, message):
    """What the form is filled with at first."""
    values = {"occurred_on": timezone.localdate(), "state": "done", **DEFAULTS}
    if message:
        values |= {name: message.person.get(name, "") for name in ("name", "phone", "email")}
        place = Municipality.objects.filter(pk=message.person.get("municipality") or None).first()
        way = "phone" if message.person.get("wish") == "call" else "email"
        values |= {"way": way, "note": message.words[:8000], "municipality": place}
    if draft:
        several = {"reasons", "measures"}
        data = draft.typed.get("data", {})
        values |= {name: found if name in several else found[-1] for name, found in data.items() if found}
        values |= {name: data.get(name, []) for name in several}
        values["draft"] = draft.pk
    return values


def form_context(form):
    places = Municipality.objects.filter(sub_region__county__is_ours=True).select_related("sub_region__county")
    return {"form": form, "places": places.order_by("name_key"), "counties": County.objects.ours()}


def saved_words(recorded):
    if recorded.case:
        return _("The contact is saved in the matter %(number)s.") % {"number": recorded.case.number}
    return _("The contact is saved.")


@caseload
@require_POST
def same_caller(request):
    """The earlier contacts of a caller, while the form is filled in; a part of the form and no page."""
    person = {name: request.POST.get(name, "")[:120] for name in ("name", "phone", "email")}
    choices = join_choices(same_callers(request.user, person))
    return render(request, "ombudsman/_same_caller.html", {"choices": choices, "chosen": request.POST.get("joins")})


@form_stands_on("contact_create")
@caseload
@require_POST
def draft_save(request):
    """Keep what has been typed so far. By the script it is done while typing; the button leads to the first page."""
    data = {name: values for name, values in request.POST.lists() if name not in NOT_IN_DRAFT}
    if any(holds_personal_identity_code(value) for values in data.values() for value in values):
        return draft_refused(request)
    drafts = Draft.objects.visible_to(request.user).filter(is_from_rest=False)
    key = request.POST.get("draft", "")
    draft = next((draft for draft in drafts if str(draft.pk) == key), None)
    if draft is None and drafts.count() >= Draft.MOST:
        return draft_refused(request)
    draft = draft or Draft(owner=request.user)
    draft.typed, draft.saved_at = {"data": data}, timezone.now()
    draft.save()
    if request.headers.get("Accept") == "application/json":
        saved = timezone.localtime(draft.saved_at)
        words = _("Draft saved at %(time)s") % {"time": f"{saved.hour}.{saved.minute:02}"}
        return JsonResponse({"draft": str(draft.pk), "words": words})
    messages.success(request, _("The draft is saved. It waits on the first page of the caseload."))
    return redirect("ombudsman:index")


def draft_refused(request):
    """A draft is not kept with a personal identity code in it, nor beyond the most of one person."""
    words = _("The draft was not saved: leave out personal identity codes, and finish or remove older drafts.")
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"words": words}, status=422)
    form = NewContactForm(request.POST, user=request.user)
    form.is_valid()
    form.add_error(None, words)
    return render(request, "ombudsman/contact_create.html", form_context(form))


@caseload
@require_POST
def draft_delete(request, pk):
    get_object_or_404(Draft.objects.visible_to(request.user), pk=pk).delete()
    messages.success(request, _("The draft was removed."))
    return redirect("ombudsman:index")


def contact_or_404(request, pk):
    rows = Contact.objects.visible_to(request.user).select_related("case", "recorded_by__person", "message")
    return get_object_or_404(rows, pk=pk)


@caseload
@require_safe
def contact(request, pk):
    """One contact, with earlier ones of the same caller."""
    found = contact_or_404(request, pk)
    labels = Code.objects.labels()
    contacts_with_words([found], labels)
    same = [other for other in same_callers(request.user, found.person, most=8) if other.pk != found.pk]
    months = dict(Retention.objects.values_list("kind", "months"))
    context = {
        "contact": found,
        "others": contacts_with_words(same, labels),
        "goes_on": None if found.case_id else goes_on(found, months["contact"]),
    }
    return render(request, "ombudsman/contact.html", context)


def shown_values(found):
    """The contact as the form shows it."""
    values = dict(found.values)
    place = Municipality.objects.filter(pk=values.pop("municipality", "") or None).first()
    place = place or County.objects.filter(pk=values.pop("county", "") or None).first()
    several = {name: values.get(name) or [] for name in ("reasons", "measures")}
    return values | several | found.person | {
        "occurred_on": found.occurred_on, "municipality": place, "note": found.note,
    }  # fmt: skip


@shows_a_form
@caseload
@require_http_methods(PAGE)
def contact_edit(request, pk):
    """Mend what was written down. What is counted is corrected, and the correction leaves its trace."""
    found = contact_or_404(request, pk)
    form = ContactForm(typed(request), initial=shown_values(found), contact=found)
    if request.method == "POST" and form.is_valid():
        form.change()
        messages.success(request, _("The contact is saved. Its figures are corrected where they changed."))
        return redirect(found)
    return render(request, "ombudsman/contact_edit.html", form_context(form) | {"contact": found})


@for_ombudsman
@require_http_methods(PAGE)
def contact_delete(request, pk):
    """Two ways to remove: it was written down by mistake, or it is not needed any more and is counted on."""
    found = contact_or_404(request, pk)
    if request.method == "POST":
        if "withdraw" in request.POST:
            found.withdraw_fact()
        delete_for_good(found, present())
        messages.success(request, _("The contact was removed for good."))
        return redirect("ombudsman:contacts")
    return render(request, "ombudsman/contact_delete.html", {"contact": found})


@caseload
@require_POST
def contact_open_case(request, pk):
    """The contact goes on as a matter."""
    found = contact_or_404(request, pk)
    labels = Code.objects.labels()
    title = labels["task"].get(found.values.get("task"), "") or _("Matter")
    case = Case.objects.open_for(found, by=request.user, title=title)
    messages.success(request, _("The matter %(number)s is open. Say what comes next.") % {"number": case.number})
    return redirect(reverse("ombudsman:case_edit", kwargs={"number": case.number}))
