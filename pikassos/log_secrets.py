"""What may not stand in a log: what was typed into a query, and what a secret link carries."""

import re

# The parts of our addresses that are secrets: tokens of invitations, replies and new passwords, the links to results
# and to one's own registration.
# Where somebody answers is no secret (it hangs on the wall), but when somebody of a team did so is nobody's business.
SECRETS = re.compile(
    r"(?<=/tili/kutsu/)[^/\s]+|(?<=/vastaus/)[^/\s]+|(?<=/unohtunut/)[^/\s]+"
    r"|(?<=/tapahtumat/oma/)[^/\s]+|(?<=/tapahtumat/oma-sarja/)[^/\s]+|(?<=/tapahtumat/omat/)[^/\s]+"
    r"|(?<=/tapahtumat/ovi/)[^/\s]+|(?<=/tapahtumat/puhuja/)[^/\s]+|(?<=/tapahtumat/todistus/)[^/\s]+"
    r"|(?<=/ilmapuntari/tulos/)[^/\s]+|(?<=/ilmapuntari/vastaa/)[^/\s]+"
)


def without_secrets(text):
    """The text with the secret parts of addresses left out."""
    return SECRETS.sub("…", text)


def leave_out_secrets(logger, method, event):
    """For the lines that libraries write: Django's tell the path, and carry the request with its whole query."""
    event.pop("request", None)
    return {key: without_secrets(value) if isinstance(value, str) else value for key, value in event.items()}
