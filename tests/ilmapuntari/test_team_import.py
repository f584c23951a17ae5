"""Teams and members from a table: shown first, saved when confirmed, nobody removed, nobody in the directory."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from directory.models import ImportDraft, Organisation, Person
from directory.table_import import TableImport, counted
from ilmapuntari.models import Lead, Team, TeamMember
from ilmapuntari.team_import import TeamImport
from tests.conftest import signed_in
from tests.directory.factories import OrganisationFactory
from tests.ilmapuntari.factories import LeadFactory, TeamFactory, TeamMemberFactory

pytestmark = pytest.mark.django_db

HEAD = "Organisaatio;Hyvinvointialue;Palvelu;Tiimi;Esihenkilö;Esihenkilön sähköposti;Nimi;Sähköposti"
NEW_TEAM = "Esimerkin kaupunki;Pirkanmaa;lastensuojelu;Aalto;Leena Vetäjä;leena@example.org;Aino Uusi;aino@example.org"


@pytest.fixture
def organisation(counties):
    return OrganisationFactory(name="Esimerkin kaupunki", short_name="Esimerkki")


def csv(*rows, head=HEAD):
    return SimpleUploadedFile("tiimit.csv", "\n".join([head, *rows]).encode())


def draft(user, *rows, head=HEAD):
    importer = TeamImport()
    return importer.draft(importer.read(csv(*rows, head=head)), file_name="tiimit.csv", by=user)


def outcomes(draft):
    return [row["outcome"] for row in draft.rows]


def members(team):
    return set(team.members.present().values_list("name", "email"))


def test_nothing_is_saved_before_it_is_confirmed(coordinator, organisation):
    made = draft(coordinator, NEW_TEAM)

    assert outcomes(made) == ["new"]
    assert TeamImport().additions(made)[0][1] == ["Aalto"]
    assert not Team.objects.exists()
    assert not User.objects.filter(email="leena@example.org").exists()


def test_teams_members_and_leaders_are_saved_and_nobody_comes_into_the_directory(coordinator, organisation, counties):
    people = Person.objects.count()
    made = draft(coordinator, NEW_TEAM, ";;;;;;Onni Toinen;ONNI@example.org", ";;;Laine;;;Veera;veera@example.org")

    assert TeamImport().confirm(made) == 3

    aalto, laine = Team.objects.order_by("name")
    assert (aalto.name, aalto.organisation, aalto.county) == ("Aalto", organisation, counties["Pirkanmaa"])
    assert aalto.service == Team.Service.CHILD_PROTECTION
    assert members(aalto) == {("Aino Uusi", "aino@example.org"), ("Onni Toinen", "onni@example.org")}
    assert members(laine) == {("Veera", "veera@example.org")}
    assert Lead.objects.get().user.email == "leena@example.org"
    assert aalto.life
    assert Person.objects.count() == people
    assert Organisation.objects.filter(name="Esimerkin kaupunki").count() == 1
    assert not ImportDraft.objects.exists()


def test_confirming_twice_saves_once(coordinator, organisation):
    made = draft(coordinator, NEW_TEAM)

    assert TeamImport().confirm(made) == 1
    assert TeamImport().confirm(made) == 0

    assert TeamMember.objects.count() == 1


def test_the_same_again_changes_nothing(coordinator, organisation):
    rows = [NEW_TEAM, ";;;;;;Onni Toinen;onni@example.org"]
    TeamImport().confirm(draft(coordinator, *rows))

    again = draft(coordinator, *rows)

    assert outcomes(again) == ["same", "same"]
    assert TeamImport().confirm(again) == 0


def test_members_missing_from_the_file_stay(coordinator, organisation):
    team = TeamFactory(name="Aalto", organisation=organisation, size=3)

    TeamImport().confirm(draft(coordinator, NEW_TEAM))

    assert team.members.present().count() == 4


def test_a_new_name_and_a_new_address_are_changes_of_the_same_member(coordinator, organisation):
    team = TeamFactory(name="Aalto", organisation=organisation, service="aftercare")
    TeamMemberFactory(team=team, name="Aino Vanha", email="aino@example.org")
    TeamMemberFactory(team=team, name="Onni Toinen", email="onni@vanha.example.org")
    LeadFactory(team=team, name="Leena Entinen", user__email="leena@example.org")

    made = draft(coordinator, NEW_TEAM, ";;;;;;Onni Toinen;onni@example.org")
    changes = [[change[1:] for change in row["changes"]] for row in made.rows]
    TeamImport().confirm(made)

    assert outcomes(made) == ["changed", "changed"]
    assert ["Aino Vanha", "Aino Uusi"] in changes[0]
    assert ["Leena Entinen", "Leena Vetäjä"] in changes[0]
    assert changes[1] == [["onni@vanha.example.org", "onni@example.org"]]
    assert members(team) == {("Aino Uusi", "aino@example.org"), ("Onni Toinen", "onni@example.org")}
    team.refresh_from_db()
    assert team.service == Team.Service.CHILD_PROTECTION
    assert Lead.objects.get().name == "Leena Vetäjä"


def test_namesakes_with_both_addresses_in_the_file_are_two_people(coordinator, organisation):
    team = TeamFactory(name="Aalto", organisation=organisation)
    TeamMemberFactory(team=team, name="Aino Uusi", email="aino@example.org")

    made = draft(coordinator, NEW_TEAM, ";;;;;;Aino Uusi;toinen.aino@example.org")
    TeamImport().confirm(made)

    assert team.members.present().count() == 2


def test_one_stored_member_is_not_taken_for_two_new_namesakes(coordinator, organisation):
    team = TeamFactory(name="Aalto", organisation=organisation)
    TeamMemberFactory(team=team, name="Aino Uusi", email="vanha@example.org")

    made = draft(coordinator, NEW_TEAM, ";;;;;;Aino Uusi;toinen.aino@example.org")
    TeamImport().confirm(made)

    assert {email for _name, email in members(team)} == {"aino@example.org", "toinen.aino@example.org"}


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (";Pirkanmaa;;;;;Aino;aino@example.org", "organisation"),
        ("Esimerkin kaupunki;Pirkanmaa;;;;;Aino;aino@example.org", "team"),
        ("Tuntematon ry;Pirkanmaa;;Aalto;;;Aino;aino@example.org", "organisation"),
        ("Lakannut kunta;Pirkanmaa;;Aalto;;;Aino;aino@example.org", "organisation"),
        ("Esimerkin kaupunki;Uusimaa;;Aalto;;;Aino;aino@example.org", "county"),
        ("Esimerkin kaupunki;;;Aalto;;;Aino;aino@example.org", "county"),
        ("Toinen kaupunki;Satakunta;;Aalto;;;Aino;aino@example.org", "county"),
        ("Esimerkin kaupunki;Pirkanmaa;jotain muuta;Aalto;;;Aino;aino@example.org", "service"),
        (f"Esimerkin kaupunki;Pirkanmaa;;{'t' * 121};;;Aino;aino@example.org", "team"),
        ("Esimerkin kaupunki;Pirkanmaa;;Aalto;;;Aino;aino(at)example.org", "member_email"),
        (f"Esimerkin kaupunki;Pirkanmaa;;Aalto;;;Aino;{'a' * 250}@example.org", "member_email"),
        ("Esimerkin kaupunki;Pirkanmaa;;Aalto;;;Aino;", "member_email"),
        ("Esimerkin kaupunki;Pirkanmaa;;Aalto;;;;aino@example.org", "member_name"),
        (f"Esimerkin kaupunki;Pirkanmaa;;Aalto;;;{'a' * 121};aino@example.org", "member_name"),
        ("Esimerkin kaupunki;Pirkanmaa;;Aalto;Leena;;Aino;aino@example.org", "leader_email"),
        ("Esimerkin kaupunki;Pirkanmaa;;Aalto;;leena@example.org;Aino;aino@example.org", "leader_name"),
        ("Esimerkin kaupunki;Pirkanmaa;;Aalto;Leena;leena;Aino;aino@example.org", "leader_email"),
    ],
)
def test_a_row_with_a_mistake_says_where_and_is_not_saved(coordinator, organisation, counties, row, key):
    TeamFactory(organisation=OrganisationFactory(name="Toinen kaupunki"), county=counties["Pirkanmaa"])
    OrganisationFactory(name="Lakannut kunta", ended_on="2020-01-01")
    before = Team.objects.count()

    made = draft(coordinator, row, "Toinen kaupunki;;;Hyvä;;;Onni;onni@example.org")

    assert outcomes(made) == ["error", "new"]
    assert key in made.rows[0]["errors"]
    assert all(sentence.endswith((".", "?")) for sentence in made.rows[0]["errors"].values())
    assert TeamImport().confirm(made) == 1
    assert Team.objects.count() == before + 1
    made.refresh_from_db()
    assert outcomes(made) == ["error"]


def test_an_organisation_almost_like_one_known_is_suggested_and_a_short_name_is_known(coordinator, organisation):
    made = draft(
        coordinator,
        "Esimerkin kaupunk;Pirkanmaa;;Aalto;;;Aino;aino@example.org",
        "ESIMERKKI;Pirkanmaa;;Aalto;;;Aino;aino@example.org",
    )

    assert "Esimerkin kaupunki" in made.rows[0]["errors"]["organisation"]
    assert outcomes(made) == ["error", "new"]


def test_two_counties_for_one_organisation_in_the_file_are_told_of(coordinator, organisation):
    made = draft(
        coordinator,
        NEW_TEAM,
        "Esimerkin kaupunki;Satakunta;;Laine;;;Onni;onni@example.org",
    )

    assert outcomes(made) == ["new", "error"]
    assert "Pirkanmaa" in made.rows[1]["errors"]["county"]


def test_the_same_member_twice_is_told_with_the_row(coordinator, organisation):
    made = draft(coordinator, NEW_TEAM, ";;;;;;Aino Uusi;AINO@example.org")

    assert outcomes(made) == ["new", "duplicate"]
    assert "2" in made.rows[1]["errors"]["member_email"]
    assert TeamImport().confirm(made) == 1
    assert TeamMember.objects.count() == 1


def test_somebody_in_two_teams_is_noted(coordinator, organisation):
    TeamMemberFactory(team=TeamFactory(name="Kaisla"), email="onni@example.org")

    made = draft(
        coordinator,
        NEW_TEAM,
        ";;;;;;Onni;onni@example.org",
        ";;;Laine;;;Aino Uusi;aino@example.org",
    )

    assert outcomes(made) == ["new"] * 3
    assert any("Laine" in note for note in made.rows[0]["notes"])
    assert any("Kaisla" in note for note in made.rows[1]["notes"])
    assert any("Aalto" in note for note in made.rows[2]["notes"])


def test_a_team_almost_like_a_stored_one_is_noted(coordinator, organisation):
    TeamFactory(name="Lastensuojelu 1", organisation=organisation)

    made = draft(coordinator, NEW_TEAM.replace("Aalto", "Lastensuojelu1"))

    assert any("Lastensuojelu 1" in note for note in made.rows[0]["notes"])


def test_a_team_may_come_without_members_and_a_leader_for_a_stored_team(coordinator, organisation):
    team = TeamFactory(name="Aalto", organisation=organisation)

    made = draft(
        coordinator,
        "Esimerkki;;;Aalto;Leena Vetäjä;leena@example.org;;",
        "Esimerkki;;;Tyhjä;;;;",
    )
    TeamImport().confirm(made)

    assert outcomes(made) == ["changed", "new"]
    assert team.leads.get().name == "Leena Vetäjä"
    assert Team.objects.get(name="Tyhjä").members.count() == 0


def test_what_changed_after_looking_is_seen_when_confirming(coordinator, organisation):
    made = draft(coordinator, NEW_TEAM, ";;;;;;Onni;onni@example.org")
    team = TeamFactory(name="aalto", organisation=organisation)
    TeamMemberFactory(team=team, name="Aino Uusi", email="aino@example.org")
    LeadFactory(team=team, name="Leena Vetäjä", user__email="leena@example.org")

    assert TeamImport().confirm(made) == 1

    assert Team.objects.count() == 1
    assert team.members.count() == 2


@pytest.mark.parametrize("head", [HEAD, HEAD.replace("Esihenkilö", "Esimies").replace("Nimi", "Työntekijä")])
def test_headings_go_by_many_names(coordinator, organisation, head):
    head = head.replace("Esimiesn ", "Esimiehen ")

    made = draft(coordinator, NEW_TEAM, head=head)

    assert outcomes(made) == ["new"]
    assert not made.unknown


def test_five_hundred_rows_are_checked_in_as_many_queries_as_one_and_saved_in_few(coordinator, organisation):
    def rows(count):
        return [f"Esimerkki;Pirkanmaa;;Tiimi {n % 20};Vetäjä {n % 20};v{n % 20}@example.org;N {n};n{n}@example.org"
                for n in range(count)]  # fmt: skip

    def counted_queries(do, *args):
        with CaptureQueriesContext(connection) as captured:
            do(*args)
        return len(captured)

    founding = counted_queries(TeamImport().confirm, draft(coordinator, *rows(20)))
    one = counted_queries(draft, coordinator, *rows(1))
    ImportDraft.objects.all().delete()
    assert counted_queries(draft, coordinator, *rows(500)) == one <= 10
    again = counted_queries(TeamImport().confirm, ImportDraft.objects.get())

    assert TeamMember.objects.count() == 500
    assert Team.objects.count() == 20
    assert again <= 15  # the teams are there, so only members are written, all at once
    assert founding <= 20 * 40  # teams and leaders come one by one, through their verbs


# The pages


def bring(browser, *rows):
    return browser.post(reverse("ilmapuntari:teams_import"), {"file": csv(*rows)})


def test_a_file_is_brought_looked_at_and_saved(as_coordinator, organisation):
    answer = bring(as_coordinator, NEW_TEAM, ";;;;;;Onni;väärä")
    made = ImportDraft.objects.get()
    page = as_coordinator.get(answer.url).content.decode()
    assert "Aino Uusi" in page
    assert "Aalto" in page

    address = f"{reverse('directory:import_confirm', kwargs={'pk': made.pk})}?laji=ilmapuntari.teams"
    answer = as_coordinator.post(address)
    assert answer.url == made.get_absolute_url()
    page = as_coordinator.get(answer.url).content.decode()
    assert "Onni" in page
    assert "Aino Uusi" not in page

    errors = as_coordinator.get(reverse("directory:import_errors", kwargs={"pk": made.pk}))
    rows = list(openpyxl.load_workbook(BytesIO(errors.content)).active.iter_rows(values_only=True))
    assert rows[1][0] == "Esimerkin kaupunki"  # what stood above is written out
    assert rows[1][3] == "Aalto"


def test_when_all_is_saved_the_teams_follow_and_a_second_press_says_so(as_coordinator, organisation):
    answer = bring(as_coordinator, NEW_TEAM)
    page = as_coordinator.get(answer.url).content.decode()
    address = (
        f"{reverse('directory:import_confirm', kwargs={'pk': ImportDraft.objects.get().pk})}?laji=ilmapuntari.teams"
    )
    assert address in page

    assert as_coordinator.post(address).url == reverse("ilmapuntari:teams")
    assert as_coordinator.post(address).url == reverse("ilmapuntari:teams")

    assert TeamMember.objects.count() == 1


def test_what_is_taken_home_can_be_brought_again(as_coordinator, organisation, coordinator):
    bring(as_coordinator, NEW_TEAM, ";;;;;;Onni;onni@example.org")
    TeamImport().confirm(ImportDraft.objects.get())
    home = as_coordinator.get(reverse("ilmapuntari:members_export"))

    table = TeamImport().read(SimpleUploadedFile("tiimit.xlsx", home.content))
    made = TeamImport().draft(table, file_name="tiimit.xlsx", by=coordinator)

    assert outcomes(made) == ["same", "same"]
    assert not made.unknown


def test_the_template_can_be_filled_and_brought(as_coordinator, coordinator, counties):
    OrganisationFactory(name="Esimerkin hyvinvointialue")
    answer = as_coordinator.get(f"{reverse('directory:import_template')}?laji=ilmapuntari.teams")

    table = TeamImport().read(SimpleUploadedFile("malli.xlsx", answer.content))
    made = TeamImport().draft(table, file_name="malli.xlsx", by=coordinator)

    assert outcomes(made) == ["new", "new"]
    assert not table.unknown


def test_only_the_coordinator_brings_teams(as_coordinator, organisation, staff, director):
    bring(as_coordinator, NEW_TEAM)
    made = ImportDraft.objects.get()
    leader = LeadFactory(team=TeamFactory()).user

    for user in (staff, director, leader):
        browser = signed_in(user)
        assert bring(browser, NEW_TEAM).status_code == 404
        assert browser.get(made.get_absolute_url()).status_code == 404
        browser.post(reverse("directory:import_confirm", kwargs={"pk": made.pk}))
    assert not Team.objects.filter(name="Aalto").exists()


def test_somebody_who_is_no_coordinator_any_more_confirms_nothing(as_coordinator, coordinator, organisation):
    bring(as_coordinator, NEW_TEAM)
    made = ImportDraft.objects.get()
    coordinator.give_roles(["staff"])

    answer = as_coordinator.post(reverse("directory:import_confirm", kwargs={"pk": made.pk}))

    assert answer.status_code == 404
    assert not Team.objects.exists()


def test_every_outcome_is_counted(coordinator, organisation):
    made = draft(coordinator, NEW_TEAM, ";;;;;;Aino Uusi;aino@example.org", ";;;;;;Onni;väärä")

    assert counted(made) == {"new": 1, "changed": 0, "same": 0, "duplicate": 1, "error": 1}
    assert TableImport.of(made).purpose == "ilmapuntari.teams"
