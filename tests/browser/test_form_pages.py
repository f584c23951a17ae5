"""The pages that only a form leads to: errors, confirmations, the steps of signing in. And those of an empty portal."""

import pytest
from django.urls import include, path
from playwright.sync_api import expect

from accounts.models import Role
from directory.models import County
from pikassos import urls
from tests.accounts.factories import PASSWORD, UserFactory, last_link, with_totp
from tests.browser.filled_portal import empty_portal, filled_portal
from tests.browser.soundness import DESKTOP, picture, troubles_in_all_looks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The addresses of a demonstration, which the settings of tests leave out.
urlpatterns = [path("esittely/", include("demonstration.urls")), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
handler429 = urls.handler429

# What is sent empty, by whom.
EMPTY_FORMS = [
    ("visitor", "/tili/kirjaudu/"),
    ("visitor", "/tili/kirjaudu/salasana/"),
    ("visitor", "/palaute/"),
    ("visitor", lambda portal: f"/verkostot/vastaus/{portal.silent_token}/"),
    ("staff", "/verkostot/uusi/"),
    ("staff", "/verkostot/pitka/kokoukset/uusi/"),
    ("staff", "/verkostot/pitka/vaiheet/uusi/"),
    ("staff", "/verkostot/pitka/jasenet/lisaa/"),
    ("staff", "/verkostot/pitka/jasenet/uusi-henkilo/"),
    ("staff", "/verkostot/pitka/jasenet/tuo/"),
    ("staff", "/verkostot/pitka/kirje/"),
    ("staff", "/verkostot/pitka/muokkaa/perustiedot/"),
    ("staff", "/yhteystiedot/henkilot/uusi/"),
    ("staff", "/yhteystiedot/organisaatiot/uusi/"),
    ("director", "/yhteystiedot/kayttajat/kutsu/"),
    ("member", "/tili/salasana/vaihda/"),
]
EMPTY_PAGES = [
    "/",
    "/alueet/",
    "/alueet/pirkanmaa/",
    "/verkostot/",
    "/kalenteri/",
    "/yhteystiedot/",
    "/haku/?q=tyhja",
    "/tyopoyta/",
    "/yhteystiedot/henkilot/",
    "/yhteystiedot/organisaatiot/",
    "/palaute/saapuneet/",
]


def collect(found, page, what):
    found += [f"{what} {page.url}: {words}" for words in troubles_in_all_looks(page)]
    picture(page, what.replace(" ", "-").replace("/", "-"))
    page.set_viewport_size(DESKTOP)


def test_a_form_sent_empty_says_what_to_mend(browse):
    portal = filled_portal()
    pages = {role: browse(user) for role, user in {**vars(portal.people), "visitor": None}.items()}

    found = []
    for role, to in EMPTY_FORMS:
        page = pages[role]
        page.goto(to if isinstance(to, str) else to(portal))
        form = page.locator("main form.form").first
        for field in form.locator(
            "input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), textarea"
        ).all():
            if field.is_visible() and field.is_editable():
                field.fill("")
        form.locator("button[type=submit]").first.click()
        expect(page.locator("#error-summary")).to_be_visible()
        if page.evaluate("document.activeElement.id") != "error-summary":
            found.append(f"{page.url}: the focus is not on the summary")
        if not page.title().startswith("Virhe: "):
            found.append(f"{page.url}: the title is {page.title()}")
        collect(found, page, f"errors of {page.url.split('/', 3)[3]}")

    assert not found, "\n" + "\n".join(found)


def test_the_steps_between_a_form_and_its_end(browse):
    portal = filled_portal()
    user = with_totp(UserFactory(email="askel@example.org", roles=[Role.STAFF], password=PASSWORD))
    found = []

    page = browse()
    page.goto("/tili/kirjaudu/salasana/")
    page.get_by_role("main").get_by_label("Sähköposti").fill(user.email)
    page.get_by_role("main").get_by_label("Salasana", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Kirjaudu", exact=True).click()
    collect(found, page, "the second factor")

    page = browse()
    page.goto("/tili/salasana/unohtunut/")
    page.get_by_role("main").get_by_label("Sähköposti").fill(portal.people.member.email)
    page.locator("main form.form button[type=submit]").click()
    page.goto(last_link(portal.people.member.email))
    collect(found, page, "a new password")

    page = browse(portal.people.staff)
    page.goto("/verkostot/")
    page.get_by_label("Valitse", exact=False).first.check()
    page.locator("#bulk button").click()
    collect(found, page, "many at once")
    page.goto("/tili/sahkoposti/")
    page.locator("main form.form input[type=email]").first.fill("uusi.osoite@example.org")
    page.locator("main form.form button[type=submit]").first.click()
    collect(found, page, "the code that confirms a new address")

    assert not found, "\n" + "\n".join(found)


def test_new_recovery_codes_are_shown_once(browse):
    page = browse(filled_portal().people.staff)

    page.goto("/tili/vahvistus/varakoodit/uudet/")
    page.locator("main form.form button[type=submit]").first.click()

    expect(page.locator("#recovery-codes li")).to_have_count(10, timeout=1500)
    assert troubles_in_all_looks(page) == []


def test_pages_without_anything_to_show(browse):
    user = empty_portal()
    page = browse(user)

    found = []
    for address in EMPTY_PAGES:
        assert page.goto(address).status == 200
        collect(found, page, f"empty {address}")

    assert County.objects.exists()
    assert not found, "\n" + "\n".join(found)


def test_a_page_that_is_not_there_says_so(browse):
    page = browse()

    for gone in ("/ei-ole/", "/verkostot/vastaus/keksitty/", "/tili/kutsu/keksitty/"):
        assert page.goto(gone).status in {404, 410}
        page.complaints.clear()  # the browser itself remarks on the status
        assert troubles_in_all_looks(page) == []


def test_the_pages_of_a_demonstration(browse, settings):
    settings.ROOT_URLCONF, settings.DEMONSTRATION = __name__, True
    portal = filled_portal()
    page = browse()

    found = []
    for address in ("/esittely/kirjeet/", "/tili/kirjaudu/", "/tili/kirjaudu/salasana/"):
        assert page.goto(address).status == 200
        collect(found, page, f"demonstration {address}")
    page.goto("/esittely/kirjeet/")
    page.get_by_role("main").get_by_role("link").filter(has_text="").nth(1).click()
    collect(found, page, "demonstration letter")

    assert portal
    assert not found, "\n" + "\n".join(found)
