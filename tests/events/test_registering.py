"""Seats, the queue, and what is told: never oversold, fair, nobody untold."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from events import registering, tasks
from events.models import Event, Registration
from letters.models import Letter
from tests.events.factories import EventFactory, RegistrationFactory, SeriesFactory, SpeakerFactory, StandingFactory

pytestmark = pytest.mark.django_db


def register(event, number, **fields):
    return registering.register(
        event, name=f"Osallistuja {number}", email=f"osallistuja{number}@example.org", **fields
    ).registration


def states(event):
    return [row.state for row in event.registrations.in_queue()]


def letters(kind):
    return list(Letter.objects.filter(key__contains=f":{kind}:").order_by("pk"))


def test_seats_go_in_the_order_of_coming_and_the_rest_queue():
    event = EventFactory(capacity=2)

    for number in range(4):
        register(event, number)

    assert states(event) == ["seated", "seated", "waiting", "waiting"]
    event.refresh_from_db()
    assert (event.seats_taken, event.waiting_count, event.is_full) == (2, 2, True)
    assert [letter.to_email for letter in letters("confirmation")] == [
        "osallistuja0@example.org",
        "osallistuja1@example.org",
    ]
    assert "2. jonossa" in letters("waiting")[1].text


def test_without_a_number_of_seats_everybody_gets_one():
    event = EventFactory()

    for number in range(30):
        register(event, number)

    assert set(states(event)) == {"seated"}


def test_the_database_refuses_one_seat_too_many():
    event = EventFactory(capacity=1)
    RegistrationFactory(event=event)

    with pytest.raises(IntegrityError), transaction.atomic():
        RegistrationFactory(event=event)


def test_who_cancels_makes_room_for_the_first_in_the_queue_and_the_seat_is_held_for_a_day():
    event = EventFactory(capacity=1)
    first, second, third = (register(event, number) for number in range(3))

    assert registering.cancel(first)

    second.refresh_from_db()
    assert second.state == "offered"
    assert timedelta(hours=23) < second.offered_until - timezone.now() <= timedelta(hours=24)
    third.refresh_from_db()
    assert third.state == "waiting"
    assert [letter.to_email for letter in letters("offer")] == ["osallistuja1@example.org"]
    assert letters("cancelled")[0].calendar_method == "CANCEL"
    # A newcomer does not overtake who waits.
    assert register(event, 9).state == "waiting"


def test_a_held_seat_is_taken_by_its_link_and_confirmed():
    event = EventFactory(capacity=1)
    first, second = (register(event, number) for number in range(2))
    registering.cancel(first)
    second.refresh_from_db()

    assert registering.take_seat(second)

    assert second.state == "seated"
    assert letters("seat")[0].calendar_method == "REQUEST"
    assert not registering.take_seat(second)


def test_a_seat_that_is_not_taken_within_a_day_goes_on_and_its_holder_is_told():
    event = EventFactory(capacity=1)
    first, second, third = (register(event, number) for number in range(3))
    registering.cancel(first)

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        tasks.move_queues()
        tasks.move_queues()
        second.refresh_from_db()
        third.refresh_from_db()

    assert (second.state, third.state) == ("lapsed", "offered")
    assert [letter.to_email for letter in letters("lapsed")] == ["osallistuja1@example.org"]
    assert [letter.to_email for letter in letters("offer")] == ["osallistuja1@example.org", "osallistuja2@example.org"]


def test_close_to_the_start_a_free_seat_is_given_without_asking():
    event = EventFactory(capacity=1, starts_at=timezone.now() + timedelta(hours=20))
    first, second = (register(event, number) for number in range(2))

    registering.cancel(first)

    second.refresh_from_db()
    assert second.state == "seated"
    assert [letter.to_email for letter in letters("seat")] == ["osallistuja1@example.org"]


def test_more_seats_move_the_queue():
    event = EventFactory(capacity=1)
    for number in range(3):
        register(event, number)
    Event.objects.filter(pk=event.pk).update(capacity=2)

    tasks.move_queues()

    assert states(event) == ["seated", "offered", "waiting"]


def test_the_same_person_twice_is_one_registration_and_only_her_letter_says_so():
    event = EventFactory()
    register(event, 1)

    outcome = registering.register(event, name="Joku muu", email="OSALLISTUJA1@example.org")
    registering.register(event, name="Joku muu", email="osallistuja1@example.org")

    assert not outcome.is_new
    assert event.registrations.get().name == "Osallistuja 1"
    assert len(letters("already")) == 1


def test_who_cancelled_and_comes_again_stands_at_the_end_and_the_old_link_is_dead():
    event = EventFactory(capacity=1)
    first, _second = (register(event, number) for number in range(2))
    registering.cancel(first)

    again = register(event, 0)

    assert again.pk != first.pk
    assert again.state == "waiting"
    assert not Registration.objects.filter(pk=first.pk).exists()


def test_cancelling_twice_changes_nothing():
    event = EventFactory(capacity=1)
    registration = register(event, 1)

    assert registering.cancel(registration)
    assert not registering.cancel(registration)
    assert len(letters("cancelled")) == 1


@pytest.mark.parametrize(
    "closed",
    [
        {"cancelled": True},
        {"draft": True},
        {"held": True},
        {"takes_registrations": False},
        {"registration_closes_at": timezone.now() - timedelta(minutes=1)},
    ],
    ids=lambda closed: next(iter(closed)),
)
def test_one_registers_only_while_it_is_open(closed):
    event = EventFactory(**closed)

    with pytest.raises(registering.Closed):
        register(event, 1)
    assert not event.registrations.exists()


def test_calling_an_event_off_tells_everybody_concerned_once(staff):
    event = EventFactory(capacity=1)
    for number in range(3):
        register(event, number)
    registering.cancel(event.registrations.in_queue().last())

    assert registering.call_off_event(event, by=staff, reason="Puhuja on sairas.") == 2
    assert registering.call_off_event(event, by=staff) is None

    told = letters("event_cancelled")
    assert {letter.to_email for letter in told} == {"osallistuja0@example.org", "osallistuja1@example.org"}
    assert all("Puhuja on sairas." in letter.text for letter in told)
    assert {letter.calendar_method for letter in told} == {"CANCEL", ""}
    # What had not gone yet is not sent any more.
    assert not Letter.objects.about(f"event:{event.pk}").waiting().exists()


def test_registered_for_the_series_means_every_event_that_is_published():
    series = SeriesFactory(takes_standing=True)
    open_now = EventFactory(series=series)
    draft = EventFactory(series=series, draft=True)

    registering.register_standing(series, name="Vakituinen", email="vakituinen@example.org")
    assert open_now.registrations.get().source == "standing"
    draft.publish()
    tasks.register_standing()
    tasks.register_standing()

    assert draft.registrations.get().state == "seated"
    assert len(letters("confirmation")) == 2
    assert len(letters("standing")) == 1


def test_who_cancels_one_event_of_the_series_stays_out_of_it_and_gets_the_next():
    standing = StandingFactory()
    event = EventFactory(series=standing.series)
    tasks.register_standing()
    registering.cancel(event.registrations.get())

    tasks.register_standing()
    other = EventFactory(series=standing.series)
    tasks.register_standing()

    assert states(event) == ["cancelled"]
    assert states(other) == ["seated"]


def test_ending_the_registration_for_the_series_brings_no_new_events():
    standing = StandingFactory()
    standing.end()
    event = EventFactory(series=standing.series)

    tasks.register_standing()

    assert not event.registrations.exists()


def test_reminders_go_the_day_before_to_those_with_a_seat_once():
    event = EventFactory(capacity=2, remote_link="https://kokous.example.org/salainen")
    register(event, 1)
    register(event, 2)
    Registration.objects.filter(email="osallistuja2@example.org").update(
        seated_at=event.starts_at - timedelta(hours=26)
    )

    with time_machine.travel(event.starts_at - timedelta(hours=25)):
        tasks.remind()
        tasks.remind()

    reminder = letters("reminder")
    assert [letter.to_email for letter in reminder] == ["osallistuja1@example.org"]
    assert "https://kokous.example.org/salainen" in reminder[0].text


def test_names_go_when_their_time_is_over_and_the_figures_stay():
    event = EventFactory(capacity=5)
    for number in range(3):
        register(event, number)
    event.registrations.filter(email__in=["osallistuja0@example.org", "osallistuja1@example.org"]).update(
        was_present=True
    )

    with time_machine.travel(event.ends_at + Event.PEOPLE_KEPT - timedelta(days=1)):
        tasks.forget_people()
        assert event.registrations.count() == 3
    with time_machine.travel(event.ends_at + Event.PEOPLE_KEPT + timedelta(days=2)):
        tasks.forget_people()
        tasks.forget_people()

    event.refresh_from_db()
    assert not event.registrations.exists()
    assert (event.forgotten_seated, event.forgotten_present, event.present_total()) == (3, 2, 2)
    assert Event.objects.with_participants().get().registered == 3
    assert not Letter.objects.exists()


def test_removing_an_address_removes_everything_about_it_and_moves_the_queue():
    event = EventFactory(capacity=1)
    past = EventFactory(held=True)
    RegistrationFactory(event=past, email="osallistuja0@example.org", was_present=True)
    for number in range(2):
        register(event, number)
    StandingFactory(email="osallistuja0@example.org")

    registering.forget_address("Osallistuja0@example.org")

    assert states(event) == ["offered"]
    assert not Registration.objects.of_address("osallistuja0@example.org").exists()
    past.refresh_from_db()
    assert (past.forgotten_seated, past.forgotten_present) == (1, 1)
    assert not Letter.objects.filter(to_email="osallistuja0@example.org").exists()


def test_seats_of_a_cancelled_event_go_to_nobody(staff):
    event = EventFactory(capacity=1)
    first, _second = (register(event, number) for number in range(2))
    registering.call_off_event(event, by=staff)

    registering.cancel(first)
    registering.forget_address("osallistuja0@example.org")

    assert states(event) == ["waiting"]
    assert not letters("offer")


def test_one_address_cannot_register_for_everything_at_once():
    for _number in range(registering.MOST_AN_HOUR):
        register(EventFactory(), 1)

    with pytest.raises(registering.Closed, match="Yritä uudelleen tunnin kuluttua"):
        register(EventFactory(), 1)


def test_a_change_reaches_also_whose_first_letter_is_forgotten_already():
    event = EventFactory()
    register(event, 1)
    Letter.objects.all().delete()
    late = register(event, 2)
    event.announce_change()

    registering.tell_of_change(event)

    assert [letter.to_email for letter in letters("change")] == ["osallistuja1@example.org"]
    assert late.email in {letter.to_email for letter in letters("confirmation") if letter.called_off_at is None}


def test_a_small_change_brings_no_second_reminder():
    event = EventFactory()
    register(event, 1)

    with time_machine.travel(event.starts_at - timedelta(hours=10)):
        tasks.remind()
        event.announce_change()
        tasks.remind()

    assert len(letters("reminder")) == 1


def test_registrations_for_a_series_that_were_ended_go_after_a_month():
    standing = StandingFactory()
    standing.end()

    tasks.forget_people()
    assert type(standing).objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        tasks.forget_people()

    assert not type(standing).objects.exists()


def test_who_was_told_of_the_queue_only_learns_of_the_seat_when_something_changes():
    event = EventFactory(capacity=1)
    first, second = (register(event, number) for number in range(2))
    Letter.objects.filter(key__contains=":waiting:").update(sent_at=timezone.now())
    registering.cancel(first)
    second.refresh_from_db()
    registering.take_seat(second)
    event.announce_change()

    registering.tell_of_change(event)

    told = [letter for letter in letters("confirmation") if letter.called_off_at is None]
    assert [letter.to_email for letter in told if letter.to_email == second.email] == [second.email]


def test_speakers_who_were_written_to_are_told_of_changes_and_of_the_end(staff):
    from events import mail

    event = EventFactory(remote_link="https://kokous.example.org/1")
    asked = SpeakerFactory(event=event, email="puhuja@example.org")
    SpeakerFactory(event=event, email="toinen@example.org")
    Letter.objects.write_all([mail.speaker_asked(asked, by=staff)])
    Letter.objects.update(sent_at=timezone.now())
    event.announce_change()

    registering.tell_of_change(event)
    registering.call_off_event(event, by=staff, reason="Sairaus.")

    assert [letter.to_email for letter in letters("speaker_change")] == ["puhuja@example.org"]
    assert "Sairaus." in letters("speaker_cancelled")[0].text


def test_tables_that_name_an_address_go_with_it(staff):
    from directory.models import ImportDraft

    event = EventFactory(held=True)
    for email in ("eeva@example.org", "joni@example.org"):
        ImportDraft.objects.create(
            purpose="events.attendance",
            subject=str(event.pk),
            rows=[{"number": 2, "values": {"email": email}}],
            keys=[],
            created_by=staff,
        )

    registering.forget_address("eeva@example.org")

    assert [draft.rows[0]["values"]["email"] for draft in ImportDraft.objects.all()] == ["joni@example.org"]
