"""Facts for search engines, as JSON-LD: data, not script, so the content security policy lets it be."""

import json

from django.conf import settings
from django.utils.safestring import mark_safe

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
