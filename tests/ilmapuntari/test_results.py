"""The page of a team's result: for those who sign in, and by the secret link."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Role
from ilmapuntari import rules
from ilmapuntari.models import ReportingUnit, TeamChange, UnitResult
from tests.accounts.factories import UserFactory
from tests.conftest import signed_in
from tests.directory.factories import OrganisationFactory
from tests.ilmapuntari.factories import AgreedActionFactory, LeadFactory, ManagerFactory, TeamFactory, unit_of
from tests.ilmapuntari.results import SIZE, people, publish, published_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory(name="Kaislarannan tiimi")


@pytest.fixture
def leader(team):
    return LeadFactory(team=team).user


@pytest.fixture
def as_leader(leader):
    return signed_in(leader)


@pytest.fixture
def unit(team):
    return publish(published_round(2025, "autumn"), {team: people([8] * 6 + [4] * 22, 8)})[team]


def page(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def text_of(html):
    """What stands on the page itself, without markup."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def discussion_of(team):
    return reverse("ilmapuntari:team_discussion", kwargs={"slug": team.slug})


# Who sees


def test_the_leader_sees_the_result_and_may_agree(as_leader, team, unit):
    html = page(as_leader, team.get_absolute_url())

    assert "Yhdellä silmäyksellä" in html
    assert "8–9 vastausta" in html
    assert reverse("ilmapuntari:action_create", kwargs={"slug": team.slug}) in html


def test_a_manager_and_the_director_read_only(team, unit, director):
    manager = ManagerFactory(organisation=team.organisation).user

    for user in (manager, director):
        html = page(signed_in(user), team.get_absolute_url())
        assert "Sovitut toimet" in html
        assert reverse("ilmapuntari:action_create", kwargs={"slug": team.slug}) not in html


def test_the_coordinator_may_agree(coordinator, team, unit):
    html = page(signed_in(coordinator), team.get_absolute_url())

    assert reverse("ilmapuntari:action_create", kwargs={"slug": team.slug}) in html


def test_others_find_nothing(team, unit, staff, member):
    strangers = [
        staff,
        member,
        LeadFactory().user,
        ManagerFactory(organisation=OrganisationFactory()).user,
    ]

    for user in strangers:
        assert signed_in(user).get(team.get_absolute_url()).status_code == 404
        assert signed_in(user).get(discussion_of(team)).status_code == 404
    assert Client().get(team.get_absolute_url()).status_code == 302


def test_a_leader_who_has_left_sees_nothing(team, unit, leader):
    team.leads.get().leave()

    assert signed_in(leader).get(team.get_absolute_url()).status_code == 404


# The secret link


def test_the_link_shows_the_result_without_signing_in_and_leaves_nothing_behind(unit, client):
    response = client.get(unit.result_url)

    assert response.status_code == 200
    assert "Kaislarannan tiimi" in response.content.decode()
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert not response.cookies


def test_by_the_link_nothing_can_be_changed(unit, team, client, leader):
    AgreedActionFactory(team=team, round=unit.round)

    for browser in (client, signed_in(leader)):
        main = page(browser, unit.result_url)
        main = main[main.index("<main") : main.index("</main>")]
        assert "/toimet/" not in main
        assert "<form" not in main
        assert browser.post(unit.result_url).status_code == 405


def test_an_unknown_link_gets_a_kind_sentence(client, unit):
    response = client.get(reverse("ilmapuntari:result", kwargs={"secret": "keksitty"}))

    assert response.status_code == 404
    assert "Tällä linkillä ei löydy tulosta" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_renewed_link_closes_the_old_one(client, unit):
    old = unit.result_url
    unit.renew_secret()

    assert client.get(old).status_code == 404
    assert client.get(unit.result_url).status_code == 200


def test_a_link_is_over_after_two_later_rounds(client, unit):
    published_round(2026, "winter")
    assert client.get(unit.result_url).status_code == 200

    published_round(2026, "spring")
    response = client.get(unit.result_url)

    assert response.status_code == 410
    assert "Linkin voimassaolo on päättynyt" in response.content.decode()
    assert client.get(unit.result_url + "keskustelu/").status_code == 410


def test_a_link_opens_nothing_before_the_round_is_published(client, unit):
    type(unit.round).objects.filter(pk=unit.round.pk).update(published_at=None)

    assert client.get(unit.result_url).status_code == 404


def test_a_link_does_not_lead_to_other_rounds(client, team, unit):
    earlier = published_round(2025, "spring")
    publish(earlier, {team: [5] * 12})

    asked = page(client, f"{unit.result_url}?kierros={earlier.pk}")

    assert text_of(asked) == text_of(page(client, unit.result_url))


# What is shown


def test_the_page_never_tells_an_exact_number_below_ten(as_leader, team):
    """Neither of answers nor of those invited: every number on the page is looked at."""
    for answers in (5, 6, 7, 8, 9):
        season = {5: "winter", 6: "spring", 7: "summer", 8: "autumn", 9: "autumn"}[answers]
        publish(published_round(2000 + answers, season), {team: people([7] * SIZE, answers)}, invited=9)

        text = text_of(page(as_leader, team.get_absolute_url()))

        assert re.findall(r"(\d+) vastaus", text) == ["7" if answers < 8 else "9"]
        assert ("5–7 vastausta" if answers < 8 else "8–9 vastausta") in text
        assert "kutsu" not in text.lower()


def test_ten_answers_are_told_with_their_bins(as_leader, team):
    publish(published_round(2025, "autumn"), {team: [[6] * SIZE] * 6 + [[9] * SIZE] * 6})

    text = text_of(page(as_leader, team.get_absolute_url()))

    assert "12 vastausta" in text
    assert "5–7: 6, 8–10: 6" in text
    assert "2,5" in text  # 7,5 of a reversed statement, turned
    assert "kielteinen väittämä, luku käännetty" in text


def test_a_statement_that_too_few_answered_is_named_without_a_figure(as_leader, team):
    publish(published_round(2025, "autumn"), {team: [[rules.SKIP] + [7] * 27] * 6})

    text = text_of(page(as_leader, team.get_absolute_url()))

    assert re.search(r"merkitystä asiakkaille\. liian vähän vastauksia", text)


def test_too_few_answers_have_a_page_of_their_own(as_leader, client, team):
    unit = publish(published_round(2025, "autumn"), {team: [[9] * SIZE] * 4}, invited=9)[team]

    for html in (page(as_leader, team.get_absolute_url()), page(client, unit.result_url)):
        text = text_of(html)
        assert "Vastauksia tuli liian vähän" in text
        assert "Puhutaan tästä" in text
        assert not re.search(r"\b4\b|9,0|90", text)
        assert "light-" not in html


def test_a_team_of_four_works_without_figures(as_leader, team):
    unit = unit_of(published_round(2025, "autumn"), team, invited=4)
    UnitResult.objects.create(unit=unit, band="too_few")

    assert "Neljän hengen tai pienempi tiimi" in page(as_leader, team.get_absolute_url())


def test_a_team_without_any_round_gets_a_kind_page(as_leader, team):
    assert "ei ole vielä julkaistua tulosta" in page(as_leader, team.get_absolute_url())
    assert as_leader.get(discussion_of(team)).status_code == 302


def test_change_is_words_and_never_a_second_arrow(as_leader, team):
    publish(published_round(2025, "spring"), {team: [[5] * SIZE] * 6})
    publish(published_round(2025, "autumn"), {team: [[9] * SIZE] * 6})

    html = page(as_leader, team.get_absolute_url())

    assert "noussut 4,0" in html
    assert "laskenut 4,0" in html  # the reversed ones
    assert "satunnaisvaihtelu (tässä 1,8)" in html
    assert "Kaksi kierrosta" in html


def test_a_turned_over_team_is_told_why_there_is_no_change(as_leader, team):
    publish(published_round(2025, "spring"), {team: [[5] * SIZE] * 6})
    publish(published_round(2025, "autumn"), {team: [[9] * SIZE] * 6}, turned_over={team})

    text = text_of(page(as_leader, team.get_absolute_url()))

    assert "Yli kolmannes tiimistä on vaihtunut" in text
    assert "noussut" not in text


def test_the_comparison_names_whom_and_how_many(as_leader, team):
    others = TeamFactory.create_batch(5, organisation=team.organisation, county=team.county)
    teams = [team, *others]
    publish(
        published_round(2025, "autumn"), {one: people([7] * SIZE, 8, seed=place) for place, one in enumerate(teams)}
    )

    text = text_of(page(as_leader, team.get_absolute_url()))

    assert f"Vertailu: {team.organisation.short_name or team.organisation.name}, 5 muuta tiimiä." in text


def test_earlier_rounds_are_chosen_by_tabs(as_leader, team, unit):
    earlier = published_round(2025, "spring")
    publish(earlier, {team: people([6] * SIZE, 12)})

    html = page(as_leader, f"{team.get_absolute_url()}?kierros={earlier.pk}")

    assert "12 vastausta" in html
    assert html.count('aria-current="true"') >= 1
    assert page(as_leader, f"{team.get_absolute_url()}?kierros=9999999")  # no such round: the page without a result


def test_strange_questions_in_the_address_do_no_harm(as_leader, team, unit):
    for query in ("?kierros=x", "?kierros=-1", "?kierros=99999999999999999999", "?kierros=²", "?kohta=²"):
        assert as_leader.get(team.get_absolute_url() + query).status_code == 200
        assert as_leader.get(discussion_of(team) + query).status_code in {200, 302}


def test_what_was_typed_stays_text(as_leader, client, team, unit):
    AgreedActionFactory(team=team, round=unit.round, what="<script>alert(1)</script>", who='"><b>joku')

    for browser, url in ((as_leader, team.get_absolute_url()), (client, unit.result_url)):
        html = page(browser, url)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_pages_are_read_in_three_languages(client, unit, language):
    statement = {"fi": "Työlläni on ollut", "sv": "Mitt arbete har haft", "en": "My work has made"}[language]

    with translation.override(language):
        result = page(client, reverse("ilmapuntari:result", kwargs={"secret": unit.result_secret}))
        talk = page(client, reverse("ilmapuntari:result_discussion", kwargs={"secret": unit.result_secret}))

    assert f'<html lang="{language}">' in result
    assert statement in result
    assert f'<html lang="{language}">' in talk


# The discussion


def test_a_discussion_goes_one_question_at_a_time(as_leader, team, unit):
    first = page(as_leader, discussion_of(team))
    assert "Kymmenen minuuttia yhdessä" in first
    assert "?kohta=1" in first

    second = page(as_leader, discussion_of(team) + "?kohta=1")
    assert "Kysymys 1 / 6" in second
    assert "?kohta=2" in second
    assert "?kohta=0" in second
    assert "vaittama=" in second

    last = page(as_leader, discussion_of(team) + "?kohta=99")
    assert "Mitä sovitte?" in last
    assert "?kohta=8" not in last


def test_by_the_link_a_discussion_has_no_way_to_agree(client, unit):
    url = reverse("ilmapuntari:result_discussion", kwargs={"secret": unit.result_secret})

    html = page(client, url + "?kohta=1")

    assert "/toimet/" not in html
    assert client.get(url)["Referrer-Policy"] == "no-referrer"


def test_a_discussion_of_an_earlier_round_stays_in_it(as_leader, team, unit):
    earlier = published_round(2025, "spring")
    publish(earlier, {team: people([4] * SIZE, 12)})

    html = page(as_leader, f"{discussion_of(team)}?kierros={earlier.pk}&kohta=1")

    assert f"?kohta=2&amp;kierros={earlier.pk}" in html
    assert f"{team.get_absolute_url()}?kierros={earlier.pk}" in html


def test_what_was_agreed_shows_beside_its_question_and_at_the_end(as_leader, team, unit):
    html = page(as_leader, discussion_of(team) + "?kohta=1")
    identity = re.search(r"vaittama=([\w-]+)", html)[1]
    AgreedActionFactory(team=team, round=unit.round, statement=identity, what="Kalenteriin varattu tunti")

    assert "Kalenteriin varattu tunti" in page(as_leader, discussion_of(team) + "?kohta=1")
    assert "Kalenteriin varattu tunti" not in page(as_leader, discussion_of(team) + "?kohta=2")
    assert "Kalenteriin varattu tunti" in page(as_leader, discussion_of(team) + "?kohta=7")


# What it costs


def test_a_page_takes_few_queries(as_leader, client, team, unit, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page(as_leader, team.get_absolute_url())
    with django_assert_max_num_queries(12):
        page(client, unit.result_url)
    with django_assert_max_num_queries(12):
        page(as_leader, discussion_of(team) + "?kohta=1")


def queries_of(browser, url):
    with CaptureQueriesContext(connection) as found:
        page(browser, url)
    return len(found)


def test_more_rounds_and_actions_cost_no_more(as_leader, team):
    round = published_round(2010, "autumn")
    publish(round, {team: people([7] * SIZE, 8)})
    AgreedActionFactory(team=team, round=round)
    one = queries_of(as_leader, team.get_absolute_url())
    for year in range(2011, 2020):
        publish(published_round(year, "autumn"), {team: people([7] * SIZE, 8)})
        AgreedActionFactory.create_batch(2, team=team, round=round)

    assert queries_of(as_leader, team.get_absolute_url()) == one


def test_a_team_with_a_long_past_takes_few_queries_too(as_leader, team, unit, django_assert_max_num_queries):
    child = team
    for number in range(2):
        parent = TeamFactory(name=f"Vanha {number}", organisation=team.organisation, county=team.county)
        TeamChange.objects.create(team=child, kind="split", on=timezone.localdate(), name=parent.name, other=parent)
        child = parent
    AgreedActionFactory(team=team, round=unit.round)

    with django_assert_max_num_queries(12):
        page(as_leader, team.get_absolute_url())


def test_a_role_of_the_house_is_not_enough(team, unit):
    user = UserFactory(roles=[Role.STAFF])

    assert signed_in(user).get(team.get_absolute_url()).status_code == 404
    assert ReportingUnit.objects.visible_to(user).count() == 0
