from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from directory.models import Organisation, Person
from tests.accounts.factories import UserFactory
from tests.conftest import signed_in
from tests.directory.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def at(name, pk=None, **kwargs):
    return reverse(f"directory:{name}", kwargs={**kwargs, **({"pk": pk} if pk else {})})


def queries_of(client, address, assert_at_most):
    with assert_at_most(12) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# The public contact page


def test_the_contact_page_names_the_staff_in_finnish_order(client, counties):
    aalto = PersonFactory(family_name="Aalto", of_the_house=True, phone="040 123 4567", asks="aikuissosiaalityö")
    aalto.counties.add(counties["Satakunta"])
    PersonFactory(family_name="Öhman", of_the_house=True)
    PersonFactory(family_name="Åberg", of_the_house=True)
    PersonFactory(family_name="Piilossa", of_the_house=True, is_listed=False)
    PersonFactory(family_name="Vieras", is_listed=True)

    page = client.get(at("contacts")).content.decode()

    assert page.index("Aino Aalto") < page.index("Aino Åberg") < page.index("Aino Öhman")
    assert 'href="tel:+358401234567"' in page
    assert f'href="mailto:{aalto.email}"' in page
    assert "aikuissosiaalityö" in page
    assert "county-06" in page
    assert "Piilossa" not in page
    assert "Vieras" not in page
    assert at("person", aalto.pk) not in page


def test_the_contact_page_can_be_limited_to_a_county(client, counties):
    PersonFactory(family_name="Satakuntalainen", of_the_house=True).counties.add(counties["Satakunta"])
    PersonFactory(family_name="Hämäläinen", of_the_house=True).counties.add(counties["Kanta-Häme"])
    PersonFactory(family_name="Kaikkien", of_the_house=True)

    page = client.get(at("contacts"), {"alue": "satakunta"}).content.decode()

    assert "Satakuntalainen" in page
    assert "Kaikkien" in page
    assert "Hämäläinen" not in page
    assert "Hämäläinen" in client.get(at("contacts"), {"alue": "olematon"}).content.decode()


def test_an_empty_contact_page_is_a_page(client):
    assert client.get(at("contacts")).status_code == 200


def test_the_contact_page_costs_the_same_for_twenty(client, counties, django_assert_max_num_queries):
    PersonFactory(of_the_house=True).counties.add(counties["Satakunta"])
    one = queries_of(client, at("contacts"), django_assert_max_num_queries)
    for _ in range(19):
        PersonFactory(of_the_house=True).counties.add(*counties.values())

    assert queries_of(client, at("contacts"), django_assert_max_num_queries) == one


# People


def test_the_list_of_people_is_for_staff(as_staff, as_member, client):
    PersonFactory(family_name="Yksityinen", phone="040 999")

    assert "Yksityinen" in as_staff.get(at("people")).content.decode()
    for name in ("people", "people_export", "organisations"):
        assert as_member.get(at(name)).status_code == 404
        assert client.get(at(name)).status_code == 302


def test_nobody_sees_the_details_of_those_who_are_not_listed(client, as_member, member):
    person = PersonFactory(family_name="Yksityinen", email="salainen@example.org", phone="040 999")

    for browser in (client, as_member):
        answer = browser.get(at("person", person.pk))
        assert answer.status_code in (302, 404)
        for page in (browser.get(at("contacts")), answer):
            assert "salainen" not in page.content.decode()
            assert "Yksityinen" not in page.content.decode()
    assert as_member.get(at("person", member.person.pk)).status_code == 200


def test_a_member_sees_a_listed_person_but_no_means_to_edit(as_member):
    person = PersonFactory(of_the_house=True)

    page = as_member.get(at("person", person.pk)).content.decode()

    assert person.name in page
    assert at("person_edit", person.pk) not in page
    assert as_member.get(at("person_edit", person.pk)).status_code == 404


def test_people_are_found_by_words_kind_house_and_having_left(as_staff):
    association = OrganisationFactory(name="Haettu ry", kind=Organisation.Kind.ASSOCIATION)
    PersonFactory(family_name="Yhdistysläinen", organisation=association)
    PersonFactory(family_name="Talolainen", of_the_house=True)
    PersonFactory(family_name="Lähtenyt", left_on=timezone.localdate())

    def found(**query):
        return {person.family_name for person in as_staff.get(at("people"), query).context["page"]}

    assert found() == {"Esimerkki", "Yhdistysläinen", "Talolainen"}
    assert found(q="haettu yhdistys") == {"Yhdistysläinen"}
    assert found(kind="association") == {"Yhdistysläinen"}
    assert found(house="on") == {"Esimerkki", "Talolainen"}
    assert found(left="on") == {"Lähtenyt"}
    assert found(kind="nonsense", page="-5") == {"Esimerkki", "Yhdistysläinen", "Talolainen"}
    assert found(q="ei ketään") == set()


def test_htmx_gets_the_rows_only(as_staff):
    answer = as_staff.get(at("people"), headers={"HX-Request": "true"})

    assert "<html" not in answer.content.decode()
    assert "Aava Esimerkki" in answer.content.decode()


def test_the_lists_cost_the_same_for_twenty(as_staff, django_assert_max_num_queries):
    PersonFactory(organisation=OrganisationFactory())
    addresses = [at("people"), at("organisations")]
    one = [queries_of(as_staff, address, django_assert_max_num_queries) for address in addresses]
    for _ in range(19):
        PersonFactory(organisation=OrganisationFactory(), user=UserFactory())

    assert [queries_of(as_staff, address, django_assert_max_num_queries) for address in addresses] == one


@pytest.mark.parametrize("kind", ["xlsx", "csv", "exe"])
def test_the_people_found_can_be_taken_home(as_staff, kind):
    PersonFactory(family_name="=cmd()", phone="+358 40", organisation=OrganisationFactory(name="Haettu ry"))

    answer = as_staff.get(at("people_export"), {"q": "haettu", "muoto": kind})

    assert answer["Cache-Control"] == "no-store, private"
    if kind == "csv":
        assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("'=cmd();Aino;")
    else:
        rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
        assert [row[0] for row in rows[1:]] == ["=cmd()"]


def test_a_person_is_added(as_staff):
    organisation = OrganisationFactory()
    answer = as_staff.post(
        at("person_create"),
        {
            "given_name": " Eeva  Maria ",
            "family_name": "Uusi",
            "email": "eeva@example.org",
            "organisation": organisation.pk,
        },
    )

    person = Person.objects.get(email="eeva@example.org")
    assert answer.url == person.get_absolute_url()
    assert (person.given_name, person.organisation) == ("Eeva Maria", organisation)


def test_everybody_is_in_the_directory_once(as_staff):
    PersonFactory(given_name="Eeva", family_name="Uusi", email="eeva@example.org")
    details = {"given_name": "eeva", "family_name": "UUSI"}

    answer = as_staff.post(at("person_create"), {**details, "email": "EEVA@example.org"})
    assert "email" in answer.context["form"].errors

    answer = as_staff.post(at("person_create"), {**details, "email": "muu@example.org"})
    assert list(answer.context["form"].errors) == ["another"]
    assert 'name="another"' in answer.content.decode()

    as_staff.post(at("person_create"), {**details, "email": "muu@example.org", "another": "on"})
    assert Person.objects.filter(family_name__iexact="uusi").count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", ""), ("family_name", "x" * 81), ("email", "väärä"), ("phone", "soita"), ("is_listed", "on"),
        ("organisation", "999999"), ("title", "a\x00b"), ("counties", "99"),
    ],
)  # fmt: skip
def test_a_wrong_detail_is_told_at_its_field(as_staff, field, value):
    person = PersonFactory()
    details = {"given_name": "Eeva", "family_name": "Uusi", field: value}

    answer = as_staff.post(at("person_edit", person.pk), details)

    assert list(answer.context["form"].errors) == [field]
    person.refresh_from_db()
    assert person.given_name == "Aino"


def test_changing_the_address_changes_the_sign_in(as_staff):
    user = UserFactory(email="vanha@example.org")
    person = PersonFactory(user=user, email="vanha@example.org")

    as_staff.post(
        at("person_edit", person.pk), {"given_name": "Aino", "family_name": "Testi", "email": "uusi@example.org"}
    )

    user.refresh_from_db()
    assert user.email == "uusi@example.org"
    assert user.emailaddress_set.get().email == "uusi@example.org"


def test_an_address_of_somebody_elses_account_is_refused(as_staff, other_staff):
    person = PersonFactory()
    Person.objects.filter(user=other_staff).update(email="")

    answer = as_staff.post(
        at("person_edit", person.pk), {"given_name": "A", "family_name": "B", "email": other_staff.email}
    )

    assert "email" in answer.context["form"].errors


def test_staff_cannot_take_over_an_account_with_rights(as_staff, director):
    as_staff.post(
        at("person_edit", director.person.pk),
        {"given_name": "Kerttu", "family_name": "Johtaja", "email": "anastaja@example.org"},
    )

    assert User.objects.get(pk=director.pk).email == "johto@example.org"
    assert Person.objects.get(user=director).email == "johto@example.org"
    for name in ("person_leave", "person_forget"):
        assert as_staff.post(at(name, director.person.pk), {"on": "1.1.2024"}).status_code == 404
    assert User.objects.get(pk=director.pk).is_active


def test_two_people_editing_at_once_notice_each_other(as_staff):
    person = PersonFactory(family_name="Testi")
    form = as_staff.get(at("person_edit", person.pk)).context["form"]
    Person.objects.filter(pk=person.pk).update(title="toisen muutos")

    details = {
        "given_name": "Aino",
        "family_name": "Testi",
        "email": person.email,
        "title": "oma",
        "seen": form["seen"].value(),
    }
    answer = as_staff.post(at("person_edit", person.pk), details)

    assert answer.status_code == 200
    assert "toisen muutos" in answer.content.decode()
    person.refresh_from_db()
    assert person.title == "toisen muutos"


def test_leaving_asks_for_a_day_that_has_come(as_staff):
    person = PersonFactory(user=UserFactory())
    tomorrow = timezone.localdate() + timedelta(1)

    for wrong in ("31.11.2024", "", f"{tomorrow.day}.{tomorrow.month}.{tomorrow.year}"):
        assert "on" in as_staff.post(at("person_leave", person.pk), {"on": wrong}).context["form"].errors
    as_staff.post(at("person_leave", person.pk), {"on": "1.12.2024"})

    person.refresh_from_db()
    assert str(person.left_on) == "2024-12-01"
    assert not person.user.is_active

    as_staff.post(at("person_return", person.pk))
    person.refresh_from_db()
    assert person.is_present


def test_forgetting_asks_first(as_staff):
    person = PersonFactory()

    assert as_staff.get(at("person_forget", person.pk)).status_code == 200
    assert Person.objects.filter(pk=person.pk).exists()

    assert as_staff.post(at("person_forget", person.pk)).url == at("people")
    assert not Person.objects.filter(pk=person.pk).exists()


def test_nobody_forgets_the_own_record(as_staff, staff):
    assert as_staff.post(at("person_forget", staff.person.pk)).status_code == 404


def test_everybody_keeps_the_own_title_and_telephone(as_member, member):
    as_member.post(at("own_details"), {"title": "sosionomi", "phone": "040 555", "family_name": "Väärennetty"})

    person = Person.objects.get(user=member)
    assert (person.title, person.phone, person.family_name) == ("sosionomi", "040 555", "Jäsen")
    assert "phone" in as_member.post(at("own_details"), {"phone": "x"}).context["form"].errors


def test_an_account_without_a_person_has_no_own_details(client, db):
    answer = signed_in(UserFactory()).get(at("own_details"))

    assert answer.status_code == 302
    assert answer["Location"] == reverse("accounts:home")


# Organisations


def test_an_organisation_is_added_and_changed(as_staff, counties):
    answer = as_staff.post(
        at("organisation_create"),
        {"name": " Uusi  ry ", "kind": "association", "county": "08", "website": "www.example.org", "ended_on": ""},
    )
    made = Organisation.objects.get(name="Uusi ry")
    assert answer.url == made.get_absolute_url()

    as_staff.post(at("organisation_edit", made.pk), {"name": "Uusi ry", "kind": "church", "ended_on": "31.12.2024"})
    made.refresh_from_db()
    assert (made.kind, str(made.ended_on)) == ("church", "2024-12-31")
    assert made not in as_staff.get(at("organisations")).context["page"]
    assert made in as_staff.get(at("organisations"), {"ended": "on"}).context["page"]


def test_two_organisations_cannot_have_one_name(as_staff):
    OrganisationFactory(name="Sama ry")

    answer = as_staff.post(at("organisation_create"), {"name": "sama RY", "kind": "other"})

    assert list(answer.context["form"].errors) == ["name"]


def test_an_organisation_shows_its_people(as_staff, as_member):
    organisation = OrganisationFactory()
    PersonFactory(family_name="Täällä", organisation=organisation)
    PersonFactory(family_name="Poissa", organisation=organisation, left_on=timezone.localdate())

    page = as_staff.get(at("organisation", organisation.pk)).content.decode()

    assert "Täällä" in page
    assert "Poissa" not in page
    for name in ("organisation", "organisation_edit"):
        assert as_member.get(at(name, organisation.pk)).status_code == 404
    assert as_member.get(at("organisation_create")).status_code == 404


def test_members_and_the_public_create_nothing(as_member, client):
    for browser in (as_member, client):
        browser.post(at("person_create"), {"given_name": "A", "family_name": "Tekaistu"})
        browser.post(at("organisation_create"), {"name": "Tekaistu", "kind": "other"})

    assert not Person.objects.filter(family_name="Tekaistu").exists()
    assert not Organisation.objects.filter(name="Tekaistu").exists()
