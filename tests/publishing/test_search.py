"""Finding words in Finnish."""

import pytest

from networks.models import Network
from publishing.search import mark_words, marked, words_of
from tests.networks.factories import NetworkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def networks():
    NetworkFactory(name="Kriisityön kehittämisverkosto", purpose="Kriisitilanteissa tarvitaan yhteistyötä.")
    NetworkFactory(name="Lastensuojelun perhehoito", background="<p>Sijoitettujen lasten <b>asioissa</b></p>")
    NetworkFactory(name="Aikuissosiaalityön foorumi", participants="Hämeenlinnan kaupunki")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kriisityö", "Kriisityön kehittämisverkosto"),
        ("kriisityössä", "Kriisityön kehittämisverkosto"),
        ("KRIISITYÖN", "Kriisityön kehittämisverkosto"),
        ("kriisytyö", "Kriisityön kehittämisverkosto"),
        ("kehittämis", "Kriisityön kehittämisverkosto"),
        ("tilanteissa kriisi", None),
        ("sosiaalityö", "Aikuissosiaalityön foorumi"),
        ("perhehoidon", "Lastensuojelun perhehoito"),
        ("sijoitettu", "Lastensuojelun perhehoito"),
        ("hämeenlinna", "Aikuissosiaalityön foorumi"),
        ("lastensuojeln", "Lastensuojelun perhehoito"),
        ("avaruus", None),
        ("<script>", None),
    ],
)
def test_a_word_is_found_in_its_forms(networks, text, found):
    names = list(Network.objects.search(text).values_list("name", flat=True))

    assert names == ([found] if found else [])


@pytest.mark.parametrize(
    "text", ["'", "&|!():*", "a:*", "\\", "%_", "--", "'; DROP TABLE", "\u0000", "<->", "ä" * 500, "a " * 500, "", " "]
)
def test_signs_that_mean_something_to_the_database_are_only_signs(networks, text):
    count = Network.objects.search(text).count()

    assert count <= 3


def test_the_best_hit_comes_first():
    NetworkFactory(name="Muu", purpose="Tässä mainitaan asumisneuvonta kerran.")
    best = NetworkFactory(name="Asumisneuvonta")

    first = Network.objects.search("asumisneuvonta").order_by("-rank").first()

    assert first == best


def test_hits_are_marked_and_all_else_is_escaped():
    shown = mark_words("<b>Kriisityö</b>", "kriisi")

    assert shown == "&lt;b&gt;<mark>Kriisi</mark>työ&lt;/b&gt;"
    assert marked("<script>") == "&lt;script&gt;"


def test_at_most_eight_words_are_looked_for():
    assert len(words_of("a " * 100)) == 8
