"""One round's trouble holds up no other: it is logged, and the next sweep tries again."""

import logging
import traceback

from ilmapuntari import keys

logger = logging.getLogger(__name__)


def guarded(round, verb, *arguments):
    """What the verb returns; None when it could not be done."""
    try:
        return verb(*arguments)
    except keys.KeyGone:
        logger.error("round_key_gone", extra={"round": round.pk})
    except Exception as error:
        trouble = {"round": round.pk, "error": type(error).__name__, "where": where(error)}
        logger.error("round_not_advanced", extra=trouble)


def where(error):
    """File, line and function of the last steps; an error's own message may carry what was typed, or somebody's row."""
    steps = traceback.extract_tb(error.__traceback__)[-6:]
    return " > ".join(f"{step.filename.rpartition('/')[2]}:{step.lineno} {step.name}" for step in steps)
