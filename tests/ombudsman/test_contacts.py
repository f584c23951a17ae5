"""Contacts are written down, found again, joined, mended and removed; what is counted of them stays right."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ombudsman.models import Case, Contact, Draft, Fact, Measure
from ombudsman.models.finding import terms_asked
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, MunicipalityFactory
from tests.ombudsman.factories import PERSON, as_portal, make_case, make_contact, make_message

pytestmark = pytest.mark.django_db
NEW = "/sosiaaliasiavastaava/asiat/yhteydenotot/uusi/"
TYPED = {
    "occurred_on": "2.3.2026", "municipality": "", "way": "phone", "who": "client", "language": "fi",
    "nature": "dissatisfaction", "task": "disability", "provider": "public", "reasons": ["decision", "waiting"],
    "measures": ["advice"], "state": "done", "note": "Odottaa päätöstä",
}  # fmt: skip


@pytest.fixture
def as_ombudsman(ombudsman):
    return signed_in(ombudsman)


def opened(contact):
    with as_portal():
        contact = Contact.objects.get(pk=contact.pk)
        return {name: getattr(contact, name) for name in ("values", "person", "note", "fact")}


def the_contact():
    return Contact.objects.get()


def standing():
    return list(Fact.objects.standing())


def test_six_fields_are_enough(as_ombudsman):
    answer = as_ombudsman.post(NEW, TYPED)

    assert answer["Location"] == the_contact().get_absolute_url()
    assert opened(the_contact())["note"] == "Odottaa päätöstä"
    fact = standing()[0]
    assert (fact.month, fact.task, fact.reasons) == (date(2026, 3, 1), "disability", ["decision", "waiting"])
    assert fact.is_client_counted


def test_what_is_missing_is_said_and_the_rest_is_kept(as_ombudsman):
    page = as_ombudsman.post(NEW, TYPED | {"nature": "", "task": ""}).content.decode()

    assert "Valitse" in page
    assert "Odottaa päätöstä" in page
    assert not Contact.objects.exists()


@pytest.mark.parametrize("field", ["note", "name", "service", "next_step", "municipality"])
@pytest.mark.parametrize("code", ["131052-308T", "010190A123B", "131052 -  308 T", "131052—308Tx"])
def test_a_personal_identity_code_is_refused_in_every_field(as_ombudsman, field, code):
    page = as_ombudsman.post(NEW, TYPED | {field: f"Asiakas {code} soitti"}).content.decode()

    assert "henkilötunnukselta" in page
    assert not Contact.objects.exists()


@pytest.mark.parametrize("words", ["131052 euroa", "päätös 12-2026", "040-1234567", "451352-308T"])
def test_other_numbers_are_no_personal_identity_codes(as_ombudsman, words):
    as_ombudsman.post(NEW, TYPED | {"note": words})

    assert Contact.objects.exists()


def test_the_beginning_of_a_municipality_is_enough_where_only_one_begins_so(as_ombudsman):
    MunicipalityFactory(code="109", name_fi="Hämeenlinna", sub_region__county=CountyFactory(kanta_hame=True))
    MunicipalityFactory(code="108", name_fi="Hämeenkyrö")

    unclear = as_ombudsman.post(NEW, TYPED | {"municipality": "häm"}).content.decode()
    as_ombudsman.post(NEW, TYPED | {"municipality": "hämeenl"})

    assert "Hämeenkyrö, Hämeenlinna" in unclear
    assert standing()[0].municipality_id == "109"
    assert standing()[0].county_id == "07"


def test_a_county_alone_is_counted_without_a_municipality(as_ombudsman):
    CountyFactory(kanta_hame=True)

    as_ombudsman.post(NEW, TYPED | {"municipality": "Kanta-Häme"})

    assert (standing()[0].county_id, standing()[0].municipality_id) == ("07", None)


def test_a_contact_that_goes_on_opens_a_matter_with_its_next_step(as_ombudsman):
    tomorrow = timezone.localdate() + timedelta(days=1)
    next_on = f"{tomorrow.day}.{tomorrow.month}.{tomorrow.year}"

    answer = as_ombudsman.post(NEW, TYPED | {"state": "open", "next_step": "Soita", "next_on": next_on})

    case = Case.objects.get()
    assert answer["Location"] == case.get_absolute_url()
    assert (case.number, case.next_on) == ("2026-1", tomorrow)
    assert the_contact().case == case


def test_the_second_call_of_the_same_caller_is_found_and_joined(as_ombudsman, ombudsman):
    case = make_case(by=ombudsman)

    asked = as_ombudsman.post(NEW, TYPED | {"phone": "+358401234567"})
    choice = f"contact:{case.contacts.get().pk}"
    assert choice in asked.content.decode()
    assert Contact.objects.count() == 1
    as_ombudsman.post(NEW, TYPED | {"phone": "+358401234567", "joins": choice})

    assert case.contacts.count() == 2
    assert [fact.is_client_counted for fact in Fact.objects.order_by("is_client_counted")] == [False, True]


def test_joining_a_single_earlier_contact_opens_a_matter_for_both(as_ombudsman, ombudsman):
    first = make_contact(by=ombudsman)

    as_ombudsman.post(NEW, TYPED | {"email": "AINO@example.org", "joins": f"contact:{first.pk}"})

    assert Case.objects.get().contacts.count() == 2


def test_another_matter_of_the_same_caller_stays_apart_and_the_client_is_counted_once(as_ombudsman, ombudsman):
    make_contact(by=ombudsman)

    as_ombudsman.post(NEW, TYPED | {"phone": "0401234567", "joins": "new"})

    assert Contact.objects.filter(case=None).count() == 2
    assert sum(fact.is_client_counted for fact in standing()) == 1


def test_the_same_client_is_counted_again_in_another_year():
    make_contact(occurred_on=date(2025, 5, 5))
    make_contact(occurred_on=date(2026, 5, 5))

    assert sum(fact.is_client_counted for fact in standing()) == 2


def test_a_consultation_of_staff_counts_no_client():
    make_contact(nature="consultation", person={})

    assert not standing()[0].is_client_counted


def test_a_closed_matter_that_goes_on_is_open_again(as_ombudsman, ombudsman):
    case = make_case(by=ombudsman)
    with as_portal():
        case.move_to("closed", by=ombudsman, outcome="settled")

    as_ombudsman.post(NEW, TYPED | {"number": case.number, "state": "open"})

    case.refresh_from_db(fields=["status", "closed_on"])
    assert (case.status, case.closed_on) == ("open", None)
    assert Case.objects.get().was_reopened


def test_a_correction_counts_anew_and_leaves_its_trace(as_ombudsman, ombudsman):
    contact = make_contact(by=ombudsman)
    before = Fact.objects.get()

    as_ombudsman.post(f"{contact.get_absolute_url()}muokkaa/", TYPED | {"task": "elderly", "name": PERSON["name"]})

    after = standing()[0]
    assert (after.task, after.corrects) == ("elderly", before)
    assert Fact.objects.count() == 2
    assert opened(contact)["fact"] == str(after.pk)


def test_mending_the_note_alone_changes_no_figure(as_ombudsman, ombudsman):
    contact = make_contact(by=ombudsman, minutes=None, reasons=["decision", "waiting"])

    as_ombudsman.post(f"{contact.get_absolute_url()}muokkaa/", TYPED | {"note": "Toisin sanoen"})

    assert Fact.objects.count() == 1
    assert opened(contact)["note"] == "Toisin sanoen"


def test_removing_keeps_the_figure_and_a_mistake_takes_it_back(as_ombudsman, ombudsman):
    kept, mistaken = make_contact(by=ombudsman), make_contact(by=ombudsman)

    as_ombudsman.post(f"{kept.get_absolute_url()}poista/")
    assert len(standing()) == 2
    as_ombudsman.post(f"{mistaken.get_absolute_url()}poista/", {"withdraw": "1"})

    assert not Contact.objects.exists()
    assert len(standing()) == 1
    assert Fact.objects.count() == 3


def test_a_draft_is_kept_while_typing_and_goes_when_the_contact_is_saved(as_ombudsman):
    save = reverse("ombudsman:draft_save")
    told = as_ombudsman.post(save, {"note": "Kesken jäi", "reasons": ["fee"]}, headers={"accept": "application/json"})
    key = told.json()["draft"]
    as_ombudsman.post(save, {"note": "Kesken jäi taas", "draft": key}, headers={"accept": "application/json"})

    page = as_ombudsman.get(f"{NEW}?luonnos={key}").content.decode()
    assert "Kesken jäi taas" in page
    as_ombudsman.post(NEW, TYPED | {"draft": key})

    assert not Draft.objects.exists()


def test_a_draft_with_a_personal_identity_code_is_not_kept(as_ombudsman):
    answer = as_ombudsman.post(reverse("ombudsman:draft_save"), {"note": "131052-308T"})

    assert "henkilötunn" in answer.content.decode()
    assert not Draft.objects.exists()


def test_a_contact_begins_with_a_message_and_answers_it(as_ombudsman):
    message, _receipt = make_message()
    page = as_ombudsman.get(f"{NEW}?viesti={message.pk}").content.decode()

    as_ombudsman.post(f"{NEW}?viesti={message.pk}", TYPED)

    assert "Miten valitan päätöksestä?" in page
    message.refresh_from_db(fields=["answered_at"])
    assert message.is_answered
    assert the_contact().message == message


def test_somebody_elses_draft_is_not_found(as_ombudsman, staff):
    with transaction.atomic(), as_portal():
        draft = Draft.objects.create(owner=staff, typed={"data": {}})

    assert as_ombudsman.get(f"{NEW}?luonnos={draft.pk}").status_code == 404
    assert as_ombudsman.get(f"{NEW}?luonnos=keksitty").status_code == 404


@pytest.mark.parametrize("words", ["040 1234567", "aino@example.org", "esimerkki aino", "2026-1"])
def test_the_search_finds_by_number_address_and_name(as_ombudsman, ombudsman, words):
    case = make_case(by=ombudsman)

    answer = as_ombudsman.post(reverse("ombudsman:search"), {"words": words}, follow=True)

    assert case.get_absolute_url() in answer.content.decode() or case.title in answer.content.decode()


def test_the_search_says_why_one_word_finds_nobody(as_ombudsman):
    page = as_ombudsman.post(reverse("ombudsman:search"), {"words": "Aino"}).content.decode()

    assert "etu- ja sukunimi" in page
    assert terms_asked("Aino") == []


def test_the_list_costs_as_many_queries_for_twenty_as_for_one(as_ombudsman, ombudsman, django_assert_num_queries):
    url = reverse("ombudsman:contacts")
    make_contact(by=ombudsman)
    as_ombudsman.get(url)
    with CaptureQueriesContext(connection) as one:
        as_ombudsman.get(url)
    for _ in range(19):
        make_contact(by=ombudsman)

    with django_assert_num_queries(len(one)):
        as_ombudsman.get(url)


def test_a_measure_between_contacts_is_counted_and_taken_back(as_ombudsman, ombudsman):
    case = make_case(by=ombudsman)
    url = f"{case.get_absolute_url()}toimenpide/"

    as_ombudsman.post(url, {"taken_on": "3.3.2026", "code": "negotiation", "note": "Sovittiin"})
    measure = Measure.objects.get()
    assert [fact.measures for fact in standing() if fact.kind == "measure"] == [["negotiation"]]
    as_ombudsman.post(f"{url}{measure.pk}/poista/")

    assert not [fact for fact in standing() if fact.kind == "measure"]


def test_a_next_step_opens_a_closed_matter_again(as_ombudsman, ombudsman):
    case = make_case(by=ombudsman)
    with as_portal():
        case.move_to("closed", by=ombudsman, outcome="settled")

    as_ombudsman.post(NEW, TYPED | {"number": case.number, "next_step": "Soita", "next_on": "1.12.2030"})

    assert Case.objects.get().status == "open"


def test_a_client_is_counted_though_staff_asked_first_in_the_matter(ombudsman):
    case = make_case(by=ombudsman, contact=make_contact(by=ombudsman, nature="consultation", person={}))

    make_contact(by=ombudsman, case=case, person={})

    assert sum(fact.is_client_counted for fact in standing()) == 1


def test_mending_a_later_contact_does_not_count_the_client_again(as_ombudsman, ombudsman):
    first, second = make_contact(by=ombudsman), make_contact(by=ombudsman)
    as_ombudsman.post(f"{first.get_absolute_url()}poista/")

    as_ombudsman.post(f"{second.get_absolute_url()}muokkaa/", TYPED | {"note": "Korjattu", "name": PERSON["name"]})

    assert sum(fact.is_client_counted for fact in standing()) == 1
