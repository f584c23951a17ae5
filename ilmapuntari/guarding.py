"""One round's trouble holds up no other: it is logged, and the next sweep tries again."""

import logging

from ilmapuntari import keys

logger = logging.getLogger(__name__)


def guarded(round, verb, *arguments):
    """What the verb returns; None when it could not be done."""
    try:
        return verb(*arguments)
    except keys.KeyGone:
        logger.error("round_key_gone", extra={"round": round.pk})
    except Exception:
        logger.exception("round_not_advanced", extra={"round": round.pk})
