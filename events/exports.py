"""Events and their participants as tables and documents to take home."""

from io import BytesIO
from pathlib import Path

import segno
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.links import certificate_token, whole
from publishing.tables import table_response
from publishing.templatetags.portal import time_range, weekday_date
from publishing.typst import typeset

DOCUMENTS = Path(__file__).with_name("documents")


def public_table(events):
    """The listed events as CSV, without anything that is for those who registered only."""
    columns = [
        _("Topic"), _("Series"), _("Starts"), _("Ends"), _("State"), _("Where"), _("Counties"), _("For whom"),
        _("Speakers"), _("Language"), _("Price, euros"), _("Participants"), _("Recording until"), _("In one sentence"),
        _("Address"),
    ]  # fmt: skip
    rows = (
        [
            event.title,
            event.series.name if event.series else "",
            event.starts_at,
            event.ends_at,
            str(event.state_words),
            event.where,
            ", ".join(c.short_name for c in event.counties.all()) or _("whole area"),
            ", ".join(map(str, event.audience_labels)),
            ", ".join(speaker.name for speaker in event.speakers.all()),
            event.get_language_display(),
            event.price,
            event.participants,
            event.recording_until if event.shows_recording else None,
            event.summary,
            f"{settings.SITE_URL}{event.get_absolute_url()}",
        ]
        for event in events.with_participants().defer("remote_link", "search", "description", "after")
    )
    return table_response(columns, rows, filename=_("events"), kind="csv")


def figures_table(rows, year, kind):
    """The figures of a year by series."""
    columns = [
        _("Series"), _("Events held"), _("Cancelled"), _("Registered"), _("Participants"), _("Fewest"), _("Most"),
        _("Nobody said how many"), _("In words"),
    ]  # fmt: skip
    table = (
        [
            row.series.name if row.series else _("single events"),
            row.event_count,
            row.cancelled,
            row.registered or None,
            row.participants,
            row.least,
            row.most,
            row.uncounted or None,
            row.told.text if row.told else "",
        ]
        for row in rows
    )
    return table_response(columns, table, filename=f"{_('events')}-{year}", kind=kind)


def participants_table(event, kind):
    """Everybody who registered, for staff."""
    questions = list(event.questions.in_order())
    anybody = event.registrations.filter(was_present=True).exists()
    columns = [
        _("Name"), _("Organisation"), _("E-mail"), _("State"), pgettext("moment", "Registered"), _("Present"),
        *(question.text for question in questions),
    ]  # fmt: skip
    rows = (
        [
            row.name,
            row.organisation,
            row.email,
            row.get_state_display(),
            row.created_at,
            _("yes") if row.was_present else _("no") if anybody else "",
            *(row.answers.get(str(question.pk), "") for question in questions),
        ]
        for row in event.registrations.defer("nonce").by_name()
    )
    return table_response(columns, rows, filename=f"{event.slug[:60]}-{_('participants')}", kind=kind)


def facts_of(event):
    """What stands at the head of every document of an event."""
    return {
        "title": event.title,
        "series": event.series.name if event.series else "",
        "when": f"{weekday_date(event.starts_at)} {time_range(event.starts_at, event.ends_at)}",
        "where": event.where,
    }


def document(template, data, name, *, inline=False):
    content = typeset(DOCUMENTS / template, data, moment=timezone.now())
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(not inline, f"{slugify(name)[:80]}.pdf"),
            "Cache-Control": "private, no-store",
        },
    )


def participants_document(event):
    """The list for the door: who has a seat, with a place to tick."""
    people = event.registrations.defer("nonce").seated().by_name()
    data = facts_of(event) | {
        "heading": _("Participants"),
        "name": _("Name"),
        "organisation": _("Organisation"),
        "present": _("Present"),
        "people": [[row.name, row.organisation, bool(row.was_present)] for row in people],
        "note": _("Personal data. Destroy the list when it is no longer needed."),
        "language": "fi",
    }
    return document("participants.typ", data, f"{event.slug} {_('participants')}")


def badges_document(event):
    """A badge for everybody with a seat, twelve a sheet."""
    people = event.registrations.defer("nonce").seated().by_name()
    speakers = [[speaker.name, speaker.role, _("speaker")] for speaker in event.speakers.all()]
    data = facts_of(event) | {
        "heading": _("Name badges"),
        "people": speakers + [[row.name, row.organisation, ""] for row in people],
        "language": "fi",
    }
    return document("badges.typ", data, f"{event.slug} {_('name badges')}")


def certificate_document(registration):
    """That somebody took part, with a sign behind which it can be checked."""
    event = registration.event
    address = whole("certificate", certificate_token(registration))
    minutes = int((event.ends_at - event.starts_at).total_seconds() // 60)
    data = facts_of(event) | {
        "heading": _("Certificate of attendance"),
        "name": registration.name,
        "sentence": _("took part in the event"),
        "speakers": ", ".join(speaker.name for speaker in event.speakers.all()),
        "speakers_word": _("Speakers"),
        "duration": _("Duration %(hours)s") % {"hours": duration(minutes)},
        "host": event.host.name if event.host else "",
        "issuer": _("Pikassos, competence centre of the social field"),
        "check": _("Whether the certificate is genuine can be checked at this address:"),
        "address": address,
        "qr": qr_svg(address),
        "language": "fi",
    }
    return document("certificate.typ", data, f"{_('certificate')} {event.slug}")


def duration(minutes):
    """1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]))


def qr_svg(text):
    """A QR sign as SVG text."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()


def qr_inline(text):
    """The same for a page: an element that takes the size its place gives it."""
    sign = segno.make(text, error="m", micro=False)
    return mark_safe(sign.svg_inline(scale=1, border=4, omitsize=True, light="white", svgclass=None, lineclass=None))
