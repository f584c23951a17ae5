"""What networks, memberships and meetings promise."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from letters.models import Letter
from networks import mail, statistics
from networks.models import Attendance, Meeting, Membership, Network, Phase
from tests.accounts.factories import UserFactory
from tests.directory.factories import OrganisationFactory, PersonFactory
from tests.networks.factories import (
    AttendanceFactory,
    MeetingFactory,
    MembershipFactory,
    NetworkFactory,
    PhaseFactory,
)

pytestmark = pytest.mark.django_db


def days(number):
    return timezone.localdate() + timedelta(days=number)


def status_of(network):
    return Network.objects.with_status().get(pk=network.pk).status


def bare_network(**kwargs):
    """A network without any phase."""
    network = NetworkFactory(**kwargs)
    network.phases.all().delete()
    return network


# Status ---------------------------------------------------------------------------------------------------------------


def test_a_network_without_phases_is_planned():
    network = bare_network()

    status = status_of(network)

    assert status == Network.Status.PLANNED
    assert network.status_phase() is None


def test_the_last_phase_that_has_begun_gives_the_status():
    network = NetworkFactory()
    PhaseFactory(network=network, on=days(-1), status=Network.Status.PAUSED)

    status = status_of(network)

    assert status == Network.Status.PAUSED
    assert network.status_phase().status == Network.Status.PAUSED


def test_a_phase_to_come_changes_nothing_until_its_day():
    network = NetworkFactory()
    PhaseFactory(network=network, on=days(3), status=Network.Status.ENDED)

    before = status_of(network)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        on_the_day = status_of(network)

    assert (before, on_the_day) == (Network.Status.RUNNING, Network.Status.ENDED)


def test_of_two_phases_on_one_day_the_one_said_last_holds():
    network = bare_network()

    network.begin(Network.Status.RUNNING, on=days(0))
    network.begin(Network.Status.PAUSED, on=days(0))
    network.begin(Network.Status.RUNNING, on=days(0))

    assert status_of(network) == Network.Status.RUNNING
    assert network.phases.count() == 2


def test_a_phase_without_a_status_is_only_a_fact():
    network = NetworkFactory()

    PhaseFactory(network=network, on=days(-1), status="", text="Kysely tehtiin")

    assert status_of(network) == Network.Status.RUNNING


def test_the_same_status_on_the_same_day_is_said_once():
    network = bare_network()

    first = network.begin(Network.Status.RUNNING, on=days(0))
    again = network.begin(Network.Status.RUNNING, on=days(0))

    assert first == again


def test_a_phase_must_say_something():
    network = NetworkFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Phase.objects.create(network=network, on=days(0))

    assert network.phases.count() == 1


def test_changing_the_status_of_many_leaves_those_that_have_it_on_that_day():
    running, paused = NetworkFactory(), NetworkFactory(status=Network.Status.PAUSED)

    changed = Network.objects.all().change_status(Network.Status.PAUSED, on=days(0))

    assert changed == 1
    assert status_of(running) == status_of(paused) == Network.Status.PAUSED
    assert paused.phases.count() == 1


def test_a_status_in_the_past_is_compared_with_the_status_of_then():
    network = bare_network()
    network.begin(Network.Status.RUNNING, on=days(-100))
    network.begin(Network.Status.PAUSED, on=days(-10))

    changed = Network.objects.all().change_status(Network.Status.PAUSED, on=days(-50))

    assert changed == 1
    assert network.status_phase(days(-40)).status == Network.Status.PAUSED


# Order and figures ----------------------------------------------------------------------------------------------------


def test_names_stand_in_finnish_order():
    names = ["Öljy", "Zorro", "Äiti", "Åland", "aamu", "Šakki", "Bussi"]
    for name in names:
        NetworkFactory(name=name)

    found = list(Network.objects.in_finnish_order().values_list("name", flat=True))

    assert found == ["aamu", "Bussi", "Šakki", "Zorro", "Åland", "Äiti", "Öljy"]


def test_counties_are_counted_once_for_each_network(counties):
    NetworkFactory(counties=[counties["Pirkanmaa"], counties["Satakunta"]])
    NetworkFactory(counties=[counties["Pirkanmaa"]])
    NetworkFactory(scope=Network.Scope.WHOLE_AREA)

    figures = statistics.networks_by_county(Network.objects.all())

    assert figures == {"08": 2, "07": 0, "06": 1, "area": 1}


def test_cancelled_meetings_are_not_counted_by_year():
    network = NetworkFactory()
    year = timezone.localdate().year
    MeetingFactory(network=network, starts_at=timezone.now().replace(month=6, day=1))
    MeetingFactory(network=network, starts_at=timezone.now().replace(month=6, day=2), cancelled=True)

    figures = statistics.meetings_by_year(network)

    assert figures == [(year, 1)]


# Publishing -----------------------------------------------------------------------------------------------------------


def test_the_first_moment_of_publishing_stands():
    network = NetworkFactory(draft=True)

    network.publish(at=timezone.now() - timedelta(days=5))
    first = network.published_at
    network.publish()

    assert network.published_at == first


def test_an_unpublished_network_can_be_published_again():
    network = NetworkFactory()

    network.unpublish()
    network.publish()

    assert network.is_published


def test_the_name_of_a_network_is_its_own():
    NetworkFactory(name="Kriisityö")

    with pytest.raises(ValidationError, match="nimi"):
        Network(name="Kriisityö", slug="toinen").full_clean()

    assert Network.objects.count() == 1


# Memberships ----------------------------------------------------------------------------------------------------------


def test_joining_twice_makes_one_seat():
    network, person = NetworkFactory(), PersonFactory()

    first, is_new = Membership.join(network, person)
    second, is_new_again = Membership.join(network, person, role=Membership.Role.CHAIR)

    assert (is_new, is_new_again) == (True, False)
    assert first == second
    assert second.role == Membership.Role.MEMBER


def test_who_left_may_join_again():
    membership = MembershipFactory(past=True)

    again, is_new = Membership.join(membership.network, membership.person)

    assert is_new
    assert again.is_present


def test_a_member_represents_the_own_organisation_unless_told():
    organisation = OrganisationFactory()

    membership, _ = Membership.join(NetworkFactory(), PersonFactory(organisation=organisation))

    assert membership.organisation == organisation


def test_two_seats_of_one_person_cannot_overlap():
    membership = MembershipFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(network=membership.network, person=membership.person, starts_on=days(-5), ends_on=days(5))

    assert Membership.objects.count() == 1


def test_the_last_day_belongs_to_the_seat():
    membership = MembershipFactory()

    membership.end(on=days(0))

    assert membership.is_present
    assert Membership.objects.present().count() == 1
    assert Membership.objects.present(on=days(1)).count() == 0


def test_a_seat_that_ended_earlier_stays_ended_then():
    membership = MembershipFactory(past=True)
    ended = membership.ends_on

    membership.end()

    assert membership.ends_on == ended


def test_a_seat_cannot_end_before_it_began():
    membership = MembershipFactory(starts_on=days(10))

    membership.end()

    assert membership.ends_on == membership.starts_on


def test_those_without_an_address_or_work_are_not_invited():
    network = NetworkFactory()
    wanted = MembershipFactory(network=network)
    MembershipFactory(network=network, past=True)
    MembershipFactory(network=network, person=PersonFactory(email=""))
    MembershipFactory(network=network, person=PersonFactory(left_on=days(-1)))

    assert list(network.memberships.invitable()) == [wanted]


# Who may see and change -----------------------------------------------------------------------------------------------


def people_of(network):
    """A visitor, somebody from outside, a past member and a present one."""
    outsider, past, present = UserFactory(), UserFactory(), UserFactory()
    MembershipFactory(person=PersonFactory(user=outsider, email=outsider.email))
    MembershipFactory(network=network, person=PersonFactory(user=past, email=past.email), past=True)
    MembershipFactory(network=network, person=PersonFactory(user=present, email=present.email))
    return AnonymousUser(), outsider, past, present


def test_everybody_sees_what_is_published_and_staff_the_drafts(staff):
    public, draft = NetworkFactory(), NetworkFactory(draft=True)
    visitor, outsider, past, present = people_of(draft)

    seen = {user: list(Network.objects.visible_to(user).filter(pk__in=[public.pk, draft.pk]).order_by("pk"))
            for user in (visitor, outsider, past, present, staff)}  # fmt: skip

    assert seen == {visitor: [public], outsider: [public], past: [public], present: [public], staff: [public, draft]}


def test_the_inside_is_for_present_members_and_staff(staff):
    network = NetworkFactory()
    visitor, outsider, past, present = people_of(network)

    inside = [
        user
        for user in (visitor, outsider, past, present, staff)
        if Network.objects.inside_visible_to(user).filter(pk=network.pk).exists()
    ]

    assert inside == [present, staff]


def test_the_inside_of_a_draft_is_for_staff_alone(staff):
    draft = NetworkFactory(draft=True)
    *_, present = people_of(draft)

    assert not Network.objects.inside_visible_to(present).exists()
    assert Network.objects.inside_visible_to(staff).filter(pk=draft.pk).exists()


@pytest.mark.parametrize("model", [Network, Meeting, Membership, Phase, Attendance])
def test_only_staff_change(model, staff):
    network = NetworkFactory()
    AttendanceFactory(meeting=MeetingFactory(network=network))
    *others, present = people_of(network)

    changing = [user for user in (*others, present, staff) if model.objects.editable_by(user).exists()]

    assert changing == [staff]


def test_who_loses_the_roles_changes_nothing_any_more(staff):
    NetworkFactory()
    staff.give_roles([])

    assert not Network.objects.editable_by(staff).exists()


# Meetings -------------------------------------------------------------------------------------------------------------


def test_inviting_reaches_every_member_once(staff):
    network = NetworkFactory()
    MembershipFactory.create_batch(3, network=network)
    meeting = MeetingFactory(network=network)

    first = meeting.invite(by=staff)
    again = meeting.invite(by=staff)

    assert (len(first), len(again)) == (3, 0)
    assert meeting.is_invited
    assert meeting.invited_by == staff


def test_who_joins_later_is_invited_later_and_the_first_inviter_stands(staff, other_staff):
    network = NetworkFactory()
    MembershipFactory(network=network)
    meeting = MeetingFactory(network=network)
    meeting.invite(by=staff)
    joined = MembershipFactory(network=network)

    later = meeting.invite(by=other_staff)

    assert [attendance.person for attendance in later] == [joined.person]
    assert meeting.invited_by == staff


def test_who_was_recorded_present_without_an_invitation_can_be_invited(staff):
    membership = MembershipFactory()
    meeting = MeetingFactory(network=membership.network)
    meeting.record_present([membership.person])

    invited = meeting.invite(by=staff)

    assert len(invited) == 1
    assert invited[0].pk == Attendance.objects.get().pk
    assert Attendance.objects.get().was_present


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_nobody_is_invited_to_what_is_over_or_cancelled(state, staff):
    membership = MembershipFactory()
    meeting = MeetingFactory(network=membership.network, **{state: True})

    invited = meeting.invite(by=staff)

    assert invited == []
    assert not meeting.is_invited


def test_a_meeting_without_members_to_invite_stays_uninvited(staff):
    meeting = MeetingFactory()

    meeting.invite(by=staff)

    assert not meeting.is_invited


def test_cancelling_twice_keeps_the_first_person(staff, other_staff):
    meeting = MeetingFactory()

    first = meeting.cancel(by=staff)
    again = meeting.cancel(by=other_staff)

    assert (first, again) == (True, False)
    assert meeting.cancelled_by == staff


def test_every_change_and_the_cancellation_raise_the_sequence(staff):
    meeting = MeetingFactory()

    meeting.announce_change()
    meeting.announce_change()
    meeting.cancel(by=staff)
    meeting.cancel(by=staff)

    assert meeting.sequence == 3


def test_a_meeting_cannot_end_before_it_starts():
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingFactory(ends_at=timezone.now() - timedelta(days=1))

    assert not Meeting.objects.exists()


def test_a_running_meeting_is_still_upcoming():
    meeting = MeetingFactory(starts_at=timezone.now() - timedelta(hours=1))

    assert meeting.is_upcoming
    assert meeting in Meeting.objects.upcoming()


def test_those_present_are_exactly_those_ticked(staff):
    network = NetworkFactory()
    first, second = MembershipFactory.create_batch(2, network=network)
    meeting = MeetingFactory(network=network, held=True)

    meeting.record_present([first.person])
    meeting.record_present([second.person])

    present = {attendance.person: attendance.was_present for attendance in meeting.attendances.all()}
    assert present == {first.person: False, second.person: True}


def test_members_of_the_day_could_be_present_and_those_invited_always():
    network = NetworkFactory()
    left_since = MembershipFactory(network=network, past=True).person
    meeting = MeetingFactory(network=network, held=True)
    joined_since = MembershipFactory(network=network, starts_on=days(0)).person
    guest = AttendanceFactory(meeting=meeting).person

    possible = set(meeting.possible_attendees())

    assert possible == {left_since, guest}
    assert joined_since not in possible


def test_the_last_answer_stands():
    attendance = AttendanceFactory(invited_at=timezone.now())

    attendance.reply(Attendance.Answer.COMING)
    attendance.reply(Attendance.Answer.NOT_COMING)

    assert Attendance.objects.get().answer == Attendance.Answer.NOT_COMING


def test_those_reached_are_known_by_person_even_with_another_address():
    attendance = AttendanceFactory(invited_at=timezone.now())
    Letter.objects.write_all(mail.invitations([attendance]))
    Letter.objects.update(sent_at=timezone.now())
    attendance.person.email = "uusi@example.org"
    attendance.person.save()

    reached = mail.reached(attendance.meeting)

    assert reached == {attendance.person_id}


def test_a_removed_meeting_takes_its_files_along(tmp_path, settings, django_capture_on_commit_callbacks, staff):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from publishing.attachments import attach

    settings.MEDIA_ROOT = tmp_path
    meeting = MeetingFactory()
    upload = SimpleUploadedFile("lista.pdf", b"%PDF-1.4")
    upload.mime_type = "application/pdf"
    attach(meeting, upload, by=staff)

    with django_capture_on_commit_callbacks(execute=True):
        meeting.remove()

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_network_gets_no_address_that_the_room_uses_itself():
    network = Network.found(name="Uusi", status=Network.Status.RUNNING, on=timezone.localdate())

    assert network.slug == "uusi-2"
