"""Finnish personal identity codes (henkilötunnus) are refused wherever people type."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Day, month, year, a sign of the century, number and check. Signs since 2023: decree 128/2010 as amended, section 2.
# The check is not counted: a code with one slip tells almost as much. Spaces may stand around the sign.
CODE = re.compile(
    r"(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}\s*[-+\u2010-\u2015\u2212A-FU-Ya-fu-y]\s*"
    r"[0-9]{3}\s?[0-9A-FHJ-NPR-Ya-fhj-npr-y](?![0-9])"
)


def plain(text):
    """Full-width digits as ordinary ones, and without soft hyphens and other signs that cannot be seen."""
    text = unicodedata.normalize("NFKC", str(text))
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def holds_personal_identity_code(text):
    return bool(CODE.search(plain(text)))


def without_personal_identity_codes(text):
    """The text with dots where codes stood; for what is kept before anybody could be told to leave them out."""
    return CODE.sub("…", plain(text)) if holds_personal_identity_code(text) else text


def refuse_personal_identity_code(text):
    """A validator of form fields."""
    if holds_personal_identity_code(text):
        raise ValidationError(
            _("This looks like a personal identity code. Leave it out: it is not needed here and is not kept."),
            code="personal_identity_code",
        )
