"""What every page of the portal knows."""

from django.conf import settings


def site(request):
    """The site's own facts: its address, and whether it is a demonstration."""
    return {"demonstration": settings.DEMONSTRATION, "site_url": settings.SITE_URL}
