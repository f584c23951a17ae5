"""A round goes by itself from step to step, whatever comes in between."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail as sent_mail
from django.db import connection
from django.utils import timezone

from ilmapuntari import computing, keys, mail, opening, tasks
from ilmapuntari.answering import Outcome
from ilmapuntari.instruments.loading import load_first
from ilmapuntari.models import Invitee, PendingCodes, ReportingUnit, Round, SealedBox, UnitResult
from letters.models import Letter
from tests.ilmapuntari.factories import (
    LeadFactory,
    TeamFactory,
)
from tests.ilmapuntari.rounds import (
    advance,
    finish,
    give,
    opened_from,
    opened_round,
    planned,
    sister,
    sweep,
)

pytestmark = pytest.mark.django_db
ZONE = timezone.get_default_timezone()


# Keys and races while a round is prepared -----------------------------------------------------------------------------


def prepared(teams):
    round = planned(teams, scheduled=True)
    round.freeze()
    return round


def test_a_key_lost_half_way_is_not_replaced_by_another(monkeypatch):
    monkeypatch.setattr(opening, "CHUNK", 1)
    round = prepared([TeamFactory(size=6), TeamFactory(size=6), TeamFactory(size=6)])
    opening.write_codes_of_chunk(round)
    keys.link.destroy(round.token)
    with pytest.raises(keys.KeyGone):
        opening.write_codes(round)
    assert not keys.link.exists(round.token)
    PendingCodes.objects.all().delete()
    opening.write_codes(round)
    opening.seal_chunk(round, 28)
    keys.box.destroy(round.token)

    with pytest.raises(keys.KeyGone):
        opening.seal_codes(round)

    assert not keys.box.exists(round.token)


def test_a_round_of_small_teams_makes_no_codes_and_is_computed_all_the_same():
    round = opened_from(planned([TeamFactory(size=3)]))

    finish(round)

    assert not keys.link.exists(round.token)
    assert UnitResult.objects.get().figures is None


def test_a_worker_that_comes_after_the_calling_off_leaves_nothing_behind(coordinator):
    begun = prepared([TeamFactory(size=6)])
    opening.write_codes(begun)
    untouched = prepared([TeamFactory(size=6)])
    for round in (begun, untouched):
        round.call_off(by=coordinator)
        mail.write_last_letters(round)
        computing.destroy(round)
        keys.link.destroy(round.token)

        opening.write_codes(round)
        opening.seal_codes(round)

        assert not keys.link.exists(round.token)
        assert not keys.box.exists(round.token)
    assert not PendingCodes.objects.exists()
    assert not SealedBox.objects.exists()


def test_nothing_changes_once_the_lists_are_frozen():
    one = TeamFactory(size=5)
    two = sister(one, size=5)
    round = opened_round([one, two])
    units = list(round.units.filter(kind="team"))

    assert not round.take_part([one], among=[one, two])
    assert round.join_units(units, "Yhdessä") is None
    assert not round.part_unit(units[0])
    assert round.units.filter(kind="team").count() == 2


# The sweep ------------------------------------------------------------------------------------------------------------


def state_of(round):
    """Everything that a second sweep could change, except when the box was sealed."""
    round.refresh_from_db()
    letters = Letter.objects.order_by("key").values_list("key", "sent_at", "called_off_at")
    results = UnitResult.objects.order_by("unit_id").values_list("unit_id", "band", "answers")
    return round.step, list(letters), list(results), list(ReportingUnit.objects.order_by("pk").values_list())


def test_the_sweep_takes_a_round_through_all_its_steps_and_twice_is_as_once():
    team = TeamFactory(size=8)
    lead = LeadFactory(team=team)
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=ZONE), tick=False) as clock:
        round = Round.proposed()
        round.instrument = load_first()
        round.save()
        round.plan_units([team])
        round.schedule(by=None)
        steps = []
        for moment, step in (
            (round.opens_at - timedelta(days=1), "scheduled"),
            (round.opens_at - timedelta(minutes=20), "prepared"),
            (round.opens_at + timedelta(minutes=1), "open"),
            (round.first_reminder_at + timedelta(minutes=1), "open"),
            (round.second_reminder_at + timedelta(minutes=1), "open"),
            (round.closes_at + timedelta(minutes=1), "computed"),
            (round.publishes_at - timedelta(minutes=1), "computed"),
            (round.publishes_at + timedelta(minutes=1), "published"),
        ):
            clock.move_to(moment)
            sweep()
            once = state_of(round)
            sweep()
            steps.append((once[0], step, once == state_of(round)))
            if step == "open" and steps[-2][0] != "open":
                outcomes = [give(invitee, 7) for invitee in Invitee.objects.filter(round=round, lead=None)]

    assert [same for _found, _wanted, same in steps] == [True] * len(steps)
    assert [found for found, _wanted, _same in steps] == [wanted for _found, wanted, _same in steps]
    assert outcomes == [Outcome.SAVED] * 8
    assert UnitResult.objects.get(unit__kind="team").band == "some"
    assert not SealedBox.objects.exists()
    assert not keys.box.exists(round.token)
    assert not keys.link.exists(round.token)
    kinds = [key.split(":")[2] for key in Letter.objects.values_list("key", flat=True)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "invitation": 8, "reminder1": 8, "reminder2": 8, "discussion": 1, "result": 8, "leaders": 1
    }  # fmt: skip
    assert lead.user.email in {message.to[0].split("<")[-1].rstrip(">") for message in sent_mail.outbox}


def test_a_round_stays_open_until_its_hour_and_opens_only_when_sealed():
    round = planned([TeamFactory(size=6)], opens_at=timezone.now() - timedelta(minutes=1))
    round.schedule(by=None)
    round.freeze()

    tasks.advance.apply()

    round.refresh_from_db()
    assert round.opened_at is None
    assert round.step == "prepared"


def test_a_half_written_opening_is_finished_by_the_next_sweep():
    """One unit's letters cannot be written because its data breaks off the work; the rest stays as far as it came."""
    round = opened_round([TeamFactory(size=6), TeamFactory(size=6)])
    last = round.units.order_by("pk").last()
    Letter.objects.all().delete()
    broken = Invitee.objects.filter(unit=last).first()
    Invitee.objects.filter(pk=broken.pk).update(email="x" * 250)  # as long as the column, too long for a letter's key
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE letters_letter ADD CONSTRAINT broken CHECK (length(to_email) < 200)")

    tasks.advance.apply()
    before = Letter.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE letters_letter DROP CONSTRAINT broken")
    tasks.advance.apply()

    assert before == 0
    assert Letter.objects.filter(key__contains=":invitation:").count() == 12


def test_a_round_without_its_key_holds_up_no_other():
    lost, other = opened_round([TeamFactory(size=6)]), opened_round([TeamFactory(size=6)], season="winter", year=2031)
    for round in (lost, other):
        Round.objects.filter(pk=round.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    keys.box.destroy(lost.token)

    advance()
    advance()

    lost.refresh_from_db()
    other.refresh_from_db()
    assert (lost.step, other.step) == ("closed", "computed")


def test_answers_are_gone_sixty_days_after_closing_even_when_nothing_could_be_computed():
    round = opened_round([TeamFactory(size=6)])
    keys.box.destroy(round.token)
    round.close()
    Round.objects.filter(pk=round.pk).update(closed_at=timezone.now() - timedelta(days=61))

    tasks.advance.apply()

    assert not SealedBox.objects.exists()
