"""The telephone rings: a contact typed by keyboard only, the same caller's second call, and the way out."""

import time
from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import Appointment
from ombudsman.models import Case, Contact, Draft, Fact
from tests.accounts.factories import AppointmentFactory, UserFactory
from tests.browser.soundness import DESKTOP, PHONE, the_page_is_sound
from tests.directory.factories import CountyFactory, MunicipalityFactory, PersonFactory
from tests.ombudsman.factories import as_portal, make_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW = "/sosiaaliasiavastaava/asiat/yhteydenotot/uusi/"


@pytest.fixture
def ombudsman():
    user = UserFactory(email="vastaava@example.org")
    AppointmentFactory(user=user, office=Appointment.Office.OMBUDSMAN, starts_on=date(2020, 1, 1))
    PersonFactory(given_name="Helmi", family_name="Mallila", email=user.email, user=user)
    MunicipalityFactory(code="109", name_fi="Hämeenlinna", sub_region__county=CountyFactory(kanta_hame=True))
    MunicipalityFactory(code="108", name_fi="Hämeenkyrö")
    return user


FOCUSED = """() => {
  const part = document.activeElement;
  return (part.labels?.[0] ?? part).textContent.trim();
}"""


def tab_to(page, label, *, most=40):
    """Tab until the field with this label has the focus, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused.startswith(label):
            return
    raise AssertionError(f"{label} cannot be reached by Tab")


def test_a_contact_is_typed_by_keyboard_alone_in_under_a_minute(browse, ombudsman):
    page = browse(ombudsman, screen=DESKTOP)
    page.goto("/sosiaaliasiavastaava/asiat/")
    began = time.monotonic()
    tab_to(page, "Uusi yhteydenotto")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Uusi yhteydenotto")
    the_page_is_sound(page)

    tab_to(page, "Kunta")
    page.keyboard.type("hämeenl")
    page.keyboard.press("Escape")
    tab_to(page, "Asiakas")
    page.keyboard.press("o")
    tab_to(page, "Tyytymättömyys")
    page.keyboard.press("Space")
    tab_to(page, "Palvelutehtävä")
    page.keyboard.type("7")
    tab_to(page, "Päätös tai sopimus")
    page.keyboard.press("p")
    page.keyboard.press("o")
    tab_to(page, "Muistiinpano")
    page.keyboard.type("Äiti odottaa päätöstä henkilökohtaisesta avusta.")
    tab_to(page, "Nimi")
    page.keyboard.type("Aino Esimerkki")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("Yhteydenotto on tallennettu")
    assert time.monotonic() - began < 60
    fact = Fact.objects.get()
    assert (fact.municipality_id, fact.who, fact.nature, fact.task) == (
        "109",
        "relative",
        "dissatisfaction",
        "disability",
    )
    assert fact.reasons == ["decision", "waiting"]
    with as_portal():
        assert Contact.objects.get().person == {"name": "Aino Esimerkki"}
    the_page_is_sound(page)


@pytest.mark.parametrize(
    "javascript", [True, False], ids=["wide with JavaScript", "on a dark phone without JavaScript"]
)
def test_the_second_call_is_joined_and_the_matter_followed_to_its_end(javascript, browse, ombudsman):
    look = {"screen": DESKTOP, "scheme": "light"} if javascript else {"screen": PHONE, "scheme": "dark"}
    page = browse(ombudsman, javascript=javascript, **look)
    write_down(page, note="Ensimmäinen soitto")
    expect(page.get_by_role("status").first).to_contain_text("tallennettu")
    write_down(page, note="Toinen soitto", send=not javascript)
    if javascript:
        page.get_by_label("Muistiinpano").click()

    found = page.get_by_role("group", name="Sama yhteydenottaja löytyi")
    expect(found).to_be_visible()
    the_page_is_sound(page)
    found.get_by_text("Ensimmäinen soitto").click()
    page.get_by_label("Seuraava askel").fill("Soita maanantaina")
    page.get_by_role("button", name="Tallenna", exact=True).click()

    case = Case.objects.get()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vammaispalvelut")
    assert case.contacts.count() == 2
    the_page_is_sound(page)
    page.get_by_text("Muuta tilaa").first.click()
    page.get_by_label("Suljettu").check()
    page.get_by_label("Lopputulos").select_option("settled")
    page.get_by_role("button", name="Muuta tilaa").click()

    expect(page.get_by_role("status").first).to_contain_text("suljettu")
    the_page_is_sound(page)


def write_down(page, *, note, send=True):
    page.goto(NEW)
    page.get_by_label("Tyytymättömyys").check()
    page.get_by_label("Palvelutehtävä").select_option("disability")
    page.get_by_label("Muistiinpano").fill(note)
    page.get_by_label("Puhelin (vapaaehtoinen)").fill("040 000 0001")
    if send:
        page.get_by_role("button", name="Tallenna", exact=True).click()


def test_what_is_typed_is_kept_as_a_draft_and_found_again(browse, ombudsman):
    page = browse(ombudsman, screen=DESKTOP)
    page.goto(NEW)
    page.get_by_label("Muistiinpano").fill("Puhelu katkesi")

    expect(page.locator("#draft-words")).to_contain_text("Luonnos tallennettu")
    assert Draft.objects.count() == 1
    page.goto("/sosiaaliasiavastaava/asiat/")
    page.get_by_role("link", name="Keskeneräinen yhteydenotto").click()

    expect(page.get_by_label("Muistiinpano")).to_have_value("Puhelu katkesi")


def test_one_press_leaves_and_the_arrow_back_shows_nothing(browse, ombudsman):
    page = browse(ombudsman, screen=DESKTOP)
    page.goto("/sosiaaliasiavastaava/asiat/")
    page.get_by_role("button", name="Poistu sivulta").click()

    page.wait_for_url("**/")
    page.go_back()

    expect(page.get_by_role("heading", level=1)).not_to_contain_text("2026")
    assert "/tili/" in page.url


def test_a_page_left_alone_hides_and_keeps_what_was_typed(browse, ombudsman):
    case = make_case(by=ombudsman)
    page = browse(ombudsman, screen=DESKTOP)
    page.clock.install()
    page.goto(f"{case.get_absolute_url()}muokkaa/")
    page.get_by_label("Seuraava askel").fill("Soita maanantaina")

    page.clock.fast_forward("16:00")

    expect(page.get_by_role("status").first).to_contain_text("Asiat olivat ehtineet lukittua")
    expect(page.get_by_label("Seuraava askel")).to_have_value("Soita maanantaina")
    with as_portal():
        assert Case.objects.get().next_step == ""
