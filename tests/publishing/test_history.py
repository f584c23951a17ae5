"""Who changed what, and going back."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from networks.models import Membership, Network
from publishing.history import changes_of, last_change
from tests.conftest import signed_in
from tests.directory.factories import PersonFactory
from tests.networks.factories import MeetingFactory, MembershipFactory, NetworkFactory, PhaseFactory

pytestmark = pytest.mark.django_db


def history_of(record, name="history"):
    content_type = ContentType.objects.get_for_model(record).pk
    return reverse(f"publishing:{name}", kwargs={"content_type": content_type, "pk": record.pk})


def change_where(record, test):
    """The newest change that passes the test, as the page names it."""
    change = next(change for change in changes_of(record) if test(change))
    return {"change": f"{change.event_model}:{change.event_id}"}


def newest(network):
    """The newest change of the network itself; in a test everything happens at one moment."""
    return next(change for change in changes_of(network) if change.model is Network)


def save_purpose(client, network, purpose):
    return client.post(f"{network.get_absolute_url()}muokkaa/tarkoitus/", {"purpose": purpose})


def test_a_change_through_the_page_is_told_with_who_and_when(as_staff, staff):
    network = NetworkFactory(purpose="Vanha", reviewed_on=timezone.localdate())
    before = timezone.now()

    save_purpose(as_staff, network, "Uusi")

    change = newest(network)
    assert (change.kind, change.who) == ("update", staff.name)
    assert [(c.label, c.before, c.after) for c in change.fields] == [("Tarkoitus", "Vanha", "Uusi")]
    assert abs((change.at - before).total_seconds()) < 60
    assert last_change(network)[1] == staff.name


def test_the_page_of_the_history_is_read_as_sentences(as_staff, staff):
    network = NetworkFactory(purpose="Vanha")
    save_purpose(as_staff, network, "Uusi")

    page = as_staff.get(history_of(network)).content.decode()

    assert "Vanha" in page
    assert "Uusi" in page
    assert staff.name in page


def test_a_change_of_many_at_once_is_told_of_each():
    first, second = NetworkFactory(), NetworkFactory()
    person = PersonFactory(of_the_house=True)

    Network.objects.all().set_coordinator(person)

    for network in (first, second):
        change = newest(network)
        assert [(c.before, c.after) for c in change.fields] == [("–", person.name)]


def test_what_belongs_to_a_network_is_in_its_history(counties):
    network = NetworkFactory(counties=[counties["Pirkanmaa"]])
    membership = MembershipFactory(network=network)
    phase = PhaseFactory(network=network, status="", text="Alkoi")
    meeting = MeetingFactory(network=network)
    phase.delete()

    told = {(change.kind, str(change.heading), change.what) for change in changes_of(network)}

    assert ("insert", "Lisätty: jäsenyys", membership.person.name) in told
    assert ("delete", "Poistettu: vaihe", "Alkoi") in told
    assert ("insert", "Lisätty: kokous", meeting.title) in told
    assert any(kind == "insert" and what == "Pirkanmaa" for kind, _heading, what in told)


def test_the_history_costs_the_same_for_one_change_and_for_many(as_staff, django_assert_max_num_queries):
    network = NetworkFactory()
    for number in range(30):
        MembershipFactory(network=network)
        Network.objects.filter(pk=network.pk).update(coordinator=PersonFactory(), purpose=str(number))

    with django_assert_max_num_queries(12):
        response = as_staff.get(history_of(network))

    assert response.status_code == 200


def test_going_back_brings_the_old_words_and_is_a_change_itself(as_staff, staff):
    network = NetworkFactory(purpose="Ensin")
    save_purpose(as_staff, network, "Sitten")
    save_purpose(as_staff, network, "Lopuksi")
    wanted = change_where(network, lambda change: any(c.after == "Sitten" for c in change.fields))

    as_staff.post(history_of(network, "restore_change"), wanted)

    network.refresh_from_db()
    last = newest(network)
    assert network.purpose == "Sitten"
    assert (last.fields[0].before, last.fields[0].after, last.who) == ("Lopuksi", "Sitten", staff.name)


def test_going_back_keeps_the_address_and_the_publishing(as_staff):
    network = NetworkFactory(slug="vanha", draft=True, purpose="Ensin")
    save_purpose(as_staff, network, "Sitten")
    network.refresh_from_db()
    network.move_to("uusi-osoite")
    network.publish()
    wanted = change_where(network, lambda change: change.kind == "insert" and change.model is Network)

    as_staff.post(history_of(network, "restore_change"), wanted)

    network.refresh_from_db()
    assert network.purpose == "Ensin"
    assert network.slug == "uusi-osoite"
    assert network.is_published


def test_a_name_that_another_took_meanwhile_stays_with_it(as_staff):
    network = NetworkFactory(name="Ensimmäinen")
    Network.objects.filter(pk=network.pk).update(name="Toinen")
    NetworkFactory(name="Ensimmäinen")
    wanted = change_where(network, lambda change: change.kind == "insert" and change.model is Network)

    response = as_staff.post(history_of(network, "restore_change"), wanted, follow=True)

    network.refresh_from_db()
    assert network.name == "Toinen"
    assert "error" in [message.level_tag for message in response.context["messages"]]


def test_what_was_removed_comes_back(as_staff):
    phase = PhaseFactory(status="", text="Alkoi")
    network, key = phase.network, phase.pk
    phase.delete()
    wanted = change_where(network, lambda change: change.kind == "insert" and change.what == "Alkoi")

    as_staff.post(history_of(network, "restore_change"), wanted)

    assert network.phases.filter(pk=key, text="Alkoi").exists()


def test_the_time_of_a_meeting_does_not_go_back_behind_the_backs_of_those_invited(as_staff, staff):
    meeting = MeetingFactory(agenda="<p>Ensin</p>")
    wanted = change_where(meeting.network, lambda change: change.what == meeting.title)
    meeting.cancel(by=staff)
    starts = meeting.starts_at
    type(meeting).objects.filter(pk=meeting.pk).update(agenda="<p>Sitten</p>")

    as_staff.post(history_of(meeting.network, "restore_change"), wanted)

    meeting.refresh_from_db()
    assert meeting.agenda == "<p>Ensin</p>"
    assert meeting.is_cancelled
    assert meeting.starts_at == starts


@pytest.mark.parametrize(
    "change", ["", "x", "networks.NetworkEvent:999999", "accounts.User:1", "networks.NetworkEvent:\x00"]
)
def test_a_change_that_is_none_of_the_record_is_not_found(as_staff, change):
    network = NetworkFactory()

    assert as_staff.post(history_of(network, "restore_change"), {"change": change}).status_code == 404


def test_the_history_is_for_staff_alone(as_member, member, client, as_staff):
    for record in (member.network, member.person, Membership.objects.get(person=member.person)):
        assert as_member.get(history_of(record)).status_code == 404
        assert as_member.post(history_of(record, "restore_change"), {"change": "x"}).status_code == 404
    assert client.get(history_of(member.network)).status_code == 302
    assert as_staff.get(history_of(member.network)).status_code == 200


def test_a_member_cannot_bring_back_a_seat_that_ended(as_member, member):
    membership = Membership.objects.get(person=member.person)
    wanted = change_where(member.network, lambda change: change.model is Membership)
    membership.end(on=membership.starts_on)

    response = as_member.post(history_of(member.person, "restore_change"), wanted)

    membership.refresh_from_db()
    assert response.status_code == 404
    assert membership.ends_on == membership.starts_on


@pytest.mark.parametrize("path", ["/muutokset/999999/1/", "/muutokset/1/999999/", f"/muutokset/{2**63}/1/",
                                  f"/muutokset/1/{'9' * 5000}/"])  # fmt: skip
def test_an_unknown_record_has_no_history(as_staff, path):
    assert as_staff.get(path).status_code == 404


def test_every_kind_of_record_answers_with_a_page_or_not_found(staff):
    client = signed_in(staff)

    answers = {client.get(f"/muutokset/{kind.pk}/1/").status_code for kind in ContentType.objects.all()}

    assert answers <= {200, 404}
