"""`manage.py ilmapuntari`: the steps of a round from the command line, and what it refuses."""

from datetime import timedelta
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ilmapuntari import keys
from ilmapuntari.answering import Outcome, answer, unit_for_answering
from ilmapuntari.models import Invitee, Round, SealedBox, UnitResult
from letters.models import Letter
from tests.ilmapuntari.factories import RoundFactory, TeamFactory
from tests.ilmapuntari.rounds import give, opened_round

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["demonstration", "production"])
def either(request, settings):
    settings.DEMONSTRATION = request.param
    return request.param


@pytest.fixture
def demonstration(settings):
    settings.DEMONSTRATION = True


@pytest.fixture
def production(settings):
    settings.DEMONSTRATION = False


def said(*arguments):
    out = StringIO()
    call_command("ilmapuntari", *map(str, arguments), stdout=out)
    return out.getvalue()


def scheduled(**fields):
    round = RoundFactory(**fields)
    round.plan_units([TeamFactory(size=6)])
    round.schedule(by=None)
    return round


@pytest.mark.parametrize("text", ["{pk}", "{year}-{season}", "{season}-{year}", "syksy-{year}"])
def test_a_round_is_named_by_its_number_or_its_season(text, production):
    round = opened_round([TeamFactory(size=6)], season="autumn", year=2031)

    with pytest.raises(CommandError, match="closes by itself"):
        said("close", text.format(pk=round.pk, year=2031, season="autumn"))


@pytest.mark.parametrize("text", ["999999", "2026", "1999-autumn", "jotain", "2026-jotain"])
def test_a_round_that_is_not_there_is_said(text, either):
    with pytest.raises(CommandError):
        said("compute", text)


def test_opening_waits_for_its_time_in_production(production):
    round = scheduled()

    with pytest.raises(CommandError, match="opens by itself"):
        said("open", round.pk)


def test_a_round_whose_time_has_come_is_opened(production):
    round = scheduled(opens_at=timezone.now() - timedelta(minutes=1))

    said("open", round.pk)
    said("open", round.pk)

    round.refresh_from_db()
    assert round.is_open
    assert Letter.objects.filter(key__contains=":invitation:").count() == 6


def test_the_demonstration_opens_at_once(demonstration):
    round = scheduled()

    said("open", round.pk)

    round.refresh_from_db()
    assert round.is_open


def test_an_unconfirmed_round_is_not_opened(either):
    with pytest.raises(CommandError, match="not confirmed"):
        said("open", RoundFactory(opens_at=timezone.now()).pk)


def test_publishing_at_once_is_refused_in_production(production):
    round = opened_round([TeamFactory(size=6)])
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now())

    with pytest.raises(CommandError, match="promised"):
        said("close", round.pk, "--publish")

    round.refresh_from_db()
    assert round.closed_at is None


def test_the_demonstration_closes_computes_and_publishes_at_once(demonstration):
    round = opened_round([TeamFactory(size=6)])
    for invitee in Invitee.objects.filter(round=round):
        give(invitee, 8)

    words = said("close", round.pk, "--publish")

    round.refresh_from_db()
    assert round.published_at
    assert UnitResult.objects.get().band == "few"
    assert round.units.get().result_url in words
    assert Letter.objects.filter(key__contains=":result:").count() == 6
    assert not SealedBox.objects.exists()


def test_a_round_whose_time_is_over_is_closed_and_computed_and_waits_for_its_hour(production):
    round = opened_round([TeamFactory(size=6)])
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now() - timedelta(minutes=1))

    said("close", round.pk)
    said("compute", round.pk)

    round.refresh_from_db()
    assert (round.step, UnitResult.objects.count()) == ("computed", 1)


def test_computing_without_the_key_is_said(either):
    round = opened_round([TeamFactory(size=6)])
    round.close()
    keys.box.destroy(round.token)

    with pytest.raises(CommandError, match="key"):
        said("compute", round.pk)


def test_codes_are_shown_in_the_demonstration_and_can_be_used(demonstration):
    team = TeamFactory(size=6)
    round = opened_round([team])
    used = Invitee.objects.filter(round=round).order_by("pk").first()
    give(used, 5)

    links = said("codes", round.pk, team.slug, "--count", 5).split()
    unit = unit_for_answering(used.unit_id)
    outcomes = [answer(unit, link.split("#")[1], bytes([7] * 28)) for link in links]

    assert outcomes == [Outcome.SAVED] * 5
    assert said("codes", round.pk, unit.pk) == ""


def test_codes_are_not_shown_elsewhere(production):
    team = TeamFactory(size=6)
    round = opened_round([team])

    with pytest.raises(CommandError, match="demonstration only"):
        said("codes", round.pk, team.slug)


def test_codes_need_both_keys(demonstration, settings):
    team = TeamFactory(size=6)
    round = opened_round([team])
    settings.BOX_KEYS = ""

    with pytest.raises(CommandError, match="keys"):
        said("codes", round.pk, team.slug)


def test_slips_go_to_a_file(either):
    team = TeamFactory(slips=6)
    round = opened_round([team])
    out = TextIOWrapper(BytesIO())

    call_command("ilmapuntari", "slips", str(round.pk), team.slug, stdout=out)

    assert out.buffer.getvalue().startswith(b"%PDF")


def test_a_team_without_slips_is_said(either):
    team = TeamFactory(size=6)
    round = opened_round([team])

    with pytest.raises(CommandError, match="no slips"):
        said("slips", round.pk, team.slug)


def test_sealing_anew_happens_once_a_day(either):
    round = opened_round([TeamFactory(size=6)])

    said("reseal")
    round.refresh_from_db()
    first = bytes(SealedBox.objects.get().blob)
    said("reseal")

    assert round.resealed_on == timezone.localdate()
    assert bytes(SealedBox.objects.get().blob) == first


def test_the_status_tells_steps_and_missing_keys(either):
    round = opened_round([TeamFactory(size=6)])

    well = said("status")
    keys.box.destroy(round.token)
    ill = said("status")

    assert round.name in well
    assert "MISSING" not in well
    assert "key box: MISSING" in ill
