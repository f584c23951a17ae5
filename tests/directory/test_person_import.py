from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from directory.models import ImportDraft, Organisation, Person
from directory.person_import import PersonImport, new_organisations
from directory.table_import import counted
from publishing.tables import Column
from tests.accounts.factories import UserFactory
from tests.conftest import signed_in
from tests.directory.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db

HEAD = "Sukunimi;Etunimi;Sähköposti;Ammattinimike;Puhelin;Organisaatio"


class GreetingImport(PersonImport):
    """What another room would add: a column, a rule and something to save."""

    purpose = "test.greetings"
    extra_columns = (Column("greeting", "Tervehdys"), Column("on", "Päivänä", is_date=True))
    needs_email = True
    saved = []

    def prepare(self, rows):
        self.greeted = {name for _subject, name, *_rest in self.saved}

    def check_row(self, row):
        row.data["on"] = row.day("on", default="")
        row.data["greeting"] = row.choice("greeting", [("hi", "hei"), ("bye", "moi")], "hi")
        row.extra_change = row.data["given_name"] not in self.greeted

    def save_row(self, row, person):
        self.saved.append((self.subject, person.given_name, person.pk, row.data["greeting"], row.data["on"]))


@pytest.fixture(autouse=True)
def _nobody_greeted():
    GreetingImport.saved.clear()


def csv(*rows, head=HEAD):
    return SimpleUploadedFile("lista.csv", "\n".join([head, *rows]).encode())


def draft(user, *rows, head=HEAD, importer=None):
    importer = importer or PersonImport()
    return importer.draft(importer.read(csv(*rows, head=head)), file_name="lista.csv", by=user)


def outcomes(draft):
    return [(row["number"], row["outcome"]) for row in draft.rows]


def test_nothing_is_saved_before_it_is_confirmed(staff):
    before = Person.objects.count()

    made = draft(staff, "Testi;Aino;aino@example.org;sosionomi;040 1234;Uusi ry")

    assert outcomes(made) == [(2, "new")]
    assert new_organisations(made) == ["Uusi ry"]
    assert Person.objects.count() == before
    assert not Organisation.objects.filter(name="Uusi ry").exists()


def test_confirming_saves_people_and_the_organisations_they_need_once(staff):
    made = draft(
        staff,
        "Testi;Aino;aino@example.org;sosionomi;040 1234;Uusi ry",
        "Testi;Onni;;;;uusi RY",
        head=HEAD,
    )

    assert PersonImport().confirm(made) == 2

    aino = Person.objects.get(email="aino@example.org")
    assert (aino.family_name, aino.title, aino.phone, aino.organisation.name) == (
        "Testi",
        "sosionomi",
        "040 1234",
        "Uusi ry",
    )
    assert Person.objects.get(given_name="Onni").organisation == aino.organisation
    assert not ImportDraft.objects.exists()


def test_confirming_twice_saves_once(staff):
    made = draft(staff, "Testi;Aino;;;;", "Testi;Onni;ei-osoite;;;")

    assert PersonImport().confirm(made) == 1
    assert PersonImport().confirm(made) == 0

    assert Person.objects.filter(family_name="Testi").count() == 1


def test_an_email_tells_who_is_meant_and_what_changes(staff):
    organisation = OrganisationFactory(name="Esimerkin kaupunki", short_name="Esik")
    known = PersonFactory(
        given_name="Aino", family_name="Testi", email="aino@example.org", title="ohjaaja", phone="040 1",
        organisation=organisation,
    )  # fmt: skip

    made = draft(staff, "Uusi;Aino;AINO@example.org;sosionomi;;esik")
    PersonImport().confirm(made)

    assert [change[1:] for change in made.rows[0]["changes"]] == [["Testi", "Uusi"], ["ohjaaja", "sosionomi"]]
    known.refresh_from_db()
    assert (known.family_name, known.title, known.phone, known.organisation) == (
        "Uusi",
        "sosionomi",
        "040 1",
        organisation,
    )
    assert known.email == "aino@example.org"


def test_the_same_again_changes_nothing(staff):
    rows = ["Testi;Aino;aino@example.org;sosionomi;040 1234;Uusi ry", "Testi;Onni;;;;Uusi ry"]
    PersonImport().confirm(draft(staff, *rows))

    again = draft(staff, *rows)

    assert outcomes(again) == [(2, "same"), (3, "same")]
    assert PersonImport().confirm(again) == 0


def test_name_and_organisation_tell_who_is_meant_without_an_email(staff):
    organisation = OrganisationFactory(name="Esimerkki ry")
    known = PersonFactory(given_name="Aino", family_name="Testi", email="", organisation=organisation)

    made = draft(staff, "testi;AINO;aino@example.org;;;Esimerkki ry")
    PersonImport().confirm(made)

    known.refresh_from_db()
    assert known.email == "aino@example.org"
    assert Person.objects.filter(family_name__iexact="testi").count() == 1


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (";Aino;a@example.org;;;", "family_name"),
        ("Testi;;a@example.org;;;", "given_name"),
        ("Testi;Aino;aino(at)example.org;;;", "email"),
        ("Testi;Aino;aino@example;;;", "email"),
        ("Testi;Aino;a@example.org;;soita minulle;", "phone"),
        (f"{'T' * 81};Aino;a@example.org;;;", "family_name"),
        (f"Testi;Aino;a@example.org;{'t' * 121};;", "title"),
        (f"Testi;Aino;a@example.org;;;{'o' * 151}", "organisation"),
        ("Testi;Onni;varattu@example.org;;;", "email"),
        ("Sama;Nimi;toinen@example.org;;;Esimerkki ry", "email"),
        ("Lähtenyt;Leo;leo@example.org;;;", "family_name"),
        ("Kaima;Kaisa;;;;Esimerkki ry", "family_name"),
    ],
)
def test_a_row_with_a_mistake_says_where_and_is_not_saved(staff, row, key):
    organisation = OrganisationFactory(name="Esimerkki ry")
    PersonFactory(given_name="Vilja", family_name="Varaaja", email="varattu@example.org")
    PersonFactory(given_name="Nimi", family_name="Sama", organisation=organisation)
    PersonFactory(given_name="Leo", family_name="Lähtenyt", email="leo@example.org", left_on=timezone.localdate())
    for number in range(2):
        PersonFactory(
            given_name="Kaisa", family_name="Kaima", email=f"k{number}@example.org", organisation=organisation
        )
    before = Person.objects.count()

    made = draft(staff, row, "Hyvä;Rivi;hyva@example.org;;;")

    assert outcomes(made) == [(2, "error"), (3, "new")]
    assert list(made.rows[0]["errors"]) == [key]
    assert made.rows[0]["errors"][key].endswith(".")
    assert PersonImport().confirm(made) == 1
    assert Person.objects.count() == before + 1


def test_the_rows_with_mistakes_stay_to_be_mended(staff):
    made = draft(staff, "Testi;Aino;väärä;;;", "Testi;Onni;;;;")

    PersonImport().confirm(made)

    made.refresh_from_db()
    assert outcomes(made) == [(2, "error")]
    assert made.confirmed_at


def test_the_same_person_twice_in_the_file_is_told_with_the_row(staff):
    made = draft(
        staff,
        "Testi;Aino;aino@example.org;;;A ry",
        "Testi;Aino;AINO@example.org;;;B ry",
        "Testi;Aino;;;;A ry",
        "Testi;Aino;toinen.aino@example.org;;;A ry",
        "Testi;Onni;;;;",
        "testi;onni;;;;",
    )

    assert outcomes(made) == [
        (2, "new"), (3, "duplicate"), (4, "duplicate"), (5, "new"), (6, "new"), (7, "duplicate"),
    ]  # fmt: skip
    assert "2" in made.rows[1]["errors"]["family_name"]


def test_an_organisation_almost_like_one_known_is_noted(staff):
    OrganisationFactory(name="Pirkanmaan hyvinvointialue")

    made = draft(staff, "Testi;Aino;;;;Pirkanmaan hyvinvointalue")

    assert "Pirkanmaan hyvinvointialue" in made.rows[0]["notes"][0]


def test_one_column_may_hold_the_whole_name(staff):
    made = draft(
        staff, "Aino Maria Testi;a@example.org", '"Esimerkki, Onni";b@example.org', "Yksin;", head="Nimi;Sähköposti"
    )
    PersonImport().confirm(made)

    names = set(Person.objects.exclude(pk=staff.person.pk).values_list("given_name", "family_name"))
    assert names == {("Aino Maria", "Testi"), ("Onni", "Esimerkki")}
    assert outcomes(made)[2] == (4, "error")


def test_what_changed_after_looking_is_seen_when_confirming(staff):
    made = draft(staff, "Testi;Aino;aino@example.org;;;", "Testi;Onni;onni@example.org;;;")
    PersonFactory(given_name="Muu", family_name="Henkilö", email="aino@example.org")

    assert PersonImport().confirm(made) == 1

    made.refresh_from_db()
    assert outcomes(made) == [(2, "error")]


def test_an_import_never_changes_the_address_by_which_somebody_signs_in(staff):
    user = UserFactory(email="aino@example.org")
    PersonFactory(given_name="Aino", family_name="Testi", email="aino@example.org", user=user)

    made = draft(staff, "Testi;Aino;vieras@example.org;;;")
    PersonImport().confirm(made)

    assert outcomes(made) == [(2, "error")]


def test_five_thousand_rows_are_checked_in_as_many_queries_as_one(staff, django_assert_num_queries):
    def checked(count):
        importer = PersonImport()
        table = importer.read(csv(*[f"Testi{n};Aino;a{n}@example.org;;;Ry {n % 50}" for n in range(count)]))
        return importer, table

    for count in (1, 5000):
        importer, table = checked(count)
        with django_assert_num_queries(3):
            importer.draft(table, file_name="a", by=staff)


def test_many_rows_are_saved_in_one_transaction(staff):
    made = draft(staff, *[f"Testi{n};Aino;a{n}@example.org;;;Ry {n % 50}" for n in range(1200)])

    assert PersonImport().confirm(made) == 1200
    assert Organisation.objects.filter(name__startswith="Ry ").count() == 50


def test_what_fails_in_the_middle_leaves_nothing(staff):
    class BrokenImport(GreetingImport):
        purpose = "test.broken"

        def save_row(self, row, person):
            raise RuntimeError

    made = draft(staff, "Testi;Aino;aino@example.org;;;", importer=BrokenImport())

    with pytest.raises(RuntimeError):
        BrokenImport().confirm(made)

    assert not Person.objects.filter(email="aino@example.org").exists()
    assert ImportDraft.objects.filter(pk=made.pk, confirmed_at=None).exists()


# What another room adds


def test_another_room_checks_and_saves_its_own_columns(staff):
    known = PersonFactory(given_name="Onni", family_name="Testi", email="onni@example.org")
    importer = GreetingImport(subject=7)
    head = "Sukunimi;Etunimi;Sähköposti;Tervehdys;Päivänä"
    rows = [
        "Testi;Aino;aino@example.org;MOI;1.12.26",
        "Testi;Onni;onni@example.org;;",
        "Testi;Eero;eero@example.org;terve;",
        "Testi;Eeva;eeva@example.org;hei;31.11.2026",
        "Testi;Elli;;hei;",
    ]

    made = draft(staff, *rows, head=head, importer=importer)
    saved = PersonImport.of(made).confirm(made)

    assert outcomes(made) == [(2, "new"), (3, "changed"), (4, "error"), (5, "error"), (6, "error")]
    assert [list(row["errors"]) for row in made.rows[2:]] == [["greeting"], ["on"], ["email"]]
    assert saved == 2
    aino = Person.objects.get(email="aino@example.org")
    assert GreetingImport.saved == [("7", "Aino", aino.pk, "bye", "1.12.2026"), ("7", "Onni", known.pk, "hi", "")]
    assert outcomes(draft(staff, *rows[:2], head=head, importer=importer)) == [(2, "same"), (3, "same")]


# The pages


def bring(client, *rows, head=HEAD):
    return client.post(reverse("directory:import_start"), {"file": csv(*rows, head=head)})


def test_a_file_is_brought_looked_at_and_saved(as_staff):
    answer = bring(as_staff, "Testi;Aino;aino@example.org;;;Uusi ry", "Testi;Onni;väärä;;;")
    made = ImportDraft.objects.get()
    assert answer.url == reverse("directory:import_preview", kwargs={"pk": made.pk})

    page = as_staff.get(answer.url).content.decode()
    assert "Aino Testi" in page
    assert "Uusi ry" in page

    answer = as_staff.post(reverse("directory:import_confirm", kwargs={"pk": made.pk}))
    assert answer.url == made.get_absolute_url()  # one row is left to be mended
    page = as_staff.get(answer.url).content.decode()
    assert "Onni Testi" in page
    assert "Aino Testi" not in page
    assert Person.objects.filter(email="aino@example.org").exists()


def test_when_all_is_saved_the_list_follows_and_a_second_press_says_so(as_staff):
    bring(as_staff, "Testi;Aino;;;;")
    address = reverse("directory:import_confirm", kwargs={"pk": ImportDraft.objects.get().pk})

    assert as_staff.post(address).url == reverse("directory:people")
    assert as_staff.post(address).url == reverse("directory:people")

    assert Person.objects.filter(family_name="Testi").count() == 1


def test_the_rows_to_mend_come_with_their_reasons_and_can_be_brought_again(as_staff):
    bring(as_staff, "Testi;Aino;väärä;;;", "Testi;Onni;;;;", "Testi;Onni;;;;")
    made = ImportDraft.objects.get()

    answer = as_staff.get(reverse("directory:import_errors", kwargs={"pk": made.pk}))

    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["Aino", "Onni"]
    assert all(row[-1] for row in rows[1:])
    again = PersonImport().read(SimpleUploadedFile("virheet.xlsx", answer.content))
    assert again.rows[0].values["email"] == "väärä"
    assert not PersonImport().draft(again, file_name="a", by=made.created_by).unknown


def test_the_template_can_be_filled_and_brought(as_staff):
    answer = as_staff.get(reverse("directory:import_template"))

    table = PersonImport().read(SimpleUploadedFile("malli.xlsx", answer.content))

    assert "email" in table.keys
    assert not table.unknown


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"MZ" + b"\x00" * 99, "a.xlsx"), (b"", "a.xlsx"), (b"PK\x03\x04rikki", "a.xlsx"), (b"x;y\n1;2\n", "a.csv")],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(as_staff, data, name):
    answer = as_staff.post(reverse("directory:import_start"), {"file": SimpleUploadedFile(name, data)})

    assert answer.status_code == 200
    assert "file" in answer.context["form"].errors
    assert not ImportDraft.objects.exists()


def test_the_preview_shows_forty_rows_and_those_of_one_kind(as_staff):
    bring(as_staff, *[f"Testi{n};Aino;;;;" for n in range(60)], "Testi;Onni;väärä;;;")
    made = ImportDraft.objects.get()

    assert len(as_staff.get(made.get_absolute_url()).context["page"]) == 40
    assert len(as_staff.get(made.get_absolute_url(), {"rivit": "error"}).context["page"]) == 1
    assert len(as_staff.get(made.get_absolute_url(), {"rivit": "nonsense", "page": "99"}).context["page"]) == 21
    assert counted(made)["new"] == 60


def test_nobody_else_sees_the_draft(as_staff, other_staff, as_member, client):
    bring(as_staff, "Testi;Aino;;;;")
    made = ImportDraft.objects.get()
    pages = [("import_preview", "get"), ("import_errors", "get")]

    for browser in (signed_in(other_staff), as_member):
        for name, method in pages:
            assert getattr(browser, method)(reverse(f"directory:{name}", kwargs={"pk": made.pk})).status_code == 404
        browser.post(reverse("directory:import_confirm", kwargs={"pk": made.pk}))
    client.post(reverse("directory:import_confirm", kwargs={"pk": made.pk}))

    assert not Person.objects.filter(family_name="Testi").exists()
    assert as_member.get(reverse("directory:import_start")).status_code == 404
    assert as_member.get(reverse("directory:import_template")).status_code == 404
    assert as_staff.get(reverse("directory:import_confirm", kwargs={"pk": made.pk})).status_code == 405
