"""Registering without an account, and one's own page by the link in the letter."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import links, mail, registering
from events.calendars import seat_calendar
from events.exports import certificate_document, qr_inline
from events.forms import OwnDataForm, OwnRegistrationForm, RegistrationForm, StandingForm
from events.links import Unknown, certified, opened, own_address, whole
from events.models import Event, Registration, Series, StandingRegistration
from events.views.by_link import by_link
from letters.models import Letter
from letters.tasks import send_letters
from pikassos.celery import nudge
from publishing.addresses import record_or_redirect
from publishing.query import choice_of
from publishing.templatetags.portal import plain_date

OWN_ROWS = Registration.objects.select_related("event__series__coordinator", "event__coordinator")


def consent_words(event):
    return _(
        "Pikassos may keep my name, e-mail, organisation and answers to hold this event. They are removed on "
        "%(day)s, or when I ask."
    ) % {"day": plain_date(event.keeps_people_until)}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request, slug):
    """One short form. Whether an address was registered before is told to its owner by letter only."""
    event = record_or_redirect(Event.objects.visible_to(request.user).for_form(), slug)
    if not event.is_open:
        return render(request, "events/register_closed.html", {"event": event, "why": event.closed_words})
    form = RegistrationForm(request.POST or None, event=event, consent=consent_words(event))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            outcome = registering.register(
                event,
                name=data["name"],
                email=data["email"],
                organisation=data["organisation"],
                answers=form.answers,
                language=get_language() or "fi",
            )
        except registering.Closed as closed:
            return render(request, "events/register_closed.html", {"event": event, "why": str(closed)})
        nudge(send_letters)
        # For an address that was registered before, the page says what it would say of a new one.
        seated = outcome.registration.is_seated if outcome.is_new else not outcome.registration.event.is_full
        address = reverse("events:registered", kwargs={"slug": event.slug})
        return redirect(address if seated else f"{address}?jono=1")
    return render(request, "events/register.html", {"event": event, "form": form})


@login_not_required
@require_safe
def registered(request, slug):
    """Thanks: what happens next. Nothing here tells who registered."""
    event = record_or_redirect(Event.objects.visible_to(request.user).for_form(), slug)
    return render(request, "events/registered.html", {"event": event, "waits": choice_of(request, "jono", ["1"])})


@by_link
@require_safe
def registration(request, token):
    """One's own registration: seat or place in the queue, the remote link, what one may do."""
    found = opened("registration", token, OWN_ROWS)
    event = found.event
    shows_sign = found.is_seated and event.is_upcoming and event.mode != Event.Mode.REMOTE
    context = {
        "registration": found,
        "event": event,
        "token": token,
        "place": found.place_in_queue() if found.is_waiting else None,
        "shows_link": found.is_seated and event.remote_link and event.is_upcoming and event.is_published,
        "door_qr": qr_inline(whole("door", links.token("door", found))) if shows_sign else "",
        "gives_certificate": event.is_over and found.was_present and not event.is_cancelled,
    }
    return render(request, "events/registration.html", context)


@by_link
@require_safe
def registration_calendar(request, token):
    """The entry with the remote link, for who has a seat."""
    found = opened("registration", token, OWN_ROWS)
    if not found.is_seated or not found.event.is_published:
        raise Unknown
    return HttpResponse(
        seat_calendar(found, method="PUBLISH"),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="tapahtuma.ics"', "Cache-Control": "private, no-store"},
    )


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def registration_cancel(request, token):
    """Not coming after all; asked once, as mail scanners open links too."""
    found = opened("registration", token, OWN_ROWS)
    if request.method == "POST":
        if registering.cancel(found):
            nudge(send_letters)
            messages.success(request, _("You are not coming any more. Thank you for telling: somebody gets your seat."))
        else:
            messages.info(request, _("There was nothing to cancel."))
        return redirect("events:registration", token=token)
    return render(request, "events/registration_cancel.html", {"registration": found, "event": found.event})


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def registration_edit(request, token):
    """Mend one's own name, organisation and answers until the event begins."""
    found = opened("registration", token, OWN_ROWS)
    if not (found.is_alive and found.event.is_upcoming):
        return redirect("events:registration", token=token)
    form = OwnRegistrationForm(request.POST or None, registration=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found.correct(name=data["name"], organisation=data["organisation"], answers=form.answers)
        messages.success(request, _("Saved. Your seat and your place stay as they were."))
        return redirect("events:registration", token=token)
    context = {"registration": found, "event": found.event, "form": form, "token": token}
    return render(request, "events/registration_edit.html", context)


@by_link
@require_POST
def registration_accept(request, token):
    """The seat that is held is taken."""
    found = opened("registration", token, OWN_ROWS)
    if registering.take_seat(found):
        nudge(send_letters)
        messages.success(request, _("The seat is yours. A confirmation is on its way."))
    else:
        messages.error(request, _("The seat is not held for you any more."))
    return redirect("events:registration", token=token)


@by_link
@require_safe
def registration_certificate(request, token):
    """The certificate, for who was there."""
    found = opened("registration", token, OWN_ROWS)
    if not (found.was_present and found.event.is_over and not found.event.is_cancelled):
        raise Unknown
    return certificate_document(found)


@login_not_required
@never_cache
@require_safe
def certificate(request, token):
    """Whether a certificate is genuine: what it says, signed; nothing of the person has to be stored any more."""
    try:
        key, name = certified(token)
    except Unknown:
        return render(request, "events/certificate.html", {"name": ""}, status=404)
    event = Event.objects.published().filter(pk=key).first()
    return render(request, "events/certificate.html", {"name": name if event else "", "event": event})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def standing_create(request, slug):
    """Registering for every occasion of a series."""
    series = record_or_redirect(Series.objects.visible_to(request.user).for_page(), slug)
    if not (series.takes_standing and series.is_published and not series.is_over):
        return render(request, "events/standing_closed.html", {"series": series})
    consent = _(
        "Pikassos may keep my name, e-mail and organisation to send me the confirmations of this series, "
        "until I end it."
    )
    form = StandingForm(request.POST or None, consent=consent)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        registering.register_standing(
            series,
            name=data["name"],
            email=data["email"],
            organisation=data["organisation"],
            language=get_language() or "fi",
        )
        nudge(send_letters)
        return redirect("events:standing_created", slug=series.slug)
    return render(request, "events/standing_create.html", {"series": series, "form": form})


@login_not_required
@require_safe
def standing_created(request, slug):
    series = record_or_redirect(Series.objects.visible_to(request.user).for_page(), slug)
    return render(request, "events/standing_created.html", {"series": series})


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def standing(request, token):
    """One's own registration for a series: ended by a button."""
    found = opened("standing", token, StandingRegistration.objects.select_related("series"))
    if request.method == "POST":
        found.end()
        messages.success(
            request, _("You get no new confirmations of this series. What you have, you cancel one by one.")
        )
        return redirect("events:standing", token=token)
    coming = Registration.objects.of_address(found.email).alive().filter(event__series=found.series_id)
    rows = coming.filter(event__in=Event.objects.upcoming()).select_related("event").order_by("event__starts_at")
    linked = [(row, links.token("registration", row)) for row in rows]
    return render(request, "events/standing.html", {"standing": found, "series": found.series, "rows": linked})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_ask(request):
    """A link to everything that is stored about an address goes to that address, if there is anything."""
    form = OwnDataForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        stored = (Registration.objects.of_address(email), StandingRegistration.objects.of_address(email))
        if any(rows.exists() for rows in stored):
            Letter.objects.write_all([mail.own_data(email, get_language() or "fi")])
            nudge(send_letters)
        messages.success(request, _("If something is stored about the address, a link to it is on its way there."))
        return redirect("events:own_ask")
    return render(request, "events/own_ask.html", {"form": form})


@by_link
@require_safe
def own(request, token):
    """Everything that is stored about an address."""
    email = own_address(token)
    rows = (
        Registration.objects.of_address(email)
        .select_related("event")
        .prefetch_related("event__questions")
        .order_by("-event__starts_at", "pk")
    )
    standing = StandingRegistration.objects.of_address(email).select_related("series").order_by("pk")
    context = {
        "email": email,
        "token": token,
        "rows": [(row, links.token("registration", row)) for row in rows],
        "standing": [(row, links.token("standing", row)) for row in standing],
    }
    return render(request, "events/own.html", context)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def own_remove(request, token):
    """Everything about the address goes, after asking once."""
    email = own_address(token)
    if request.method == "POST":
        registering.forget_address(email)
        nudge(send_letters)
        messages.success(request, _("Everything that was stored about the address is removed."))
        return redirect("events:own", token=token)
    coming = Registration.objects.of_address(email).alive().filter(event__in=Event.objects.upcoming()).count()
    return render(request, "events/own_remove.html", {"email": email, "token": token, "coming": coming})


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def door(request, token):
    """What the sign at the door leads to: staff mark whoever shows it as present; others are told to show it."""
    found = opened("door", token, OWN_ROWS)
    if not request.user.is_staff:
        return render(request, "events/door_for_staff.html", {"event": found.event})
    event = get_object_or_404(Event.objects.editable_by(request.user), pk=found.event_id)
    if request.method == "POST" and found.is_seated:
        found.come()
        return redirect(request.path)
    return render(request, "events/door.html", {"registration": found, "event": event})
