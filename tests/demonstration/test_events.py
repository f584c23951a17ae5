"""The counts and listeners of the documents come out of records, lists and exports as they stand there."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from events.models import Event, Series

pytestmark = pytest.mark.django_db

REVIEWS = "Sosiaalialan ajankohtaiskatsaukset"
# Series and year: (events, participants) as the documents tell; None where they tell no number.
TOLD = {
    ("Rakenteellisen sosiaalityön foorumi", 2022): (3, None),
    ("Edunvalvontakoulutus lastensuojelun sosiaalityöntekijöille", 2022): (1, None),
    ("Lastensuojelun edunvalvonta sosiaalityöntekijän näkökulmasta", 2022): (1, None),
    ("Edunvalvojien livekoulutus", 2022): (1, None),
    ("Ketjulähetti-infotilaisuus", 2022): (1, None),
    ("Nuorten foorumi", 2022): (3, None),
    ("Kansa-koulu 4.0 Verkostofoorumi", 2022): (0, 579),
    ("Kansa-koulu 4.0 kirjaamisvalmennus", 2022): (18, 346),
    ("Strategiapäivä hallituksen kanssa", 2022): (1, None),
}


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMONSTRATION = settings.LOOSE = True
    settings.MEDIA_ROOT = tmp_path
    call_command("demo", verbosity=0)


def rows_of(year):
    answer = Client().get(f"/tapahtumat/luvut/vie/?vuosi={year}&muoto=csv")
    return {row["Sarja"]: row for row in csv.DictReader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")}


def test_the_events_of_the_documents_come_out_as_they_stand_there(demo):
    assert Series.objects.count() == 28
    reviews = Event.objects.filter(series__name=REVIEWS).in_year(2022).with_participants()
    assert reviews.count() == 28
    assert {event.starts_at.weekday() for event in reviews} == {4}
    assert (min(e.participants for e in reviews), max(e.participants for e in reviews)) == (20, 80)

    exported = rows_of(2022)
    assert (exported[REVIEWS]["Pidettyjä tapahtumia"], exported[REVIEWS]["Vähiten"]) == ("28", "20")
    assert exported[REVIEWS]["Eniten"] == "80"
    for (series, year), (events, people) in TOLD.items():
        row = rows_of(year)[series]
        assert int(row["Pidettyjä tapahtumia"] or 0) == events, series
        assert (int(row["Osallistujat"]) if row["Osallistujat"] else None) == people, series
    listed = Client().get("/tapahtumat/?series=sosiaalialan-ajankohtaiskatsaukset&year=2022").text
    assert "28 tapahtumaa" in listed
    page = Client().get("/tapahtumat/sarjat/kansa-koulu-kirjaamisvalmennus/").text
    assert "18 ryhmää, 346 valmistunutta" in page
    # The recordings of that year are gone, and what remains is on the list of materials.
    assert not reviews.with_recording().exists()
    assert reviews.with_materials().exists()

    # A present that moves with today: something held, something to come, a full event with a queue.
    coming = Event.objects.filter(series__name=REVIEWS).upcoming()
    assert coming.exists()
    full = Event.objects.get(capacity=12, starts_at__gte=timezone.now())
    assert (full.seats_taken, full.waiting_count) == (12, 4)
    count = Event.objects.count()
    call_command("demo", verbosity=0)
    assert Event.objects.count() == count
