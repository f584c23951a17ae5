"""Everything by keyboard on a dark phone: the focus is always to be seen, and nothing lies over it."""

import pytest
from playwright.sync_api import expect

from tests.browser.soundness import the_page_is_sound
from tests.directory.factories import CountyFactory
from tests.ilmapuntari.factories import LeadFactory, RoundFactory, TeamFactory
from tests.ilmapuntari.results import people, publish, published_round
from tests.networks.factories import NetworkFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREEN = {"width": 390, "height": 740}
MOST_STEPS = 150
# What has the focus, whether it is drawn otherwise than without the focus, and whether some point of it is on top.
FOCUSED = """() => {
  const part = document.activeElement;
  if (!part || part === document.body) return null;
  const mark = () => {
    const style = getComputedStyle(part);
    const ring = parseFloat(style.outlineWidth) && style.outlineStyle !== "none" && !/, 0\\)$/.test(style.outlineColor);
    return [ring ? style.outlineColor : "", style.boxShadow, style.backgroundColor].join("|");
  };
  const box = part.getClientRects()[0] || part.getBoundingClientRect();
  const inset = Math.min(4, box.width / 2, box.height / 2);
  const points = [[box.left + inset, box.top + inset], [box.right - inset, box.bottom - inset],
    [box.left + box.width / 2, box.top + box.height / 2]];
  const onTop = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (part.contains(top) || top.contains(part)); // what holds it does not lie over it
  });
  const focused = mark();
  const name = part.labels?.[0]?.textContent || part.getAttribute("aria-label") || part.textContent || part.id;
  part.blur();
  const plain = mark();
  part.focus({preventScroll: true});
  return {
    name: name.trim().replace(/\\s+/g, " "), tag: part.tagName, id: part.id,
    marked: focused !== plain, onTop,
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def step(page, key="Tab"):
    """Press the key and say what has the focus; fail where nobody could see it."""
    page.keyboard.press(key)
    focused = page.evaluate(FOCUSED)
    if focused:
        where = f"{focused['tag']} “{focused['name'][:60]}” of {page.url}"
        assert focused["marked"], f"the focus is not to be seen: {where}"
        assert focused["inView"], f"the focus is outside the screen: {where}"
        assert focused["onTop"], f"something covers the focus: {where}"
    return focused


def walk_to(page, words):
    """Tab until the part with these words has the focus."""
    for _ in range(MOST_STEPS):
        focused = step(page)
        if focused and words in focused["name"]:
            return
    raise AssertionError(f"“{words}” cannot be reached by Tab on {page.url}")


def test_from_the_front_page_to_a_network(browse):
    NetworkFactory(name="Perhetyön verkosto", counties=[CountyFactory()])
    NetworkFactory(name="Satakunnan verkosto", counties=[CountyFactory(satakunta=True)])
    page = browse(screen=SCREEN, scheme="dark")
    page.goto("/")

    assert step(page)["name"] == "Siirry sisältöön"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/")
    walk_to(page, "Valikko")
    page.keyboard.press("Enter")
    the_page_is_sound(page)
    walk_to(page, "Verkostot")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verkostot/")

    walk_to(page, "Rajaa luetteloa")
    page.keyboard.press("Enter")
    walk_to(page, "Pirkanmaa")
    page.keyboard.press("Space")
    expect(page.locator("#results .row")).to_have_count(1)
    assert page.evaluate("document.activeElement.value") == "08"
    the_page_is_sound(page)
    walk_to(page, "Perhetyön verkosto")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Perhetyön verkosto")
    walk_to_the_end(page)


def walk_to_the_end(page):
    """Past every stop of the page, each of them to be seen."""
    page.evaluate("document.activeElement.blur()")
    stops = 0
    while step(page) and stops < MOST_STEPS:
        stops += 1
    assert 10 < stops < MOST_STEPS


def test_errors_of_a_form_lead_to_their_fields(browse, staff):
    network = NetworkFactory()
    page = browse(staff, screen=SCREEN, scheme="dark")
    page.goto(network.get_absolute_url())

    walk_to(page, "Lisää kokous")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kokoukset/uusi/")
    walk_to(page, "Päivä")
    page.keyboard.type("31.2.2027")
    walk_to(page, "Tallenna kokous")
    page.keyboard.press("Enter")

    expect(page.locator("#error-summary")).to_be_focused()
    the_page_is_sound(page)
    walk_to(page, "Päivä")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Päivä", exact=True)).to_be_focused()
    expect(page.get_by_label("Päivä", exact=True)).to_have_value("31.2.2027")
    assert page.evaluate(FOCUSED)["inView"]


def test_the_menu_closes_by_escape_and_gives_the_focus_back(browse):
    page = browse(screen=SCREEN, scheme="dark")
    page.goto("/")
    walk_to(page, "Valikko")

    page.keyboard.press("Enter")
    walk_to(page, "Verkostot")
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Valikko")).to_be_focused()


def test_a_round_is_checked_and_confirmed(browse, coordinator):
    round = RoundFactory()
    round.plan_units([TeamFactory(name="Aalto", size=8), TeamFactory(name="Laine", size=3)])
    page = browse(coordinator, screen=SCREEN, scheme="dark")
    page.goto(f"{round.get_absolute_url()}tarkistus/")

    walk_to_the_end(page)
    page.goto(f"{round.get_absolute_url()}tarkistus/")
    walk_to(page, "Vahvista kierros")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Vahvistettu.")
    round.refresh_from_db()
    assert round.scheduled_by == coordinator


def test_a_discussion_leads_to_what_is_agreed(browse):
    lead = LeadFactory(team=TeamFactory(name="Aalto", slug="aalto"))
    publish(published_round(2026, "spring"), {lead.team: people([5] * 28, 8)})
    page = browse(lead.user, screen=SCREEN, scheme="dark")
    page.goto(lead.team.get_absolute_url())

    walk_to_the_end(page)
    page.goto(lead.team.get_absolute_url())
    for words, path in (
        ("Avaa kysymykset yksi kerrallaan", "/keskustelu/"),
        ("Ensimmäiseen kysymykseen", "?kohta=1"),
        ("Seuraava kysymys", "?kohta=2"),
        ("Sopikaa toimi", "/toimet/uusi/?kohta=2&vaittama="),
    ):
        walk_to(page, words)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path}*")
    walk_to(page, "Mitä sovittiin")
