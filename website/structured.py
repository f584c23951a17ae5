"""The centre itself for search engines."""

from django.conf import settings

from publishing.structured import as_element


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
