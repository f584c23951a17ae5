"""The editor in a real browser: it starts under the portal's policy, and what is written with it is stored."""

import pytest
from django.conf import settings
from django.utils.translation import override

from networks.models import Meeting, Network
from publishing.prose import EDITORS_WORDS
from tests.networks.factories import MeetingFactory, NetworkFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = ".ProseMirror[contenteditable=true]"
# Said by the page itself, so that nothing is missed while it loads.
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push([event.violatedDirective, event.blockedURI, event.sample].join(" "));
});
"""


@pytest.fixture
def opened(chromium, address, as_staff):
    """A function that opens a page as staff; `javascript=False` as a browser without it."""
    contexts = []

    def open_page(path, *, javascript=True):
        context = chromium.new_context(java_script_enabled=javascript)
        contexts.append(context)
        cookie = as_staff.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.troubles = []
        page.on("console", lambda message: page.troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.add_init_script(WATCH)
        page.goto(f"{address}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def network():
    return NetworkFactory(purpose="Tarkoitus", background="<p>Ensimmäinen &amp; toinen.</p><p>Kolmas<br>rivi.</p>")


def test_the_editor_starts_and_the_policy_refuses_nothing(opened, network):
    page = opened(f"{network.get_absolute_url()}muokkaa/tarkoitus/")

    page.wait_for_selector(EDITOR)

    assert page.locator(f"{EDITOR} p").count() == 2
    assert page.locator(".prose-menubar__button").count() > 3
    assert page.locator(EDITOR).evaluate("editor => getComputedStyle(editor).whiteSpaceCollapse") != "collapse"
    assert page.evaluate("window.refused") == []
    assert page.troubles == []


def test_the_editor_speaks_the_readers_language(opened, network):
    page = opened(f"/sv{network.get_absolute_url()}muokkaa/tarkoitus/")
    page.wait_for_selector(EDITOR)

    with override("sv"):
        wanted = {str(EDITORS_WORDS[word]) for word in ("paragraph", "bold", "insert link", "undo")}
    named = page.locator(".prose-menubar button").evaluate_all("all => all.map(button => button.ariaLabel)")
    page.locator(EDITOR).press("Control+a")
    page.locator(".prose-menubar button", has_text="insert_link").click()
    page.wait_for_selector("dialog.prose-editor-dialog")

    assert wanted <= set(named)
    with override("sv"):
        assert page.locator("dialog button[type=submit]").inner_text() == str(EDITORS_WORDS["Update"])
    assert page.evaluate("window.refused") == []


def test_what_is_written_in_the_editor_is_stored(opened, network):
    page = opened(f"{network.get_absolute_url()}muokkaa/tarkoitus/")
    page.wait_for_selector(EDITOR)

    page.locator(f"{EDITOR} p").last.click()
    page.keyboard.press("Control+End")
    page.wait_for_timeout(200)  # the editor learns of a moved caret from an event that comes later
    page.keyboard.press("Enter")
    page.keyboard.press("Control+b")
    page.keyboard.type("Uusi kappale")
    page.locator(".editing button[type=submit]").click()
    page.wait_for_url("**/verkostot/*/#tarkoitus")

    stored = Network.objects.get().background
    assert stored == "<p>Ensimmäinen &amp; toinen.</p><p>Kolmas<br>rivi.</p><p><strong>Uusi kappale</strong></p>"
    assert page.evaluate("window.refused") == []


def test_pasted_markup_is_reduced_without_a_word_from_the_policy(opened, network):
    page = opened(f"{network.get_absolute_url()}muokkaa/tarkoitus/")
    page.wait_for_selector(EDITOR)

    page.locator(EDITOR).click()
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.setData("text/html", '<p style="color:red" onclick="alert(1)">Liitetty <img src=x onerror=alert(1)></p>');
      document.querySelector("[contenteditable=true]").dispatchEvent(
        new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    page.locator(".editing button[type=submit]").click()
    page.wait_for_url("**/verkostot/*/#tarkoitus")

    stored = Network.objects.get().background
    assert "Liitetty" in stored
    assert not any(word in stored for word in ("style", "onclick", "img", "onerror"))


def test_without_javascript_the_field_holds_plain_text_that_comes_back_the_same(opened, network):
    page = opened(f"{network.get_absolute_url()}muokkaa/tarkoitus/", javascript=False)
    before = network.background

    field = page.locator("textarea[name=background]")
    assert field.input_value() == "Ensimmäinen & toinen.\n\nKolmas\nrivi."
    page.locator(".editing button[type=submit]").click()

    assert Network.objects.get().background == before


def test_the_form_of_a_meeting_has_its_editor(opened, network):
    meeting = MeetingFactory(network=network, agenda="<ul><li>Asia</li></ul>")
    page = opened(f"{meeting.get_absolute_url()}muokkaa/")

    page.wait_for_selector(EDITOR)
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(f"**{meeting.get_absolute_url()}")

    assert Meeting.objects.get().agenda == "<ul><li>Asia</li></ul>"
    assert page.evaluate("window.refused") == []
