"""The list of networks and what is done to many at once."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from networks.models import Network
from tests.directory.factories import PersonFactory
from tests.networks.factories import MeetingFactory, MembershipFactory, NetworkFactory, PhaseFactory

pytestmark = pytest.mark.django_db
INDEX = "/verkostot/"


def names(response):
    return [network.name for network in response.context["page"]]


@pytest.fixture
def networks(counties):
    """Five networks that differ in everything the list can be limited by."""
    NetworkFactory(name="Aikuissosiaalityön foorumi", kind="forum", counties=[counties["Pirkanmaa"]],
                   audience=["adults"])  # fmt: skip
    NetworkFactory(name="Kriisityön verkosto", status="paused", counties=[counties["Satakunta"]], audience=["families"])
    NetworkFactory(name="Ohjausryhmä", kind="steering_group", seat=True, scope="national")
    NetworkFactory(name="Äitiysverkosto", status="ended", scope="whole_area")
    NetworkFactory(name="Salainen luonnos", draft=True, counties=[counties["Pirkanmaa"]])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Aikuissosiaalityön foorumi", "Kriisityön verkosto", "Ohjausryhmä", "Äitiysverkosto"]),
        ("county=08", ["Aikuissosiaalityön foorumi"]),
        ("county=08&county=06", ["Aikuissosiaalityön foorumi", "Kriisityön verkosto"]),
        ("county=06&county=area", ["Kriisityön verkosto", "Äitiysverkosto"]),
        ("status=paused", ["Kriisityön verkosto"]),
        ("status=paused&status=ended", ["Kriisityön verkosto", "Äitiysverkosto"]),
        ("role=seat", ["Ohjausryhmä"]),
        ("role=ours&role=seat&status=running", ["Aikuissosiaalityön foorumi", "Ohjausryhmä"]),
        ("kind=forum", ["Aikuissosiaalityön foorumi"]),
        ("audience=families", ["Kriisityön verkosto"]),
        ("q=kriisityössä", ["Kriisityön verkosto"]),
        ("q=sosiaalityö", ["Aikuissosiaalityön foorumi"]),
        ("q=kriisytyö", ["Kriisityön verkosto"]),
        ("q=luonnos", []),
        ("q=kriisi&county=08", []),
        ("status=running&kind=forum&county=08&audience=adults&role=ours&q=foorumi", ["Aikuissosiaalityön foorumi"]),
    ],
)
def test_the_list_is_limited_by_what_the_address_asks(client, networks, query, found):
    response = client.get(f"{INDEX}?{query}")

    assert names(response) == found
    assert response.context["page"].paginator.count == len(found)


def test_the_next_meeting_decides_the_order_when_asked(client):
    late, soon, never = NetworkFactory(name="A"), NetworkFactory(name="B"), NetworkFactory(name="C")
    MeetingFactory(network=late, starts_at=timezone.now() + timedelta(days=9))
    MeetingFactory(network=soon, starts_at=timezone.now() + timedelta(days=2))
    MeetingFactory(network=never, cancelled=True, starts_at=timezone.now() + timedelta(days=1))

    response = client.get(f"{INDEX}?sort=next")

    assert names(response) == ["B", "A", "C"]


def test_a_phase_changes_the_list_on_its_day(client):
    network = NetworkFactory()
    PhaseFactory(network=network, on=timezone.localdate(), status="ended")

    assert names(client.get(f"{INDEX}?status=ended")) == [network.name]
    assert names(client.get(f"{INDEX}?status=running")) == []


@pytest.mark.parametrize("name", ["index", "calendar", "feed", "export"])
@pytest.mark.parametrize(
    "query",
    [
        "county=99", "status=x", "kind=' OR 1=1", "audience=x", "role=x", "sort=x", "page=0", "page=-1", "page=x",
        "page=" + "9" * 5000, f"page={2**63}", "page=9999999", "q=" + "a" * 5000, "q=%27%22%3C%3E%5C", "q=%EF%BF%BD",
        "status=running&status=x", "kind=forum&kind=network", "q=a&q=b", "county=", "q=%20", "x=y", "oma=1", "muoto=x",
        "=", "&&", "%", "county%5B%5D=08", "q=%F0%9F%98%80", "page=%D9%A3", "vuosi=%D9%A3", "sort=best", "oma=%27",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_gets_the_list(networks, as_staff, name, query):
    response = as_staff.get(f"{reverse(f'networks:{name}')}?{query}")

    assert response.status_code == 200


@pytest.mark.parametrize("query", ["q=%00", "county=%00", "page=%00", "%00=1", "q=a%00b"])
@pytest.mark.parametrize("name", ["index", "calendar", "feed"])
def test_what_no_database_can_hold_gets_our_own_refusal(client, name, query):
    response = client.get(f"{reverse(f'networks:{name}')}?{query}")

    assert response.status_code == 400
    assert "<h1>" in response.content.decode()


@pytest.mark.parametrize("query", ["q=%ED%A0%80", "q=%FF%FE", "county=%C3"])
def test_broken_letters_in_the_address_are_no_error(client, query):
    assert client.get(f"{INDEX}?{query}").status_code in {200, 400}


def test_htmx_gets_only_the_rows(client, networks):
    whole = client.get(f"{INDEX}?q=kriisi").content.decode()
    part = client.get(f"{INDEX}?q=kriisi", headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode()
    assert part.content.decode().strip() in whole
    assert "HX-Request" in part["Vary"]


def test_a_page_that_htmx_fetches_back_from_history_is_whole(client, networks):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in client.get(INDEX, headers=headers).content.decode()


def test_the_number_of_hits_is_told(client, networks):
    page = client.get(f"{INDEX}?status=running").content.decode()

    assert "2 verkostoa" in page
    assert 'role="status"' in page


def test_an_empty_list_says_how_many_there_are_without_the_other_limits(client, networks):
    response = client.get(f"{INDEX}?q=kriisi&county=08")

    assert response.context["wider_count"] == 1
    assert 'href="?q=kriisi"' in response.content.decode()


def test_a_list_without_any_network_says_so(client):
    assert "Verkostoja ei ole vielä" in client.get(INDEX).content.decode()


def test_forty_networks_stand_on_a_page(client):
    for _ in range(41):
        NetworkFactory()

    first, second, beyond = (client.get(f"{INDEX}?page={number}") for number in (1, 2, 77))

    assert (len(names(first)), len(names(second)), len(names(beyond))) == (40, 1, 1)
    assert "41" in first.content.decode()


def test_the_own_networks_are_a_limit_of_their_own(as_member, member, networks):
    response = as_member.get(f"{INDEX}?oma=1")

    assert names(response) == [member.network.name]


@pytest.mark.parametrize("who", ["visitor", "staff"])
def test_the_list_costs_as_many_queries_for_twenty_rows_as_for_one(
    who, client, as_staff, counties, django_assert_max_num_queries, django_assert_num_queries
):
    browser = as_staff if who == "staff" else client
    NetworkFactory(counties=counties.values())
    with django_assert_max_num_queries(12) as one:
        browser.get(INDEX)

    for number in range(19):
        network = NetworkFactory(counties=counties.values(), seat=bool(number % 2), draft=not number % 5)
        MeetingFactory(network=network)
        MembershipFactory(network=network)

    with django_assert_num_queries(len(one)):
        browser.get(INDEX)


def test_the_searched_list_costs_no_more_than_twelve_queries(as_staff, networks, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        as_staff.get(f"{INDEX}?q=kriisi&county=08&status=running&sort=next")


# Export ---------------------------------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0"]


@pytest.fixture
def formulas():
    for number, formula in enumerate(FORMULAS):
        NetworkFactory(name=f"{formula} {number}", summary=formula)


def test_the_table_for_excel_holds_no_formulas(as_staff, formulas):
    response = as_staff.get("/verkostot/vie/")

    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert sheet.max_row == 1 + len(FORMULAS)
    assert all(cell.data_type != "f" for cell in cells)
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]


def test_the_csv_holds_no_formulas(as_staff, formulas):
    response = as_staff.get("/verkostot/vie/?muoto=csv")

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + len(FORMULAS)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_the_table_holds_what_the_list_shows(as_staff, networks):
    response = as_staff.get("/verkostot/vie/?status=paused")

    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    assert [row[0] for row in rows[1:]] == ["Kriisityön verkosto"]


def test_the_export_costs_as_much_for_twenty_as_for_one(as_staff, counties, django_assert_num_queries,
                                                          django_assert_max_num_queries):  # fmt: skip
    NetworkFactory(counties=counties.values(), coordinator=PersonFactory())
    with django_assert_max_num_queries(12) as one:
        as_staff.get("/verkostot/vie/")
    for _ in range(19):
        NetworkFactory(counties=counties.values(), coordinator=PersonFactory())

    with django_assert_num_queries(len(one)):
        as_staff.get("/verkostot/vie/")


@pytest.mark.parametrize("path", ["/verkostot/vie/", "/verkostot/vie/?muoto=csv"])
def test_the_export_is_for_staff(as_member, path):
    assert as_member.get(path).status_code == 404
    assert Client().get(path).status_code == 302


# Many at once ---------------------------------------------------------------------------------------------------------

BULK = "/verkostot/joukko/"


@pytest.fixture
def chosen():
    return [NetworkFactory(), NetworkFactory()]


def keys(networks):
    return [network.pk for network in networks]


def test_what_will_be_done_is_asked_first(as_staff, chosen):
    response = as_staff.post(BULK, {"chosen": keys(chosen)})

    assert list(response.context["listed"]) == chosen
    assert "2 verkostolle" in response.content.decode()


def test_the_status_of_many_changes(as_staff, chosen):
    other = NetworkFactory()

    as_staff.post(BULK, {"chosen": keys(chosen), "act": "status", "status": "paused", "since": "1.1.2024"})

    paused = Network.objects.with_status().filter(status="paused")
    assert set(paused) == set(chosen)
    assert other.phases.count() == 1


def test_without_a_day_the_status_begins_today(as_staff, chosen):
    as_staff.post(BULK, {"chosen": keys(chosen), "act": "status", "status": "paused"})

    assert chosen[0].status_phase().on == timezone.localdate()


def test_the_coordinator_of_many_changes(as_staff, chosen):
    person = PersonFactory(of_the_house=True)

    as_staff.post(BULK, {"chosen": keys(chosen), "act": "coordinator", "coordinator": person.pk})

    assert set(Network.objects.coordinated_by(person)) == set(chosen)


@pytest.mark.parametrize("form", ["xlsx", "csv", ""])
def test_many_are_taken_home_as_a_table(as_staff, chosen, form):
    response = as_staff.post(BULK, {"chosen": keys(chosen), "act": "export", "form": form})

    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("keys", [[], ["x"], ["-1"], ["999999"], ["9" * 5000], [str(2**63)], ["1\x00"], [""]])
@pytest.mark.parametrize("act", [{}, {"act": "status", "status": "paused"}])
def test_with_nothing_chosen_it_is_said(as_staff, keys, act):
    NetworkFactory()

    response = as_staff.post(BULK, {"chosen": keys, **act}, follow=True)

    assert response.status_code == 200
    assert "Valitse" in response.content.decode()
    assert not Network.objects.with_status().filter(status="paused").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "x"}, {"act": ""}, {"act": "status"}, {"act": "status", "status": "x"}, {"act": "coordinator"},
        {"act": "coordinator", "coordinator": "999999"}, {"act": "coordinator", "coordinator": "\x00"},
        {"act": "status", "status": "paused", "since": "31.2.2024"}, {"act": "export", "form": "exe"},
    ],
)  # fmt: skip
def test_a_wrong_act_is_told_and_changes_nothing(as_staff, chosen, wrong):
    response = as_staff.post(BULK, {"chosen": keys(chosen), **wrong})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert Network.objects.with_status().filter(status="running").count() == 2


def test_a_key_that_is_tampered_with_among_right_ones_changes_nothing(as_staff, chosen):
    data = {"chosen": [*keys(chosen), "999999"], "act": "status", "status": "paused"}

    response = as_staff.post(BULK, data)

    assert response.context["form"].errors
    assert Network.objects.with_status().filter(status="running").count() == 2


def test_only_staff_act_on_many(as_member, chosen):
    data = {"chosen": keys(chosen), "act": "status", "status": "ended"}

    assert as_member.post(BULK, data).status_code == 404
    assert Client().post(BULK, data).status_code == 302
    assert as_member.get(BULK).status_code in {404, 405}
    assert not Network.objects.with_status().filter(status="ended").exists()
