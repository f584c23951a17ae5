"""An event for search engines."""

from django.conf import settings
from django.utils import timezone

from publishing.gatherings import Gathering
from publishing.structured import as_element

# Where something is held, in the words of schema.org.
ATTENDANCE_MODES = {
    Gathering.Mode.ON_SITE: "OfflineEventAttendanceMode",
    Gathering.Mode.REMOTE: "OnlineEventAttendanceMode",
    Gathering.Mode.BOTH: "MixedEventAttendanceMode",
}


def event_json(event):
    """An event as everybody may know it: never the remote link, which is for those who register."""
    address = f"{settings.SITE_URL}{event.get_absolute_url()}"
    places = []
    if event.mode != Gathering.Mode.REMOTE:
        places.append({"@type": "Place", "name": event.place or event.where})
    if event.mode != Gathering.Mode.ON_SITE:
        places.append({"@type": "VirtualLocation", "url": address})
    status = "EventCancelled" if event.is_cancelled else "EventScheduled"
    data = {
        "@type": "Event",
        "name": event.title,
        "description": event.summary,
        "startDate": timezone.localtime(event.starts_at).isoformat(),
        "endDate": timezone.localtime(event.ends_at).isoformat(),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{ATTENDANCE_MODES[Gathering.Mode(event.mode)]}",
        "inLanguage": event.language,
        "isAccessibleForFree": event.is_free,
        "location": places[0] if len(places) == 1 else places,
        "organizer": {"@type": "Organization", "name": "Pikassos", "url": settings.SITE_URL},
        "performer": [{"@type": "Person", "name": speaker.name} for speaker in event.speakers.all()],
        "url": address,
    }
    if event.takes_registrations and event.is_upcoming:
        data["offers"] = {
            "@type": "Offer",
            "price": str(event.price),
            "priceCurrency": "EUR",
            "availability": f"https://schema.org/{'SoldOut' if event.is_full else 'InStock'}",
            "url": address,
        }
    if event.capacity:
        data["maximumAttendeeCapacity"] = event.capacity
    return as_element({key: value for key, value in data.items() if value not in ("", [])})
