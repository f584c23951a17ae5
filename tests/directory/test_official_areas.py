import csv

import pytest
from django.core.management import call_command

from directory.models import County, Municipality, SubRegion
from directory.official_areas import DATA, renew_areas

pytestmark = pytest.mark.django_db


def test_all_counties_and_our_municipalities_are_there():
    assert renew_areas() == (22, 50)

    ours = County.objects.ours().with_population()
    assert [(county.code, county.short_name, county.slug, county.position) for county in ours] == [
        ("08", "Pirkanmaa", "pirkanmaa", 1),
        ("07", "Kanta-Häme", "kanta-hame", 2),
        ("06", "Satakunta", "satakunta", 3),
    ]
    assert [(county.municipality_count, county.population) for county in ours] == [
        (23, 532_671),
        (11, 169_537),
        (16, 212_556),
    ]
    assert County.objects.get(code="90").short_name == "Helsinki"


def test_a_second_time_mends_what_differs_and_keeps_what_staff_wrote(django_assert_max_num_queries):
    renew_areas()
    County.objects.filter(code="08").update(short_name="Väärä", introduction="<p>Esittely</p>", is_ours=False)
    Municipality.objects.filter(code="837").update(population=1)
    SubRegion.objects.create(name="Lakkautettu", county_id="08")

    call_command("areas", verbosity=0)

    county = County.objects.get(code="08")
    assert (county.short_name, county.introduction, county.is_ours) == ("Pirkanmaa", "<p>Esittely</p>", True)
    assert Municipality.objects.get(code="837").population > 200_000
    assert (County.objects.count(), Municipality.objects.count()) == (22, 50)
    assert not SubRegion.objects.filter(name="Lakkautettu").exists()


def test_no_cell_of_the_data_is_empty():
    for name in ("counties.csv", "municipalities.csv"):
        with open(DATA / name, encoding="utf-8", newline="") as file:
            assert all(all(row.values()) for row in csv.DictReader(file))
