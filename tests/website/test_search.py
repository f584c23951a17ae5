"""The search: what is found, by whom, by which words, and what hostile words do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import County
from publishing.search import mark_words, other_grades, words_of
from tests.directory.factories import MunicipalityFactory, PersonFactory
from tests.events.factories import EventFactory, SeriesFactory
from tests.networks.factories import MeetingFactory, NetworkFactory
from tests.projects.factories import OutputFactory, ProjectFactory
from website.searching import KINDS, SHOWN

pytestmark = pytest.mark.django_db

CANARY = "kanarialintu"


def search(client, words, **data):
    return client.get(reverse("website:search"), {"q": words, **data})


def found(client, words):
    """The records found, of all kinds, in the order shown."""
    return [hit.record for group in search(client, words).context["found"].groups for hit in group.hits]


def names(client, words):
    return [str(getattr(record, "title", "") or record) for record in found(client, words)]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("kriisityö", "Kriisityön verkosto"),
        ("kriisytyö", "Kriisityön verkosto"),
        ("KRIISITYÖN", "Kriisityön verkosto"),
        ("sosiaalityö", "Aikuissosiaalityön verkosto"),
        ("aikuissosiaali", "Aikuissosiaalityön verkosto"),
        ("perhehoito", "Perhehoidon foorumi"),
        ("perhehoidon", "Perhehoidon foorumi"),
        ("foorumi perhehoito", "Perhehoidon foorumi"),
        ("lastensuojeln", "Lastensuojelun kehittäjäryhmä"),
        ("lapset ja", "Lasten ja nuorten ryhmä"),
    ],
)
def test_inflected_compound_and_misspelt_words_find(client, words, name):
    NetworkFactory(name=name, summary="Lapset ensin" if name.startswith("Lasten ja") else "")
    NetworkFactory(name="Muistio ja muu")

    assert names(client, words) == [name]


def test_a_word_of_the_text_is_found_in_another_grade(client):
    network = NetworkFactory(purpose="Kehitämme perhehoitoa kunnissa.")

    assert found(client, "perhehoidon") == [network]


def test_every_kind_is_found_and_grouped(client, counties):
    NetworkFactory(name="Porin verkosto")
    MeetingFactory(title="Porin kokous")
    PersonFactory(of_the_house=True, family_name="Pori")
    EventFactory(title="Porin webinaari", series=SeriesFactory(name="Porin sarja"))
    OutputFactory(title="Porin malli", project=ProjectFactory(name="Porin hanke"))
    MunicipalityFactory(name_fi="Pori")
    County.objects.filter(pk="06").update(themes="Pori ja Rauma")

    response = search(client, "pori")

    groups = response.context["found"].groups
    assert [group.kind.code for group in groups] == [kind.code for kind in KINDS]
    assert all(group.count == 1 for group in groups)
    assert response.status_code == 200


def test_an_exact_hit_stands_before_what_is_alike(client):
    NetworkFactory(name="Kriisitilanteiden foorumi")
    NetworkFactory(name="Kriisityön verkosto")

    assert names(client, "kriisityö") == ["Kriisityön verkosto"]


def test_a_name_stands_before_a_mention(client):
    mention = NetworkFactory(name="Toinen", purpose="Puhumme kriisityöstä ja kriisityön tuesta.")
    named = NetworkFactory(name="Kriisityön verkosto")

    assert found(client, "kriisityö") == [named, mention]


def test_drafts_are_found_by_staff_only_and_marked(client, as_member, as_staff):
    draft = NetworkFactory(name=f"Verkosto {CANARY}", draft=True)
    MeetingFactory(network=draft, title=f"Kokous {CANARY}", agenda=f"<p>{CANARY}</p>")

    for reader in (client, as_member):
        assert found(reader, CANARY) == []
        assert draft.slug not in search(reader, CANARY).content.decode()
        assert draft.slug not in search(reader, CANARY, laji="kokoukset").content.decode()
    assert len(found(as_staff, CANARY)) == 2
    assert search(as_staff, CANARY).content.decode().count("status-missing") == 2


def test_a_draft_is_not_suggested_either(client):
    NetworkFactory(name="Kanarialintujen verkosto", draft=True)

    assert search(client, "kanarixx").context["found"].suggestions == []


def test_the_remote_link_and_the_inside_are_not_found(client):
    MeetingFactory(remote_link=f"https://{CANARY}.example.org/")

    assert found(client, CANARY) == []


def test_people_are_found_only_as_contacts(client, as_staff):
    PersonFactory(family_name="Kanarialintu")
    PersonFactory(family_name="Kanarialintu", of_the_house=True, is_listed=False)
    listed = PersonFactory(given_name="Toini", family_name="Kanarialintu", of_the_house=True)

    assert found(client, CANARY) == [listed]
    assert found(as_staff, CANARY) == [listed]
    assert found(client, "toini kanarialintu") == [listed]


def test_counties_elsewhere_are_not_found(client, counties):
    County.objects.create(code="99", name_fi="Kaukamaan alue", name_sv="Fjärran", short_name="Kaukamaa", slug="k")

    assert found(client, "kaukamaa") == []


def test_hits_are_marked_and_everything_else_is_escaped(client):
    NetworkFactory(name="Kriisityö & <b>tuki</b>", background="<p>Tuki &amp; kriisityö &lt;script&gt; joka päivä</p>")

    text = search(client, "kriisityö").content.decode()

    assert "<mark>Kriisityö</mark> &amp; &lt;b&gt;tuki&lt;/b&gt;" in text
    assert "Tuki &amp; <mark>kriisityö</mark> &lt;script&gt;" in text


def test_a_kind_shows_six_and_leads_to_all_of_them(client):
    for number in range(SHOWN + 1):
        NetworkFactory(name=f"Kriisityön verkosto {number}")

    few, every = search(client, "kriisityö"), search(client, "kriisityö", laji="verkostot")

    group = few.context["found"].groups[0]
    assert (len(group.hits), group.count, group.has_more) == (SHOWN, SHOWN + 1, True)
    assert "laji=verkostot" in few.content.decode()
    assert len(every.context["hits"]) == SHOWN + 1


def test_all_of_one_kind_comes_forty_a_page(client):
    for number in range(42):
        NetworkFactory(name=f"Kriisityön verkosto {number}")

    assert len(search(client, "kriisityö", laji="verkostot").context["hits"]) == 40
    assert len(search(client, "kriisityö", laji="verkostot", page="2").context["hits"]) == 2


def test_nothing_found_suggests_the_nearest_names(client, counties):
    NetworkFactory(name="Työikäisten verkosto")

    response = search(client, "työikqwerz")

    assert response.context["found"].groups == []
    assert response.context["found"].suggestions == ["Työikäisten verkosto"]


def test_without_words_there_are_hints(client):
    response = client.get(reverse("website:search"))

    assert response.status_code == 200
    assert 'id="hints"' in response.content.decode()


HOSTILE = [
    "%", "_", "'", '"', "\\", "';--", "a & | ! ( ) : * <->", "x" * 5000, "x " * 2500, "\u00e4" * 5000, "😀", "ja",
    "ja että on", "<script>alert(1)</script>", "²", "\u200b", "\ue000", "%00", "..", "%s %(x)s {}", "{{ 7 }}",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", ["", "verkostot", "kokoukset", "henkilot", "alueet", "kunnat", "nonsense"])
def test_hostile_words_get_a_page(client, counties, words, kind):
    NetworkFactory(name="Kriisityön verkosto 100% <b>")

    response = search(client, words, laji=kind, page="-1")

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_nul_and_broken_text_are_refused(client):
    assert client.get("/haku/?q=a%00b").status_code == 400
    assert client.get("/haku/?q=%ff%fe").status_code == 200


def test_words_that_say_nothing_find_nothing(client):
    NetworkFactory(name="Jaetun työn verkosto")

    assert found(client, "ja että on") == []


def test_the_search_costs_the_same_for_one_and_for_twenty(as_staff, counties):
    def rows(number):
        NetworkFactory(name=f"Porin verkosto {number}", counties=counties.values())
        MeetingFactory(title=f"Porin kokous {number}")
        PersonFactory(of_the_house=True, family_name="Pori")
        MunicipalityFactory(name_fi="Pori")

    def queries(**data):
        with CaptureQueriesContext(connection) as captured:
            assert search(as_staff, "pori", **data).status_code == 200
        return len(captured)

    rows(0)
    one = [queries(), *(queries(laji=kind.code) for kind in KINDS)]
    for number in range(1, 20):
        rows(number)
    twenty = [queries(), *(queries(laji=kind.code) for kind in KINDS)]

    assert one == twenty
    assert max(one) <= 14


def test_finding_nothing_costs_at_most_fourteen_queries(as_staff, counties, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        search(as_staff, "qwertyxz")


def test_words_are_few_short_and_without_signs():
    assert words_of("Kriisi-TYÖ_ja & 'tuki' \x00") == ["kriisi", "työ", "ja", "tuki"]
    assert len(words_of("a " * 100)) == 8
    assert len(words_of("x" * 5000)[0]) == 60


@pytest.mark.parametrize(
    ("word", "other"),
    [("perhehoito", "perhehoid"), ("perhehoidon", "perhehoit"), ("kunta", "kunn"), ("kaupunki", "kaupung")],
)
def test_the_other_grade_of_a_word_is_known(word, other):
    assert other in other_grades(word)


@pytest.mark.parametrize("word", ["työ", "verkosto", "x", "123456", "hanke2"])
def test_a_word_without_grades_has_none(word):
    assert other_grades(word) == []


def test_marks_stand_inside_compounds_and_on_words_alike():
    assert mark_words("Aikuissosiaalityön verkosto", "sosiaalityö") == "Aikuis<mark>sosiaalityö</mark>n verkosto"
    assert mark_words("Kriisityön verkosto", "kriisytyö") == "<mark>Kriisityön</mark> verkosto"
    assert mark_words("A & B", "") == "A &amp; B"
