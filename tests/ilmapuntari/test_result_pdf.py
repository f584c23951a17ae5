"""The result on two pages: tagged, in three languages, and nothing that users write is ever code."""

import json
import re
import zlib

import pytest
from django.urls import reverse
from django.utils.translation import override

from ilmapuntari import published
from ilmapuntari.models import AgreedAction, UnitResult
from ilmapuntari.result_pdf import result_data, result_document
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, OrganisationFactory
from tests.ilmapuntari.factories import AgreedActionFactory, LeadFactory, TeamFactory, unit_of
from tests.ilmapuntari.results import people, publish, published_round

pytestmark = pytest.mark.django_db

MEANS = [3 + number % 6 for number in range(28)]
NASTY = [
    "#panic()",
    '#read("/etc/passwd")',
    "*x* _y_ `z` $1/2$ @ref <label> = otsikko",
    '"; #let a = 1',
    "\\u{1f389} // /* */ [ ] { }",
    "Tiimi 🎉👩‍👩‍👧 漢字",
    "a\u0007b\ud83cc",
    "1\ufe0f\u20e3 漢\u0301 👍🏽 \u202e",
    "&amp; <script>alert(1)</script>",
]


@pytest.fixture
def team():
    organisation, county = OrganisationFactory(name="Lounaisrannan perhepalvelut"), CountyFactory()
    return TeamFactory(name="Kaislarannan tiimi", organisation=organisation, county=county)


@pytest.fixture
def round(team):
    round = published_round(2026, "spring")
    before = published_round(2025, "autumn")
    others = [TeamFactory(organisation=team.organisation, county=team.county) for _number in range(4)]
    for one, seed in ((before, 1), (round, 2)):
        publish(one, {item: people(MEANS, 9, seed=seed + item.pk) for item in (team, *others)})
    return round


def of(team):
    """The result and what was agreed."""
    result = published.team_result(team)
    return result, published.AgreedActions(result, AgreedAction.objects.filter(team=team).for_result())


def pages_of(document):
    """How many pages there are, wherever the document keeps its objects."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.S)
    text = document + b"".join(unpacked(part) for part in packed)
    return len(re.findall(rb"/Type\s*/Page(?![s\w])", text))


def unpacked(part):
    try:
        return zlib.decompress(part)
    except zlib.error:
        return b""


def all_text(data):
    if isinstance(data, dict):
        return " ".join(map(all_text, data.values()))
    if isinstance(data, list):
        return " ".join(map(all_text, data))
    return data if isinstance(data, str) else ""


# The document


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_result_is_a_tagged_document_of_two_pages(team, round, language):
    AgreedActionFactory(team=team, round=round)

    with override(language):
        document = result_document(*of(team))

    assert document.startswith(b"%PDF-")
    assert pages_of(document) == 2
    for mark in (b"/StructTreeRoot", b"/MarkInfo", b"/Marked true", b"/DisplayDocTitle true"):
        assert mark in document
    assert f"/Lang({language})".encode() in document.replace(b"/Lang (", b"/Lang(")
    assert b"pdfuaid:part" in document or b"pdfuaid" in document


def test_the_same_result_is_the_same_document(team, round):
    assert result_document(*of(team)) == result_document(*of(team))


def test_nothing_is_fetched_and_no_font_is_taken_from_the_machine(team, round):
    document = result_document(*of(team))

    fonts = {name.rpartition(b"+")[2] for name in re.findall(rb"/BaseFont\s*/([\w+-]+)", document)}
    assert fonts
    assert all(name.startswith(b"LibertinusSerif") for name in fonts)


def test_every_statement_and_every_theme_stands_in_it(team, round):
    data = result_data(*of(team))

    assert len(data["themes"]["rows"]) == 8
    assert sum(len(theme["rows"]) for theme in data["statements"]["themes"]) == 28
    assert [len(group["figures"]) for group in data["glance"]["groups"]] == [3, 3]
    assert data["questions"]["questions"]


def test_every_light_has_its_word(team, round):
    data = result_data(*of(team))
    rows = [*data["themes"]["rows"], *(row for theme in data["statements"]["themes"] for row in theme["rows"])]

    assert all(row["words"] for row in rows)
    assert all(row["state"] in ("good", "mid", "bad", "") for row in rows)


# What users write


@pytest.mark.parametrize("text", NASTY)
def test_what_users_write_is_text_and_never_code(team, round, text):
    team.name = text
    action = AgreedActionFactory.build(team=team, round=round, what=text, who=text)
    result = published.team_result(team)
    result.team.name = text

    document = result_document(result, published.AgreedActions(result, [action]))

    assert document.startswith(b"%PDF-")


def test_the_longest_names_wrap(team, round):
    team.name = "Sosiaalityöntekijöidenperhepalvelutiimi" * 3
    action = AgreedActionFactory.build(team=team, round=round, what="o" * 200, who="x" * 100)
    result = published.team_result(team)

    document = result_document(result, published.AgreedActions(result, [action] * 3))

    assert pages_of(document) <= 3


# Teams without figures


@pytest.mark.parametrize(("count", "invited"), [(4, 9), (3, 3)])
def test_a_team_without_figures_gets_a_sheet_for_discussion(team, round, count, invited):
    latest = published_round(2026, "autumn")
    if invited > 4:
        publish(latest, {team: people(MEANS, count)}, invited=invited)
    else:
        UnitResult.objects.create(unit=unit_of(latest, team, invited=invited), band="too_few")

    data = result_data(*of(team))
    document = result_document(*of(team))

    assert data["glance"] is None
    assert data["statements"] is None
    assert data["questions"]["questions"]
    assert pages_of(document) == 1
    own = {key: data[key] for key in ("name", "instead", "themes")}
    assert str(count) not in re.findall(r"\d+", all_text(own))


def test_it_reads_the_level_instead_where_there_is_one(team, round):
    UnitResult.objects.filter(unit__round=round, unit__teams=team).update(band="too_few", figures=None, comparable=None)

    data = result_data(*of(team))

    assert data["themes"]["heading"].endswith(team.organisation.name)
    assert len(data["themes"]["rows"]) == 8


# No more exact than the page


def test_no_exact_figure_of_a_team_under_ten_stands_in_it(team, round):
    result, agreed = of(team)
    data = result_data(result, agreed)

    assert result.band == "some"
    rows = [*data["themes"]["rows"], *(row for theme in data["statements"]["themes"] for row in theme["rows"])]
    means = [row["cells"][0] for row in rows if row["state"]]
    means += [figure["mean"] for group in data["glance"]["groups"] for figure in group["figures"]]
    assert len(means) > 30
    assert all(re.fullmatch(r"[1-8],[05]|9,0", mean) for mean in means)
    assert "9 vastausta" not in json.dumps(data, ensure_ascii=False).replace("8–9 vastausta", "")


# By address


def test_the_leader_takes_it_home(team, round):
    url = reverse("ilmapuntari:team_pdf", kwargs={"slug": team.slug})

    response = signed_in(LeadFactory(team=team).user).get(url)

    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert response.content.startswith(b"%PDF-")
    assert signed_in(LeadFactory().user).get(url).status_code == 404


def test_a_member_takes_it_home_by_the_link(client, team, round):
    unit = team.units.get(round=round)

    response = client.get(reverse("ilmapuntari:result_pdf", kwargs={"secret": unit.result_secret}))

    assert response["Content-Type"] == "application/pdf"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert client.get(reverse("ilmapuntari:result_pdf", kwargs={"secret": "arvattu"})).status_code == 404
