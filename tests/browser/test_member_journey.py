"""A member signs in by a code, sees the own network's people and link, and answers an invitation by its link."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from letters.models import Letter
from networks import mail
from tests.accounts.factories import UserFactory, last_code
from tests.browser.soundness import the_page_is_sound
from tests.directory.factories import PersonFactory
from tests.networks.factories import MeetingFactory, MembershipFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_member_signs_in_by_a_code_and_sees_what_is_for_members(browse):
    meeting = given_a_member_and_a_meeting()
    page = browse()

    page.goto(f"{meeting.network.get_absolute_url()}jasenet/")
    the_page_is_sound(page)
    when_i_ask_for_a_code(page, "jasen@example.org")
    when_i_type_the_code(page, last_code("jasen@example.org"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Jäsenet")
    expect(page.get_by_text("Muu Jäsen")).to_be_visible()
    page.goto(meeting.get_absolute_url())
    expect(page.get_by_role("link", name="Avaa etäyhteys")).to_have_attribute("href", meeting.remote_link)
    the_page_is_sound(page)
    page.goto("/verkostot/?oma=1")
    expect(page.locator("#results .row")).to_have_count(1)


def test_an_invitation_is_answered_by_its_link_without_signing_in(browse):
    meeting = given_a_member_and_a_meeting()
    link = given_an_invitation_sent(meeting)
    page = browse()

    page.goto(link)
    assert meeting.attendances.get().answer == ""
    the_page_is_sound(page)
    page.get_by_label("Tulen").check()
    page.get_by_role("button", name="Lähetä vastaus").click()

    expect(page.get_by_role("status")).to_contain_text("Kiitos")
    assert meeting.attendances.get().answer == "coming"
    the_page_is_sound(page)


def given_a_member_and_a_meeting():
    member = MembershipFactory(
        person=PersonFactory(email="jasen@example.org", user=UserFactory(email="jasen@example.org"))
    )
    MembershipFactory(network=member.network, person__given_name="Muu", person__family_name="Jäsen", person__email="")
    return MeetingFactory(network=member.network, remote_link="https://etayhteys.example.org/kokous")


def given_an_invitation_sent(meeting):
    """The path of the link in the letter."""
    attendances = meeting.invite(by=UserFactory())
    for attendance in attendances:
        attendance.meeting = meeting
    Letter.objects.write_all(mail.invitations(attendances))
    return re.search(rf"{re.escape(settings.SITE_URL)}(/verkostot/vastaus/\S+)", Letter.objects.get().text)[1]


def when_i_ask_for_a_code(page, email):
    page.get_by_role("main").get_by_label("Sähköposti").fill(email)
    page.get_by_role("button", name="Lähetä koodi").click()
    the_page_is_sound(page)


def when_i_type_the_code(page, code):
    page.get_by_role("main").get_by_label("Koodi", exact=True).fill(code)
    page.get_by_role("main").get_by_role("button", name="Kirjaudu", exact=True).click()
