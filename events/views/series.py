"""One series: its page, its season in one table, registering for all of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import statistics
from events.calendars import calendar_response
from events.feeds import events_feed
from events.forms import SERIES_SECTIONS, NewSeriesForm, SeasonForm
from events.models import Event, Series
from events.season import Term, holiday_names, term_named, term_of
from events.views.editable import editable_series
from events.views.event import tell
from publishing.addresses import record_or_redirect
from publishing.history import last_change
from publishing.prose_pages import prose_page
from publishing.query import choice_of, page_of
from publishing.record_pages import delete_page, hide_page, publish_page, rename_page, review_page

MOST_PAST = 60  # of one year on the page; the list of events has the rest


@login_not_required
@require_safe
def series(request, slug):
    found = record_or_redirect(Series.objects.visible_to(request.user).for_page(), slug)
    return render(request, "events/series.html", series_context(request, found))


def series_context(request, found):
    """What the page of a series prints."""
    user = request.user
    visible = Event.objects.visible_to(user).filter(series=found).for_cards()
    years = statistics.of_series(found, user)
    held = [year for year, row in years if row.held or row.cancelled]
    asked = choice_of(request, "vuosi", [str(year) for year in held], str(held[0]) if held else "")
    past = visible.past().latest_first()
    return {
        "series": found,
        "may_edit": user.is_staff,
        "coming": list(visible.not_over().by_start()[:12]),
        "coming_count": visible.not_over().count(),
        "years": years,
        "held_years": held,
        "year": int(asked) if asked else None,
        "past": list(past.in_year(int(asked))[:MOST_PAST]) if asked else [],
        "most_past": MOST_PAST,
        "phases": list(found.phases.all()),
        "hosts": [*found.networks.all(), *found.projects.all()],
        "standing_count": found.standing.alive().count() if user.is_staff else 0,
        "last_change": last_change(found) if user.is_staff else None,
        "content_type": ContentType.objects.get_for_model(Series).pk if user.is_staff else None,
        "address_to_ask": found.address_to_ask(inside=user.is_staff),
        "term": term_of(timezone.localdate()),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def series_edit(request, slug, section):
    """The page of the series with one section opened."""
    if section not in SERIES_SECTIONS:
        raise Http404
    found = editable_series(request, slug)
    form = SERIES_SECTIONS[section](request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. The page shows it now."))
        return redirect(f"{found.get_absolute_url()}#{section}")
    shown = get_object_or_404(Series.objects.for_page(), pk=found.pk)
    return render(request, "events/series.html", series_context(request, shown) | {"section": section, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def series_create(request):
    if not request.user.is_staff:
        raise Http404
    form = NewSeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.save()
        messages.success(request, _("The series is saved as a draft. Add when it is held, and plan its season."))
        return redirect(found)
    return render(request, "events/series_create.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def series_rename(request, slug):
    return rename_page(request, editable_series(request, slug))


@require_POST
@transaction.atomic
def series_publish(request, slug):
    return publish_page(request, editable_series(request, slug))


@require_POST
@transaction.atomic
def series_unpublish(request, slug):
    return hide_page(request, editable_series(request, slug))


@require_POST
@transaction.atomic
def series_review(request, slug):
    return review_page(request, editable_series(request, slug))


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def series_delete(request, slug):
    """Remove a draft that was a mistake; one with events stays."""
    found = editable_series(request, slug)
    why = ""
    if found.is_published or found.occasions.exists():
        why = _("A series that is public or has events is not removed. Add the phase in which it ended instead.")
    return delete_page(
        request,
        found,
        list_url="events:series_index",
        what=_("The draft goes with everything that was recorded in it."),
        kept_because=why,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def season(request, slug):
    """The term of a series in one table: what there is, the gaps, everything saved at once."""
    found = editable_series(request, slug)
    term = term_named(request.GET.get("kausi"), term_of(timezone.localdate()))
    pattern = choice_of(request, "pohja", ["viime", "edellinen"])
    template = topics_of(found, patterns_of(term)[pattern]) if pattern else None
    form = SeasonForm(
        request.POST or None,
        series=found,
        term=term,
        names_of_days=holiday_names(term, get_language()),
        template=template,
    )
    if request.method == "POST" and form.is_valid():
        planned, changed, moved = form.save(publish="publish" in request.POST)
        told = tell([event for event in moved if event.is_published])
        messages.success(request, said_of_season(planned, changed, told))
        return redirect(f"{request.path}?kausi={term.code}")
    context = {
        "series": found,
        "form": form,
        "term": term,
        "gap_count": sum(row.is_gap for row in form.rows),
        "draft_count": sum(bool(row.event and not row.event.is_published) for row in form.rows),
        "copied": bool(template),
        "patterns": []
        if template
        else [
            {"code": code, "term": before, "count": len(topics)}
            for code, before in patterns_of(term).items()
            if (topics := topics_of(found, before))
        ],
    }
    return render(request, "events/season.html", context)


def patterns_of(term):
    """The terms whose topics may come along to begin with: the one before, and the same a year ago."""
    return {"edellinen": term.previous, "viime": Term(term.year - 1, term.season)}


def topics_of(series, term):
    """The topics of a term in their order."""
    events = Event.objects.uncancelled().filter(
        series=series, starts_at__date__gte=term.first, starts_at__date__lte=term.last
    )
    return list(events.by_start().values_list("title", flat=True))


def said_of_season(planned, changed, told):
    parts = [ngettext("%(count)d new event.", "%(count)d new events.", len(planned)) % {"count": len(planned)}]
    if changed:
        parts.append(ngettext("%(count)d changed.", "%(count)d changed.", len(changed)) % {"count": len(changed)})
    if told:
        words = ngettext("%(count)d registered person is told.", "%(count)d registered people are told.", told)
        parts.append(words % {"count": told})
    return _("The season is saved: ") + " ".join(parts)


@login_not_required
@require_safe
def series_calendar(request, slug):
    """The events of one series to subscribe to."""
    found = record_or_redirect(Series.objects.published(), slug)
    events = Event.objects.published().filter(series=found).lately_and_coming().for_calendar()
    return calendar_response(events, name=found.name, filename=f"{found.slug}.ics")


@login_not_required
@require_safe
def series_feed(request, slug):
    """What is new about one series."""
    found = record_or_redirect(Series.objects.published(), slug)
    events = Event.objects.published().filter(series=found)
    return events_feed(request, events, name=found.name, address=found.get_absolute_url())


@require_safe
def standing_list(request, slug):
    """Who is registered for the whole series, for staff."""
    found = editable_series(request, slug)
    page = page_of(found.standing.alive().by_name(), request, per_page=100)
    return render(request, "events/standing_list.html", {"series": found, "page": page})
