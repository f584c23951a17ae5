"""What everybody reads of the Ilmapuntari, and the poster."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Role
from ilmapuntari.models import Invitee, Round
from ilmapuntari.models.people import KEPT_AFTER_LEAVING
from letters.models import Letter
from tests.accounts.factories import UserFactory
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory
from tests.ilmapuntari.factories import LeadFactory, ManagerFactory, RoundFactory, TeamFactory, unit_of
from tests.ilmapuntari.rounds import code_of, finish, give, opened_round

pytestmark = pytest.mark.django_db

INDEX, PRIVACY = "/ilmapuntari/", "/ilmapuntari/tietosuoja/"


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_running_round_is_told_in_dates():
    round = RoundFactory(open=True)

    text = text_of(Client().get(INDEX))

    assert round.name in text
    closes = timezone.localtime(round.closes_at)
    assert f"{closes.day}.{closes.month}." in text


def test_a_round_that_is_only_planned_is_not_told():
    round = RoundFactory()

    assert round.name not in text_of(Client().get(INDEX))


def test_participation_counts_units_by_county():
    pirkanmaa, satakunta = CountyFactory(), CountyFactory(satakunta=True)
    teams = [TeamFactory(size=6, county=county) for county in (pirkanmaa, pirkanmaa, satakunta)]
    round = opened_round(teams)
    for invitee in Invitee.objects.filter(round=round, unit__teams=teams[0]):
        give(invitee, 7)
    finish(round)

    text = text_of(Client().get(INDEX))

    assert f"{round.name} 2 / 1 1 / 0 3 / 1" in text
    assert "6" not in text.partition("Ketkä ovat mukana")[2].partition("Mistä se tulee")[0].replace(str(round.year), "")


def test_a_round_counts_only_when_it_is_published():
    round = opened_round([TeamFactory(size=6)])

    assert "Tässä portaalissa ei ole vielä julkaistu" in text_of(Client().get(INDEX))
    assert f"{round.name} 1 /" not in text_of(Client().get(INDEX))


@pytest.mark.parametrize(("role", "shown"), [(Role.COORDINATOR, {"teams", "rounds", "area"}), (Role.STAFF, {"area"})])
def test_who_is_signed_in_is_led_on(role, shown):
    TeamFactory()
    RoundFactory()

    page = signed_in(UserFactory(roles=[role])).get(INDEX).content.decode()

    for name in ("teams", "rounds", "area"):
        assert (f'href="{reverse(f"ilmapuntari:{name}")}"' in page) == (name in shown)


def test_a_leader_is_led_to_the_teams():
    lead = LeadFactory()

    page = signed_in(lead.user).get(INDEX).content.decode()

    assert reverse("ilmapuntari:teams") in page
    assert reverse("ilmapuntari:area") not in page


@pytest.mark.parametrize("path", [INDEX, PRIVACY])
def test_more_rounds_ask_no_more_questions(path, django_assert_num_queries, django_assert_max_num_queries):
    team = TeamFactory()
    unit_of(RoundFactory(published=True), team)
    Client().get(path)
    with django_assert_max_num_queries(12) as one:
        Client().get(path)
    for _ in range(19):
        unit_of(RoundFactory(published=True), team)

    with django_assert_num_queries(len(one)):
        Client().get(path)


def test_each_round_tells_when_its_answers_are_destroyed():
    gone, lying = RoundFactory(published=True), RoundFactory(open=True)
    planned = RoundFactory()

    text = text_of(Client().get(PRIVACY))

    day = timezone.localtime(gone.destroyed_at)
    assert re.search(rf"{gone.name}.*?hävitetty \w+\W{day.day}\.{day.month}\.{day.year}", text)
    day = lying.destroyed_by
    assert re.search(rf"{lying.name}.*?hävitetään viimeistään \w+\W{day.day}\.{day.month}\.{day.year}", text)
    assert planned.name not in text


def test_the_promise_tells_also_what_it_does_not_cover():
    page = Client().get(PRIVACY).content.decode()

    not_covered = page.partition('id="not-protected"')[2].partition("</section>")[0]
    rules = page.partition('id="rules"')[2].partition("</section>")[0]
    assert not_covered.count("<li>") == 6
    assert rules.count("<li>") == 14


def test_the_promise_tells_how_long_names_and_letters_are_kept():
    stored = Client().get(PRIVACY).content.decode().partition('id="stored"')[2].partition("</section>")[0]

    assert f"{KEPT_AFTER_LEAVING.days} " in stored
    assert f"{Letter.KEPT.days} " in stored


def test_a_secret_address_is_not_printed(settings):
    unit = finish(opened_round([TeamFactory(size=6)])).units.get(kind="team")

    by_link = Client().get(unit.result_url).content.decode()
    public = Client().get(INDEX).content.decode()

    assert f'<p class="print-address page">{settings.SITE_URL}</p>' in by_link
    assert f'<p class="print-address page">{settings.SITE_URL}{INDEX}</p>' in public


# The poster -----------------------------------------------------------------------------------------------------------


def poster_of(unit):
    return reverse("ilmapuntari:poster", kwargs={"round_pk": unit.round_id, "pk": unit.pk})


@pytest.fixture
def unit():
    return opened_round([TeamFactory(size=6)]).units.get(kind="team")


def test_the_poster_carries_the_address_and_no_code(unit, coordinator, settings):
    page = signed_in(coordinator).get(poster_of(unit)).content.decode()

    assert f"{settings.SITE_URL}/ilmapuntari/vastaa/{unit.pk}/" in page
    assert "<svg" in page.partition('class="qr"')[2][:400]
    assert "style=" not in page
    for invitee in unit.invitees.all():
        assert code_of(invitee) not in page
        assert invitee.name not in page


def test_the_poster_of_another_language_leads_to_it(unit, coordinator, settings):
    with override("sv"):  # and back, for the tests that follow
        page = signed_in(coordinator).get(poster_of(unit)).content.decode()

    assert f"{settings.SITE_URL}/sv/ilmapuntari/vastaa/{unit.pk}/" in page


def test_the_poster_is_for_those_who_see_the_unit(unit):
    team = unit.teams.get()
    allowed = [LeadFactory(team=team).user, ManagerFactory(organisation=team.organisation).user]
    others = [UserFactory(roles=[Role.STAFF]), LeadFactory().user, UserFactory()]

    assert [signed_in(user).get(poster_of(unit)).status_code for user in allowed] == [200, 200]
    assert [signed_in(user).get(poster_of(unit)).status_code for user in others] == [404, 404, 404]
    assert Client().get(poster_of(unit)).status_code == 302


def test_a_poster_belongs_to_its_round(unit, coordinator):
    other = RoundFactory()

    path = reverse("ilmapuntari:poster", kwargs={"round_pk": other.pk, "pk": unit.pk})

    assert signed_in(coordinator).get(path).status_code == 404
    assert Round.objects.count() == 2
