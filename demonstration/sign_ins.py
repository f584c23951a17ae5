"""Whom to sign in as in the demonstration."""

from django.utils.translation import gettext_lazy as _

PASSWORD = "pikassos-demo"

SIGN_INS = [
    ("henkilosto@example.org", _("staff")),
    ("johtaja@example.org", _("managing director")),
    ("koordinaattori@example.org", _("Ilmapuntari coordinator")),
    ("asiavastaava@example.org", _("social ombudsman")),
    ("sijainen@example.org", _("substitute of the social ombudsman")),
    ("jasen@example.org", _("network member")),
    ("vetaja@example.org", _("team leader")),
    ("paallikko@example.org", _("manager")),
]
