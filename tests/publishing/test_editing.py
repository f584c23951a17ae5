"""Two people who edit one thing at once."""

import pytest
from django.http import QueryDict

from networks.forms import BasicsForm, FactsForm, PhaseForm, PurposeForm
from networks.models import Network
from tests.directory.factories import PersonFactory
from tests.networks.factories import NetworkFactory, PhaseFactory

pytestmark = pytest.mark.django_db


def seen_by(form_class, network):
    """What the form of somebody who opened the page now would send unchanged."""
    return form_class(instance=Network.objects.get(pk=network.pk)).initial["seen"]


def test_a_form_nobody_disturbed_is_saved():
    network = NetworkFactory(purpose="Vanha")
    seen = seen_by(PurposeForm, network)

    form = PurposeForm({"purpose": "Uusi", "seen": seen}, instance=network)

    assert form.is_valid()
    form.save()
    assert Network.objects.get().purpose == "Uusi"


def test_the_second_editor_is_told_and_sees_what_is_stored():
    network = NetworkFactory(purpose="Vanha")
    seen = seen_by(PurposeForm, network)
    Network.objects.update(purpose="Toisen")
    network.refresh_from_db()

    form = PurposeForm({"purpose": "Minun", "seen": seen}, instance=network)

    assert not form.is_valid()
    assert form.conflicts == [(form.fields["purpose"].label, "Toisen")]
    assert form["purpose"].value() == "Minun"


def test_saving_again_is_a_decision():
    network = NetworkFactory(purpose="Vanha")
    seen = seen_by(PurposeForm, network)
    Network.objects.update(purpose="Toisen")
    first = PurposeForm({"purpose": "Minun", "seen": seen}, instance=Network.objects.get())
    first.is_valid()

    again = PurposeForm({"purpose": "Minun", "seen": first["seen"].value()}, instance=Network.objects.get())

    assert again.is_valid()


def test_another_section_disturbs_nobody():
    network = NetworkFactory()
    seen = seen_by(PurposeForm, network)
    Network.objects.update(rhythm="joka viikko")

    form = PurposeForm({"purpose": "Minun", "seen": seen}, instance=Network.objects.get())

    assert form.is_valid()


def test_conflicts_are_told_in_words(counties):
    network = NetworkFactory(counties=[counties["Pirkanmaa"]], audience=["families"])
    data = {"name": network.name, "kind": "forum", "scope": "county", "counties": ["06"], "audience": ["adults"],
            "convened_by_us": "False", "seen": "vanha"}  # fmt: skip

    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])

    form = BasicsForm(query, instance=network)
    form.is_valid()

    told = {str(label): words for label, words in form.conflicts}
    assert told["Hyvinvointialueet"] == "Pirkanmaa"
    assert told["Kenelle"] == "lapsiperheiden palvelut"
    assert told["Laji"] == "verkosto"
    assert "kutsumme koolle" in told.values()


def test_a_person_is_told_by_name_and_not_by_number():
    person = PersonFactory(of_the_house=True)
    network = NetworkFactory(coordinator=person)

    form = FactsForm({"coordinator": "", "seen": "vanha"}, instance=network)
    form.is_valid()

    assert [words for _label, words in form.conflicts] == [person.name]


def test_a_rule_over_what_is_not_on_the_form_gets_a_sentence_and_no_error_page():
    phase = NetworkFactory().phases.get()
    other = PhaseFactory(network=phase.network, on=phase.on, status="paused")

    form = PhaseForm({"on": "1.1.2022", "precision": "day", "status": phase.status}, instance=other)

    assert not form.is_valid()
    assert form.non_field_errors()
