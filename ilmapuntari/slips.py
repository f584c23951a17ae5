"""Unnamed slips of paper for a team without e-mail: an address and a code each, drawn by Typst."""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from publishing.templatetags.portal import moment
from publishing.typst import typeset

TEMPLATE = Path(__file__).parent / "typst" / "slips.typ"


class Slip(NamedTuple):
    """What one slip carries; nobody's name, and in no order that tells whose it is."""

    code: str
    link: str


def slips_pdf(unit, slips, *, address):
    """The PDF, four slips a page, to be cut apart and drawn from a hat."""
    data = {
        "language": (get_language() or "fi")[:2],
        "title": _("Slips for answering: %(unit)s") % {"unit": unit.title},
        "room": "Ilmapuntari",
        "unit": unit.title,
        "round": unit.round.name,
        "until": _("Answer by %(moment)s.") % {"moment": moment(unit.round.closes_at)},
        "how": _("Point the camera of a phone at the square, or go to the address and type the code."),
        "address": split_address(address),
        "who": ngettext(
            "%(count)s person is invited. There is a result when at least %(gate)s have answered.",
            "%(count)s people are invited. There is a result when at least %(gate)s have answered.",
            unit.invited,
        )
        % {"count": unit.invited, "gate": unit.gate},
        "privacy": _("How privacy is kept:"),
        "privacy_address": settings.SITE_URL + reverse("ilmapuntari:privacy"),
        "code": _("Code"),
        "promise": _("Nobody knows who got which slip. The code can be used once, and it does not tell who answered."),
        "square": _("A square for the camera of a phone"),
        "codes": [slip.code for slip in slips],
        "squares": [square(slip.link) for slip in slips],
    }
    return typeset(TEMPLATE, data, moment=unit.round.opens_at)


def split_address(address):
    """The address in two lines: up to the key of the unit, and the key."""
    start, key = address.rstrip("/").rsplit("/", 1)
    return [f"{start}/", f"{key}/"]


def square(link):
    """The link as a QR code that a phone's camera reads."""
    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()
