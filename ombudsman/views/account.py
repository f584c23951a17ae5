"""Figures at any time for the caseload, and the yearly account: written there, approved, and then public."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from ombudsman.account_documents import account_pdf as pdf_of
from ombudsman.account_documents import account_word, tables_csv
from ombudsman.account_reading import HIDING, RULES, AreaAccount
from ombudsman.account_tables import ALL_SLUG, exact_tables, published_tables
from ombudsman.charts import bars_chart, months_chart
from ombudsman.forms.account import ApproveForm, BeginForm, MonthsForm, ProseForm
from ombudsman.guard import caseload, shows_a_form, typed
from ombudsman.models import Account
from ombudsman.statistics import corrections
from ombudsman.views.keeping import for_ombudsman
from publishing.locking import locked

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


# For everybody: what is approved ———————————————————————————————————————————————————————————————————————————————————


def approved():
    """Whoever may see drafts sees them in the caseload; here nobody does."""
    return Account.objects.visible_to(AnonymousUser())


def area_of(account, slug, tables=None):
    """An area of an account with its prose, by tables that are not frozen yet where they are given."""
    try:
        return AreaAccount(tables or account.tables, slug, account=account)
    except KeyError as error:
        raise Http404 from error


def file_of(content, kind, name, *, attached):
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": content_disposition_header(attached, name), "Cache-Control": "no-store"},
    )


@login_not_required
@require_safe
def accounts(request):
    found = [(each, area_of(each, ALL_SLUG)) for each in approved().latest_first()]
    return render(request, "ombudsman/accounts.html", {"accounts": found})


@login_not_required
@require_safe
def account(request, year, area):
    found = get_object_or_404(approved(), year=year)
    read = area_of(found, area)
    if read.slug != area:
        return redirect(found)
    charts = {"month": months_chart(read.table("month")), "task": bars_chart(read.table("task"))}
    context = {"account": found, "read": read, "charts": charts, "rules": RULES, "hiding": HIDING}
    return render(request, "ombudsman/account.html", context)


@login_not_required
@require_safe
def account_pdf(request, year, area):
    found = get_object_or_404(approved(), year=year)
    read = area_of(found, area)
    return file_of(
        pdf_of(read, approved_at=found.approved_at), "application/pdf", f"{read.file_name}.pdf", attached=False
    )


@login_not_required
@require_safe
def account_csv(request, year, area):
    read = area_of(get_object_or_404(approved(), year=year), area)
    return tables_csv([read], read.file_name)


# In the caseload ———————————————————————————————————————————————————————————————————————————————————————————————————


def sees_all(view):
    """A page of the caseload for whoever sees all of it: figures tell of matters that a substitute may not see."""

    @caseload
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.sight.sees_all:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@sees_all
@require_safe
def statistics(request):
    form = MonthsForm(request.GET)
    tables = exact_tables(form.time)
    corrected, taken_back = corrections(form.time)
    context = {
        "form": form,
        "read": area_of(None, request.GET.get("alue", ALL_SLUG), tables),
        "corrected": corrected,
        "taken_back": taken_back,
    }
    return render(request, "ombudsman/statistics.html", context)


@sees_all
@require_safe
def statistics_csv(request):
    tables = exact_tables(MonthsForm(request.GET).time)
    areas = [area_of(None, area["slug"], tables) for area in tables["areas"]]
    name = pgettext("file name", "figures")
    return tables_csv(areas, f"{name}-{tables['first'][:7]}-{tables['last'][:7]}")


@shows_a_form
@sees_all
@require_http_methods(["GET", "HEAD", "POST"])
def account_list(request):
    form = BeginForm(typed(request))
    if request.method == "POST" and form.is_valid():
        begun = form.save()
        messages.success(request, _("The account is begun. Write its sections here."))
        return redirect("ombudsman:account_edit", year=begun.year)
    return render(request, "ombudsman/account_list.html", {"form": form, "accounts": Account.objects.latest_first()})


@shows_a_form
@sees_all
@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request, year):
    found = get_object_or_404(locked(request, Account.objects.editable_by(request.user)), year=year)
    sent = typed(request)
    read = area_of(found, (sent or request.GET).get("alue", ALL_SLUG), published_tables(year))
    form = ProseForm(sent, account=found, county=read.county_of_texts)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. The account is a draft until it is approved."))
        return redirect(f"{request.path}?alue={read.slug}")
    sections = [(section, form[section.code]) for section in read.sections]
    context = {"account": found, "read": read, "form": form, "sections": sections, "rules": RULES, "hiding": HIDING}
    return render(request, "ombudsman/account_edit.html", context)


@shows_a_form
@for_ombudsman
@require_http_methods(["GET", "HEAD", "POST"])
def account_approve(request, year):
    found = get_object_or_404(locked(request, Account.objects.editable_by(request.user)), year=year)
    tables = published_tables(year)
    form = ApproveForm(typed(request), account=found)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("The account is approved and public."))
        return redirect(found.approve(tables, by=request.user))
    context = {"account": found, "read": area_of(found, ALL_SLUG, tables), "form": form}
    return render(request, "ombudsman/account_approve.html", context)


@sees_all
@require_safe
def account_docx(request, year, area):
    found = get_object_or_404(Account.objects.visible_to(request.user), year=year)
    read = area_of(found, area, found.tables or published_tables(year))
    return file_of(account_word(read, approved_at=found.approved_at), WORD, f"{read.file_name}.docx", attached=True)
