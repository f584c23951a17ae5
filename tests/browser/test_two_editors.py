"""Two people edit the same section at once: the later one is told, keeps the text, and decides."""

import pytest
from playwright.sync_api import expect

from networks.models import Network
from tests.browser.soundness import the_page_is_sound
from tests.networks.factories import NetworkFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_second_to_save_is_told_and_decides(browse, staff, other_staff):
    network = NetworkFactory(rhythm="kerran vuodessa")
    first, second = browse(staff), browse(other_staff)

    for page in (first, second):
        page.goto(f"{network.get_absolute_url()}muokkaa/tiedot/")
    when_i_save(first, "kaksi kertaa vuodessa")
    expect(first.get_by_role("main")).to_contain_text("kaksi kertaa vuodessa")
    when_i_save(second, "neljä kertaa vuodessa")

    expect(second.get_by_role("heading", name="Nyt tallennettuna")).to_be_visible()
    expect(second.get_by_role("main")).to_contain_text("kaksi kertaa vuodessa")
    expect(second.get_by_label("Kokoontuu")).to_have_value("neljä kertaa vuodessa")
    assert Network.objects.get().rhythm == "kaksi kertaa vuodessa"
    the_page_is_sound(second)

    second.get_by_role("button", name="Tallenna", exact=True).click()
    second.wait_for_url(f"**{network.get_absolute_url()}#tiedot")
    assert Network.objects.get().rhythm == "neljä kertaa vuodessa"


def when_i_save(page, rhythm):
    page.get_by_label("Kokoontuu").fill(rhythm)
    page.get_by_role("button", name="Tallenna", exact=True).click()
