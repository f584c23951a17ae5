"""A random walk through the caseload: what a page shows or changes stands in the one row that the answer leaves."""

import itertools
import random
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from ombudsman.key_change import sealed_models
from ombudsman.models import (
    Account,
    Case,
    CaseFile,
    Code,
    Contact,
    Draft,
    Fact,
    LogRow,
    Measure,
    Message,
    OtherWork,
    Purpose,
    Substitution,
)
from ombudsman.urls import urlpatterns
from publishing.finnish_dates import written_day
from tests.conftest import signed_in
from tests.ombudsman.factories import PERSON, VALUES, as_portal, make_case, make_contact, make_message, make_substitute

pytestmark = pytest.mark.django_db

STEPS = 150
WORD = re.compile(r"salava\d{4}x")  # stands in every sealed field of one record and nowhere else
PDF = b"%PDF-1.7\n% "
# Buttons, which no link leads to.
PRESSED = {
    "leave", "same_caller", "draft_save", "draft_delete", "contact_open_case", "case_move", "measure_create",
    "measure_delete", "file_create", "file_delete", "message_answered",
}  # fmt: skip


class Caseload:
    """Records of every kind, each with a word of its own; `words` tells whose it is."""

    def __init__(self, by, size=1):
        self.by, self.words, self.numbers = by, {}, itertools.count(1)
        with transaction.atomic(), as_portal():
            for number in range(3 * size):
                self.add_contact()
                self.add_case(is_closed=number % 3 == 2)
                self.add_message(is_answered=number % 3 == 2)
                self.add_draft(by)
        OtherWork.objects.create(done_on=timezone.localdate(), kind="training", title="Koulutus")
        Account.objects.create(year=2025)
        Substitution.objects.create(substitute=by, set_by=by, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))

    def new(self):
        return f"salava{next(self.numbers):04}x"

    def keep(self, word, record):
        self.words[word] = record.pk
        return record

    def add_contact(self, case=None):
        word = self.new()
        number = len(self.words)
        person = {
            "name": f"Aino {word}",
            "phone": f"040 {number // 3:07}",  # some call again
            "email": f"{word}@example.org",
        }
        made = make_contact(by=self.by, person=person, note=f"Huoli {word}", case=case, service=word)
        Contact.objects.filter(pk=made.pk).update(kept_until=date(2027, 3, 3))
        return self.keep(word, made)

    def add_case(self, is_closed):
        word = self.new()
        case = self.keep(word, make_case(contact=self.add_contact(), by=self.by, title=f"Asia {word}"))
        self.add_contact(case)
        case.next_step, case.kept_because, case.next_on = f"Soita {word}", word, timezone.localdate()
        case.decided_on, case.kept_until = date(2026, 3, 3), date(2027, 3, 3)
        case.save()
        word = self.new()
        fact = Fact.objects.create(kind=Fact.Kind.MEASURE, month=date(2026, 3, 1), measures=["advice"])
        measure = Measure(case=case, taken_on=date(2026, 3, 4), code="advice", note=f"Kysyin {word}", fact=str(fact.pk))
        measure.save()
        self.keep(word, measure)
        word = self.new()
        facts = {"name": f"{word}.pdf", "mime_type": "application/pdf", "size": 40}
        self.keep(word, CaseFile.objects.create(case=case, facts=facts, content=PDF + word.encode()))
        if is_closed:
            case.move_to("closed", by=self.by, outcome="advised", outcome_words=f"Loppu {self.word_of(case)}")

    def add_message(self, is_answered):
        word = self.new()
        person = PERSON | {"name": f"Aino {word}", "email": f"{word}@example.org", "wish": "call"}
        message = self.keep(word, make_message(words=f"Kysyn {word}", person=person)[0])
        word = self.new()
        self.keep(word, message.add(f"Lisään {word}"))
        if is_answered:
            message.mark_answered()

    def add_draft(self, owner):
        word = self.new()
        data = {"note": [f"Kesken {word}"], "name": [f"Aino {word}"]}
        return self.keep(word, Draft.objects.create(owner=owner, typed={"data": data}))

    @property
    def contact(self):
        return Contact.objects.filter(case=None).earliest("recorded_at")

    @property
    def case(self):
        return Case.objects.not_closed().earliest("pk")

    @property
    def message(self):
        return Message.objects.waiting().earliest("pk")

    @property
    def draft(self):
        return Draft.objects.earliest("pk")

    def word_of(self, record):
        return next(word for word, pk in self.words.items() if pk == record.pk)

    def shown_in(self, answer):
        """The records whose words stand in an answer."""
        text = answer.content.decode(errors="replace") + str(answer.headers)
        return {self.words[word] for word in WORD.findall(text)}


def pages(user):
    """{name: addresses} of every page that a link of the caseload leads to, for the records that the user sees."""
    contacts, cases, messages, drafts = (
        list(model.objects.visible_to(user)) for model in (Contact, Case, Message, Draft)
    )
    numbers = [{"number": case.number} for case in cases]
    work, account = OtherWork.objects.get(), Account.objects.get()
    kwargs = {
        "contact": contacts, "contact_edit": contacts, "contact_delete": contacts, "contact_keep": contacts,
        "message": messages, "message_delete": messages, "other_work_edit": [work], "other_work_delete": [work],
        "substitution_read": Substitution.objects.all(), "substitution_end": Substitution.objects.all(),
        "code_edit": Code.objects.all()[:1],
    }  # fmt: skip
    kwargs = {name: [{"pk": record.pk} for record in records] for name, records in kwargs.items()}
    kwargs |= dict.fromkeys(("case", "case_edit", "case_delete", "case_keep"), numbers)
    kwargs["case_file"] = [
        {"number": file.case.number, "pk": file.pk} for file in CaseFile.objects.filter(case__in=cases)
    ]
    kwargs["account_edit"] = kwargs["account_approve"] = [{"year": account.year}]
    kwargs["account_docx"] = [{"year": account.year, "area": "kaikki"}]
    found = {}
    for pattern in urlpatterns:
        if str(pattern.pattern).startswith("asiat/") and pattern.name not in PRESSED:
            these = kwargs.get(pattern.name, [{}])
            found[pattern.name] = [reverse(f"ombudsman:{pattern.name}", kwargs=each) for each in these]
    new = found["contact_create"][0]
    found["contact_create"] += [f"{new}?viesti={message.pk}" for message in messages]
    found["contact_create"] += [f"{new}?luonnos={draft.pk}" for draft in drafts]
    found["cases"] += [f"{found['cases'][0]}?tila={state}" for state in ("kaikki", "kesken", "odottaa", "suljetut")]
    found["log"] += [f"{found['log'][0]}?tieto={case.number}" for case in cases]
    found["retention"] += [f"{found['retention'][0]}?laji=asiat"]
    return found


def a_walk(user, steps):
    """Every page once, and then any of them."""
    order, found = random.Random(7392023), pages(user)
    first = [order.choice(addresses) for addresses in found.values() if addresses]
    order.shuffle(first)
    everything = [address for addresses in found.values() for address in addresses]
    return first + order.choices(everything, k=steps - len(first))


def rows_of_caseload():
    """{key: digest of all its columns} of every sealed record."""
    found = {}
    with connection.cursor() as cursor:
        for model in sealed_models():
            cursor.execute(f"SELECT id, md5(t::text) FROM {model._meta.db_table} AS t")
            found |= dict(cursor.fetchall())
    return found


class Answered:
    """An answer, the rows that it left in the log, and the records that it changed."""

    def __init__(self, browser, method, *args, **kwargs):
        last = LogRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        before = rows_of_caseload()
        self.method = method
        self.answer = getattr(browser, method.lower())(*args, **kwargs)
        after = rows_of_caseload()
        self.rows = list(LogRow.objects.filter(pk__gt=last))
        self.changed = {pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)}

    @property
    def opened(self):
        return {pk for row in self.rows for pk in row.opened}

    @property
    def wrote(self):
        return {pk for row in self.rows for pk in row.wrote}


def then_the_log_tells_it(step, caseload, *, user, purpose="", substitution=None):
    """One row names what the answer shows and what it changed; without either there is none."""
    if step.method == "GET":
        assert step.opened == caseload.shown_in(step.answer)
        assert step.wrote == step.changed == set()
    else:  # what is mended is opened before, and what is written again need not have changed
        assert step.opened >= caseload.shown_in(step.answer)
        assert step.wrote >= step.changed
    assert len(step.rows) == bool(step.opened or step.wrote)
    for row in step.rows:
        assert (row.user, row.purpose, row.substitution) == (user, purpose, substitution)
        assert row.office == ("substitute" if substitution else "ombudsman")
        assert (row.address, row.method) == (step.answer.resolver_match.url_name, step.method)
        assert abs(row.at - timezone.now()) < timedelta(seconds=10)


def test_a_walk_of_the_ombudsman_leaves_a_row_for_each_reading(ombudsman):
    caseload, browser = Caseload(ombudsman, size=2), signed_in(ombudsman)
    readings = 0

    for path in a_walk(ombudsman, STEPS):
        step = Answered(browser, "GET", path)

        then_the_log_tells_it(step, caseload, user=ombudsman)
        readings += len(step.rows)
    assert readings > STEPS / 3


@pytest.mark.parametrize("scope", Substitution.Scope.values)
def test_a_walk_of_the_substitute_leaves_rows_with_the_purpose_and_the_substitution(ombudsman, scope):
    today = timezone.localdate()
    caseload = Caseload(ombudsman)
    user = make_substitute(by=ombudsman, scope=scope, starts_on=today, ends_on=today)
    substitution = user.substitutions.get()
    browser = signed_in(user)
    browser.post(reverse("ombudsman:purpose"), {"purpose": Purpose.CONTINUE})
    opened = set()

    for path in a_walk(user, STEPS // 2):
        step = Answered(browser, "GET", path)

        then_the_log_tells_it(step, caseload, user=user, purpose=Purpose.CONTINUE, substitution=substitution)
        opened |= step.opened
    closed = set(Case.objects.filter(status="closed").values_list("pk", flat=True))
    assert bool(opened & closed) == (scope == Substitution.Scope.ALL)


LATER = written_day(timezone.localdate() + timedelta(days=300))
TYPED = VALUES | {"occurred_on": "2.3.2026", "state": "done", "note": "Soitti"}
FORMS = {
    "a new contact": lambda each: (address("contact_create"), TYPED),
    "a contact that goes on": lambda each: (
        address("contact_create"), TYPED | {"state": "open", "next_step": "Soita", "next_on": LATER},
    ),
    "a contact of an earlier caller": lambda each: (
        address("contact_create"), TYPED | {"phone": "040 0000000", "joins": f"contact:{each.contact.pk}"},
    ),
    "a contact in a matter": lambda each: (address("contact_create"), TYPED | {"number": each.case.number}),
    "a contact from a message": lambda each: (f"{address('contact_create')}?viesti={each.message.pk}", TYPED),
    "a contact from a draft": lambda each: (address("contact_create"), TYPED | {"draft": each.draft.pk}),
    "a contact with a mistake": lambda each: (address("contact_create"), TYPED | {"nature": ""}),
    "a contact, mended": lambda each: (address("contact_edit", pk=each.contact.pk), TYPED),
    "a contact, removed": lambda each: (address("contact_delete", pk=each.contact.pk), {}),
    "a contact, withdrawn": lambda each: (address("contact_delete", pk=each.contact.pk), {"withdraw": "1"}),
    "a contact, kept": lambda each: (address("contact_keep", pk=each.contact.pk), {"kept_until": LATER}),
    "a contact, kept no more": lambda each: (address("contact_keep", pk=each.contact.pk), {"take_back": "1"}),
    "a contact, made a matter": lambda each: (address("contact_open_case", pk=each.contact.pk), {}),
    "earlier contacts": lambda each: (address("same_caller"), {"phone": "040 0000000"}),
    "a draft": lambda each: (address("draft_save"), {"note": "Kesken"}),
    "a draft, again": lambda each: (address("draft_save"), {"note": "Kesken", "draft": each.draft.pk}),
    "a draft, removed": lambda each: (address("draft_delete", pk=each.draft.pk), {}),
    "a matter, mended": lambda each: (address("case_edit", number=each.case.number), {"title": "Uusi"}),
    "a matter, waiting": lambda each: (address("case_move", number=each.case.number), {"status": "waiting"}),
    "a matter, closed": lambda each: (
        address("case_move", number=each.case.number), {"status": "closed", "outcome": "advised"},
    ),
    "a matter, closed without saying how": lambda each: (
        address("case_move", number=each.case.number), {"status": "closed"},
    ),
    "a matter, removed": lambda each: (address("case_delete", number=each.case.number), {}),
    "a matter, kept": lambda each: (
        address("case_keep", number=each.case.number), {"kept_until": LATER, "reason": "Oikeudessa"},
    ),
    "a matter, kept no more": lambda each: (address("case_keep", number=each.case.number), {"take_back": "1"}),
    "a measure": lambda each: (
        address("measure_create", number=each.case.number), {"taken_on": "3.3.2026", "code": "advice", "note": "Soi"},
    ),
    "a measure, removed": lambda each: (
        address("measure_delete", number=each.case.number, pk=each.case.measures.get().pk), {},
    ),
    "a file": lambda each: (
        address("file_create", number=each.case.number), {"file": SimpleUploadedFile("liite.pdf", PDF)},
    ),
    "a file, removed": lambda each: (
        address("file_delete", number=each.case.number, pk=each.case.files.get().pk), {},
    ),
    "a message, answered": lambda each: (address("message_answered", pk=each.message.pk), {}),
    "a message, removed": lambda each: (address("message_delete", pk=each.message.pk), {}),
    "finding": lambda each: (address("search"), {"words": "0400000000"}),
}  # fmt: skip


def address(name, **kwargs):
    return reverse(f"ombudsman:{name}", kwargs=kwargs)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_leaves_one_row_with_what_it_changed(ombudsman, form):
    caseload, browser = Caseload(ombudsman), signed_in(ombudsman)
    path, data = FORMS[form](caseload)

    step = Answered(browser, "POST", path, data)

    assert step.answer.status_code in {200, 302}
    then_the_log_tells_it(step, caseload, user=ombudsman)
    assert step.changed or form in {"finding", "earlier contacts"} or step.answer.status_code == 200
