"""The official areas as data files of ours: read here, stored by the records themselves."""

import csv
from pathlib import Path

from django.db import transaction

from directory.models import County, Municipality

DATA = Path(__file__).with_name("data")


def rows_of(name):
    """The rows of one file, each a dictionary by its headings."""
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def renew_areas():
    """Bring every county and municipality up to the files. Returns how many there are of each."""
    counties, municipalities = rows_of("counties.csv"), rows_of("municipalities.csv")
    County.objects.renew(counties)
    Municipality.objects.renew(municipalities)
    return len(counties), len(municipalities)
