"""The figures of the source documents come out of the records, pages and exports as they stand in the documents."""

import csv
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from projects.models import Project
from tests.conftest import signed_in

# Role, lead and counties of the twenty that the documents tell of: (name people use, roles, lead, county codes).
TWENTY = [
    ("MONNI", {"lead"}, "Sosiaalialan osaamiskeskus Pikassos Oy", {"07", "08", "16"}),
    ("TOP", {"co_implementer"}, None, {"05", "06", "17"}),
    ("OT-keskus", {"co_implementer"}, "Pirkanmaan hyvinvointialue", {"08", "07", "16"}),
    ("AISAPA", {"co_implementer"}, "Tampereen yliopisto", {"16", "08", "07"}),
    ("Kansa-koulu 4.0", {"co_implementer"}, "Varsinais-Suomen sosiaalialan osaamiskeskus VASSO", {"08", "07", "06"}),
    ("Kansa-koulu III", {"co_implementer"}, None, {"07"}),
    ("PRO SOS", {"co_implementer"}, "Seinäjoen ammattikorkeakoulu", {"08", "07", "06"}),
    ("Sosiaalisen kuntoutuksen kehittäminen", {"partner"}, None, {"08"}),
    ("THL:n vaikuttavien toimintamallien pilotit", {"partner"}, "Terveyden ja hyvinvoinnin laitos", {"08", "07", "06"}),
    ("Asukas ensin", {"partner", "steering_seat"}, "Tampereen kaupunki", {"08"}),
    ("Satakunnan Tulevaisuuden sote-keskus", {"expert_sold"}, None, {"06"}),
    ("Kokemustiedon raportointi", {"co_implementer"}, None, {"06"}),
    ("PirSOTE", {"partner", "steering_seat"}, None, {"08"}),
    ("Kanta-Hämeen Tulevaisuuden sote-keskusohjelma", {"steering_seat"}, "Hämeen liitto", {"07"}),
    ("Hoppu", {"expert_sold", "steering_seat"}, "Pirkanmaan sairaanhoitopiiri", {"08"}),
    ("Kestävän Kasvun Satakunta", {"partner"}, None, {"06"}),
    ("Muutosohjelma, sosiaalihuollon ICT", {"expert_sold"}, "Pirkanmaan hyvinvointialueen muutosvalmistelu", {"08"}),
    ("Asumisen turvaamisen malli", {"expert_sold"}, "Tampereen kaupunki", {"08"}),
    ("Osaava lastensuojelu", {"partner"}, None, {"07"}),
    ("Sosiaaliasiamiestoiminnan kehittäminen", {"lead"}, "Sosiaalialan osaamiskeskus Pikassos Oy", {"07"}),
]
PERIODS = {
    "PRO SOS": "1.8.2016 – kevät 2019",
    "Kansa-koulu 4.0": "1.5.2022 – 31.12.2022",
    "OT-keskus": "kevät 2022 – 31.12.2023",
    "TOP": "2020–2022",
    "Osaava lastensuojelu": "2001–2003",
    "Sosiaaliasiamiestoiminnan kehittäminen": "2003–2004",
    "Sosiaalisen kuntoutuksen kehittäminen": "2020–2023",
    "Kokemustiedon raportointi": "2021",
    "Muutosohjelma, sosiaalihuollon ICT": "1.1.2022 – 31.12.2022",
    "MONNI": "marraskuu 2020 – 2022",
}
OUTPUTS = {"MONNI": 19, "TOP": 10, "OT-keskus": 7, "Kansa-koulu 4.0": 4, "PirSOTE": 4, "PRO SOS": 2, "AISAPA": 0,
           "Satakunnan Tulevaisuuden sote-keskus": 6}  # fmt: skip
OUR_17 = {
    "Tampere", "Orivesi", "Nokia", "Pirkkala", "Lempäälä", "Vesilahti", "Ylöjärvi", "Hämeenkyrö", "Ikaalinen",
    "Parkano", "Kihniö", "Sastamala", "Punkalaidun", "Kangasala", "Pälkäne", "Huittinen", "Riihimäki",
}  # fmt: skip


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\xa0", " ").replace("&nbsp;", " ").split())


@pytest.mark.django_db
def test_the_figures_come_out_of_records_lists_pages_and_exports(settings, client):
    settings.DEMONSTRATION = True
    call_command("demo", verbosity=0)
    projects = {project.called: project for project in Project.objects.for_page()}

    the_records_hold_the_facts(projects)
    the_page_of_pro_sos_tells_them(client)
    the_page_of_kansa_koulu_tells_them(client)
    the_lists_and_exports_tell_them(client)


def the_records_hold_the_facts(projects):
    for name, roles, lead, counties in TWENTY:
        project = projects[name]
        assert set(project.our_roles) == roles, name
        assert (project.lead.called if project.lead else None) == lead, name
        assert {county.pk for county in project.area_counties} == counties, name
    invented = [name for name in projects if "(esimerkki)" in name]
    assert len(projects) - len(invented) == 20 + 16
    for name, words in PERIODS.items():
        assert projects[name].period_words == words
    for name, count in OUTPUTS.items():
        assert projects[name].outputs.count() == count, name
    pro_sos = projects["PRO SOS"]
    assert (pro_sos.budget, pro_sos.our_share, pro_sos.share_percent) == (2_400_000, 215_000, 9)
    assert (pro_sos.centre_total, pro_sos.municipality_total) == (7, 95)
    assert {place.name_fi for place in pro_sos.municipalities.all()} == OUR_17
    assert pro_sos.objectives.filter(part="a_whole").count() == 4
    assert pro_sos.objectives.filter(part="b_ours").count() == 3
    assert projects["Satakunnan Tulevaisuuden sote-keskus"].days_sold == 110
    assert projects["Asumisen turvaamisen malli"].days_sold == 30
    leads = {partner.called: (partner.starts_on, partner.ends_on) for partner in projects["OT-keskus"].partners.all()}
    assert leads["Pirkanmaan sairaanhoitopiiri"] == (None, date(2022, 12, 31))
    assert leads["Pirkanmaan hyvinvointialue"] == (date(2023, 1, 1), None)


def the_page_of_pro_sos_tells_them(client):
    text = text_of(client, "/hankkeet/pro-sos/")
    for words in (
        "2,4 milj. €", "2 400 000 €", "215 000 €", "9 % koko hankkeesta", "17 kuntaa", "kaikkiaan 95",
        "7 osaamiskeskusta", "Euroopan sosiaalirahasto (ESR)", "1.8.2016 – kevät 2019",
        "Kela–kunta-yhteistoimintamalli", *OUR_17,
    ):  # fmt: skip
        assert words in text, words


def the_page_of_kansa_koulu_tells_them(client):
    text = text_of(client, "/hankkeet/kansa-koulu-4-0/")
    for words in ("18", "346", "579", "Suomen kestävän kasvun ohjelma (RRP)", "Koko maa"):
        assert words in text, words


def the_lists_and_exports_tell_them(client):
    rows = csv.DictReader(StringIO(client.get("/hankkeet/hankkeet.csv").content.decode("utf-8-sig")), delimiter=";")
    pro_sos = next(row for row in rows if row["Lyhenne"] == "PRO SOS")
    assert (pro_sos["Budjetti, euroa"], pro_sos["Meidän osuutemme, euroa"]) == ("2400000", "215000")
    assert (pro_sos["Päättyy"], pro_sos["Päättyy jatkoaikoineen"]) == ("31.12.2018", "kevät 2019")
    assert set(pro_sos["Alueemme kunnat"].split(", ")) == OUR_17
    found = [p.called for p in client.get("/hankkeet/?municipality=694&funder=esf").context["page"]]  # Riihimäki
    assert found == ["Osaava lastensuojelu", "PRO SOS"]
    staff = signed_in(User.objects.get(email="henkilosto@example.org"))
    book = openpyxl.load_workbook(BytesIO(staff.get("/hankkeet/salkku/vie/?nayta=all").content)).active
    titles, *exported = book.values
    rows = [dict(zip(titles, row, strict=True)) for row in exported]
    assert len(rows) == Project.objects.count()
    pro_sos = next(row for row in rows if row["Lyhenne"] == "PRO SOS")
    assert (pro_sos["Budjetti, euroa"], pro_sos["Meidän osuutemme, euroa"]) == (2_400_000, 215_000)
    # The sums of the one whose money is private reach staff alone.
    assert "240 000" in text_of(staff, "/hankkeet/arjen-mittari-esimerkki/")
    assert "240 000" not in text_of(Client(), "/hankkeet/arjen-mittari-esimerkki/")
