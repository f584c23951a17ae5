"""A member of staff signs in, founds a network, brings its members, calls a meeting, and calls it off."""

import time
from datetime import timedelta

import pytest
import xlsxwriter
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from letters.models import Letter
from letters.tasks import send_letters
from networks.models import Network
from tests.accounts.factories import PASSWORD, UserFactory, code_of, with_totp
from tests.browser.soundness import DESKTOP, PHONE, the_page_is_sound
from tests.directory.factories import CountyFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "Perhetyön kehittäjien verkosto"


@pytest.mark.parametrize(
    "javascript", [True, False], ids=["wide with JavaScript", "on a dark phone without JavaScript"]
)
def test_from_signing_in_to_a_cancelled_meeting(javascript, browse, tmp_path):
    look = {"screen": DESKTOP, "scheme": "light"} if javascript else {"screen": PHONE, "scheme": "dark"}
    user = given_somebody_of_the_staff_and_our_counties()
    page = browse(javascript=javascript, **look)
    visitor = browse(javascript=javascript, **look)

    when_i_sign_in_with_password_and_code(page, user)
    when_i_found_a_network(page)
    then_a_visitor_finds(visitor, "/verkostot/", NAME, there=False)
    when_i_publish_it(page)
    when_i_bring_members_from_excel(page, a_table_with_one_error(tmp_path / "jasenet.xlsx"))
    when_i_add_a_meeting(page)
    then_a_visitor_sees_the_meeting(visitor, "/alueet/pirkanmaa/", "/kalenteri/")
    when_i_send_the_invitation(page)
    then_letters_are_waiting("REQUEST", to=["eeva@example.org", "olli@example.org"])
    and_the_worker_sends_them()
    when_i_cancel_the_meeting(page)
    then_letters_are_waiting("CANCEL", to=["eeva@example.org", "olli@example.org"])
    then_a_visitor_finds(visitor, "/verkostot/", NAME)
    then_a_visitor_sees_that_it_is_cancelled(visitor)


def given_somebody_of_the_staff_and_our_counties():
    for trait in ({}, {"kanta_hame": True}, {"satakunta": True}):
        CountyFactory(**trait)
    user = with_totp(UserFactory(email="henkilo@example.org", roles=[Role.STAFF], password=PASSWORD))
    PersonFactory(given_name="Aava", family_name="Esimerkki", email=user.email, user=user, of_the_house=True)
    return user


def when_i_sign_in_with_password_and_code(page, user):
    page.goto("/")
    follow_in_the_header(page, "Kirjaudu")
    the_page_is_sound(page)
    page.get_by_role("link", name="Kirjaudu salasanalla tai pääsyavaimella").click()
    the_page_is_sound(page)
    main = page.get_by_role("main")
    main.get_by_label("Sähköposti").fill(user.email)
    main.get_by_label("Salasana", exact=True).fill(PASSWORD)
    main.get_by_role("button", name="Kirjaudu", exact=True).click()
    the_page_is_sound(page)
    time.sleep(max(0, 4 - (30 - time.time() % 30)))  # a code about to grow old might be so when it arrives
    main.get_by_label("Koodi", exact=True).fill(code_of(user))
    main.get_by_role("button", name="Kirjaudu", exact=True).click()
    the_page_is_sound(page)


def follow_in_the_header(page, words):
    """A link of the header, which on the phone is in the menu."""
    if page.viewport_size["width"] < 960:
        page.get_by_role("button", name="Valikko").click()
    page.get_by_role("banner").get_by_role("link", name=words, exact=True).click()


def when_i_found_a_network(page):
    follow_in_the_header(page, "Verkostot")
    the_page_is_sound(page)
    page.get_by_role("link", name="Uusi verkosto").click()
    the_page_is_sound(page)
    page.get_by_label("Nimi", exact=True).fill(NAME)
    page.get_by_label("Yhdellä virkkeellä").fill("Kehitetään perhetyötä yhdessä.")
    page.get_by_label("Pirkanmaa").check()
    page.get_by_role("button", name="Tallenna luonnos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    the_page_is_sound(page)


def when_i_publish_it(page):
    page.get_by_role("button", name="Julkaise sivu").click()
    expect(page.get_by_role("status")).to_contain_text("Sivu on nyt julkinen.")


def a_table_with_one_error(path):
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Sukunimi", "Etunimi", "Sähköposti", "Organisaatio", "Rooli"])
        sheet.write_row(1, 0, ["Esimerkki", "Eeva", "eeva@example.org", "Esimerkkijärjestö ry", "puheenjohtaja"])
        sheet.write_row(2, 0, ["Keksitty", "Olli", "olli@example.org", "Esimerkkijärjestö ry", ""])
        sheet.write_row(3, 0, ["Virhe", "Vilja", "ei-osoite", "", ""])
    return path


def when_i_bring_members_from_excel(page, table):
    page.get_by_role("link", name="Tuo jäsenet Excelistä").click()
    the_page_is_sound(page)
    page.get_by_label("Tiedosto").set_input_files(str(table))
    page.get_by_role("button", name="Lue tiedosto").click()
    expect(page.get_by_text("Mitään ei ole vielä tallennettu.")).to_be_visible()
    expect(page.get_by_text("korjattava", exact=True)).to_have_count(1)
    the_page_is_sound(page)
    page.get_by_role("button", name="Tallenna 2 riviä").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Korjattavat rivit")
    the_page_is_sound(page)
    assert {m.person.email for m in Network.objects.get().memberships.all()} == {"eeva@example.org", "olli@example.org"}


def when_i_add_a_meeting(page):
    page.goto(Network.objects.get().get_absolute_url())
    page.get_by_role("link", name="Lisää kokous").first.click()
    page.get_by_label("Aihe").fill("Mitä uutta keväällä")
    page.get_by_label("Päivä", exact=True).fill(f"{timezone.localdate() + timedelta(days=20):%-d.%-m.%Y}")
    page.get_by_label("Alkaa").fill("8.30")
    page.get_by_label("Päättyy").fill("10")
    page.get_by_label("Etälinkki").fill("https://etayhteys.example.org/perhetyo")
    the_page_is_sound(page)
    page.get_by_role("button", name="Tallenna kokous").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mitä uutta keväällä")
    the_page_is_sound(page)


def when_i_send_the_invitation(page):
    page.get_by_role("button", name="Lähetä kutsu").click()
    expect(page.get_by_role("status")).to_contain_text("2")
    the_page_is_sound(page)


def then_letters_are_waiting(method, *, to):
    letters = Letter.objects.waiting().filter(calendar_method=method)
    assert sorted(letter.to_email for letter in letters) == to
    for letter in letters:
        entry = letter.calendar.replace("\r\n ", "")
        assert f"METHOD:{method}" in entry
        assert f"mailto:{letter.to_email}" in entry
        assert "Mitä uutta keväällä" in entry


def and_the_worker_sends_them():
    send_letters()
    assert len([letter for letter in mail.outbox if NAME in letter.subject]) == 2


def when_i_cancel_the_meeting(page):
    page.get_by_role("link", name="Peru kokous").click()
    the_page_is_sound(page)
    page.get_by_role("button", name="Peru kokous").click()
    expect(page.get_by_text("Kokous on peruttu. Kutsutuille kerrotaan siitä.")).to_be_visible()
    the_page_is_sound(page)


def then_a_visitor_finds(page, path, words, *, there=True):
    page.goto(path)
    expect(page.get_by_role("main").get_by_role("link", name=words)).to_have_count(1 if there else 0)
    the_page_is_sound(page)


def then_a_visitor_sees_the_meeting(page, *addresses):
    for address in addresses:
        page.goto(address)
        expect(page.get_by_role("listitem").filter(has_text="Mitä uutta keväällä")).to_contain_text(NAME)
        the_page_is_sound(page)


def then_a_visitor_sees_that_it_is_cancelled(page):
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("listitem").filter(has_text="Mitä uutta keväällä")).to_contain_text("Peruttu")
    the_page_is_sound(page)
    page.get_by_role("link", name="Mitä uutta keväällä").click()
    expect(page.get_by_role("heading", name="Kokous on peruttu")).to_be_visible()
    assert "etayhteys.example.org" not in page.content()
    the_page_is_sound(page)
    calendar = page.request.get(f"{Network.objects.get().get_absolute_url()}kalenteri.ics").text()
    assert "SUMMARY:" in calendar
    assert "STATUS:CANCELLED" in calendar
    assert "etayhteys.example.org" not in calendar
