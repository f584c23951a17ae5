"""The pages of the counties."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from directory.models import County
from networks.models import Network
from tests.directory.factories import CountyFactory, MunicipalityFactory, PersonFactory, SubRegionFactory
from tests.networks.factories import MeetingFactory, NetworkFactory

pytestmark = pytest.mark.django_db

PIRKANMAA = "/alueet/pirkanmaa/"
EDIT = "/alueet/pirkanmaa/muokkaa/"


def read(client, path=PIRKANMAA):
    return client.get(path).content.decode()


def section(text, heading):
    """The part of the page under a heading of the second level."""
    return re.search(rf"<h2[^>]*>{heading}</h2>(.*?)</section>", text, re.DOTALL)[1]


def test_the_regions_are_three(client, counties):
    text = read(client, reverse("website:regions"))

    assert [text.index(name) for name in counties] == sorted(text.index(name) for name in counties)
    assert 'href="/alueet/kanta-hame/"' in text


def test_a_county_elsewhere_has_no_page(client, counties):
    CountyFactory(code="21", short_name="Lappi", slug="lappi", is_ours=False)

    assert client.get("/alueet/lappi/").status_code == 404
    assert client.get("/alueet/olematon/").status_code == 404


def test_what_runs_comes_first_and_what_ended_last(client, counties):
    here = [counties["Pirkanmaa"]]
    NetworkFactory(name="Aikova", counties=here, status=Network.Status.PLANNED)
    NetworkFactory(name="Ölytetty käy", counties=here)
    NetworkFactory(name="Aikansa elänyt", counties=here, status=Network.Status.ENDED)
    NetworkFactory(name="Istuma", counties=here, seat=True)
    NetworkFactory(name="Muualla", counties=[counties["Satakunta"]])

    text = read(client)

    ours = section(text, "Verkostot, jotka kutsumme koolle")
    assert re.findall(r'class="row-title"><a [^>]*>([^<]+)<', ours) == ["Ölytetty käy", "Aikova"]
    assert "Istuma" in section(text, "Ryhmät, joissa olemme mukana")
    assert "Aikansa elänyt" in section(text, "Päättynyt")
    assert "Muualla" not in text


def test_the_networks_of_the_whole_area_stand_on_every_county(client, counties):
    network = NetworkFactory(name="Yhteinen verkosto", scope=Network.Scope.WHOLE_AREA)
    MeetingFactory(network=network)

    for county in counties.values():
        text = read(client, county.get_absolute_url())
        assert "Yhteinen verkosto" in section(text, "Koko alueen yhteiset")
        assert "Yhteinen verkosto" in section(text, "Seuraavaksi")


def test_the_coming_meetings_are_those_of_the_county(client, counties):
    here = NetworkFactory(name="Täällä", counties=[counties["Pirkanmaa"], counties["Satakunta"]])
    MeetingFactory(network=here, title="Tuleva aihe")
    MeetingFactory(network=here, title="Mennyt aihe", held=True)
    MeetingFactory(network=NetworkFactory(counties=[counties["Satakunta"]]), title="Vieras aihe")

    coming = section(read(client), "Seuraavaksi")

    assert coming.count("Tuleva aihe") == 1
    assert "Mennyt aihe" not in coming
    assert "Vieras aihe" not in coming


def test_municipalities_stand_in_their_sub_regions_with_sums(client, counties):
    tampere = SubRegionFactory(county=counties["Pirkanmaa"], name="Tampere")
    south = SubRegionFactory(county=counties["Pirkanmaa"], name="Etelä-Pirkanmaa")
    MunicipalityFactory(code="837", name_fi="Tampere", sub_region=tampere, population=249009)
    MunicipalityFactory(code="211", name_fi="Kangasala", sub_region=tampere, population=32959)
    MunicipalityFactory(code="020", name_fi="Akaa", sub_region=south, population=16473)

    text = read(client)

    table = section(text, "Kunnat")
    numbers = [number.replace("\xa0", "") for number in re.findall(r"[\d\xa0]+(?=</b></td>)", table)]
    assert numbers == ["16473", "281968", "298441"]
    assert 'id="kunta-837"' in table
    assert "31.12.2022" in table
    assert "THL Sotkanet" in table


def test_the_contacts_are_listed_staff_who_serve_the_county(client, counties):
    PersonFactory(family_name="Pirkanen", of_the_house=True).counties.set([counties["Pirkanmaa"]])
    PersonFactory(family_name="Satakuntalainen", of_the_house=True).counties.set([counties["Satakunta"]])
    PersonFactory(family_name="Yhteinen", of_the_house=True)
    PersonFactory(family_name="Piilossa", of_the_house=True, is_listed=False)
    PersonFactory(family_name="Ulkopuolinen")

    text = read(client)

    assert "Pirkanen" in text
    assert "Yhteinen" in text
    assert "Satakuntalainen" not in text
    assert "Piilossa" not in text
    assert "Ulkopuolinen" not in text


def test_staff_see_drafts_marked_and_visitors_do_not(client, as_staff, counties):
    NetworkFactory(name="Keskeneräinen", draft=True, counties=[counties["Pirkanmaa"]])
    NetworkFactory(name="Yhteinen luonnos", draft=True, scope=Network.Scope.WHOLE_AREA)

    for_staff = read(as_staff)

    assert "Keskeneräinen" in for_staff
    assert "Yhteinen luonnos" in for_staff
    assert for_staff.count("Luonnos</span>") == 2
    assert "luonnos" not in read(client).lower()
    assert "Keskeneräinen" not in read(client)


def test_a_page_without_records_still_stands(client, counties):
    text = read(client)

    assert "Tekstiä ei ole vielä kirjoitettu." in text
    assert "Emme juuri nyt kutsu täällä koolle verkostoja." in text


def test_the_way_down_is_told_to_search_engines(client, counties):
    element = re.search(r'<script type="application/ld\+json">(.*?)</script>', read(client), re.DOTALL)[1]

    steps = json.loads(element)["itemListElement"]

    assert [step["name"] for step in steps] == ["Alueet", "Pirkanmaa"]
    assert steps[1]["item"] == "http://localhost:8000/alueet/pirkanmaa/"


def test_only_staff_are_offered_to_edit(client, as_member, as_staff, counties):
    assert EDIT not in read(client)
    assert EDIT not in read(as_member)
    assert EDIT in read(as_staff)
    assert as_member.get(EDIT).status_code == 404
    assert as_member.post(EDIT, {"themes": "Vieras"}).status_code == 404
    assert client.get(EDIT).status_code == 302


def test_staff_write_the_introduction_in_place(client, as_staff, counties):
    page = as_staff.get(EDIT)
    seen = page.context["form"].initial["seen"]

    response = as_staff.post(
        EDIT, {"themes": "Rakenteellinen työ", "introduction": "<p>Teemme <b onclick='x'>työtä</b>.</p>", "seen": seen}
    )

    assert response.status_code == 302
    text = read(client)
    assert "Rakenteellinen työ" in text
    assert "Teemme" in text
    assert "onclick" not in text


def test_two_who_write_at_once_lose_nothing(as_staff, counties):
    seen = as_staff.get(EDIT).context["form"].initial["seen"]
    County.objects.filter(slug="pirkanmaa").update(themes="Toisen sanat")

    response = as_staff.post(EDIT, {"themes": "Omat sanat", "introduction": "", "seen": seen})

    text = response.content.decode()
    assert response.status_code == 200
    assert "Toisen sanat" in text
    assert "Omat sanat" in text
    assert County.objects.get(slug="pirkanmaa").themes == "Toisen sanat"


def test_too_long_themes_are_refused_and_kept(as_staff, counties):
    response = as_staff.post(EDIT, {"themes": "x" * 251, "introduction": "<p>Teksti jää.</p>", "seen": ""})

    text = response.content.decode()
    assert "<title>Virhe:" in text
    assert "Teksti jää." in text


def test_a_region_costs_the_same_for_one_and_for_twenty(client, as_staff, counties):
    def fill(count):
        for day in range(count):
            here = [counties["Pirkanmaa"]]
            for extra in [{}, {"seat": True}, {"status": Network.Status.ENDED}, {"scope": Network.Scope.WHOLE_AREA}]:
                network = NetworkFactory(counties=here, **extra)
                MeetingFactory(network=network, starts_at=timezone.now() + timedelta(days=day + 1))
            PersonFactory(of_the_house=True).counties.set(here)
            MunicipalityFactory(sub_region=SubRegionFactory(county=counties["Pirkanmaa"]))

    def queries(browser):
        with CaptureQueriesContext(connection) as seen:
            browser.get(PIRKANMAA)
        return len(seen)

    fill(1)
    queries(as_staff)
    one = queries(client), queries(as_staff)
    fill(19)

    assert (queries(client), queries(as_staff)) == one
    assert max(one) <= 16, one
