"""Versions of the questionnaire: drafted, changed, looked at, published, compared."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from ilmapuntari import sealed_box, statistics
from ilmapuntari.instruments.loading import load_first
from ilmapuntari.models import Instrument, ReportingUnit, Statement
from ilmapuntari.models.instrument import MOST_STATEMENTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    load_first()
    return Instrument.objects.draft_from()


def to(name, **kwargs):
    return reverse(f"ilmapuntari:{name}", kwargs=kwargs)


def data_of(page):
    """What a browser would send of the form as it stands."""
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {
        name: form.fields[name].prepare_value(value)
        for name, value in data.items()
        if value is not None and value is not False
    }


def texts(draft):
    return [statement.text_fi for statement in draft.statements]


def test_a_draft_holds_everything_of_the_newest_version_and_there_is_one(coordinator):
    first = load_first()

    draft = Instrument.objects.draft_from(by=coordinator)
    again = Instrument.objects.draft_from(by=coordinator)

    assert again == draft
    assert draft.number == 2
    assert texts(draft) == texts(first)
    assert [s.identity for s in draft.statements] == [s.identity for s in first.statements]
    assert draft.missing == []


def test_what_is_missing_is_said_in_whole_sentences(draft):
    statement = draft.statements.first()
    statement.text_sv, statement.bad_en = "", ""
    statement.save()
    theme = draft.add_theme(name_fi="Uusi teema")
    Statement.objects.filter(theme=draft.themes.last()).delete()

    with override("en"):
        sentences = [str(sentence) for sentence in draft.missing]

    assert sentences == [
        f"The theme “{theme.name_fi}” lacks a language.",
        f"The theme “{theme.name_fi}” has no statements.",
        f"The statement “{statement.text_fi}” lacks a language.",
        f"The statement “{statement.text_fi}” lacks a question for discussion in some language.",
    ]


def test_a_better_wording_keeps_the_identity_and_another_meaning_changes_it(as_coordinator, draft):
    one, two = draft.statements[:2]
    identities = one.identity, two.identity

    for statement, more in ((one, {}), (two, {"new_meaning": "on"})):
        url = to("statement_edit", pk=statement.pk)
        data = data_of(as_coordinator.get(url))
        as_coordinator.post(url, data | {"text_fi": f"Paremmin sanottu {statement.pk}."} | more)
        statement.refresh_from_db()

    assert one.identity == identities[0]
    assert two.identity != identities[1]
    assert not Statement.objects.filter(identity=two.identity).exclude(pk=two.pk).exists()
    assert two.text_fi == f"Paremmin sanottu {two.pk}."


def test_an_identity_is_never_used_again(draft):
    statement = draft.statements.first()
    same = {"text_fi": "Sama", "text_en": statement.identity.replace("-", " ")}

    added = statement.theme.add_statement(**same)
    again = statement.theme.add_statement(**same)

    assert len({statement.identity, added.identity, again.identity}) == 3


def test_statements_are_added_moved_and_removed(as_coordinator, draft):
    theme = draft.themes.first()
    before = texts(draft)
    form = as_coordinator.get(to("statement_add", number=2) + f"?teema={theme.pk}")
    new = data_of(form) | {f"text_{code}": f"Uusi {code}" for code in ("fi", "sv", "en")}

    as_coordinator.post(to("statement_add", number=2), new | {"theme": theme.pk})
    added = Statement.objects.get(text_fi="Uusi fi")
    at_end = texts(draft).index("Uusi fi")
    as_coordinator.post(to("statement_move", pk=added.pk), {"suunta": "ylos"})
    moved = texts(draft).index("Uusi fi")
    as_coordinator.get(to("statement_remove", pk=added.pk))
    as_coordinator.post(to("statement_remove", pk=added.pk))

    assert (at_end, moved) == (theme.statements.count(), theme.statements.count() - 1)
    assert texts(draft) == before


def test_a_statement_moves_over_the_edge_into_the_next_theme_and_back(draft):
    first, second = draft.themes.all()[:2]
    before = texts(draft)
    last = first.statements.last()

    last.move(1)
    there, order = Statement.objects.get(pk=last.pk), texts(draft)
    theme_there = there.theme
    there.move(-1)

    assert theme_there == second
    assert order == before
    assert Statement.objects.get(pk=last.pk).theme == first
    assert texts(draft) == before
    assert not draft.statements.first().move(-1)


def test_themes_are_added_moved_renamed_and_removed(as_coordinator, draft):
    names = [theme.name_fi for theme in draft.themes.all()]

    as_coordinator.post(to("theme_add", number=2), {"name_fi": "Uusi", "name_sv": "Ny", "name_en": "New"})
    theme = draft.themes.get(name_fi="Uusi")
    as_coordinator.post(to("theme_move", pk=theme.pk), {"suunta": "ylos"})
    moved = [each.name_fi for each in draft.themes.all()]
    as_coordinator.post(to("theme_edit", pk=theme.pk), {"name_fi": "Toinen", "name_sv": "Ny", "name_en": "New"})
    renamed = draft.themes.get(pk=theme.pk).name_fi
    as_coordinator.post(to("theme_remove", pk=draft.themes.first().pk))
    as_coordinator.post(to("theme_remove", pk=theme.pk))

    assert moved == [*names[:-1], "Uusi", names[-1]]
    assert renamed == "Toinen"
    assert [each.name_fi for each in draft.themes.all()] == names


def test_limits_are_typed_with_a_comma_and_green_begins_above_yellow(as_coordinator, draft):
    url = to("instrument_edit", number=2)
    data = data_of(as_coordinator.get(url))

    wrong = as_coordinator.post(url, data | {"good_from": "4,5"})
    as_coordinator.post(url, data | {"good_from": "7,5", "fair_from": "5.5"})

    draft.refresh_from_db()
    assert data["good_from"] == "7,0"
    assert "good_from" in wrong.context["form"].errors
    assert (draft.good_from, draft.fair_from) == (75, 55)


def test_a_statement_may_have_limits_of_its_own_both_or_none(as_coordinator, draft):
    statement = draft.statements.first()
    url = to("statement_edit", pk=statement.pk)
    data = data_of(as_coordinator.get(url))

    one = as_coordinator.post(url, data | {"good_from": "8"})
    as_coordinator.post(url, data | {"good_from": "8", "fair_from": "6,5"})

    statement.refresh_from_db()
    assert "fair_from" in one.context["form"].errors
    assert statement.limits == (80, 65)


def test_a_draft_is_published_when_nothing_is_missing_and_then_nothing_changes(as_coordinator, draft):
    statement = draft.statements.first()
    Statement.objects.filter(pk=statement.pk).update(text_en="")
    as_coordinator.post(to("instrument_publish", number=2))
    not_yet = Instrument.objects.get(number=2).published_at
    Statement.objects.filter(pk=statement.pk).update(text_en="In English.")

    as_coordinator.post(to("instrument_publish", number=2))

    assert not_yet is None
    assert Instrument.objects.current().number == 2
    for name, kwargs in (
        ("instrument_edit", {"number": 2}),
        ("statement_add", {"number": 2}),
        ("statement_edit", {"pk": statement.pk}),
        ("theme_edit", {"pk": statement.theme_id}),
        ("instrument_publish", {"number": 2}),
        ("statement_move", {"pk": statement.pk}),
    ):
        assert as_coordinator.post(to(name, **kwargs)).status_code == 404, name


def test_the_preview_shows_the_draft_and_sends_nothing(as_coordinator, draft):
    Statement.objects.filter(pk=draft.statements.first().pk).update(text_fi="Vain luonnoksessa.")

    page = as_coordinator.get(to("instrument_preview", number=2)).content.decode()

    assert "Vain luonnoksessa." in page


def test_the_comparison_tells_which_statements_the_versions_share(as_coordinator, draft):
    statements = list(draft.statements)
    statements[0].change_identity()
    statements[1].delete()
    versions = list(Instrument.objects.for_list())

    kept = {statement.identity: places for statement, places in statistics.kept_identities(versions)}

    assert kept[statements[0].identity] == [1, None]
    assert kept[statements[1].identity] == [None, 2]
    assert kept[statements[2].identity] == [2, 3]
    assert as_coordinator.get(to("instruments")).status_code == 200


def test_as_many_statements_as_may_be_still_fit_on_a_page_of_the_database():
    hashes = [number.to_bytes(16, "big") for number in range(sealed_box.LARGEST_UNIT)]
    box = sealed_box.Box.empty(hashes, MOST_STATEMENTS)

    sealed = box.seal(bytes(32), ReportingUnit().pk)

    assert len(sealed) < 8000


def test_no_more_statements_than_fit(as_coordinator, draft):
    theme = draft.themes.first()
    while not draft.is_full:
        theme.add_statement(text_fi="Lisää")

    response = as_coordinator.get(to("statement_add", number=2))

    assert response.status_code == 302
    assert draft.statements.count() == MOST_STATEMENTS


def test_the_page_of_a_version_costs_the_same_whatever_its_length(as_coordinator, draft):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert as_coordinator.get(to("instrument", number=2)).status_code == 200
        return len(queries)

    cost()
    full = cost()
    Statement.objects.filter(theme__in=draft.themes.all()[1:]).delete()

    assert cost() == full
    assert full <= 12


def test_the_director_looks_and_changes_nothing(as_director, draft):
    assert as_director.get(to("instrument", number=2)).status_code == 200
    assert as_director.get(to("instruments")).status_code == 200
    assert as_director.post(to("instrument_draft")).status_code == 404
    assert as_director.get(to("statement_edit", pk=draft.statements.first().pk)).status_code == 404


def test_what_is_typed_is_checked_by_the_model_too(draft):
    draft.good_from = 40

    with pytest.raises(ValidationError):
        draft.full_clean()
