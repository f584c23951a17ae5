"""Facts for search engines, as JSON-LD: data, not script, so the content security policy lets it be."""

import json

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import mark_safe

from publishing.gatherings import Gathering

# Where something is held, in the words of schema.org.
ATTENDANCE_MODES = {
    Gathering.Mode.ON_SITE: "OfflineEventAttendanceMode",
    Gathering.Mode.REMOTE: "OnlineEventAttendanceMode",
    Gathering.Mode.BOTH: "MixedEventAttendanceMode",
}
# What could end the element or begin a comment inside it.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_element(data):
    """The data as an element for the head of a page."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # escaped above


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


def gathering_facts(gathering, address):
    """What search engines may know of anything held at a time: never the remote link, which is for who takes part."""
    places = []
    if gathering.mode != Gathering.Mode.REMOTE:
        places.append({"@type": "Place", "name": gathering.place or gathering.where})
    if gathering.mode != Gathering.Mode.ON_SITE:
        places.append({"@type": "VirtualLocation", "url": address})
    status = "EventCancelled" if gathering.is_cancelled else "EventScheduled"
    return {
        "@type": "Event",
        "startDate": timezone.localtime(gathering.starts_at).isoformat(),
        "endDate": timezone.localtime(gathering.ends_at).isoformat(),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{ATTENDANCE_MODES[Gathering.Mode(gathering.mode)]}",
        "location": places[0] if len(places) == 1 else places,
        "url": address,
    }
