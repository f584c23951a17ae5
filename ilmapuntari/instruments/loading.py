"""The questionnaire that a new portal starts with, read from the file beside this one."""

from pathlib import Path

import yaml
from django.db import transaction

from ilmapuntari.models import Instrument
from ilmapuntari.models.instrument import LANGUAGES

FIRST = Path(__file__).with_name("first.yaml")


@transaction.atomic
def load_first(*, by=None):
    """Make and publish the first version, unless there is a published one. Returns the newest published version."""
    current = Instrument.objects.current()
    if current is not None:
        return current
    content = yaml.safe_load(FIRST.read_text())
    numbers = {name: content[name] for name in ("good_from", "fair_from", "noise_sd", "noise_r")}
    instrument = Instrument.objects.create(number=1, **numbers, **in_languages("origin", content["origin"]))
    for position, item in enumerate(content["themes"], 1):
        theme = instrument.themes.create(key=item["key"], position=position, **in_languages("name", item["name"]))
        for place, statement in enumerate(item["statements"], 1):
            theme.statements.create(
                identity=statement["identity"],
                position=place,
                is_reversed=statement["reversed"],
                **in_languages("text", statement["text"]),
                **in_languages("mid", statement["mid"]),
                **in_languages("bad", statement["bad"]),
            )
    instrument.publish(by=by)
    return instrument


def in_languages(name, texts):
    return {f"{name}_{code}": texts[code] for code in LANGUAGES}
