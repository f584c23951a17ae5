"""A round from its plan to what was agreed because of it, and the next round that asks what became of that."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from ilmapuntari import post_tasks, tasks
from ilmapuntari.models import AgreedAction, Round, SealedBox
from letters.models import Letter
from letters.tasks import send_letters
from tests.accounts.factories import last_code
from tests.browser.soundness import PHONE, the_page_is_sound
from tests.browser.test_answering import THANKS, cell, focused_on, heading, send, step, walk_to
from tests.browser.test_member_journey import when_i_ask_for_a_code, when_i_type_the_code
from tests.ilmapuntari.factories import LeadFactory, TeamFactory
from tests.ilmapuntari.results import published_round
from tests.ilmapuntari.rounds import give

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEAM, LEADER = "Perhetyö Aalto", "vetaja@example.org"
# What the five answer to each of the statements: some things are well, some are to be talked about.
ANSWERS = [
    [(2, 5, 8)[(number + person) % 3 if number % 2 else number % 3] for number in range(28)] for person in range(5)
]
ACTION = "Kirjaamisaika kalenteriin keskiviikkoisin"
# How long ago each hour was, once it has come.
PAST = {"opens_at": timedelta(hours=3), "closes_at": timedelta(hours=2), "publishes_at": timedelta(hours=1)}


def test_from_a_plan_to_an_action_and_to_the_next_round_that_asks_about_it(browse, coordinator):
    team = given_a_team_of_eight_with_a_leader()
    page, leader = browse(coordinator), browse()

    round = when_i_plan_a_round_from_the_previous_one(page)
    then_the_check_tells_what_is_shown_with_which_answers(page)
    when_i_confirm_it(page, round)
    and_its_hour_comes(round, "opens_at")
    links = then_everybody_has_a_letter_with_a_link_of_their_own(round)
    when_three_answer_on_a_phone(browse, links[:3])
    when_one_answers_without_javascript(browse, links[3])
    when_one_answers_by_keyboard_alone(browse, links[4])
    then_the_page_of_the_round_tells_no_more_than_that_it_is_open(page, round)
    and_its_hour_comes(round, "closes_at")
    then_the_answers_are_computed_and_gone_and_nothing_is_published(page, round)
    and_its_hour_comes(round, "publishes_at")

    when_the_leader_signs_in(leader)
    then_the_result_of_the_team_is_there(leader, team)
    when_they_talk_and_agree_on_an_action(leader)
    then_a_member_reads_it_all_by_the_link_of_the_letter(browse, round)

    following = when_i_plan_a_round_from_the_previous_one(page)
    when_i_confirm_it(page, following)
    and_its_hour_comes(following, "opens_at")
    when_five_answer(following)
    and_its_hour_comes(following, "closes_at")
    and_its_hour_comes(following, "publishes_at")
    then_the_result_asks_what_became_of_the_action(leader, team)
    when_the_leader_tells_that_it_happened_and_helped(leader)
    then_nothing_is_asked_any_more(leader)


def given_a_team_of_eight_with_a_leader():
    """And a round held last year, from which the next one is planned."""
    team = TeamFactory(name=TEAM, slug="aalto", size=8)
    LeadFactory(team=team, user__email=LEADER, name="Leena Vetäjä")
    published_round(timezone.localdate().year - 1, "spring", opens_at=timezone.now() - timedelta(days=300), floor=5)
    return team


def when_i_plan_a_round_from_the_previous_one(page):
    page.goto("/ilmapuntari/kierrokset/")
    the_page_is_sound(page)
    page.get_by_role("link", name="Suunnittele kierros").click()
    the_page_is_sound(page)
    expect(page.get_by_label("Avautuu")).to_have_value(re.compile(r"\d klo 8\.00$"))
    page.get_by_role("button", name="Suunnittele kierros").click()
    expect(page.get_by_role("status")).to_contain_text("Kierros on suunniteltu.")
    return Round.objects.get(scheduled_at=None)


def then_the_check_tells_what_is_shown_with_which_answers(page):
    row = page.get_by_role("row").filter(has_text=TEAM)
    expect(row.get_by_role("cell").first).to_have_text("8")
    expect(row.get_by_role("term")).to_have_text(["0–4", "5–7", "8"])
    expect(row.get_by_role("definition").nth(1)).to_have_text("tila ja keskiarvo puolen tarkkuudella")
    the_page_is_sound(page)


def when_i_confirm_it(page, round):
    page.get_by_role("button", name="Vahvista kierros").click()
    expect(heading(page)).to_have_text(round.name)
    expect(page.get_by_role("status")).to_contain_text("Vahvistettu.")
    the_page_is_sound(page)


def and_its_hour_comes(round, name):
    """The hour is moved to the past, and the clock and the workers do what they do each minute."""
    Round.objects.filter(pk=round.pk).update(**{name: timezone.now() - PAST[name]})
    tasks.advance()
    post_tasks.write_codes()
    tasks.advance()
    tasks.compute(round.pk)
    send_letters()
    round.refresh_from_db()


def then_everybody_has_a_letter_with_a_link_of_their_own(round):
    unit = round.units.get(kind="team")
    found = [
        re.search(rf"{re.escape(settings.SITE_URL)}(/ilmapuntari/vastaa/{unit.pk}/#\S+)", letter.body)
        for letter in mail.outbox
    ]
    links = [match[1] for match in found if match]
    assert len(set(links)) == 8
    assert not any(link.partition("#")[2] in letter.text for link in links for letter in Letter.objects.all())
    return links


def answered(page, values, press):
    """Through the themes, one after another, as somebody does who answers everything."""
    values, number = iter(values), 0
    themes = page.locator("details.theme").all()
    for theme in themes:
        for _statement in theme.locator("fieldset").all():
            number += 1
            press(number, next(values))
        following = theme.get_by_role("link", name="Seuraava")
        if following.count():
            following.click()


def when_three_answer_on_a_phone(browse, links):
    for person, link in enumerate(links):
        page = browse(screen=PHONE)
        page.goto(link)
        answered(page, ANSWERS[person], lambda number, value, page=page: cell(page, number, value).click())
        expect(page.locator(".progress-told")).to_have_text("28 / 28 vastattu")
        send(page)
        expect(heading(page)).to_have_text(THANKS)
        the_page_is_sound(page)


def when_one_answers_without_javascript(browse, link):
    page = browse(screen=PHONE, javascript=False)
    address, _, code = link.partition("#")
    page.goto(address)
    page.get_by_label("Koodi", exact=True).fill(code)
    answered(page, ANSWERS[3], lambda number, value: cell(page, number, value).click())
    send(page)
    expect(heading(page)).to_have_text(THANKS)


def when_one_answers_by_keyboard_alone(browse, link):
    page = browse(screen=PHONE)
    page.goto(link)
    walk_to(page, "1 Työn mielekkyys")
    themes = [theme.locator("fieldset").count() for theme in page.locator("details.theme").all()]
    values = iter(ANSWERS[4])
    for place, count in enumerate(themes):
        for _statement in range(count):
            step(page)
            for _ in range(next(values)):
                page.keyboard.press("ArrowRight")
            page.keyboard.press("Space")
        if place < len(themes) - 1:
            walk_to(page, "Seuraava")
            page.keyboard.press("Enter")
            assert focused_on(page)["tag"] == "SUMMARY"
    expect(page.locator(".progress-told")).to_have_text("28 / 28 vastattu")
    walk_to(page, "Lähetä vastaukset")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(THANKS)


def then_the_page_of_the_round_tells_no_more_than_that_it_is_open(page, round):
    page.goto(round.get_absolute_url())
    expect(page.get_by_role("region", name="Vastaaminen")).to_contain_text("Kerrotaan ensimmäisen kerran huomenna.")
    the_page_is_sound(page)


def then_the_answers_are_computed_and_gone_and_nothing_is_published(page, round):
    assert round.computed_at
    assert round.destroyed_at
    assert not SealedBox.objects.filter(unit__round=round).exists()
    unit = round.units.get(kind="team")
    assert page.request.get(unit.result_url).status == 404
    page.reload()
    the_page_is_sound(page)


def when_the_leader_signs_in(page):
    page.goto("/ilmapuntari/tiimit/")
    when_i_ask_for_a_code(page, LEADER)
    when_i_type_the_code(page, last_code(LEADER))
    expect(heading(page)).to_have_text("Omat tiimit")
    the_page_is_sound(page)


def then_the_result_of_the_team_is_there(page, team):
    page.get_by_role("main").get_by_role("link", name=TEAM).first.click()
    expect(heading(page)).to_have_text(TEAM)
    expect(page.get_by_role("heading", name="Kolme puheeksi otettavaa")).to_be_visible()
    the_page_is_sound(page)


def when_they_talk_and_agree_on_an_action(page):
    page.get_by_role("link", name="Avaa kysymykset yksi kerrallaan").click()
    the_page_is_sound(page)
    page.get_by_role("link", name="Ensimmäiseen kysymykseen").click()
    question = heading(page).inner_text()
    the_page_is_sound(page)
    page.get_by_role("link", name="Sopikaa toimi").click()
    expect(page.get_by_label("Minkä väittämän vuoksi")).not_to_have_value("")
    page.get_by_label("Mitä sovittiin").fill(ACTION)
    page.get_by_label("Kenen tehtävä, roolin mukaan").fill("koko tiimi")
    page.get_by_label("Mihin mennessä").fill(f"{timezone.localdate() + timedelta(days=60):%-d.%-m.%Y}")
    the_page_is_sound(page)
    page.get_by_role("button", name="Tallenna toimi").click()
    expect(page.get_by_role("status")).to_contain_text("Toimi on sovittu.")
    expect(heading(page)).to_have_text(question)
    expect(page.get_by_role("listitem").filter(has_text=ACTION)).to_contain_text("Koko tiimi")
    the_page_is_sound(page)


def then_a_member_reads_it_all_by_the_link_of_the_letter(browse, round):
    letters = [letter for letter in mail.outbox if "/ilmapuntari/tulos/" in letter.body]
    assert len(letters) == 8
    link = re.search(rf"{re.escape(settings.SITE_URL)}(/ilmapuntari/tulos/\S+)", letters[0].body)[1]
    page = browse(screen=PHONE)
    page.goto(link)
    expect(heading(page)).to_have_text(TEAM)
    expect(page.get_by_role("row").filter(has_text=ACTION)).to_contain_text("Nähdään seuraavalla kierroksella")
    expect(page.get_by_role("main").get_by_role("link", name="Lisää toimi")).to_have_count(0)
    the_page_is_sound(page)


def when_five_answer(round):
    invitees = round.units.get(kind="team").invitees.select_related("unit__round").order_by("pk")
    for invitee, values in zip(invitees[:5], ANSWERS, strict=True):
        assert give(invitee, [min(10, value + 2) for value in values])


def then_the_result_asks_what_became_of_the_action(page, team):
    page.goto(team.get_absolute_url())
    asked = page.locator(".follow-up")
    expect(asked).to_contain_text(f"sovitte: {ACTION}")
    expect(asked).to_contain_text("Toteutuiko, auttoiko?")
    the_page_is_sound(page)


def when_the_leader_tells_that_it_happened_and_helped(page):
    page.get_by_role("link", name="Kerro, miten kävi").click()
    the_page_is_sound(page)
    page.get_by_label("Tehty", exact=True).check()
    page.get_by_label("Auttoi", exact=True).check()
    page.get_by_role("button", name="Tallenna", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Kiitos, vastaus on tallennettu.")


def then_nothing_is_asked_any_more(page):
    expect(page.locator(".follow-up")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text=ACTION)).to_contain_text("Tehty, auttoi")
    the_page_is_sound(page)
    action = AgreedAction.objects.get()
    assert (action.happened, action.helped) == ("yes", "yes")
