"""A project goes from an idea to its end with an extension; a visitor finds what was done in a municipality."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from projects.models import Project
from tests.accounts.factories import UserFactory
from tests.browser.soundness import DESKTOP, PHONE, the_page_is_sound
from tests.directory.factories import CountyFactory, MunicipalityFactory, PersonFactory, SubRegionFactory
from tests.networks.factories import NetworkFactory
from tests.projects.factories import FundingFactory, OutputFactory, ProjectFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "Perhetyön uudet muodot"


@pytest.mark.parametrize(
    "javascript", [True, False], ids=["wide with JavaScript", "on a dark phone without JavaScript"]
)
def test_from_an_idea_to_the_end_with_an_extension(javascript, browse):
    look = {"screen": DESKTOP, "scheme": "light"} if javascript else {"screen": PHONE, "scheme": "dark"}
    user = given_somebody_of_the_staff_our_counties_and_a_network()
    page = browse(user, javascript=javascript, **look)
    visitor = browse(javascript=javascript, **look)

    when_i_write_down_the_idea(page)
    then_a_visitor_finds_nothing(visitor)
    when_i_apply_and_am_granted(page)
    when_i_say_where_and_with_whose_money(page)
    when_i_add_an_objective_with_an_activity_that_is_a_network(page)
    when_i_add_an_output_and_a_date(page)
    when_i_publish_it(page)
    then_a_visitor_sees(visitor, "Myönnetty", "80 000", "Perheiden arki helpottuu", "Kotikäynnin malli")
    when_it_runs_is_extended_and_ends(page)
    then_a_visitor_sees(visitor, "Päättynyt", "1.1.2023 – 30.6.2025", "Malli jäi käyttöön.")


def given_somebody_of_the_staff_our_counties_and_a_network():
    for trait in ({}, {"kanta_hame": True}, {"satakunta": True}):
        county = CountyFactory(**trait)
    MunicipalityFactory(name_fi="Pori", code="609", sub_region=SubRegionFactory(county=county))
    NetworkFactory(name="Perhetyön verkosto", slug="perhetyo")
    user = UserFactory(email="henkilo@example.org", roles=[Role.STAFF])
    PersonFactory(given_name="Aava", family_name="Esimerkki", email=user.email, user=user, of_the_house=True)
    return user


def saved(page):
    expect(page.get_by_role("status").first).to_contain_text("Tallennettu.")


def when_i_write_down_the_idea(page):
    page.goto("/hankkeet/")
    page.get_by_role("link", name="Uusi hanke").first.click()
    the_page_is_sound(page)
    page.get_by_label("Nimi", exact=True).fill(NAME)
    page.get_by_label("Yhdellä virkkeellä").fill("Kehitetään perhetyötä kotona.")
    page.get_by_label("Idea", exact=True).check()
    page.get_by_label("Alkaen", exact=True).fill("1.3.2022")
    page.get_by_label("Me hallinnoimme").check()
    page.get_by_role("button", name="Tallenna luonnos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_text("Vielä puuttuu")).to_be_visible()
    the_page_is_sound(page)


def then_a_visitor_finds_nothing(page):
    page.goto("/hankkeet/")
    expect(page.get_by_role("link", name=NAME)).to_have_count(0)


def follow(page, words):
    page.get_by_role("main").get_by_role("link", name=words).first.click()


def when_a_phase_begins(page, day, phase):
    follow(page, "Lisää vaihe")
    page.get_by_label("Päivä", exact=True).fill(day)
    page.get_by_label("Tila siitä alkaen").select_option(phase)
    the_page_is_sound(page)
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)


def when_i_apply_and_am_granted(page):
    when_a_phase_begins(page, "1.4.2022", "applied")
    when_a_phase_begins(page, "1.11.2022", "granted")
    follow(page, "Muokkaa kestoa")
    page.get_by_label("Alkaa").first.fill("1.1.2023")
    page.get_by_label("Päättyy, ilman jatkoaikaa").fill("31.12.2022")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Hanke ei voi päättyä ennen kuin se alkaa.")
    the_page_is_sound(page)
    page.get_by_label("Päättyy, ilman jatkoaikaa").fill("31.12.2024")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)


def when_i_say_where_and_with_whose_money(page):
    page.goto(f"{project_page()}muokkaa/alueet/")
    page.get_by_label("Satakunta", exact=True).check()
    page.get_by_label("Pori", exact=True).check()
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)
    follow(page, "Muokkaa rahoitusta")
    the_page_is_sound(page)
    page.get_by_label("Koko hankkeen budjetti").fill("240 000")
    page.get_by_label("Meidän osuutemme, euroa").fill("80 000")
    page.get_by_label("Summat ovat julkisia").check()
    page.get_by_role("button", name="Tallenna summat").click()
    follow(page, "Lisää rivi")
    page.get_by_label("Rahoituslähde").select_option("state_grant")
    page.get_by_label("Euroa", exact=False).first.fill("200 000")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)
    page.goto(f"{project_page()}rahoitus/")
    expect(page.get_by_text("€ puuttuu.")).to_be_visible()
    the_page_is_sound(page)


def project_page():
    return Project.objects.get(name=NAME).get_absolute_url()


def when_i_add_an_objective_with_an_activity_that_is_a_network(page):
    page.goto(project_page())
    follow(page, "Lisää tavoite")
    page.get_by_label("Tavoite", exact=True).fill("perheiden arki helpottuu")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)
    follow(page, "Lisää toimenpide")
    page.get_by_label("Toimenpide", exact=True).fill("kokemuksia vaihdetaan")
    page.get_by_label("Kirjattu muualle tähän portaaliin").fill("/verkostot/perhetyo/")
    the_page_is_sound(page)
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)
    expect(page.get_by_role("link", name="Perhetyön verkosto")).to_be_visible()


def when_i_add_an_output_and_a_date(page):
    follow(page, "Lisää tuotos")
    page.get_by_label("Nimi", exact=True).fill("Kotikäynnin malli")
    page.get_by_label("Osoite verkossa").fill("javascript:alert(1)")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Osoite verkossa").fill("innokyla.example.org/malli")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)
    follow(page, "Lisää määräpäivä")
    page.get_by_label("Mitä on tehtävä").fill("väliraportti")
    page.get_by_label("Viimeistään").fill("1.12.2023")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)
    page.get_by_role("button").filter(has_text="väliraportti").click()
    expect(page.get_by_text("Merkitty tehdyksi tänään.")).to_be_visible()


def when_i_publish_it(page):
    page.get_by_role("button", name="Julkaise sivu").click()
    expect(page.get_by_role("status").first).to_contain_text("Sivu on nyt julkinen.")
    the_page_is_sound(page)


def then_a_visitor_sees(page, *words):
    page.goto(project_page())
    for text in words:
        expect(page.get_by_role("main")).to_contain_text(text)
    the_page_is_sound(page)


def when_it_runs_is_extended_and_ends(page):
    when_a_phase_begins(page, "1.1.2023", "running")
    follow(page, "Lisää jatkoaika")
    page.get_by_label("Jatkuu saakka").fill("30.6.2024")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Jatkoaika päättyy myöhemmin.")
    page.get_by_label("Jatkuu saakka").fill("30.6.2025")
    page.get_by_label("Päätetty").fill("1.11.2024")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)
    when_a_phase_begins(page, "30.6.2025", "ended")
    page.goto(f"{project_page()}muokkaa/tulokset/")
    if page.runs_scripts:
        page.get_by_role("textbox", name="Mikä jää elämään").click()
        page.keyboard.type("Malli jäi käyttöön.")
    else:
        page.locator("#id_lives_on").fill("Malli jäi käyttöön.")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    saved(page)
    found = Project.objects.with_status().with_span().get(name=NAME)
    assert (found.status, found.ending_on, found.ends_on) == ("ended", date(2025, 6, 30), date(2024, 12, 31))


# A visitor ------------------------------------------------------------------------------------------------------------


def given_what_was_done():
    county = CountyFactory()
    for trait in ({"kanta_hame": True}, {"satakunta": True}):
        CountyFactory(**trait)
    region = SubRegionFactory(county=county)
    tampere = MunicipalityFactory(name_fi="Tampere", code="837", sub_region=region)
    MunicipalityFactory(name_fi="Nokia", code="536", sub_region=region)
    done = ProjectFactory(
        name="PRO SOS -hankekokonaisuus", acronym="PRO SOS", municipalities=[tampere], dated=True, budget=2_400_000,
        our_share=215_000, status="ended",
    )  # fmt: skip
    FundingFactory(project=done)
    OutputFactory(project=done, title="Kela–kunta-malli")
    ProjectFactory(name="Muualla", counties=[county], municipalities=[MunicipalityFactory(sub_region=region)])


@pytest.mark.parametrize("javascript", [True, False], ids=["wide with JavaScript", "on a phone without JavaScript"])
def test_a_visitor_finds_by_municipality_what_was_done_and_with_whose_money(javascript, browse):
    given_what_was_done()
    page = browse(javascript=javascript, screen=DESKTOP if javascript else PHONE)

    page.goto("/hankkeet/")
    the_page_is_sound(page)
    page.get_by_role("link", name="Kartta", exact=True).click()
    the_page_is_sound(page)
    page.get_by_role("link", name="Tampere, 1 hanke").click()
    expect(page.get_by_role("heading", level=2, name="Tampere")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="PRO SOS")).to_contain_text("Euroopan sosiaalirahasto (ESR)")
    expect(page.get_by_role("link", name="Muualla")).to_have_count(0)
    the_page_is_sound(page)
    page.get_by_role("link", name="PRO SOS").click()
    for words in ("2,4 milj. €", "215 000 €", "Kela–kunta-malli", "1.1.2022 – 31.12.2022"):
        expect(page.get_by_role("main")).to_contain_text(words.replace(" €", "\u00a0€"), use_inner_text=True)
    the_page_is_sound(page)


def test_the_same_by_keyboard_alone(browse):
    given_what_was_done()
    page = browse(screen=PHONE)
    page.goto("/hankkeet/kartta/")

    tab_to(page, "Tampere, 1 hanke")
    page.keyboard.press("Enter")
    page.wait_for_url("**municipality=837**")
    tab_to(page, "PRO SOS")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("PRO SOS")


def tab_to(page, name):
    """Press Tab until the focus is on the link; a hundred times at most."""
    for _ in range(100):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent).trim()"
        )
        if here == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")
