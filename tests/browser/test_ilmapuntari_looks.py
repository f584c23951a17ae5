"""Answering, the result of a team and the heat map of an organisation: readable in every look and language."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.browser.filled_portal import filled_portal
from tests.browser.soundness import PHONE, picture, troubles_in_all_looks
from tests.browser.test_answering import cell, heading
from tests.ilmapuntari.rounds import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

THANKS = {
    "fi": "Kiitos, vastauksesi on tallennettu",
    "sv": "Tack, ditt svar är sparat",
    "en": "Thank you, your answer is saved",
}


def unbind_themes(page):
    """So that all of them can be opened at once, to be looked at."""
    page.evaluate("document.querySelectorAll('details').forEach((theme) => { theme.name = ''; })")


@pytest.mark.parametrize("language", THANKS)
def test_answering_result_and_heat_map_in_every_look(browse, language):
    filled = filled_portal().ilmapuntari
    found = []

    def look(page, what):
        unbind_themes(page)
        found.extend(f"{what}: {trouble}" for trouble in troubles_in_all_looks(page))
        picture(page, f"{language}-{what.replace(' ', '-')}")

    invitee = filled.open_unit.invitees.select_related("unit__round").first()
    with override(language):
        answer, result = invitee.unit.answer_url, filled.unit.result_url
        heat_map = reverse("ilmapuntari:organisation", kwargs={"pk": filled.organisation.pk})

    page = browse(screen=PHONE)
    page.goto(f"{answer}#{code_of(invitee)}")
    look(page, "answering")
    page.set_viewport_size(PHONE)
    cell(page, 1, 3).click()
    page.locator("#koodi").evaluate("field => field.value = 'ABCD'")
    page.locator(".send").click()
    page.locator("#error-summary").wait_for()
    page.complaints.clear()  # the browser calls a refusal a failure
    look(page, "a wrong code")
    page.locator("#koodi").evaluate(f"field => field.value = '{code_of(invitee)}'")
    page.locator(".send").click()
    heading(page).filter(has_text=THANKS[language]).wait_for()
    look(page, "thanks")
    page.goto(result)
    look(page, "result")
    page = browse(filled.users.manager)
    page.goto(heat_map)
    look(page, "heat map")

    assert not found, "\n" + "\n".join(found)
