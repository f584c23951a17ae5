"""The staff desk and the own page: who sees them, what they say is missing, and how little they cost."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter
from networks.models import Attendance, Network
from publishing.models import Attachment
from tests.conftest import signed_in
from tests.directory.factories import PersonFactory
from tests.networks.factories import AttendanceFactory, MeetingFactory, MembershipFactory, NetworkFactory
from website.desk import SHOWN, days_ahead, missing_or_late, own_networks

pytestmark = pytest.mark.django_db


def ago(days):
    return timezone.localtime() - timedelta(days=days)


def ahead(days):
    return timezone.now() + timedelta(days=days)


def own(staff, **kwargs):
    """A network that the user coordinates and that lacks nothing."""
    return NetworkFactory(coordinator=staff.person, reviewed_on=timezone.localdate(), **kwargs)


def missing(user, **kwargs):
    return [item.kind for item in missing_or_late(user, everything=False, **kwargs)]


def desk(client, **data):
    return client.get(reverse("website:desk"), data)


def test_the_desk_is_for_staff(client, as_member, as_staff, as_director, ombudsman):
    assert desk(client).status_code == 302
    assert desk(as_member).status_code == 404
    assert desk(signed_in(ombudsman)).status_code == 404
    assert desk(as_staff).status_code == 200
    assert desk(as_director).status_code == 200


def test_an_empty_desk_says_so(as_staff):
    response = desk(as_staff)

    assert response.context["missing_count"] == 0
    assert 'class="empty"' in response.content.decode()


def test_a_network_that_lacks_nothing_is_not_on_the_list(staff):
    network = own(staff)
    MembershipFactory(network=network)
    MeetingFactory(network=network, starts_at=ahead(3), agenda="<p>Asiat</p>", invited_at=timezone.now())
    MeetingFactory(network=network, starts_at=ago(30), summary="<p>Sovittiin</p>")

    assert missing(staff) == []


def test_a_summary_is_missed_a_week_after_the_meeting(staff):
    network = own(staff)
    late = MeetingFactory(network=network, starts_at=ago(19))
    MeetingFactory(network=network, starts_at=ago(5))
    MeetingFactory(network=network, starts_at=ago(400))
    MeetingFactory(network=network, starts_at=ago(20), cancelled=True)

    found = missing_or_late(staff, everything=False)

    assert [(item.kind, item.meeting, item.days) for item in found] == [("summary", late, 19)]
    assert found[0].url == reverse("networks:meeting_summary", kwargs={"slug": network.slug, "pk": late.pk})


def test_the_meetings_of_a_seat_are_not_ours_to_prepare(staff):
    network = NetworkFactory(seat=True, coordinator=staff.person, reviewed_on=timezone.localdate())
    MeetingFactory(network=network, starts_at=ago(19))
    MeetingFactory(network=network, starts_at=ahead(2))

    assert missing(staff) == []


def test_an_invitation_is_missed_two_weeks_before(staff):
    network = own(staff)
    MembershipFactory(network=network)
    near = MeetingFactory(network=network, starts_at=ahead(13), agenda="<p>Asiat</p>")
    MeetingFactory(network=network, starts_at=ahead(20))

    found = missing_or_late(staff, everything=False)

    assert [(item.kind, item.meeting, item.is_post, item.days) for item in found] == [("invitation", near, True, 1)]


def test_without_members_there_is_nobody_to_invite(staff):
    MeetingFactory(network=own(staff), starts_at=ahead(13))

    assert missing(staff) == ["members"]


def test_an_agenda_is_missed_a_week_before_unless_it_is_a_file(staff):
    network = own(staff)
    lacking = MeetingFactory(network=network, starts_at=ahead(6), invited_at=timezone.now())
    with_file = MeetingFactory(network=network, starts_at=ahead(5), invited_at=timezone.now())
    Attachment.objects.create(
        record=with_file, purpose="agenda", name="asialista.pdf", mime_type="application/pdf", size=1
    )
    MeetingFactory(network=network, starts_at=ahead(9), invited_at=timezone.now())

    found = missing_or_late(staff, everything=False)

    assert [(item.kind, item.meeting) for item in found] == [("agenda", lacking)]


def test_a_text_grows_old_in_a_year(staff):
    today = timezone.localdate()
    old = own(staff)
    Network.objects.filter(pk=old.pk).update(reviewed_on=today - timedelta(days=370))
    ended = NetworkFactory(coordinator=staff.person, status=Network.Status.ENDED)

    found = missing_or_late(staff, everything=False)

    assert [(item.kind, item.record, item.days, item.is_post) for item in found] == [("review", old, 5, True)]
    assert ended not in [item.record for item in found]


def test_a_network_without_coordinator_is_told_to_everybody(staff, other_staff):
    orphan = NetworkFactory(reviewed_on=timezone.localdate())
    NetworkFactory(seat=True, reviewed_on=timezone.localdate())

    for user in (staff, other_staff):
        (item,) = missing_or_late(user, everything=False)
        assert (item.kind, item.record) == ("coordinator", orphan)


def test_the_oldest_comes_first_and_what_has_no_date_last(staff):
    NetworkFactory(reviewed_on=timezone.localdate())
    network = own(staff)
    MembershipFactory(network=network)
    MeetingFactory(network=network, starts_at=ahead(13), agenda="<p>Asiat</p>")
    MeetingFactory(network=network, starts_at=ago(10))
    MeetingFactory(network=network, starts_at=ago(40))

    found = missing_or_late(staff, everything=False)

    assert [item.kind for item in found] == ["summary", "summary", "invitation", "coordinator"]
    assert [item.days for item in found] == [40, 10, 1, None]


def test_what_others_answer_for_is_shown_only_when_asked(as_staff, staff, other_staff):
    network = own(other_staff)
    MeetingFactory(network=network, starts_at=ago(19))

    assert desk(as_staff).context["missing_count"] == 0
    assert desk(as_staff, nayta="kaikki").context["missing_count"] == 1
    assert desk(as_staff, nayta="hölynpöly").context["missing_count"] == 0


def test_the_list_is_cut_but_counted(as_staff, staff):
    network = own(staff)
    for days in range(10, 10 + SHOWN + 5):
        MeetingFactory(network=network, starts_at=ago(days))

    response = desk(as_staff)

    assert len(response.context["missing"]) == SHOWN
    assert response.context["missing_count"] == SHOWN + 5
    assert response.context["missing"][0].days == 10 + SHOWN + 4


def test_today_and_this_week_hold_the_meetings_until_sunday(staff):
    network = own(staff)
    wednesday = date(2027, 3, 3)

    def meeting(day, hour, **kwargs):
        return MeetingFactory(
            network=network, starts_at=timezone.make_aware(datetime.combine(day, time(hour))), **kwargs
        )

    meeting(wednesday - timedelta(days=1), 9)
    late, early = meeting(wednesday, 23), meeting(wednesday, 0)
    sunday = meeting(wednesday + timedelta(days=4), 23)
    meeting(wednesday + timedelta(days=5), 0)
    meeting(wednesday + timedelta(days=1), 9, cancelled=True)

    today, week = days_ahead(staff, everything=False, today=wednesday)

    assert today == [early, late]
    assert week == [sunday]


def test_today_tells_who_comes(as_staff, staff):
    network = own(staff)
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    meeting = MeetingFactory(network=network, starts_at=noon)
    for answer in ("coming", "coming", "not_coming", ""):
        AttendanceFactory(
            meeting=meeting, answer=answer, answered_at=noon if answer else None, invited_at=noon - timedelta(days=20)
        )

    response = desk(as_staff)

    (shown,) = response.context["today"]
    assert (shown.coming_count, shown.silent_count) == (2, 1)
    assert reverse("networks:attendance", kwargs={"slug": network.slug, "pk": meeting.pk}) in response.content.decode()


def test_own_networks_tell_the_next_meeting_and_the_last_summary(staff, other_staff):
    network = own(staff, name="A")
    own(other_staff)
    NetworkFactory(coordinator=staff.person, status=Network.Status.ENDED)
    draft = own(staff, name="B", draft=True)
    next_one = MeetingFactory(network=network, starts_at=ahead(5))
    AttendanceFactory(meeting=next_one, answer="coming", answered_at=timezone.now(), invited_at=timezone.now())
    AttendanceFactory(meeting=next_one, invited_at=timezone.now())
    MeetingFactory(network=network, starts_at=ahead(1), cancelled=True)
    MeetingFactory(network=network, starts_at=ahead(50))
    MeetingFactory(network=network, starts_at=ago(60), summary="<p>Vanha</p>")
    last = MeetingFactory(network=network, starts_at=ago(30), summary="<p>Uusi</p>")

    first, second = own_networks(staff)

    assert (first, second) == (network, draft)
    assert (first.next, first.next.answered_count, first.next.invited_count) == (next_one, 1, 2)
    assert (first.last, first.last.has_summary) == (last, True)
    assert (second.next, second.last) == (None, None)


def test_the_table_shows_a_summary_that_is_missing(as_staff, staff):
    MeetingFactory(network=own(staff), starts_at=ago(30))

    text = desk(as_staff).content.decode()

    assert text[text.index("<table") :].count("status-missing") == 1


def test_the_invitation_goes_from_the_desk_with_one_press(as_staff, staff):
    network = own(staff)
    MembershipFactory(network=network)
    MeetingFactory(network=network, starts_at=ahead(13), agenda="<p>Asiat</p>")
    (item,) = desk(as_staff).context["missing"]

    as_staff.post(item.url)

    assert Letter.objects.count() == 1
    assert desk(as_staff).context["missing"] == []


def test_a_text_is_marked_as_checked_with_one_press(as_staff, staff):
    network = own(staff)
    Network.objects.filter(pk=network.pk).update(reviewed_on=None)
    (item,) = desk(as_staff).context["missing"]

    as_staff.post(item.url)

    assert desk(as_staff).context["missing"] == []


def whole_network(staff):
    """A network with everything that the desk may tell of."""
    network = own(staff)
    Network.objects.filter(pk=network.pk).update(reviewed_on=None)
    member = MembershipFactory(network=network)
    MeetingFactory(network=network, starts_at=ago(19))
    MeetingFactory(network=network, starts_at=ahead(3))
    today = timezone.localtime().replace(hour=23, minute=30)
    meeting = MeetingFactory(network=network, starts_at=today)
    AttendanceFactory(meeting=meeting, person=member.person, invited_at=timezone.now())
    NetworkFactory()


def test_the_desk_costs_the_same_for_one_and_for_twenty(as_staff, staff):
    def queries(**data):
        with CaptureQueriesContext(connection) as captured:
            assert desk(as_staff, **data).status_code == 200
        return len(captured)

    whole_network(staff)
    one = queries(), queries(nayta="kaikki")
    for _ in range(19):
        whole_network(staff)

    assert (queries(), queries(nayta="kaikki")) == one
    assert max(one) <= 20


def test_staff_without_a_person_have_an_empty_desk(db):
    from tests.accounts.factories import staff_user

    response = desk(signed_in(staff_user()))

    assert response.status_code == 200
    assert response.context["networks"] == []


def test_the_own_page_shows_networks_meetings_and_details(as_member, member):
    meeting = MeetingFactory(network=member.network, remote_link="https://etayhteys.example.org/1")
    AttendanceFactory(meeting=meeting, person=member.person, invited_at=timezone.now())
    other = MeetingFactory(remote_link="https://etayhteys.example.org/toinen")
    draft = NetworkFactory(name="Kanarialintu", draft=True)
    MembershipFactory(network=draft, person=member.person)
    MembershipFactory(network=NetworkFactory(name="Entinen verkosto"), person=member.person, past=True)

    response = as_member.get(reverse("website:own"))

    text = response.content.decode()
    assert list(response.context["networks"]) == [member.network]
    assert "https://etayhteys.example.org/1" in text
    assert "/verkostot/vastaus/" in text
    assert reverse("directory:own_details") in text
    for hidden in ("toinen", other.network.name, "Kanarialintu", "Entinen verkosto"):
        assert f">{hidden}<" not in text
        assert f"org/{hidden}" not in text


def test_the_answer_on_the_own_page_is_the_own_one(as_member, member):
    meeting = MeetingFactory(network=member.network)
    AttendanceFactory(
        meeting=meeting, answer=Attendance.Answer.COMING, answered_at=timezone.now(), invited_at=timezone.now()
    )

    (_start, (shown,)) = as_member.get(reverse("website:own")).context["weeks"][0]

    assert shown.own is None


def test_the_own_page_is_for_those_who_sign_in(client, as_staff):
    assert client.get(reverse("website:own")).status_code == 302
    assert as_staff.get(reverse("website:own")).status_code == 200


def test_the_own_page_costs_the_same_for_one_and_for_twenty(as_member, member, counties):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert as_member.get(reverse("website:own")).status_code == 200
        return len(captured)

    def more():
        network = MembershipFactory(person=member.person, network=NetworkFactory(counties=counties.values())).network
        meeting = MeetingFactory(network=network, remote_link="https://etayhteys.example.org/1")
        AttendanceFactory(meeting=meeting, person=member.person, invited_at=timezone.now())
        AttendanceFactory(meeting=meeting, person=PersonFactory(), invited_at=timezone.now())

    more()
    one = queries()
    for _ in range(19):
        more()

    assert queries() == one <= 12


def test_at_the_weekend_the_desk_looks_at_the_next_week(staff):
    sunday = date(2026, 11, 22)
    network = NetworkFactory(coordinator=staff.person)
    tuesday = MeetingFactory(network=network, starts_at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    MeetingFactory(network=network, starts_at=datetime(2026, 11, 30, 9, tzinfo=UTC))

    today, week = days_ahead(staff, everything=False, today=sunday)

    assert today == []
    assert week == [tuesday]
