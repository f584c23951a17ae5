"""The questionnaire: its versions, and the one draft that can be changed."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ilmapuntari import answer_page, statistics
from ilmapuntari.forms import InstrumentForm, StatementForm, ThemeForm
from ilmapuntari.models import Instrument, Statement, Theme
from ilmapuntari.models.instrument import MOST_STATEMENTS

STEPS = {"ylos": -1, "alas": 1}


def draft_of(request, number):
    """The draft of this number, for whoever may change it; published versions stay as they were answered."""
    return get_object_or_404(locked(request, Instrument.objects.editable_by(request.user)), number=number)


def locked(request, rows):
    return rows.select_for_update(of=("self",)) if request.method == "POST" else rows


@require_safe
def instruments(request):
    """The versions, newest first, and which statements they share."""
    if not (request.user.is_coordinator or request.user.is_director):
        raise Http404
    versions = list(Instrument.objects.visible_to(request.user).for_list())
    context = {
        "versions": versions,
        "kept": statistics.kept_identities(versions[:5]),
        "has_draft": any(version.is_draft for version in versions),
        "may_edit": request.user.is_coordinator,
    }
    return render(request, "ilmapuntari/instruments.html", context)


@require_safe
def instrument(request, number):
    """One version: its themes and statements in order; in a draft each with what can be done to it."""
    found = get_object_or_404(Instrument.objects.visible_to(request.user).with_statements(), number=number)
    context = {
        "instrument": found,
        "themes": found.numbered_themes,
        "may_edit": found.is_draft and request.user.is_coordinator,
        "missing": found.missing if found.is_draft else [],
        "most": MOST_STATEMENTS,
    }
    return render(request, "ilmapuntari/instrument.html", context)


@require_safe
def instrument_preview(request, number):
    """The version as somebody who answers would see it; nothing can be sent from it."""
    found = get_object_or_404(Instrument.objects.visible_to(request.user).with_statements(), number=number)
    return HttpResponse(answer_page.preview(found))


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def instrument_edit(request, number):
    instrument = draft_of(request, number)
    form = InstrumentForm(request.POST or None, instance=instrument)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("ilmapuntari:instrument", number=number)
    return render(request, "ilmapuntari/instrument_edit.html", {"form": form, "instrument": instrument})


@require_POST
@transaction.atomic
def instrument_draft(request):
    """A draft of the next version, with everything in the newest one; there is one at a time."""
    if not request.user.is_coordinator:
        raise Http404
    draft = Instrument.objects.draft_from(by=request.user)
    messages.success(request, _("The draft is yours to change. Rounds take it only when it is published."))
    return redirect("ilmapuntari:instrument", number=draft.number)


@require_POST
@transaction.atomic
def instrument_publish(request, number):
    """From now on new rounds take this version, and nothing in it changes."""
    instrument = draft_of(request, number)
    if instrument.missing:
        messages.error(request, _("The draft cannot be published yet: see what is missing."))
    else:
        instrument.publish(by=request.user)
        messages.success(request, _("Published. New rounds take this version, and nothing in it changes any more."))
    return redirect("ilmapuntari:instrument", number=number)


# Themes and statements of the draft -----------------------------------------------------------------------------------


def editable_theme(request, pk):
    return get_object_or_404(
        locked(request, Theme.objects.editable_by(request.user)).select_related("instrument"), pk=pk
    )


def editable_statement(request, pk):
    statements = locked(request, Statement.objects.editable_by(request.user))
    return get_object_or_404(statements.select_related("theme__instrument"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def theme_add(request, number):
    instrument = draft_of(request, number)
    form = ThemeForm(request.POST or None, instance=Theme(instrument=instrument))
    if request.method == "POST" and form.is_valid():
        theme = instrument.add_theme(**{name: form.cleaned_data[name] for name in ThemeForm.Meta.fields})
        messages.success(request, _("The theme is at the end of the draft. Add its statements."))
        return back_to(theme.instrument, theme)
    return render(request, "ilmapuntari/theme_edit.html", {"form": form, "instrument": instrument})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def theme_edit(request, pk):
    theme = editable_theme(request, pk)
    form = ThemeForm(request.POST or None, instance=theme)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return back_to(theme.instrument, theme)
    return render(request, "ilmapuntari/theme_edit.html", {"form": form, "instrument": theme.instrument})


@require_POST
@transaction.atomic
def theme_move(request, pk):
    theme = editable_theme(request, pk)
    theme.move(step_of(request))
    return back_to(theme.instrument, theme)


@require_POST
@transaction.atomic
def theme_remove(request, pk):
    """An empty theme goes; one with statements stays until they are moved or removed."""
    theme = editable_theme(request, pk)
    if theme.statements.exists():
        messages.error(request, _("The theme has statements. Move or remove them first."))
    else:
        theme.delete()
        messages.success(request, _("The theme is removed from the draft."))
    return back_to(theme.instrument)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def statement_add(request, number):
    """A new statement at the end of a theme."""
    instrument = draft_of(request, number)
    if instrument.is_full:
        messages.error(request, _("The draft is full: at most %(most)s statements fit.") % {"most": MOST_STATEMENTS})
        return back_to(instrument)
    form = StatementForm(request.POST or None, instrument=instrument, initial={"theme": request.GET.get("teema")})
    if request.method == "POST" and form.is_valid():
        statement = form.save()
        messages.success(request, _("The statement is in the draft."))
        return back_to(instrument, statement.theme)
    return render(request, "ilmapuntari/statement_edit.html", {"form": form, "instrument": instrument})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def statement_edit(request, pk):
    statement = editable_statement(request, pk)
    instrument = statement.theme.instrument
    form = StatementForm(request.POST or None, instance=statement, instrument=instrument)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("Saved."))
        return back_to(instrument, saved.theme)
    context = {"form": form, "instrument": instrument, "statement": statement}
    return render(request, "ilmapuntari/statement_edit.html", context)


@require_POST
@transaction.atomic
def statement_move(request, pk):
    statement = editable_statement(request, pk)
    statement.move(step_of(request))
    return back_to(statement.theme.instrument, statement.theme)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def statement_remove(request, pk):
    """Out of the draft; earlier versions and their results keep it."""
    statement = editable_statement(request, pk)
    if request.method == "POST":
        statement.delete()
        messages.success(request, _("The statement is removed from the draft. Earlier versions keep it."))
        return back_to(statement.theme.instrument, statement.theme)
    return render(request, "ilmapuntari/statement_remove.html", {"statement": statement})


def step_of(request):
    step = STEPS.get(request.POST.get("suunta"))
    if step is None:
        raise Http404
    return step


def back_to(instrument, theme=None):
    """The page of the draft, at the theme."""
    response = redirect("ilmapuntari:instrument", number=instrument.number)
    if theme is not None:
        response["Location"] += f"#{theme.key}"
    return response
