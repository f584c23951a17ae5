"""An event for search engines."""

from django.conf import settings

from publishing.structured import as_element, gathering_facts


def event_json(event):
    """An event as everybody may know it: with its speakers, its price and whether seats are free."""
    address = f"{settings.SITE_URL}{event.get_absolute_url()}"
    data = {
        **gathering_facts(event, address),
        "name": event.title,
        "description": event.summary,
        "inLanguage": event.language,
        "isAccessibleForFree": event.is_free,
        "organizer": {"@type": "Organization", "name": "Pikassos", "url": settings.SITE_URL},
        "performer": [{"@type": "Person", "name": speaker.name} for speaker in event.speakers.all()],
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
