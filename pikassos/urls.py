"""All addresses. Finnish has no prefix, Swedish and English live under /sv/ and /en/ with the same paths."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from pikassos.health import health

urlpatterns = [
    path("terveys/", health, name="health"),
    *i18n_patterns(
        path("tili/", include("accounts.urls")),
        path("", include("directory.urls")),
        path("muutokset/", include("publishing.urls")),
        path("verkostot/", include("networks.urls")),
        path("hankkeet/", include("projects.urls")),
        path("tapahtumat/", include("events.urls")),
        path("ilmapuntari/", include("ilmapuntari.urls")),
        path("sosiaaliasiavastaava/", include("ombudsman.urls")),
        *([path("esittely/", include("demonstration.urls"))] if settings.DEMONSTRATION else []),
        path("", include("website.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "website.views.errors.bad_request"
handler403 = "website.views.errors.forbidden"
handler404 = "website.views.errors.not_found"
handler500 = "website.views.errors.server_error"
handler429 = "accounts.views.too_many_attempts"
