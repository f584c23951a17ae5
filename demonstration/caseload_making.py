"""The ombudsman's caseload of the demonstration: two whole years, the weeks before today, and the substitute's turns.

What looks random is the same for the same day; it goes in by the verbs that the pages call. Only moments of the past
are set afterwards, and by such a moment a second run knows what is there already. All of it is invented but the area
and the other work of 2022, which come from the facts.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import holidays
from django.db import transaction
from django.utils import timezone

from accounts.models import Appointment, User
from demonstration.caseload_callers import Caller, chosen, inhabitants, one_of
from demonstration.chances import chance, moment
from demonstration.events_making import TEMPLATE
from demonstration.fact_files import facts
from directory.models import Municipality
from ombudsman import mail
from ombudsman.account_tables import published_tables
from ombudsman.forms.case import MeasureForm
from ombudsman.keys import store
from ombudsman.models import (
    Account,
    AccountText,
    Case,
    CaseFile,
    Contact,
    Draft,
    Fact,
    Findable,
    LogRow,
    Message,
    MessageAddition,
    OtherWork,
    PublicDetails,
    Purpose,
    Retention,
    ServedArea,
    Substitution,
    terms_of,
)
from ombudsman.reading import Reader, reading
from ombudsman.sealing import give_keys
from publishing.finnish_dates import written_day
from publishing.typst import typeset

HOLIDAYS = holidays.country_holidays("FI")
KEPT = 120  # months; with the usual times 2021 and 2022 would be deleted within the hour
BEHIND = timedelta(weeks=10)  # the weeks before today that have contacts
FOLLOWED = timedelta(weeks=52)  # so long a later run moves the matters of a week along
CLOCKS = ["9.10", "10.25", "13.40", "9.50", "14.05"]  # one contact a day, Monday to Friday
EVERY = 5  # days between messages of the form
CALLERS = 320  # numbers of callers kept for each whole year, so that no two have the same name or telephone
OPEN, WAITING, CLOSED = Case.Status.OPEN, Case.Status.WAITING, Case.Status.CLOSED


@dataclass(frozen=True)
class Step:
    """What happens to a matter so many days after it began, and on which day after that something is due."""

    day: int
    status: str = ""
    due: int | None = None
    outcome: str = ""


# How the matters of these weeks go, one way a week in turn. What each way shows lasts over five weeks, so that on any
# day one is open, one waits, one is late, one was reopened and one is closed. Days are whole weeks.
WAYS = {
    "decision": [Step(0, due=21), Step(21, due=42), Step(42, due=63), Step(63, CLOSED, outcome="changed")],
    "waiting": [Step(0, due=7), Step(7, WAITING, 35), Step(35, due=56), Step(56, CLOSED, outcome="settled")],
    "soon": [Step(0, due=14), Step(14, CLOSED, outcome="advised")],
    "late": [Step(0, due=14), Step(63, CLOSED, outcome="dropped")],
    "reopened": [
        Step(0, due=14), Step(14, CLOSED, outcome="unchanged"), Step(21, OPEN, 49), Step(49, due=70),
        Step(70, CLOSED, outcome="elsewhere"),
    ],
    "plain": [Step(70, CLOSED, outcome="advised")],
}  # fmt: skip
IN_TURN = ["decision", "waiting", "soon", "late", "reopened"]


def make_caseload():
    """Everything there is to the caseload. Returns how many contacts there are."""
    content = facts("caseload")
    ombudsman = User.objects.get(email="asiavastaava@example.org")
    if not Account.objects.exists():
        make_settings(content)
        make_work(content["work"])
        for year in content["years"]:
            make_year(year, by=ombudsman)
            make_account(year, by=ombudsman)
    make_weeks(by=ombudsman)
    make_messages(content["messages"], by=ombudsman)
    make_draft(content["draft"], owner=ombudsman)
    make_work(work_of_these_weeks(content["work_now"]))
    make_substitutions(User.objects.get(email="sijainen@example.org"), by=ombudsman)
    return Contact.objects.count()


@contextmanager
def writing(at=None, **who):
    """What is written inside leaves one row in the log, of the portal itself and of now unless told."""
    with transaction.atomic(), reading(Reader(**{"address": "demo", **who})) as reader:
        yield reader
        if at is None:
            LogRow.objects.write(reader)
        else:  # nobody can set the moment of a row afterwards
            LogRow.objects.create(at=at, opened=list(reader.opened), wrote=list(reader.wrote), **who)


def working_day(day):
    while day.weekday() > 4 or day in HOLIDAYS:
        day += timedelta(days=1)
    return day


def make_settings(content):
    """Who is served, what the public page says, and that the old years are kept."""
    served = content["served"]
    for code in served["municipalities"]:
        ServedArea.objects.create(municipality_id=code, starts_on=served["starts"], ends_on=served["ends"])
    for code in served["goes_on"]:
        ServedArea.objects.create(municipality_id=code, starts_on=served["goes_on_from"])
    PublicDetails.objects.get_or_create(pk=1, defaults=content["details"])
    Retention.objects.filter(kind__in=[Retention.Kind.CONTACT, Retention.Kind.CASE]).update(months=KEPT)


# Whole years --------------------------------------------------------------------------------------------------------


def calls_of(year):
    """(day, caller, place, whether it goes on as a matter) of every contact of a year, by day."""
    content, calls = facts("caseload"), []
    item = content["years"][year]
    places = inhabitants(date(year, 1, 1), silent=item["silent"])
    first = list(content["years"]).index(year) * CALLERS
    number = 0
    while len(calls) < item["contacts"]:
        of = (year, item["seed"], number)
        size = min(chosen({1: 64, 2: 22, 3: 9, 5: 5}, *of, "size"), item["contacts"] - len(calls))
        is_alone = size == 1
        caller = Caller(of, first + number, places, is_anonymous=is_alone and chance(*of, "anonymous") < 0.2)
        month = chosen(content["shares"]["month"], *of, "month")
        day = working_day(date(year, month, 1 + int(chance(*of, "day") * 26)))
        for place in range(size):
            calls.append((day, caller, place, not is_alone and chance(*of, "matter") < 0.75))
            later = working_day(day + timedelta(days=3 + int(chance(*of, place, "wait") * 25)))
            day = max(day, min(later, date(year, 12, 22)))
        number += 1
    return sorted(calls, key=lambda call: (call[0], call[1].number, call[2]))


def make_year(year, *, by):
    """The contacts of a year and its matters, which are all closed; a row of the log a month."""
    calls, outcomes = calls_of(year), facts("caseload")["outcomes"]
    matters = {}
    for month in range(1, 13):
        with writing():
            of_month = [call for call in calls if call[0].month == month]
            rows = [(day, *caller.words(place), place == 0) for day, caller, place, _goes_on in of_month]
            contacts = record_at_once(rows, by=by)
            for contact, (_day, caller, _place, goes_on) in zip(contacts, of_month, strict=True):
                if goes_on:
                    matters.setdefault(caller, []).append(contact)
    with writing():
        for caller, (first, *later) in matters.items():
            case = Case.objects.open_for(first, by=by, title=caller.title)
            Contact.objects.filter(pk__in=[contact.pk for contact in later]).update(case=case)
            outcome = one_of(list(outcomes), *caller.of, "outcome")
            on = working_day((later or [first])[-1].occurred_on + timedelta(days=5 + caller.number % 30))
            case.move_to(CLOSED, by=by, on=on, outcome=outcome, outcome_words=outcomes[outcome])


def record_at_once(rows, *, by):
    """What `Contact.record` would write for each (day, values, person, note, whether it is the client's first).

    A whole year one by one takes ten times as long, and the demonstration is made often. Returns the contacts.
    """
    counties = dict(Municipality.objects.values_list("pk", "sub_region__county"))
    contacts = [
        Contact(
            occurred_on=on, recorded_at=moment(on, "12.00"), recorded_by=by, values=values, person=person, note=note
        )
        for on, values, person, note, _is_first in rows
    ]
    give_keys(contacts)
    counted = []
    for contact, (on, values, *_words, is_first) in zip(contacts, rows, strict=True):
        named = {name: value for name, value in values.items() if name not in {"municipality", "service"}}
        fact = Fact(
            month=on.replace(day=1),
            municipality_id=values["municipality"],
            county_id=counties[values["municipality"]],
            is_client_counted=is_first and values["nature"] != "consultation",
            **named,
        )
        contact.fact = str(fact.pk)
        counted.append(fact)
    Fact.objects.bulk_create(counted)
    Contact.objects.bulk_create(contacts)
    Findable.objects.bulk_create(
        Findable(contact=contact, digest=store.digest(term))
        for contact in contacts
        for term in terms_of(**contact.person)
    )
    return contacts


def make_account(year, *, by):
    """The account with its prose; approved if the facts say when."""
    content = facts("caseload")
    account = Account.objects.create(year=year)
    for county, texts in content["texts"][year].items():
        for section, text in texts.items():
            AccountText.objects.create(account=account, county_id=county or None, section=section, text=text)
    if year in content["approved"]:
        account.approve(published_tables(year), by=by)
        approved_at = moment(content["approved"][year], "10.00")
        Account.objects.filter(pk=account.pk).update(approved_at=approved_at)


# The weeks before today ---------------------------------------------------------------------------------------------


def weeks(back):
    """(running number, Monday) of the weeks from so long ago to today, the oldest first."""
    today = timezone.localdate()
    monday = today - back - timedelta(days=(today - back).weekday())
    while monday <= today:
        yield monday.toordinal() // 7, monday
        monday += timedelta(weeks=1)


def written_down(caller, place, at, **fields):
    """The contact, as of a moment of the past."""
    values, person, note = caller.words(place)
    contact = Contact.record(occurred_on=timezone.localdate(at), values=values, person=person, note=note, **fields)
    Contact.objects.filter(pk=contact.pk).update(recorded_at=at)
    return contact


def caller_of(week, weekday, places):
    number = 2 * CALLERS + (week * 5 + weekday) % 320
    return Caller(("week", week, weekday), number, places)


def make_weeks(*, by):
    """A few contacts a week, matters of them, and what has happened to those since."""
    today, former = timezone.localdate(), None
    places = inhabitants(today)
    rows = Contact.objects.filter(occurred_on__gte=today - FOLLOWED - timedelta(weeks=1)).select_related("case")
    made = {contact.recorded_at: contact for contact in rows}
    for week, monday in weeks(FOLLOWED):
        matter = None
        with writing():
            for weekday in range(5):
                at = moment(working_day(monday + timedelta(days=weekday)), CLOCKS[weekday])
                way = way_of(week, weekday)
                contact = made.get(at)
                if contact is None and monday >= today - BEHIND and at.date() < today and (weekday < 4 or way):
                    contact = make_call(week, weekday, at, places, former, by=by)
                if contact and contact.case and way:
                    move_along(contact.case, way, by=by)
                    matter = contact.case if weekday == 0 else matter
        former = matter


def way_of(week, weekday):
    """Monday's call becomes a matter, and every fourth week Friday's."""
    if weekday == 0:
        return IN_TURN[week % len(IN_TURN)]
    return "plain" if weekday == 4 and week % 4 == 0 else ""


def make_call(week, weekday, at, places, former, *, by):
    """One contact. Wednesday's is the caller of the Monday before, about the same matter."""
    if weekday == 2:
        return written_down(caller_of(week - 1, 0, places), 1, at, by=by, case=former)
    caller = caller_of(week, weekday, places)
    contact = written_down(caller, 0, at, by=by)
    if way := way_of(week, weekday):
        case = Case.objects.open_for(contact, by=by, title=caller.title)
        if way in {"decision", "reopened"}:
            case.decided_on, case.served_on = (case.opened_on - timedelta(days=days) for days in (10, 4))
            case.save(update_fields=["decided_on", "served_on"])
        contact.case = case
    return contact


def move_along(case, way, *, by):
    """Every step whose day has come and that has not been taken."""
    content, today = facts("caseload"), timezone.localdate()
    taken = set(case.events.values_list("on", "status"))
    for step in WAYS[way]:
        on = case.opened_on + timedelta(days=step.day)
        if on > today:
            break
        if step.status and (on, step.status) not in taken:
            words = content["outcomes"].get(step.outcome, "")
            case = case.move_to(step.status, by=by, on=on, outcome=step.outcome, outcome_words=words)
        due = case.opened_on + timedelta(days=step.due) if step.due else None
        if due and not case.is_closed and (case.next_on is None or case.next_on < due):
            case.next_on, case.next_step = due, content["next_steps"][way]
            case.save(update_fields=["next_on", "next_step"])
        if step.status == WAITING and not case.measures.exists():
            form = MeasureForm({"taken_on": written_day(on), "code": "provider", "note": content["measure_note"]})
            form.is_valid()
            form.save(case)
    if way == "decision" and not case.is_closed and not case.files.exists():
        add_file(case, content["file_title"])


def add_file(case, title):
    """An invented document, sealed with a key of its own."""
    pdf = typeset(TEMPLATE, {"title": title}, moment=moment(case.opened_on, "9.00"))
    described = {"name": "paatos.pdf", "mime_type": "application/pdf", "size": len(pdf)}
    CaseFile.objects.create(case=case, added_on=case.opened_on, facts=described, content=pdf)


# Messages, a draft, other work --------------------------------------------------------------------------------------


def make_messages(items, *, by):
    """A message of the form every few days: the new one waits, the next has an addition, the oldest is answered."""
    today = timezone.localdate()
    places, there = inhabitants(today), {message.received_at: message for message in Message.objects.all()}
    for age in range(FOLLOWED.days, -1, -1):
        day = today - timedelta(days=age)
        received, answered = moment(day, "20.15"), moment(working_day(day + timedelta(days=8)), "15.30")
        message = there.get(received)
        is_new = message is None and age < 3 * EVERY and received < timezone.now()
        if day.toordinal() % EVERY or (message is None and not is_new):
            continue
        place = day.toordinal() // EVERY % len(items)
        item = items[place]
        caller = Caller(("message", item["task"]), 970 + place, places)
        with writing():
            message = message or receive(item, caller, received)
            if answered.date() < today and not message.is_answered:
                written_down(caller, 0, answered, by=by, message=message)
                Message.objects.filter(pk=message.pk).update(answered_at=answered)
            elif answered.date() >= today and age >= EVERY and not message.additions.exists():
                addition = message.add(items[0]["addition"])
                MessageAddition.objects.filter(pk=addition.pk).update(received_at=received + timedelta(days=2))


def receive(item, caller, received):
    person = caller.person("email" if item["wish"] == "email" else "phone") if item["wish"] != "none" else {}
    wished = {"wish": item["wish"], "municipality": item["municipality"]}
    message, _receipt = Message.objects.receive(words=item["words"], person=person | wished)
    Message.objects.filter(pk=message.pk).update(received_at=received)
    return message


def make_draft(item, *, owner):
    """A contact that was left half written."""
    if Draft.objects.filter(owner=owner, is_from_rest=False).exists():
        return
    day = timezone.localdate() - timedelta(days=1)
    typed = {"data": {name: [value] for name, value in item.items()} | {"occurred_on": [written_day(day)]}}
    with writing():
        Draft.objects.create(owner=owner, saved_at=moment(day, "14.20"), typed=typed)


def make_work(items):
    for item in items:
        OtherWork.objects.get_or_create(
            done_on=item["day"],
            title=item["title"],
            defaults={
                "kind": item["kind"],
                "audience": item.get("audience", ""),
                "place": item.get("place", ""),
                "county_id": item.get("county"),
            },
        )


def work_of_these_weeks(items):
    """Every fourth week on a Wednesday, in turn."""
    today = timezone.localdate()
    for week, monday in weeks(BEHIND):
        day = working_day(monday + timedelta(days=2))
        if week % 4 == 0 and day < today:
            yield items[week // 4 % len(items)] | {"day": day}


# The substitute -----------------------------------------------------------------------------------------------------


def fortnight(year):
    """First and last day of the substitute's two weeks in July."""
    first = date(year, 7, 6)
    first += timedelta(days=-first.weekday() % 7)
    return first, first + timedelta(days=13)


def make_substitutions(substitute, *, by):
    """Last July with what the substitute read and wrote, one in force today, and the next July to come."""
    today = timezone.localdate()
    past, _new = substitution_of(fortnight(today.year - 1), substitute, by=by)
    if not past.log_rows.exists():
        live_through(past, by=by)
    if not Substitution.objects.in_force().filter(substitute=substitute).exists():
        days = today - timedelta(days=2), today + timedelta(days=11)
        mail.tell_of_substitution(substitution_of(days, substitute, by=by)[0])
    coming, is_new = substitution_of(
        fortnight(today.year if fortnight(today.year)[0] > today else today.year + 1), substitute, by=by
    )
    if is_new:
        mail.tell_of_substitution(coming)


def substitution_of(days, substitute, *, by):
    first, last = days
    set_at = min(moment(first - timedelta(days=20), "9.00"), timezone.now())
    return Substitution.objects.get_or_create(
        substitute=substitute, starts_on=first, ends_on=last, defaults={"set_by": by, "set_at": set_at}
    )


def live_through(substitution, *, by):
    """Two matters were left to the substitute, who read both and wrote down three contacts."""
    first, places = substitution.starts_on, inhabitants(substitution.starts_on)
    callers = [Caller(("july", first.year, place), 960 + place, places) for place in range(5)]
    who = {
        "user": substitution.substitute,
        "office": Appointment.Office.SUBSTITUTE,
        "substitution": substitution,
    }

    def at(day, clock):
        return moment(working_day(first + timedelta(days=day)), clock)

    with writing():
        left = [open_before(caller, at(-21 + 2 * place, "11.00"), by=by) for place, caller in enumerate(callers[:2])]
    for place, case in enumerate(left):
        read = {"address": "case", "method": "GET", "purpose": Purpose.CONTINUE}
        with writing(at(1 + 4 * place, "9.40"), **who, **read):
            str((case.title, case.next_step, [(contact.note, contact.person) for contact in case.contacts.all()]))
    for place, caller in enumerate(callers[2:]):
        wrote = {"address": "contact_create", "method": "POST", "purpose": Purpose.CALL}
        moment_of_call = at(2 + 4 * place, "10.15")
        with writing(moment_of_call, **who, **wrote):
            written_down(caller, 0, moment_of_call, by=substitution.substitute)
    with writing():
        for case in left:
            words = facts("caseload")["outcomes"]["advised"]
            case.move_to(CLOSED, by=by, on=at(40, "9.00").date(), outcome="advised", outcome_words=words)


def open_before(caller, at, *, by):
    """A matter that waits for the substitute."""
    case = Case.objects.open_for(written_down(caller, 0, at, by=by), by=by, title=caller.title)
    case.next_on, case.next_step = (
        working_day(case.opened_on + timedelta(days=24)),
        facts("caseload")["left_to_substitute"],
    )
    case.save(update_fields=["next_on", "next_step"])
    return Case.objects.get(pk=case.pk)
