"""A caseload in which every page has something to show, long words included."""

from datetime import timedelta
from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from directory.models import Municipality
from ombudsman.account_tables import published_tables
from ombudsman.models import (
    Account,
    AccountText,
    CaseFile,
    Code,
    Draft,
    LogRow,
    OtherWork,
    PublicDetails,
    ServedArea,
    Substitution,
)
from ombudsman.reading import Reader, reading
from tests.accounts.factories import AppointmentFactory, UserFactory
from tests.directory.factories import PersonFactory
from tests.ombudsman.factories import make_case, make_contact, make_message, make_substitute

SENTENCE = (
    "Vammaispalvelujen henkilökohtaisen avun palvelusuunnitelman tarkistamista on odotettu toista kuukautta, eikä "
    "päätöksentekoperusteluista ole saatu tietoa. "
)
PERSON = {
    "name": "Ann-Katrin af Enehielm-Mäkikangaslampi", "phone": "+358 40 000 0000",
    "email": "ann-katrin.af.enehielm-makikangaslampi@pitka-organisaation-nimi.example.org",
}  # fmt: skip


def filled_caseload():
    """Contacts of two years, matters in every state, messages, a draft, other work, accounts, a substitution."""
    today = timezone.localdate()
    ombudsman = AppointmentFactory(user=UserFactory(email="vastaava@example.org")).user
    PersonFactory(given_name="Helmi", family_name="Mallila", email=ombudsman.email, user=ombudsman)
    substitute = make_substitute(
        by=ombudsman, scope=Substitution.Scope.ALL, starts_on=today, ends_on=today + timedelta(days=13)
    )
    PersonFactory(given_name="Selma", family_name="Sijainen", email=substitute.email, user=substitute)
    places = list(Municipality.objects.all())
    for place in places:
        ServedArea.objects.create(municipality=place, starts_on=today.replace(year=2010, month=1, day=1))
    last_year = today.replace(month=6, day=1) - timedelta(days=365)
    for number in range(45):
        day = last_year + timedelta(days=number)
        place = places[number % 5].pk
        make_contact(by=ombudsman, occurred_on=day, person={}, note=SENTENCE, municipality=place, reasons=["fee"])
    contact = make_contact(
        by=ombudsman, occurred_on=today, person=PERSON, note=SENTENCE * 3, municipality=places[0].pk,
        service="henkilökohtaisen avun palvelu ja sen järjestämistapa", has_interpreter=True,
        reasons=["decision", "service", "treatment"], measures=["advice", "objection", "rectification"],
    )  # fmt: skip
    case = make_case(by=ombudsman, contact=make_contact(by=ombudsman, occurred_on=today, person=PERSON), title=SENTENCE)
    closed = make_case(by=ombudsman, contact=make_contact(by=ombudsman, occurred_on=last_year))
    make_case(by=ombudsman, title="Toinen avoin asia")
    message, receipt = make_message(words=SENTENCE * 5, person=PERSON | {"wish": "call"})
    with transaction.atomic(), reading(Reader(user=ombudsman, office="ombudsman", address="case")) as reader:
        case.next_step, case.next_on = SENTENCE, today - timedelta(days=3)
        case.decided_on = today - timedelta(days=20)
        case.save()
        closed.move_to("closed", by=ombudsman, outcome="settled", outcome_words=SENTENCE)
        file = CaseFile.objects.create(
            case=case, facts={"name": "pitka-liitteen-nimi-" * 5 + ".pdf", "mime_type": "application/pdf", "size": 8},
            content=b"%PDF-1.7",
        )  # fmt: skip
        message.add(SENTENCE)
        draft = Draft.objects.create(owner=ombudsman, typed={"data": {"note": [SENTENCE], "nature": ["enquiry"]}})
        LogRow.objects.write(reader)
    work = OtherWork.objects.create(
        done_on=today, kind="meeting", title=SENTENCE, audience=SENTENCE, place="Hämeenlinna"
    )
    PublicDetails.objects.create(
        pk=1, phone="03 000 0000", hours="ma–to klo 9–12", address="Keksittykatu 1", note=SENTENCE
    )
    year = last_year.year
    approved = Account.objects.create(year=year)
    AccountText.objects.create(account=approved, section="observations", text=SENTENCE * 4)
    approved.approve(published_tables(year), by=ombudsman)
    Account.objects.create(year=year - 1)
    return SimpleNamespace(
        ombudsman=ombudsman, substitute=substitute, contact=contact, case=case, closed=closed, message=message,
        receipt=receipt, file=file, draft=draft, work=work, year=year, substitution=Substitution.objects.get(),
        code=Code.objects.get(variable="reason", code="fee"),
    )  # fmt: skip
