"""Events in other people's calendars, read by another parser than the one that wrote them."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject

from events import registering
from events.calendars import events_calendar, seat_calendar
from events.forms import SECTIONS
from events.models import Event
from events.views.event import tell
from letters.models import Letter
from tests.events.factories import EventFactory, RegistrationFactory, SeriesFactory

pytestmark = pytest.mark.django_db


def entry(text):
    return vobject.readOne(text).vevent


def last_entry(kind):
    return entry(Letter.objects.filter(key__contains=f":{kind}:").order_by("pk").last().calendar)


def edit(event, section, **typed):
    """What is sent by the form of a section, with what it held before."""
    form = SECTIONS[section](instance=event)
    data = {name: form[name].value() or "" for name in form.fields}
    data = {key: (value if value is not True else "on") for key, value in data.items() if value is not False}
    data = {key: form.fields[key].prepare_value(value) for key, value in data.items()} | typed
    form = SECTIONS[section](data, instance=event)
    assert form.is_valid(), form.errors
    others = form.save_others()
    saved = form.save()
    moved = [one for one, in_calendars in others if in_calendars] + ([saved] if form.changes_calendars else [])
    tell(moved)
    return saved


def sent(event):
    Letter.objects.about(f"event:{event.pk}").update(sent_at=datetime.now(UTC))


def test_a_change_keeps_the_uid_and_raises_the_sequence_and_so_does_calling_off(staff):
    event = EventFactory(series=SeriesFactory(name="Sarja"), title="Aihe", remote_link="https://k.example.org/1")
    registering.register(event, name="Eeva", email="eeva@example.org")
    sent(event)
    first = last_entry("confirmation")

    event = edit(event, "aika", date="1.12.2049", starts="9.00", ends="10.30")
    second = last_entry("change")
    sent(event)
    registering.call_off_event(event, by=staff)
    last = last_entry("event_cancelled")

    assert first.uid.value == second.uid.value == last.uid.value == event.calendar_uid
    assert [int(one.sequence.value) for one in (first, second, last)] == [0, 1, 2]
    assert (first.summary.value, first.status.value, last.status.value) == ("Sarja: Aihe", "CONFIRMED", "CANCELLED")
    assert second.dtstart.value == datetime(2049, 12, 1, 7, 0, tzinfo=UTC)
    assert "https://k.example.org/1" in first.location.value


def test_nothing_is_announced_when_nothing_in_calendars_changes():
    event = EventFactory()
    registering.register(event, name="Eeva", email="eeva@example.org")
    sent(event)

    event = edit(event, "perustiedot", summary="Uusi lause")

    assert event.sequence == 0
    assert not Letter.objects.filter(key__contains=":change:").exists()


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [("26.3.2049", 6), ("29.3.2049", 5), ("29.10.2049", 5), ("1.11.2049", 6)],
    ids=["before spring", "after spring", "before autumn", "after autumn"],
)
def test_half_past_eight_is_half_past_eight_on_both_sides_of_the_change_of_clocks(day, utc_hour):
    event = edit(EventFactory(), "aika", date=day, starts="8.30", ends="9.30")

    found = entry(events_calendar([event], name="Tapahtumat"))

    assert found.dtstart.value.astimezone(UTC).hour == utc_hour
    assert found.dtend.value - found.dtstart.value == timedelta(hours=1)
    assert "DTSTART;TZID=Europe/Helsinki" in events_calendar([event], name="x")


def test_an_event_over_the_change_of_clocks_lasts_as_long_as_it_does():
    event = edit(EventFactory(), "aika", date="31.10.2049", starts="1.00", ends="6.00")

    event.refresh_from_db()
    assert event.ends_at - event.starts_at == timedelta(hours=6)
    found = entry(events_calendar([event], name="x"))
    assert found.dtend.value.astimezone(UTC) - found.dtstart.value.astimezone(UTC) == timedelta(hours=6)


def test_a_series_moved_over_the_change_of_clocks_keeps_its_time_of_day():
    series = SeriesFactory()
    starts = [datetime(2049, 3, day, hour, 30, tzinfo=UTC) for day, hour in ((19, 6), (26, 6))]
    first, second = (EventFactory(series=series, starts_at=start) for start in starts)

    edit(first, "aika", date="26.3.2049", starts="8.30", ends="9.30", reach="later")

    second.refresh_from_db()
    assert second.starts_at == datetime(2049, 4, 2, 5, 30, tzinfo=UTC)


def test_the_public_calendar_has_cancelled_ones_and_no_remote_link(client):
    EventFactory(title="Peruttu", cancelled=True, remote_link="https://k.example.org/salaisuus")
    EventFactory(title="Luonnos", draft=True)

    text = client.get("/tapahtumat/kalenteri.ics").text

    found = vobject.readOne(text)
    assert [one.status.value for one in found.vevent_list] == ["CANCELLED"]
    assert "salaisuus" not in text.replace("\r\n ", "")


def test_a_name_with_line_breaks_adds_nothing_to_the_entry():
    registration = RegistrationFactory(name='Eeva"\r\nATTENDEE:mailto:x@example.org', email="eeva@example.org")

    found = entry(seat_calendar(registration))

    assert len(found.attendee_list) == 1
    assert Event.objects.count() == 1
