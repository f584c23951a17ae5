"""The caseload of the demonstration: two years in the shape of the field, weeks that live, and nothing of anybody."""

import json
from collections import Counter
from datetime import date, timedelta
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment, User
from demonstration.caseload_making import fortnight, make_caseload
from demonstration.making import make_organisations, make_people
from directory.models import Municipality
from letters.models import Letter
from ombudsman.keys import store
from ombudsman.models import (
    Account,
    Case,
    CaseEvent,
    CaseFile,
    Contact,
    Draft,
    Fact,
    Findable,
    LogRow,
    Measure,
    Message,
    MessageAddition,
    OtherWork,
    Retention,
    ServedArea,
    Substitution,
    terms_of,
)
from ombudsman.reading import Reader, reading
from ombudsman.retention import delete_due
from publishing.personal_identity_code import holds_personal_identity_code
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
RECORDS = [
    Account, Case, CaseEvent, CaseFile, Contact, Draft, Fact, Findable, LogRow, Letter, Measure, Message,
    MessageAddition, OtherWork, ServedArea, Substitution,
]  # fmt: skip


@pytest.fixture
def demo(db):
    make()


def make():
    """Only what the caseload stands on, for the whole demonstration takes long."""
    call_command("areas", verbosity=0)
    make_organisations()
    make_people()
    make_caseload()


def counts():
    return {model.__name__: model.objects.count() for model in RECORDS}


def states():
    return list(Case.objects.order_by("pk").values_list("number", "status", "next_on", "closed_on", "decided_on"))


def shares(year, column):
    """{value: its share in per cent} of the contacts of a year."""
    counted = Counter(Fact.objects.of_contacts().of_year(year).values_list(column, flat=True))
    return {value: 100 * count / counted.total() for value, count in counted.items()}


def test_two_years_have_the_shape_of_published_accounts(demo):
    for year, count in ((2021, 400), (2022, 430)):
        assert Contact.objects.of_year(year).count() == Fact.objects.of_year(year).of_contacts().count() == count
        clients = Fact.objects.of_year(year).filter(is_client_counted=True).count()
        who, way, task, nature = (shares(year, column) for column in ("who", "way", "task", "nature"))
        month = {day.month: share for day, share in shares(year, "month").items()}

        assert count / 2 < clients < count
        assert who["client"] == pytest.approx(43, abs=5)
        assert who["relative"] == pytest.approx(43, abs=5)
        assert who["staff"] < 8
        assert way["phone"] == pytest.approx(80, abs=4)
        assert task["child_protection"] + task["families"] == pytest.approx(27, abs=5)
        assert task["elderly"] == pytest.approx(14, abs=4)
        assert task["disability"] == pytest.approx(14, abs=4)
        assert task["social_assistance"] == pytest.approx(10, abs=3)
        assert task["kela"] < 4
        assert nature["dissatisfaction"] == pytest.approx(60, abs=5)
        assert shares(year, "language")["fi"] > 94
        assert max(month[7], month[12]) < min(share for place, share in month.items() if place not in (7, 12))


def test_a_municipality_from_which_nobody_made_contact_is_named(demo):
    page = Client().get("/sosiaaliasiavastaava/selvitykset/2021/kaikki/").text
    found = {
        year: set(Fact.objects.of_year(year).values_list("municipality", flat=True).distinct()) for year in (2021, 2022)
    }
    served = set(ServedArea.objects.in_force(date(2022, 12, 31)).values_list("municipality", flat=True))

    assert len(served) == 13
    assert served - found[2021] == {"981"}
    assert served - found[2022] == {"981", "103"}
    assert "Ypäjä" in page


def test_a_whole_year_at_once_writes_what_the_page_would_write(demo):
    with reading(Reader(address="test")):
        for contact in Contact.objects.of_year(2022).order_by("pk")[:60]:
            fact = Fact.objects.get(pk=contact.fact)
            digests = {bytes(row.digest) for row in contact.findable.all()}

            assert fact.counts_the_same_as(contact.counted(is_client_counted=fact.is_client_counted))
            assert digests == {store.digest(term) for term in terms_of(**contact.person)}
        for fact in Fact.objects.of_year(2022).filter(nature="consultation"):
            assert not fact.is_client_counted
        for case in Case.objects.filter(opened_on__year=2022):
            firsts = [Fact.objects.get(pk=contact.fact).is_client_counted for contact in case.contacts.all()]
            assert sum(firsts) <= 1


def test_other_work_of_2022_is_that_of_the_facts(demo):
    kinds = Counter(OtherWork.objects.of_year(2022).values_list("kind", flat=True))

    assert kinds["meeting"] == 11
    assert kinds["training"] == 3
    assert kinds["speech"] == kinds["statement"] == 2
    assert OtherWork.objects.get(done_on=date(2022, 5, 11)).title == "Puheenvuoro Päihdepäivillä"


def test_the_account_of_2021_is_public_and_that_of_2022_is_not(demo):
    account, draft = (Account.objects.get(year=year) for year in (2021, 2022))
    page = Client().get(account.get_absolute_url())

    assert page.status_code == 200
    assert "Esittelyn luvut ovat keksittyjä" in page.text
    assert account.approved_at.year == 2022
    assert draft.texts.exists()
    assert Client().get(draft.get_absolute_url()).status_code == 404


def test_the_present_weeks_show_every_state(demo):
    today = timezone.localdate()
    weeks = Contact.objects.filter(occurred_on__gte=today - timedelta(weeks=11))
    begun = [case for case in Case.objects.filter(opened_on__gte=today - timedelta(weeks=11))]

    assert 35 <= weeks.count() <= 50
    assert 10 <= len(begun) <= 14
    assert {case.status for case in begun} == {"open", "waiting", "closed"}
    assert any(case.is_late for case in begun)
    assert any(case.was_reopened for case in begun)
    assert len([case for case in begun if case.outcome]) >= 2
    assert any(case.decided_on and not case.is_closed for case in begun)
    assert CaseFile.objects.exists()
    assert Measure.objects.exists()
    assert Message.objects.waiting().exists()
    assert Message.objects.filter(answered_at__isnull=False, contact__isnull=False).exists()
    assert MessageAddition.objects.filter(message__answered_at=None).exists()
    assert Draft.objects.count() == 1


def test_the_substitute_is_in_today_and_left_a_reading_list_last_july(demo):
    substitute, today = User.objects.get(email="sijainen@example.org"), timezone.localdate()
    past = Substitution.objects.get(ends_on__lt=today)

    assert Appointment.objects.in_force(date(2021, 1, 1)).count() == 2
    assert Substitution.objects.in_force().get(substitute=substitute).scope == "open"
    assert Substitution.objects.filter(starts_on__gt=today).exists()
    assert past.starts_on == fortnight(today.year - 1)[0]
    assert past.starts_on.month == past.ends_on.month == 7
    assert past.log_rows.filter(address="case", wrote=[]).exclude(purpose="").count() == 2
    assert past.log_rows.filter(address="contact_create").count() == 3
    assert {timezone.localdate(row.at) for row in past.log_rows.all()} <= {
        past.starts_on + timedelta(days=day) for day in range(14)
    }
    assert Contact.objects.filter(recorded_by=substitute, occurred_on__year=past.starts_on.year).count() == 3


def test_every_page_of_the_caseload_shows_something(demo):
    client = signed_in(User.objects.get(email="asiavastaava@example.org"))
    case = CaseFile.objects.first().case
    contact, answered = Contact.objects.newest_first()[0], Message.objects.waiting()[0]
    past = Substitution.objects.earliest("starts_on")
    names = [
        "index", "cases", "contacts", "contact_create", "messages", "other_work", "other_work_create", "codes",
        "code_create", "area", "details", "substitutions", "substitution_create", "keeping", "log", "retention",
        "retention_edit", "statistics", "statistics_csv", "account_list",
    ]  # fmt: skip
    pages = [reverse(f"ombudsman:{name}") for name in names]
    pages += [
        case.get_absolute_url(), reverse("ombudsman:case_edit", args=[case.number]),
        reverse("ombudsman:case_file", args=[case.number, case.files.get().pk]), contact.get_absolute_url(),
        reverse("ombudsman:contact_edit", args=[contact.pk]), reverse("ombudsman:message", args=[answered.pk]),
        reverse("ombudsman:substitution_read", args=[past.pk]), reverse("ombudsman:account_edit", args=[2022]),
        reverse("ombudsman:account_approve", args=[2022]), reverse("ombudsman:account_docx", args=[2022, "kaikki"]),
    ]  # fmt: skip

    found = {page: client.get(page).status_code for page in pages}
    reading_list = client.get(reverse("ombudsman:substitution_read", args=[past.pk])).text

    assert {page: status for page, status in found.items() if status != 200} == {}
    assert Case.objects.get(opened_on__year=past.starts_on.year, number__endswith="-1").number in reading_list


def test_the_substitute_sees_open_matters_and_the_public_page_its_details(demo):
    client = signed_in(User.objects.get(email="sijainen@example.org"))
    client.post(reverse("ombudsman:purpose"), {"purpose": "call"})
    shown = client.get(reverse("ombudsman:cases"))
    about = Client().get(reverse("ombudsman:about")).text

    assert shown.status_code == 200
    assert Case.objects.not_closed().first().number in shown.text
    assert client.get(Case.objects.filter(status="closed").first().get_absolute_url()).status_code == 404
    assert "03 000 0000" in about
    assert "keksitty" in about


def test_nothing_in_it_could_be_anybody(demo):
    words = []
    with reading(Reader(address="test")):
        for contact in Contact.objects.all():
            words += [contact.note, *contact.person.values()]
            assert contact.person.get("phone", "050 000 0000").startswith("050 000 0")
            assert contact.person.get("email", "@example.org").endswith("@example.org")
        for case in Case.objects.all():
            words += [case.title, case.next_step, case.outcome_words]
        for message in Message.objects.all():
            words += [message.words, *message.person.values()]
        words += [addition.words for addition in MessageAddition.objects.all()]
        words += [str(draft.typed) for draft in Draft.objects.all()]
    places = {name.casefold() for name in Municipality.objects.values_list("name_fi", flat=True)}

    assert not [text for text in words if holds_personal_identity_code(text)]
    assert not [text for text in words if places & set(text.casefold().split()) and "typed" not in text]


def test_a_second_run_on_the_same_day_changes_nothing(demo):
    first = counts(), states()

    make_caseload()

    assert (counts(), states()) == first


def test_a_later_run_moves_the_present_along_and_keeps_the_past():
    with time_machine.travel("2026-11-23 08:00 +0200"):
        make()
        old = Fact.objects.of_year(2022).count()
        late = set(Case.objects.not_closed().values_list("number", flat=True))
        there = Contact.objects.count()

    with time_machine.travel("2027-01-11 08:00 +0200"):
        make_caseload()

        assert Contact.objects.count() > there + 15
        assert Fact.objects.of_year(2022).count() == old
        assert Case.objects.filter(number__in=late, status="closed").exists()
        assert any(case.is_late for case in Case.objects.not_closed())
        assert Substitution.objects.in_force().count() == 1
        assert not Message.objects.waiting().filter(received_at__lt=timezone.now() - timedelta(days=14)).exists()

    # A year later last July's substitution is the one that was to come.
    with time_machine.travel("2028-02-01 08:00 +0200"):
        make_caseload()

        past = Substitution.objects.get(starts_on=fortnight(2027)[0])
        assert past.log_rows.count() == 5


def test_the_old_years_survive_the_hourly_deletion(demo):
    before = Contact.objects.count(), Case.objects.count()

    delete_due()

    assert (Contact.objects.count(), Case.objects.count()) == before
    assert Retention.objects.get(kind="contact").months == Retention.objects.get(kind="case").months == 120


def test_what_is_measured_is_there_and_opening_takes_less_than_a_third_of_a_page(demo, settings, capsys):
    def ask(*arguments, **options):
        call_command("bench_caseload", *arguments, **options)
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    settings.DEMONSTRATION = True
    there = Contact.objects.count()

    made, shares, pages = ask("fill", contacts=1000), ask("opening"), ask("pages")["pages"]
    client = signed_in(User.objects.get(email="asiavastaava@example.org"))
    path, form = pages["search by telephone"]
    found = client.post(path, dict(parse_qsl(form))).text

    assert made == {"made": 1000 - there}
    assert found.count('<li class="row">') == 4
    assert all(client.get(path).status_code == 200 for path, form in pages.values() if not form)
    assert all(0 < share < 1 / 3 for share in shares.values())


def test_measuring_is_refused_outside_demonstration_mode():
    with pytest.raises(CommandError, match="demonstration mode"):
        call_command("bench_caseload", "fill")
