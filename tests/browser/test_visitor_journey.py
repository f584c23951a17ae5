"""Somebody from outside limits the list, shares its address, goes back, and searches."""

import pytest
from playwright.sync_api import expect

from tests.browser.soundness import the_page_is_sound
from tests.directory.factories import CountyFactory
from tests.networks.factories import NetworkFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_limiting_the_list_swaps_only_the_rows_and_the_address_tells_it(browse):
    given_networks_in_two_counties()
    page = browse()
    page.goto("/verkostot/")
    expect(rows(page)).to_have_count(3)
    page.evaluate("window.sameDocument = true")

    when_i_choose(page, "Pirkanmaa")
    then_i_see(page, 2, "county=08")
    assert page.evaluate("window.sameDocument") is True
    expect(page.locator("#filters, form[hx-get]").get_by_label("Pirkanmaa")).to_be_focused()
    the_page_is_sound(page)

    when_i_write(page, "perhety")
    then_i_see(page, 1, "q=perhety")
    and_somebody_else_sees_the_same_by_that_address(page, browse())

    page.go_back()
    then_i_see(page, 2, "county=08")
    expect(page.get_by_label("Pirkanmaa")).to_be_checked()
    page.go_back()
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_label("Pirkanmaa")).not_to_be_checked()
    the_page_is_sound(page)


def test_searching_from_the_header_finds_any_form_of_a_word(browse):
    given_networks_in_two_counties()
    page = browse()
    page.goto("/")

    page.get_by_role("banner").get_by_role("searchbox").fill("perhetöitä")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Perhetyön verkosto")).to_be_visible()
    the_page_is_sound(page)


def given_networks_in_two_counties():
    ours, theirs = CountyFactory(), CountyFactory(satakunta=True)
    NetworkFactory(name="Perhetyön verkosto", counties=[ours], summary="Perhetyö kehittyy.")
    NetworkFactory(name="Vammaispalvelujen verkosto", counties=[ours])
    NetworkFactory(name="Satakunnan verkosto", counties=[theirs])


def rows(page):
    return page.locator("#results .row")


def when_i_choose(page, words):
    page.get_by_label(words).check()


def when_i_write(page, words):
    page.get_by_role("main").get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")


def then_i_see(page, count, in_address):
    expect(rows(page)).to_have_count(count)
    page.wait_for_url(f"**{in_address}*")
    expect(page.locator("#results").get_by_role("status")).to_contain_text(str(count))


def and_somebody_else_sees_the_same_by_that_address(page, other):
    other.goto(page.url)
    expect(rows(other)).to_have_count(1)
    expect(other.get_by_label("Pirkanmaa")).to_be_checked()
    expect(other.get_by_role("main").get_by_role("searchbox")).to_have_value("perhety")
    the_page_is_sound(other)
