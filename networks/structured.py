"""A meeting for search engines."""

from django.conf import settings
from django.utils import timezone

from networks.models import Meeting
from publishing.structured import as_element

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
