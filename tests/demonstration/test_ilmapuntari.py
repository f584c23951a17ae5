"""The Ilmapuntari of the demonstration: the participation of the facts, and a round that a newcomer can answer."""

import re

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from demonstration.fact_files import facts
from demonstration.ilmapuntari_making import SHOWN_TEAM, make_ilmapuntari
from ilmapuntari.answering import Outcome, answer, unit_for_answering
from ilmapuntari.models import AgreedAction, ReportingUnit, Round, Team, UnitResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(settings):
    settings.DEMONSTRATION = True
    call_command("demo", verbosity=0)


def teams_of(round, county):
    return ReportingUnit.objects.filter(round=round, county_id=county).exclude(kind="leaders")


def test_participation_of_2022_is_that_of_the_facts(demonstration):
    for item in facts("ilmapuntari")["rounds_2022"]:
        round = Round.objects.get(year=2022, season=item["season"])
        for county, count in item["with_result"].items():
            shown = UnitResult.objects.filter(unit__in=teams_of(round, county)).exclude(band="too_few")

            assert shown.count() == count
    spring = Round.objects.get(year=2022, season="spring")
    assert teams_of(spring, "08").count() == 20
    assert teams_of(spring, "07").count() == 24
    assert teams_of(spring, "07").values("organisation").distinct().count() == 7
    names = set(teams_of(spring, "06").values_list("organisation__name", flat=True))
    assert names == {"Kessote", "Euran kunta", "POSA"}


def test_one_round_is_open_and_its_codes_lead_to_a_result(demonstration, capsys):
    call_command("codes_to_try")
    links = re.findall(r"/vastaa/([0-9a-f-]+)/#(\S+)", capsys.readouterr().out)

    outcomes = [answer(unit_for_answering(unit), code, bytes([7] * 28)) for unit, code in links]
    call_command("ilmapuntari", "close", str(Round.objects.open().get().pk), "--publish")

    assert outcomes == [Outcome.SAVED] * 3
    unit = ReportingUnit.objects.get(pk=links[0][0])
    assert unit.name == SHOWN_TEAM
    assert unit.result.is_shown


def test_a_later_start_keeps_one_round_open(settings):
    settings.DEMONSTRATION = True
    with time_machine.travel("2026-11-23 08:00 +0200"):
        call_command("demo", verbosity=0)
        first = Round.objects.open().get()

    with time_machine.travel("2026-11-30 08:00 +0200"):
        make_ilmapuntari()

        assert Round.objects.open().get() == first
        assert (Round.objects.open().get().closes_at - timezone.now()).days >= 8

    with time_machine.travel("2026-12-20 08:00 +0200"):
        Round.objects.filter(pk=first.pk).update(closed_at=timezone.now(), published_at=timezone.now())
        make_ilmapuntari()

        assert Round.objects.open().get() != first


def test_teams_lived_through_the_reorganisation(demonstration):
    team = Team.objects.get(name=SHOWN_TEAM)

    assert team.organisation.name == "Pirkanmaan hyvinvointialue"
    assert team.units.get(round__year=2022, round__season="spring").organisation.name == "Tampereen kaupunki"
    assert AgreedAction.objects.filter(team=team).exists()
    assert Team.objects.get(name="Sibeliuspuiston tiimi").ancestors


def test_codes_are_shown_in_the_demonstration_only():
    with pytest.raises(CommandError, match="in the demonstration only"):
        call_command("codes_to_try")
