"""The pages of networks, meetings and members, as browsers meet them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from networks.models import Meeting, Membership, Network
from tests.conftest import signed_in
from tests.directory.factories import OrganisationFactory, PersonFactory
from tests.networks.factories import (
    AttendanceFactory,
    MeetingFactory,
    MembershipFactory,
    NetworkFactory,
    PhaseFactory,
)

pytestmark = pytest.mark.django_db
LINK = "https://kokous.example.org/salainen-huone"


def said(response):
    """What the page tells the person after what they did."""
    return " ".join(str(message) for message in response.context["messages"])


def errors(response):
    return response.context["form"].errors


# The page of a network ------------------------------------------------------------------------------------------------


def test_a_network_shows_visitors_organisations_and_no_names(client):
    membership = MembershipFactory(organisation=OrganisationFactory(name="Esimerkkikunta"))

    page = client.get(membership.network.get_absolute_url()).content.decode()

    assert "Esimerkkikunta" in page
    assert membership.person.family_name not in page


def test_a_draft_is_for_staff(client, as_staff, as_member, member):
    draft = NetworkFactory(draft=True)
    MembershipFactory(network=draft, person=member.person)

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert as_member.get(draft.get_absolute_url()).status_code == 404
    assert as_member.get(f"{draft.get_absolute_url()}jasenet/").status_code == 404
    assert "Luonnos" in as_staff.get(draft.get_absolute_url()).content.decode()


@pytest.mark.parametrize("year", ["", "x", "2022", "0000", "99999", "٢٠٢٢", "9" * 5000, "-1", str(2**63)])
def test_any_year_in_the_address_gets_the_page(client, year):
    meeting = MeetingFactory()

    assert client.get(f"{meeting.network.get_absolute_url()}?vuosi={year}").status_code == 200


@pytest.mark.parametrize("who", ["visitor", "staff", "member"])
@pytest.mark.parametrize("page", ["", "jasenet/", "muokkaa/tarkoitus/", "muokkaa/perustiedot/", "kokoukset/{pk}/",
                                  "kokoukset/{pk}/muokkaa/", "kokoukset/{pk}/lasnaolo/", "kirje/"])  # fmt: skip
def test_no_page_takes_more_than_sixteen_queries_and_more_rows_cost_nothing(
    who, page, client, as_staff, as_member, member, counties, django_assert_max_num_queries, django_assert_num_queries
):
    network = member.network
    network.counties.set(counties.values())
    network.coordinator = PersonFactory(of_the_house=True)
    network.save()
    meeting = MeetingFactory(network=network)
    AttendanceFactory(meeting=meeting, person=member.person, invited_at=timezone.now())
    browser = {"visitor": client, "staff": as_staff, "member": as_member}[who]
    address = f"{network.get_absolute_url()}{page.format(pk=meeting.pk)}"

    browser.get(address)  # what is remembered for the life of a process, as the numbers of record kinds
    with django_assert_max_num_queries(16) as one:
        before = browser.get(address)
    for number in range(20):
        membership = MembershipFactory(network=network, organisation=OrganisationFactory())
        AttendanceFactory(meeting=meeting, person=membership.person, invited_at=timezone.now())
        held = MeetingFactory(network=network, held=bool(number % 2))
        AttendanceFactory(meeting=held, person=membership.person)
        PhaseFactory(network=network, on=timezone.localdate() - timedelta(days=number), status="", text="x")

    with django_assert_num_queries(len(one)):
        after = browser.get(address)
    assert before.status_code == after.status_code


# Adding and editing ---------------------------------------------------------------------------------------------------


@pytest.fixture
def basics(counties):
    return {"name": "Uusi verkosto", "kind": "network", "convened_by_us": "True", "scope": "county",
            "counties": ["08"], "audience": ["families"], "status": "running", "since": "1.12.2025"}  # fmt: skip


def test_staff_add_a_network_and_publish_it(as_staff, client, basics):
    response = as_staff.post("/verkostot/uusi/", basics, follow=True)
    assert "luonno" in said(response).lower()
    assert client.get("/verkostot/uusi-verkosto/").status_code == 404

    as_staff.post("/verkostot/uusi-verkosto/julkaise/")

    network = Network.objects.with_status().get()
    assert (network.status, network.counties.get().code) == ("running", "08")
    assert client.get("/verkostot/uusi-verkosto/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 181), ("name", "a\x00b"), ("since", "31.2.2026"), ("since", ""),
        ("since", "eilen"),
        ("status", "x"), ("kind", "x"), ("counties", ["99"]), ("counties", ["\x00"]), ("counties", []),
        ("audience", ["x"]), ("summary", "x" * 201), ("coordinator", "999999"), ("coordinator", "\x00"),
        ("coordinator", "9" * 5000), ("coordinator", str(2**63)), ("scope", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_is_saved(as_staff, basics, field, value):
    response = as_staff.post("/verkostot/uusi/", basics | {field: value})

    assert response.status_code == 200
    assert field in errors(response)
    assert not Network.objects.exists()


def test_a_name_that_is_taken_is_told(as_staff, basics):
    NetworkFactory(name="Uusi verkosto")

    response = as_staff.post("/verkostot/uusi/", basics)

    assert errors(response)
    assert Network.objects.count() == 1


def test_two_networks_whose_names_make_one_address_get_two(as_staff, basics):
    as_staff.post("/verkostot/uusi/", basics)
    as_staff.post("/verkostot/uusi/", basics | {"name": "Uusi! Verkosto"})

    assert set(Network.objects.values_list("slug", flat=True)) == {"uusi-verkosto", "uusi-verkosto-2"}


def test_fields_that_are_not_on_the_form_stay_as_they_are(as_staff, basics):
    network = NetworkFactory(slug="oma", draft=True)

    as_staff.post("/verkostot/oma/muokkaa/perustiedot/", basics | {
        "slug": "kaapattu", "published_at": "2020-01-01", "coordinator": PersonFactory().pk, "id": "999"})  # fmt: skip

    network.refresh_from_db()
    assert network.name == "Uusi verkosto"
    assert (network.slug, network.published_at, network.coordinator) == ("oma", None, None)


def test_script_in_prose_is_stored_clean(as_staff):
    network = NetworkFactory()

    data = {
        "purpose": "<script>1</script>",
        "background": "<p>Hei<script>1</script><a href='javascript:x'>a</a></p>",
    }
    as_staff.post(f"{network.get_absolute_url()}muokkaa/tarkoitus/", data)

    page = as_staff.get(network.get_absolute_url()).content.decode()
    network.refresh_from_db()
    assert network.background == '<p>Hei<a rel="noopener noreferrer">a</a></p>'
    assert "<script>1" not in page
    assert "&lt;script&gt;1" in page


def test_the_second_of_two_editors_decides(staff, other_staff):
    network = NetworkFactory(purpose="Vanha")
    path = f"{network.get_absolute_url()}muokkaa/tarkoitus/"
    first, second = signed_in(staff), signed_in(other_staff)
    seen = second.get(path).context["form"]["seen"].value()
    first.post(path, {"purpose": "Ensimmäisen", "seen": seen})

    told = second.post(path, {"purpose": "Toisen", "seen": seen})
    network.refresh_from_db()
    assert network.purpose == "Ensimmäisen"
    assert "Ensimmäisen" in told.content.decode()
    second.post(path, {"purpose": "Toisen", "seen": told.context["form"]["seen"].value()})

    network.refresh_from_db()
    assert network.purpose == "Toisen"


@pytest.mark.parametrize("section", ["x", "muokkaa", "perustiedot2"])
def test_an_unknown_section_is_not_found(as_staff, section):
    network = NetworkFactory()

    assert as_staff.get(f"{network.get_absolute_url()}muokkaa/{section}/").status_code == 404


def test_only_drafts_without_meetings_are_removed(as_staff):
    draft, public, met = NetworkFactory(draft=True), NetworkFactory(), MeetingFactory(
        network=NetworkFactory(draft=True)).network  # fmt: skip

    for network in (draft, public, met):
        as_staff.post(f"{network.get_absolute_url()}poista/")

    assert set(Network.objects.all()) == {public, met}


ACTS = ["julkaise/", "piilota/", "tarkistettu/", "poista/", "osoite/", "kirje/", "vaiheet/uusi/", "jasenet/lisaa/",
        "jasenet/uusi-henkilo/", "jasenet/tuo/", "kokoukset/uusi/", "muokkaa/tarkoitus/", "muokkaa/perustiedot/",
        "kokoukset/{meeting}/muokkaa/", "kokoukset/{meeting}/kutsu/", "kokoukset/{meeting}/muistuta/",
        "kokoukset/{meeting}/peru/", "kokoukset/{meeting}/poista/", "kokoukset/{meeting}/lasnaolo/",
        "kokoukset/{meeting}/muistio/", "jasenet/{membership}/", "jasenet/{membership}/paata/",
        "vaiheet/{phase}/", "vaiheet/{phase}/poista/", "jasenet/vie/"]  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_only_staff_act(act, as_member, member):
    meeting = MeetingFactory(network=member.network)
    keys = {"meeting": meeting.pk, "membership": Membership.objects.get().pk, "phase": member.network.phases.get().pk}
    path = f"{member.network.get_absolute_url()}{act.format(**keys)}"
    before = list(Network.objects.values()), list(Meeting.objects.values()), list(Membership.objects.values())

    refused = as_member.post(path).status_code, as_member.get(path).status_code
    visitor = Client().post(path).status_code

    assert set(refused) <= {404, 405}
    assert visitor == 302
    assert before == (list(Network.objects.values()), list(Meeting.objects.values()), list(Membership.objects.values()))
    assert not Letter.objects.exists()


@pytest.mark.parametrize("act", ACTS)
def test_a_key_of_another_network_is_not_found(act, as_staff):
    other = MembershipFactory()
    keys = {"meeting": MeetingFactory(network=other.network).pk, "membership": other.pk,
            "phase": other.network.phases.get().pk}  # fmt: skip
    if "{" in act:
        path = f"{NetworkFactory().get_absolute_url()}{act.format(**keys)}"

        assert as_staff.post(path).status_code == 404


@pytest.mark.parametrize("key", ["0", "999999", str(2**63), "9" * 5000, "x", "-1"])
def test_an_unknown_meeting_is_not_found(client, as_staff, key):
    network = NetworkFactory()

    assert client.get(f"{network.get_absolute_url()}kokoukset/{key}/").status_code == 404
    assert as_staff.post(f"{network.get_absolute_url()}kokoukset/{key}/kutsu/").status_code == 404


# Phases ---------------------------------------------------------------------------------------------------------------


def test_a_phase_is_added_changed_and_removed(as_staff):
    network = NetworkFactory()
    path = f"{network.get_absolute_url()}vaiheet/"

    as_staff.post(f"{path}uusi/", {"on": "1.3.2024", "precision": "month", "status": "paused", "text": ""})
    phase = network.phases.get(status="paused")
    as_staff.post(f"{path}{phase.pk}/", {"on": "1.4.2024", "precision": "day", "status": "ended", "text": "Loppui"})
    phase.refresh_from_db()
    assert (phase.status, str(phase.on)) == ("ended", "2024-04-01")
    as_staff.post(f"{path}{phase.pk}/poista/")

    assert network.phases.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"on": ""}, {"on": "1.1.22022"}, {"status": "", "text": ""}, {"precision": "x"}, {"on": "1.1.2022"}],
)
def test_a_phase_that_cannot_be_is_told(as_staff, wrong):
    network = NetworkFactory()
    data = {"on": "1.3.2024", "precision": "day", "status": "running", "text": ""} | wrong

    response = as_staff.post(f"{network.get_absolute_url()}vaiheet/uusi/", data)

    assert response.status_code == 200
    assert errors(response)
    assert network.phases.count() == 1


# Members --------------------------------------------------------------------------------------------------------------


def test_members_see_each_other_and_visitors_do_not(client, as_member, member):
    other = MembershipFactory(network=member.network)
    foreign = MembershipFactory()
    path = f"{member.network.get_absolute_url()}jasenet/"

    assert other.person.family_name in as_member.get(path).content.decode()
    assert client.get(path).status_code == 302
    assert as_member.get(f"{foreign.network.get_absolute_url()}jasenet/").status_code == 404


def test_who_left_sees_the_members_no_more(as_member, member):
    Membership.objects.get().end(on=timezone.localdate() - timedelta(days=1))

    assert as_member.get(f"{member.network.get_absolute_url()}jasenet/").status_code == 404


def test_somebody_from_the_directory_becomes_a_member_once(as_staff):
    network, person = NetworkFactory(), PersonFactory(organisation=OrganisationFactory())
    path = f"{network.get_absolute_url()}jasenet/lisaa/"
    data = {"person": person.pk, "role": "chair", "starts_on": "1.1.2026"}

    as_staff.post(path, data)
    again = as_staff.post(path, data)

    membership = network.memberships.get()
    assert (membership.role, membership.organisation) == ("chair", person.organisation)
    assert errors(again)


def test_a_period_that_would_overlap_another_is_told(as_staff):
    past = MembershipFactory(past=True)
    present = MembershipFactory(network=past.network, person=past.person, starts_on=timezone.localdate())
    data = {"role": "member", "starts_on": f"{past.ends_on:%d.%m.%Y}"}

    response = as_staff.post(f"{past.network.get_absolute_url()}jasenet/{present.pk}/", data)

    assert response.status_code == 200
    assert errors(response)


def test_a_seat_that_would_end_before_it_begins_is_told(as_staff):
    membership = MembershipFactory()
    data = {"role": "member", "starts_on": "1.1.2026", "ends_on": "31.12.2025"}

    response = as_staff.post(f"{membership.network.get_absolute_url()}jasenet/{membership.pk}/", data)

    assert errors(response)


def test_somebody_new_becomes_a_person_and_a_member(as_staff):
    network = NetworkFactory()
    data = {"given_name": "Uusi", "family_name": "Ihminen", "email": "Uusi@Example.org", "role": "member"}

    as_staff.post(f"{network.get_absolute_url()}jasenet/uusi-henkilo/", data)
    again = as_staff.post(f"{network.get_absolute_url()}jasenet/uusi-henkilo/", data)

    assert network.memberships.get().person.email == "uusi@example.org"
    assert "email" in errors(again)


def test_the_table_of_members_holds_no_formulas(as_staff):
    membership = MembershipFactory(person=PersonFactory(given_name="=1+1", title="@SUM(A1)"))

    response = as_staff.get(f"{membership.network.get_absolute_url()}jasenet/vie/?muoto=csv")

    assert "'=1+1" in response.content.decode("utf-8-sig")
    assert ";@" not in response.content.decode("utf-8-sig")


@pytest.mark.parametrize("kind", ["exe", "", "x" * 500, "9" * 5000])
def test_an_unknown_kind_of_table_is_excel(as_staff, kind):
    response = as_staff.get(f"{NetworkFactory().get_absolute_url()}jasenet/vie/?muoto={kind}")

    assert ".xlsx" in response["Content-Disposition"]


# Letters to members ---------------------------------------------------------------------------------------------------


def test_a_letter_goes_to_each_member_once_however_often_the_button_is_pressed(as_staff, staff):
    network = NetworkFactory()
    MembershipFactory.create_batch(3, network=network)
    path = f"{network.get_absolute_url()}kirje/"
    key = as_staff.get(path).context["form"]["key"].value()
    data = {"subject": "Kuulumiset\r\nBcc: x@example.org", "text": "Hei", "key": key}

    as_staff.post(path, data)
    again = as_staff.post(path, data, follow=True)

    letters = Letter.objects.all()
    assert letters.count() == 3
    assert {letter.reply_to for letter in letters} == {staff.email}
    assert "jo" in said(again)
    for letter in letters:
        assert letter.message().message()["Bcc"] is None


@pytest.mark.parametrize(
    "wrong", [{"subject": ""}, {"text": ""}, {"text": "x" * 10_001}, {"key": "x" * 41}, {"text": "\x00"}]
)
def test_a_letter_that_cannot_be_is_told(as_staff, wrong):
    network = MembershipFactory().network
    data = {"subject": "Hei", "text": "Hei", "key": "a"} | wrong

    response = as_staff.post(f"{network.get_absolute_url()}kirje/", data)

    assert response.status_code == 200
    assert not Letter.objects.exists()


# The inside of meetings -----------------------------------------------------------------------------------------------


def test_members_see_the_remote_link_and_visitors_do_not(client, as_member, member, as_staff):
    meeting = MeetingFactory(network=member.network, remote_link=LINK)
    outsider = MembershipFactory(person=PersonFactory(user=None)).person
    outsider.open_account()

    seen = {
        "member": as_member.get(meeting.get_absolute_url()),
        "staff": as_staff.get(meeting.get_absolute_url()),
        "visitor": client.get(meeting.get_absolute_url()),
        "outsider": signed_in(outsider.user).get(meeting.get_absolute_url()),
    }

    assert [who for who, response in seen.items() if LINK in response.content.decode()] == ["member", "staff"]


def test_the_remote_link_is_nowhere_else(client, member):
    meeting = MeetingFactory(network=member.network, remote_link=LINK, title="Etäkokous")
    network = member.network
    paths = [
        "/", "/verkostot/", network.get_absolute_url(), f"{network.get_absolute_url()}kalenteri.ics",
        f"{network.get_absolute_url()}syote.atom", "/verkostot/kalenteri.ics", "/verkostot/syote.atom",
        "/kalenteri.ics", "/kalenteri/", "/syote.atom", "/haku/?q=salainen-huone", "/haku/?q=Etäkokous",
        f"{meeting.get_absolute_url()}kalenteri.ics",
    ]  # fmt: skip

    holding = [path for path in paths if LINK in client.get(path).content.decode().replace("\r\n ", "")]

    assert holding == []


def test_a_member_finds_the_own_invitation_on_the_page(as_member, member):
    meeting = MeetingFactory(network=member.network)
    AttendanceFactory(meeting=meeting, person=member.person, invited_at=timezone.now())

    page = as_member.get(meeting.get_absolute_url()).content.decode()

    assert "/verkostot/vastaus/" in page


@pytest.mark.parametrize(("listed", "shown"), [(True, True), (False, False)])
def test_the_public_sees_the_coordinators_address_only_if_it_is_on_the_contact_page(client, listed, shown):
    network = NetworkFactory(coordinator=PersonFactory(of_the_house=True, is_listed=listed))

    page = client.get(network.get_absolute_url()).content.decode()

    assert network.coordinator.name in page
    assert (network.coordinator.email in page) is shown


def test_members_see_the_coordinators_address_in_any_case(as_member, member):
    member.network.coordinator = PersonFactory(of_the_house=True, is_listed=False)
    member.network.save()

    assert member.network.coordinator.email in as_member.get(member.network.get_absolute_url()).content.decode()
