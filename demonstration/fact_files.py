"""The facts that the demonstration is made from, as they lie in the data files beside this module."""

from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parent / "facts"


@cache
def facts(name):
    """The contents of one file of facts."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
