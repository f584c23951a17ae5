"""Facts for search engines, as JSON-LD: data, not script, so the content security policy lets it be."""

import json

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import mark_safe

from networks.models import Meeting

# What could end the element or begin a comment inside it.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_element(data):
    """The data as an element for the head of a page."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above


def organisation_json():
    """The centre itself."""
    return as_element(
        {
            "@type": "Organization",
            "name": "Sosiaalialan osaamiskeskus Pikassos Oy",
            "alternateName": "Pikassos",
            "url": settings.SITE_URL,
            "areaServed": ["Pirkanmaa", "Kanta-Häme", "Satakunta"],
        }
    )


def breadcrumbs_json(*steps):
    """The way down to a page: pairs of name and path, the page itself last."""
    return as_element(
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": number, "name": str(name), "item": f"{settings.SITE_URL}{path}"}
                for number, (name, path) in enumerate(steps, start=1)
            ],
        }
    )


# Where a meeting is held, in the words of schema.org.
ATTENDANCE_MODES = {
    Meeting.Mode.ON_SITE: "OfflineEventAttendanceMode",
    Meeting.Mode.REMOTE: "OnlineEventAttendanceMode",
    Meeting.Mode.BOTH: "MixedEventAttendanceMode",
}


def event_json(meeting):
    """A meeting as everybody may know it: never the remote link, which is for those invited."""
    address = f"{settings.SITE_URL}{meeting.get_absolute_url()}"
    places = []
    if meeting.mode != Meeting.Mode.REMOTE:
        places.append({"@type": "Place", "name": meeting.place or meeting.where})
    if meeting.mode != Meeting.Mode.ON_SITE:
        places.append({"@type": "VirtualLocation", "url": address})
    status = "EventCancelled" if meeting.is_cancelled else "EventScheduled"
    return as_element(
        {
            "@type": "Event",
            "name": f"{meeting.network.name}: {meeting.title}",
            "startDate": timezone.localtime(meeting.starts_at).isoformat(),
            "endDate": timezone.localtime(meeting.ends_at).isoformat(),
            "eventStatus": f"https://schema.org/{status}",
            "eventAttendanceMode": f"https://schema.org/{ATTENDANCE_MODES[Meeting.Mode(meeting.mode)]}",
            "location": places[0] if len(places) == 1 else places,
            "organizer": {"@type": "Organization", "name": meeting.network.name, "url": network_address(meeting)},
            "url": address,
        }
    )


def network_address(meeting):
    return f"{settings.SITE_URL}{meeting.network.get_absolute_url()}"
