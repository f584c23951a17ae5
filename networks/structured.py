"""A meeting for search engines."""

from django.conf import settings

from publishing.structured import as_element, gathering_facts


def event_json(meeting):
    """A meeting as everybody may know it."""
    network = meeting.network
    return as_element(
        {
            **gathering_facts(meeting, f"{settings.SITE_URL}{meeting.get_absolute_url()}"),
            "name": f"{network.name}: {meeting.title}",
            "organizer": {"@type": "Organization", "name": network.name, "url": network_address(meeting)},
        }
    )


def network_address(meeting):
    return f"{settings.SITE_URL}{meeting.network.get_absolute_url()}"
