"""Answering in a browser: from the link, from paper, by keyboard, without a script; one answer or none, never lost."""

import pytest
from django.core.cache import cache
from django.utils.translation import override
from playwright.sync_api import expect

from ilmapuntari import keys
from ilmapuntari.models import Invitee, SealedBox
from ilmapuntari.sealed_box import open_box
from tests.browser.soundness import PHONE, the_page_is_sound, troubles_in_all_looks
from tests.browser.test_keyboard_journey import FOCUSED, MOST_STEPS
from tests.browser.weight import Weight
from tests.ilmapuntari.factories import TeamFactory
from tests.ilmapuntari.rounds import code_of, opened_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES, MOST_FILES = 40_000, 3
# The ring of a radio button is drawn around its cell.
FOCUSED_CELL = FOCUSED.replace(
    "getComputedStyle(part)", "getComputedStyle(part.closest('.cell')?.lastElementChild ?? part)"
)
THANKS, USED = "Kiitos, vastauksesi on tallennettu", "Tällä koodilla on jo vastattu"


@pytest.fixture
def invitee():
    cache.clear()
    opened_round([TeamFactory(size=6)])
    return Invitee.objects.select_related("unit", "round").order_by("pk").first()


def address_of(invitee):
    with override("fi"):
        return invitee.unit.answer_url


def link_of(invitee):
    return f"{address_of(invitee)}#{code_of(invitee)}"


def answers_of(invitee):
    key = keys.box.read(invitee.round.token)
    return open_box(key, invitee.unit_id, SealedBox.objects.get(pk=invitee.unit_id).blob).answers


def cell(page, statement, value):
    """The cell that a thumb presses."""
    return page.locator(f"label:has(input[name=v{statement}][value='{value}'])")


def chosen(page):
    """{statement: value} of what is chosen on the page."""
    pairs = page.eval_on_selector_all(".cell input:checked", "all => all.map((one) => [one.name, one.value])")
    return dict(pairs)


def heading(page):
    return page.get_by_role("heading", level=1)


def send(page):
    page.get_by_role("button", name="Lähetä vastaukset").click()


def step(page):
    """Press Tab and say what has the focus; fail where nobody could see it."""
    page.keyboard.press("Tab")
    return focused_on(page)


def focused_on(page):
    focused = page.evaluate(FOCUSED_CELL)
    where = f"{focused['tag']} “{focused['name'][:60]}”"
    assert focused["marked"], f"the focus is not to be seen: {where}"
    assert focused["inView"], f"the focus is outside the screen: {where}"
    assert focused["onTop"], f"something covers the focus: {where}"
    return focused


def walk_to(page, words):
    for _ in range(MOST_STEPS):
        if words in step(page)["name"]:
            return
    raise AssertionError(f"“{words}” cannot be reached by Tab")


def given_an_open_page(browse, invitee, **options):
    page = browse(screen=PHONE, **options)
    page.goto(link_of(invitee))
    return page


def test_on_a_phone_from_the_link_to_thanks(browse, invitee):
    page = given_an_open_page(browse, invitee)

    assert page.evaluate("location.hash") == ""
    expect(page.get_by_text("Koodi on mukana linkissä.")).to_be_visible()
    expect(page.get_by_label("Koodi", exact=True)).to_be_hidden()
    the_page_is_sound(page)
    answered = 0
    for theme in page.locator("details.theme").all():
        expect(theme).to_have_attribute("open", "")
        for statement in theme.locator("fieldset").all():
            answered += 1
            statement.locator("label", has_text="Ohita" if answered == 5 else str(answered % 10)).first.click()
            expect(page.locator(".progress-told")).to_have_text(f"{answered} / 28 vastattu")
        expect(theme.locator("summary .icon")).to_be_visible()
        following = theme.get_by_role("link", name="Seuraava")
        if following.count():
            following.click()
    expect(page.get_by_text("Kaikkiin väittämiin on vastattu, tai ne on ohitettu.")).to_be_visible()
    the_page_is_sound(page)
    send(page)

    expect(heading(page)).to_have_text(THANKS)
    the_page_is_sound(page)
    assert answers_of(invitee) == [bytes(255 if number == 5 else number % 10 for number in range(1, 29))]
    assert page.context.cookies() == []
    assert code_of(invitee) not in page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")


def test_without_a_script_from_paper_with_a_slip_of_the_pen(browse, invitee):
    code = code_of(invitee)
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    page = browse(screen=PHONE, javascript=False)
    page.goto(address_of(invitee))

    page.get_by_label("Koodi", exact=True).fill(wrong)
    cell(page, 1, 8).click()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vastauksia ei ole vielä lähetetty")).to_be_visible()
    cell(page, 3, 10).click()
    page.get_by_role("link", name="Seuraava").first.click()
    expect(cell(page, 4, "ohita")).to_be_in_viewport()
    cell(page, 4, "ohita").click()
    send(page)

    expect(page).to_have_title("Virhe: Millaista työsi on ollut viimeisen kuukauden aikana? – Ilmapuntari")
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.locator("#error-summary").bounding_box()["y"] >= 0
    assert chosen(page) == {"v1": "8", "v3": "10", "v4": "ohita"}
    assert answers_of(invitee) == []
    page.get_by_role("link", name="Tarkista koodi").click()
    expect(page.get_by_label("Koodi", exact=True)).to_have_value(wrong)
    page.get_by_label("Koodi", exact=True).fill(code.lower().replace("-", " "))
    send(page)

    expect(heading(page)).to_have_text(THANKS)
    assert answers_of(invitee) == [bytes([8, 255, 10, *[255] * 25])]


def test_by_keyboard_alone_on_a_dark_phone(browse, invitee):
    page = given_an_open_page(browse, invitee, scheme="dark")

    walk_to(page, "1 Työn mielekkyys")
    for value in (4, 9):
        step(page)
        for _ in range(value):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        focused_on(page)
    assert chosen(page) == {"v1": "4", "v2": "9"}
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Millaista työsi on ollut viimeisen kuukauden aikana?")
    walk_to(page, "Seuraava")
    page.keyboard.press("Enter")
    assert focused_on(page)["name"].startswith("2 ")
    step(page)
    page.keyboard.press("Space")
    walk_to(page, "Lähetä vastaukset")
    the_page_is_sound(page)
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text(THANKS)
    assert answers_of(invitee) == [bytes([4, 9, 255, 0, *[255] * 24])]


def test_two_tabs_bring_one_answer(browse, invitee):
    first = given_an_open_page(browse, invitee)
    second = given_an_open_page(browse, invitee)
    cell(first, 1, 3).click()
    cell(second, 1, 9).click()

    send(first)
    expect(heading(first)).to_have_text(THANKS)
    send(second)

    expect(heading(second)).to_have_text(USED)
    the_page_is_sound(second)
    assert [answer[0] for answer in answers_of(invitee)] == [3]


def test_a_double_press_sends_once(browse, invitee):
    page = given_an_open_page(browse, invitee)
    cell(page, 1, 3).click()
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)

    page.get_by_role("button", name="Lähetä vastaukset").dblclick()

    expect(heading(page)).to_have_text(THANKS)
    assert len(sent) == 1


def test_the_back_button_shows_nobody_what_was_answered(browse, invitee):
    page = given_an_open_page(browse, invitee)
    cell(page, 1, 3).click()
    send(page)
    expect(heading(page)).to_have_text(THANKS)

    page.go_back()

    expect(heading(page)).to_have_text("Millaista työsi on ollut viimeisen kuukauden aikana?")
    expect(page.locator(".progress-told")).to_have_text("0 / 28 vastattu")
    assert chosen(page) == {}
    expect(page.get_by_label("Koodi", exact=True)).to_have_value("")


def test_what_was_chosen_stays_in_the_tab_until_it_is_sent(browse, invitee):
    page = given_an_open_page(browse, invitee)
    cell(page, 1, 3).click()
    cell(page, 2, "ohita").click()

    page.reload()
    expect(page.locator(".progress-told")).to_have_text("2 / 28 vastattu")
    page.get_by_role("link", name="Näin se on varmistettu").click()
    expect(heading(page)).to_have_text("Ilmapuntarin tietosuoja")
    page.go_back()
    expect(page.locator(".progress-told")).to_have_text("2 / 28 vastattu")
    page.get_by_role("link", name="English").click()

    expect(heading(page)).to_have_text("What has your work been like in the last month?")
    assert chosen(page) == {"v1": "3", "v2": "ohita"}
    expect(page.get_by_text("The code came with the link.")).to_be_visible()
    page.get_by_role("button", name="Send the answers").click()
    expect(heading(page)).to_have_text("Thank you, your answer is saved")


def test_a_lost_reply_is_told_when_it_is_sent_again(browse, invitee):
    page = given_an_open_page(browse, invitee)
    cell(page, 1, 3).click()
    with page.expect_request(lambda request: request.method == "POST"):
        # The portal saves, and the reply never comes.
        page.route("**/vastaa/**", lambda route: (route.fetch(), route.abort()))
        send(page)
    page.wait_for_timeout(300)
    page.unroute("**/vastaa/**")

    page.goto(link_of(invitee))
    expect(page.locator(".progress-told")).to_have_text("1 / 28 vastattu")
    send(page)

    expect(heading(page)).to_have_text(USED)
    assert len(answers_of(invitee)) == 1


@pytest.mark.parametrize("language", ["", "/sv", "/en"])
def test_the_page_is_light_in_every_language(browse, invitee, language):
    page = browse(screen=PHONE)
    weight = Weight(page)
    weight.begin()

    page.goto(language + link_of(invitee), wait_until="networkidle")

    assert weight.all <= MOST_BYTES, f"{weight.all} bytes"
    assert weight.requests <= 1 + MOST_FILES


def test_the_pages_around_it_are_sound_in_every_look(browse, invitee, coordinator):
    page = browse(coordinator)
    found = []

    for path in (
        "/ilmapuntari/",
        "/ilmapuntari/tietosuoja/",
        f"/ilmapuntari/kierrokset/{invitee.round_id}/juliste/{invitee.unit_id}/",
        "/ilmapuntari/vastaa/keksitty/",
    ):
        page.goto(path)
        page.complaints.clear()
        found += troubles_in_all_looks(page)

    assert found == []
