"""How the portal prints things: signs, dates and times of day in the house's style, numbers, addresses, fields."""

import datetime

from babel.dates import format_date
from django import template
from django.conf import settings
from django.urls import get_script_prefix, translate_url
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from publishing.belonging import belonging_to

register = template.Library()

NO_BREAK_SPACE = "\u00a0"

# Strokes on a square of 16 units. The colour and the width of the line come from the style sheet.
ICONS = {
    "arrow-left": '<path d="M14 8H3M7 4 3 8l4 4"/>',
    "arrow-right": '<path d="M2 8h11M9 4l4 4-4 4"/>',
    "calendar": '<path d="M2 3.5h12V14H2zM2 6.7h12M5 1.5V5M11 1.5V5"/>',
    "check": '<path d="m3 8.5 3.5 3.5L13 4.5"/>',
    "clock": '<circle cx="8" cy="8" r="6.2"/><path d="M8 4.3V8l2.5 1.5"/>',
    "close": '<path d="m3 3 10 10M13 3 3 13"/>',
    "download": '<path d="M8 1.5v9M4.5 7 8 10.5 11.5 7M2 14h12"/>',
    "feed": '<path d="M3 8a5 5 0 0 1 5 5M3 3.5a9.5 9.5 0 0 1 9.5 9.5"/>'
    '<circle cx="3.7" cy="12.3" r=".9" fill="currentColor"/>',
    "file": '<path d="M3.5 1.5h6l3 3v10h-9zM5.7 8h4.6M5.7 11h4.6"/>',
    "link": '<path d="M6.5 9.5 9.5 6.5M7 4.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L11.5 9'
    'M9 11.5 7.5 13A3.2 3.2 0 0 1 3 8.5L4.5 7"/>',
    "lock": '<path d="M3 7h10v7H3zM5 7V4.8a3 3 0 0 1 6 0V7"/>',
    "mail": '<path d="M1.5 3.5h13V13h-13zM1.5 4 8 9l6.5-5"/>',
    "menu": '<path d="M1.5 4h13M1.5 8h13M1.5 12h8"/>',
    "pencil": '<path d="m2 14 .8-3.4L11 2.4 13.6 5l-8.2 8.2zM9.3 4.1l2.6 2.6"/>',
    "people": '<circle cx="6" cy="5.5" r="2.5"/><path d="M1.5 13.5a4.5 4.5 0 0 1 9 0M10.5 3.3a2.5 2.5 0 0 1 0 4.4'
    'M12 9.8a4.5 4.5 0 0 1 2.5 3.7"/>',
    "person": '<circle cx="8" cy="5" r="3"/><path d="M2.5 14a5.5 5.5 0 0 1 11 0"/>',
    "plus": '<path d="M8 2v12M2 8h12"/>',
    "print": '<path d="M4.5 6V2h7v4M4.5 11.5H2V6h12v5.5h-2.5M4.5 9.5h7V14h-7z"/>',
    "search": '<circle cx="6.5" cy="6.5" r="4.7"/><path d="m10 10 4.5 4.5"/>',
    "trash": '<path d="M2.5 4h11M6 4V2h4v2M4 4l.7 10h6.6L12 4M6.7 6.5v5M9.3 6.5v5"/>',
    "triangle": '<path d="M8 1 15.5 14.5H.5z" fill="currentColor" stroke="none"/>'
    '<path class="cut" d="M8 5.7v4.3M8 11.3v1.5"/>',
    "undo": '<path d="M5.5 2.5 2.5 5.5l3 3M2.5 5.5H9a4 4 0 0 1 0 8H5"/>',
    "upload": '<path d="M8 11V2M4.5 5.5 8 2l3.5 3.5M2 14h12"/>',
}


@register.simple_tag
def icon(name):
    """A sign of 16 pixels beside a word; it says nothing by itself, so it is hidden from screen readers."""
    shape = mark_safe(ICONS[name])
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', shape)


# Dates and times of day -----------------------------------------------------------------------------------------------
# A weekday stays on the line of its date and "klo" on the line of its time: both take a no-break space.


def local(moment):
    """The same moment or date as the clock on the wall shows it."""
    if isinstance(moment, datetime.datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment


def in_words(date, pattern):
    """A part of a date in the words of the reader's language."""
    return format_date(date, pattern, locale=(get_language() or settings.LANGUAGE_CODE).replace("-", "_"))


@register.filter(expects_localtime=True)
def weekday(moment):
    """Friday -> pe"""
    return in_words(local(moment), "ccc") if moment else ""


@register.filter(expects_localtime=True)
def weekday_name(moment):
    """Friday -> perjantai"""
    return in_words(local(moment), "cccc") if moment else ""


@register.filter(expects_localtime=True)
def day_month(moment):
    """27 November -> 27.11."""
    if not moment:
        return ""
    date = local(moment)
    return f"{date.day}.{date.month}."


@register.filter(expects_localtime=True)
def plain_date(moment):
    """27 November 2026 -> 27.11.2026"""
    return f"{day_month(moment)}{local(moment).year}" if moment else ""


@register.filter(expects_localtime=True)
def short_date(moment):
    """1 December -> ti 1.12."""
    return f"{weekday(moment)}{NO_BREAK_SPACE}{day_month(moment)}" if moment else ""


@register.filter(expects_localtime=True)
def weekday_date(moment):
    """27 November 2026 -> pe 27.11.2026"""
    return f"{weekday(moment)}{NO_BREAK_SPACE}{plain_date(moment)}" if moment else ""


@register.filter(expects_localtime=True)
def clock(moment):
    """8.30, and a full hour without its minutes: 9."""
    if not moment:
        return ""
    time = local(moment)
    return f"{time.hour}.{time.minute:02}" if time.minute else f"{time.hour}"


@register.filter(expects_localtime=True)
def full_clock(moment):
    """The time of day where times stand in a column: 9.00."""
    if not moment:
        return ""
    time = local(moment)
    return f"{time.hour}.{time.minute:02}"


@register.filter(expects_localtime=True)
def time_range(start, end=None):
    """From one time of day to another: klo 8.30–9.30; without an end klo 8.30."""
    if not start:
        return ""
    hours = f"{clock(start)}–{clock(end)}" if end else clock(start)
    return (_("at %(hours)s") % {"hours": hours}).replace(" ", NO_BREAK_SPACE)


@register.filter(expects_localtime=True)
def moment(value):
    """pe 27.11.2026 klo 8.30"""
    return f"{weekday_date(value)} {time_range(value)}" if value else ""


@register.filter(expects_localtime=True)
def week_heading(value):
    """The week of a date, by its months: Marraskuu, viikko 48; Marras–joulukuu, viikko 49."""
    date = local(value)
    monday = date - datetime.timedelta(days=date.weekday())
    sunday = monday + datetime.timedelta(days=6)
    first, last = in_words(monday, "LLLL"), in_words(sunday, "LLLL")
    if first != last:
        # Finnish months share their last part, and the first of two leaves it out.
        first = f"{first.removesuffix('kuu')}–{last}" if last.endswith("kuu") else f"{first}–{last}"
    return _("%(month)s, week %(number)s") % {
        "month": first[:1].upper() + first[1:],
        "number": monday.isocalendar().week,
    }


@register.filter
def thousands(number):
    """2400000 -> 2 400 000 with no-break spaces; decimals after a comma."""
    if number in (None, ""):
        return ""
    return f"{number:,}".replace(",", NO_BREAK_SPACE).replace(".", ",")


@register.filter
def figure(number):
    """A decimal without zeros that say nothing: 1234.50 -> 1 234,5."""
    if number in (None, ""):
        return ""
    return thousands(int(number) if number == int(number) else number.normalize())


# Addresses ------------------------------------------------------------------------------------------------------------


@register.simple_tag
def address(path):
    """One of the addresses that stay, in the reader's language: `{% address "verkostot/" %}` -> /sv/verkostot/."""
    prefix = LocalePrefixPattern(prefix_default_language=False).language_prefix
    return f"{get_script_prefix()}{prefix}{path}"


@register.simple_tag(takes_context=True)
def current_room(context, path):
    """What `aria-current` says of a room's word: `page` on its front page, `true` deeper in it, nothing elsewhere."""
    here = context["request"].path
    room = address(path)
    if here == room:
        return "page"
    return "true" if here.startswith(room) else ""


@register.simple_tag(takes_context=True)
def languages(context):
    """This page in every language; a page that has no address of its own leads to the front page."""
    here = context["request"].get_full_path()
    links = []
    for code, name in settings.LANGUAGES:
        is_current = code == get_language()
        url = translate_url(here, code)
        if url == here and not is_current:
            with override(code):
                url = address("")
        links.append({"code": code, "name": name, "url": url, "is_current": is_current})
    return links


@register.simple_tag(takes_context=True)
def belonging(context, record):
    """What other rooms tell on the record's page: dicts of term, title and url."""
    return belonging_to(record, context["request"].user)


# Forms ----------------------------------------------------------------------------------------------------------------


@register.filter
def input_kind(field):
    """How a field is drawn: one `checkbox`, several `choices`, a `group` of inputs, or a single `control`."""
    widget = field.field.widget
    if getattr(widget, "input_type", "") == "checkbox" and not field.use_fieldset:
        return "checkbox"
    if not field.use_fieldset:
        return "control"
    return "choices" if hasattr(widget, "choices") else "group"


@register.filter
def is_marked_optional(field):
    """Optional fields say so in words, except where nothing is asked for: in filters every field is optional."""
    if field.field.required or input_kind(field) == "checkbox":
        return False
    return any(other.required for other in field.form.fields.values())


@register.filter
def first_input(field):
    """The id of what takes the focus when the field is pointed at."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@register.filter
def error_count(form):
    """In how many places the form needs mending."""
    return len(form.non_field_errors()) + sum(1 for field in form if field.errors)
