"""Agreed actions: who keeps them, what may be typed, and how the next round asks about them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ilmapuntari.models import AgreedAction, Team
from tests.conftest import signed_in
from tests.ilmapuntari.factories import AgreedActionFactory, LeadFactory, ManagerFactory, TeamFactory
from tests.ilmapuntari.results import SIZE, publish, published_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def leader(team):
    return LeadFactory(team=team).user


@pytest.fixture
def as_leader(leader):
    return signed_in(leader)


@pytest.fixture
def round(team):
    round = published_round(2025, "spring")
    publish(round, {team: [[5] * SIZE] * 6})
    return round


def url(name, team, action=None):
    keys = {"slug": team.slug} | ({"pk": action.pk} if action else {})
    return reverse(f"ilmapuntari:{name}", kwargs=keys)


def typed(**more):
    day = timezone.localdate() + timedelta(days=60)
    return {
        "statement": "time-enough",
        "what": "Päivystyslista kahdeksi viikoksi",
        "who": "esihenkilö",
        "by_on": f"{day.day}.{day.month}.{day.year}",
    } | more


def test_the_leader_agrees_on_an_action(as_leader, leader, team, round):
    response = as_leader.post(url("action_create", team), typed())

    action = AgreedAction.objects.get()
    assert response["Location"] == f"{team.get_absolute_url()}#toimet"
    assert (action.team, action.round, action.agreed_by) == (team, round, leader)
    assert (action.statement, action.who, action.happened) == ("time-enough", "esihenkilö", "")


def test_only_the_leader_and_the_coordinator_keep_actions(team, round, coordinator, director):
    action = AgreedActionFactory(team=team, round=round)
    readers = [ManagerFactory(organisation=team.organisation).user, director]
    strangers = [LeadFactory().user]

    for user in readers + strangers:
        browser = signed_in(user)
        for name in ("action_edit", "action_review", "action_delete"):
            assert browser.get(url(name, team, action)).status_code == 404
            assert browser.post(url(name, team, action)).status_code == 404
        assert browser.post(url("action_create", team), typed()).status_code == 404
    assert signed_in(coordinator).get(url("action_edit", team, action)).status_code == 200
    assert list(Team.objects.agreeable_by(coordinator)) == list(Team.objects.all())
    assert not Team.objects.agreeable_by(director).exists()


def test_an_action_of_another_team_is_not_found_under_this_ones_address(as_leader, team, round):
    other = AgreedActionFactory(round=round)
    LeadFactory(team=other.team)

    assert as_leader.get(url("action_edit", team, other)).status_code == 404


def test_from_a_discussion_the_way_leads_back_to_the_question(as_leader, team, round):
    address = f"{url('action_create', team)}?kohta=2&vaittama=time-enough"

    html = as_leader.get(address).content.decode()
    response = as_leader.post(address, typed())

    assert '<option value="time-enough" selected>' in html
    assert response["Location"] == reverse("ilmapuntari:team_discussion", kwargs={"slug": team.slug}) + "?kohta=2"


def test_red_and_yellow_statements_come_first_in_the_choice(as_leader, team, round):
    html = as_leader.get(url("action_create", team)).content.decode()

    groups = [line.split('"')[0] for line in html.split('<optgroup label="')[1:]]
    assert groups == ["Kohtalainen"]  # everything is 5.0: yellow

    publish(published_round(2025, "autumn"), {team: [[8] * SIZE] * 6})
    html = as_leader.get(url("action_create", team)).content.decode()
    groups = [line.split('"')[0] for line in html.split('<optgroup label="')[1:]]
    assert groups == ["Korjattavaa", "Muut väittämät"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("what", "", "Kirjoita, mitä sovittiin."),
        ("what", "x" * 201, "200"),
        ("what", "Kysytään: aino@example.org", "Jätä sähköpostiosoitteet pois"),
        ("who", "", "Kirjoita, kenen tehtävä se on"),
        ("who", "aino@example.org", "Jätä sähköpostiosoitteet pois"),
        ("by_on", "", "1.12.2026"),
        ("by_on", "joskus", "1.12.2026"),
        ("by_on", "1.1.2020", "Päivä on jo mennyt"),
        ("by_on", "1.1.2099", "yli kaksi vuotta"),
        ("statement", "", "Valitse väittämä."),
        ("statement", "keksitty", "keksitty"),
    ],
)
def test_what_is_wrong_is_told_kindly_and_the_rest_is_kept(as_leader, team, round, field, value, sentence):
    response = as_leader.post(url("action_create", team), typed(**{field: value}))

    html = response.content.decode()
    assert response.status_code == 200
    assert sentence in html
    assert html[html.index("<title>") :].startswith("<title>Virhe:")
    assert not AgreedAction.objects.exists()


def test_an_action_is_changed_and_its_old_day_may_stay(as_leader, team, round):
    action = AgreedActionFactory(team=team, round=round, by_on=timezone.localdate() - timedelta(days=10))
    day = action.by_on

    response = as_leader.post(
        url("action_edit", team, action), typed(what="Toisin", by_on=f"{day.day}.{day.month}.{day.year}")
    )

    action.refresh_from_db()
    assert response.status_code == 302
    assert (action.what, action.by_on) == ("Toisin", day)


def test_an_action_of_an_earlier_version_keeps_its_statement(as_leader, team, round):
    action = AgreedActionFactory(team=team, round=round, statement="not-asked-any-more")

    html = as_leader.get(url("action_edit", team, action)).content.decode()

    assert '<option value="not-asked-any-more" selected>' in html


def test_removing_is_confirmed(as_leader, team, round):
    action = AgreedActionFactory(team=team, round=round)

    assert "Poistetaanko toimi?" in as_leader.get(url("action_delete", team, action)).content.decode()
    assert AgreedAction.objects.exists()
    as_leader.post(url("action_delete", team, action))

    assert not AgreedAction.objects.exists()


def test_the_next_round_asks_what_became_of_it_and_shows_the_change_beside(as_leader, team, round):
    action = AgreedActionFactory(team=team, round=round, statement="time-enough", what="Lista valmiiksi")
    later = published_round(2025, "autumn")
    unit = publish(later, {team: [[9] * SIZE] * 6})[team]

    html = as_leader.get(team.get_absolute_url()).content.decode()

    assert "Keväällä sovitte:" in html
    assert "Toteutuiko, auttoiko?" in html
    assert "Väittämän luku: noussut 4,0 keväästä." in html
    assert url("action_review", team, action) in html

    as_leader.post(url("action_review", team, action), {"happened": "yes", "helped": "somewhat"})
    html = as_leader.get(team.get_absolute_url()).content.decode()

    assert "Keväällä sovitte:" not in html
    assert "Tehty, auttoi vähän" in html
    assert "Tehty, auttoi vähän" in as_leader.get(unit.result_url).content.decode()


def test_the_round_in_which_it_was_agreed_does_not_ask_yet(as_leader, team, round):
    AgreedActionFactory(team=team, round=round)

    html = as_leader.get(team.get_absolute_url()).content.decode()

    assert "sovitte:" not in html
    assert "Nähdään seuraavalla kierroksella" in html


def test_looking_at_an_earlier_round_shows_nothing_agreed_later(as_leader, team, round):
    later = published_round(2025, "autumn")
    publish(later, {team: [[9] * SIZE] * 6})
    AgreedActionFactory(team=team, round=later, what="Myöhempi toimi")

    html = as_leader.get(f"{team.get_absolute_url()}?kierros={round.pk}").content.decode()

    assert "Myöhempi toimi" not in html


def test_looking_back_needs_both_words_unless_nothing_was_done(as_leader, leader, team, round):
    action = AgreedActionFactory(team=team, round=round)
    address = url("action_review", team, action)

    assert "Valitse, toteutuiko se." in as_leader.post(address, {}).content.decode()
    assert "Valitse, auttoiko se." in as_leader.post(address, {"happened": "yes"}).content.decode()
    assert as_leader.post(address, {"happened": "no", "helped": "yes"}).status_code == 302

    action.refresh_from_db()
    assert (action.happened, action.helped, action.reviewed_by) == ("no", "", leader)


def test_old_ones_are_folded_and_open_ones_stay_in_view(as_leader, team):
    first, second, third = (
        published_round(2024, "spring"),
        published_round(2024, "autumn"),
        published_round(2025, "spring"),
    )
    for round in (first, second, third):
        publish(round, {team: [[6] * SIZE] * 6})
    told = AgreedActionFactory(team=team, round=first, what="Vanha ja kerrottu")
    told.look_back("yes", "yes", by=None)
    AgreedActionFactory(team=team, round=first, what="Vanha ja kertomatta")
    AgreedActionFactory(team=team, round=second, what="Edellinen")

    html = as_leader.get(team.get_absolute_url()).content.decode()

    folded = html[html.index("1 aiemmin sovittu") :]
    assert "Vanha ja kerrottu" in folded
    assert "Vanha ja kertomatta" not in folded
    assert html.count("sovitte:") == 2


def test_nothing_can_be_agreed_before_there_is_a_result(as_leader, team):
    assert as_leader.get(url("action_create", team)).status_code == 404
