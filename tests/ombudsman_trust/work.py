"""Run as a script in a cluster: `work.py WHAT`, what it needs as JSON on standard input, what came of it as JSON."""

import json
import sys
from datetime import timedelta
from importlib import import_module

import django

django.setup()

from allauth.account.internal.flows.login import record_authentication  # noqa: E402
from cryptography.exceptions import InvalidTag  # noqa: E402
from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: E402
from dateutil.relativedelta import relativedelta  # noqa: E402
from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from ombudsman import entrance, tasks  # noqa: E402
from ombudsman.key_change import sealed_models  # noqa: E402
from ombudsman.keys import HEADER, NONCE, SLOT, KeyGone, KeysMissing, bound_to, store  # noqa: E402
from ombudsman.models import Case, CaseFile, Contact, Draft, Fact, Findable, Measure, Message, terms_of  # noqa: E402
from ombudsman.sealing import Unreadable, unseal  # noqa: E402
from tests.accounts.factories import AppointmentFactory, UserFactory  # noqa: E402
from tests.conftest import signed_in  # noqa: E402
from tests.directory.factories import PersonFactory  # noqa: E402
from tests.ombudsman.factories import as_portal, make_contact, make_message  # noqa: E402

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
EMAIL = "vastaava@example.org"


# People ———————————————————————————————————————————————————————————————————————————————————————————————————————


def appointed():
    """The ombudsman, signed in with a second factor; and somebody of the staff."""
    user = UserFactory(email=EMAIL)
    AppointmentFactory(user=user)
    PersonFactory(given_name="Helmi", family_name="Vastaava", email=user.email, user=user)
    return {"session": signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value}


def rest(session):
    """Nobody has touched the caseload for twenty minutes."""
    kept = SessionStore(session)
    kept[entrance.SEEN] = entrance.now() - 20 * 60
    for method in kept["account_authentication_methods"]:
        method["at"] -= 20 * 60
    kept.save()


def prove(session):
    """The second factor is shown again."""
    request = HttpRequest()
    request.user, request.session = User.objects.get(email=EMAIL), SessionStore(session)
    record_authentication(request, request.user, "mfa", type="totp", id=0)
    request.session.save()


def plant(session, words):
    """What the portal never does: words in a session. Without words they are taken out again."""
    kept = SessionStore(session)
    kept["planted"] = words * 20
    kept.save()


# Records ——————————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def filled(contacts, cases, messages):
    """Records with a word of their own each, found by a telephone number and a receipt. All of today."""
    by = User.objects.get(email=EMAIL)
    receipts = {}
    with as_portal():
        for number in range(contacts):
            contact = make_contact(by=by, person=person(number), note=f"Merkintä {number}", occurred_on=today())
            if number < cases:
                filled_case(contact, by, number)
        for number in range(messages):
            message, receipt = make_message(words=f"Viesti {number}", person={"phone": f"041 {number:07}"})
            receipts[receipt] = str(message.pk)
    return {"receipts": receipts}


def filled_case(contact, by, number, **values):
    """A matter with one contact, one measure and one file."""
    case = Case.objects.open_for(contact, by=by, title=f"Asia {number}")
    fact = Fact.objects.create(kind=Fact.Kind.MEASURE, month=contact.occurred_on.replace(day=1), measures=["advice"])
    Measure(case=case, taken_on=today(), code="advice", note=f"Toimi {number}", fact=str(fact.pk)).save()
    CaseFile.objects.create(case=case, facts={"name": f"liite-{number}.pdf", "size": 5}, content=b"%PDF-")
    if values:
        Case.objects.filter(pk=case.pk).update(**values)
    return case


def person(number):
    return {"phone": f"040 {number:07}", "name": f"Aino Numero{number}"}


def today():
    return timezone.localdate()


def opened():
    """{key: {column: what it opens to}} of every sealed record."""
    found = {}
    with as_portal():
        for model in sealed_models():
            for record in model.objects.all():
                values = {name: getattr(record, name) for name in model.sealed_fields()}
                found[str(record.pk)] = {name: shown(value) for name, value in values.items()}
    return found


def shown(value):
    return value.decode() if isinstance(value, bytes) else value


def looked(phones=(), receipts=(), slots=()):
    """What is opened, how many records each telephone number finds, which message each receipt; which keys are left."""
    messages = {receipt: Message.objects.of_receipt(receipt) for receipt in receipts}
    return {
        "opened": opened(),
        "phones": {phone: Findable.objects.by(terms_of(phone=phone)).count() for phone in phones},
        "receipts": {receipt: str(message.pk) for receipt, message in messages.items()},
        "keys": [slot for slot in slots if key_in(slot)],
    }


# Keys —————————————————————————————————————————————————————————————————————————————————————————————————————————


def copies():
    """A few sealed columns as they stand in the database now, and the store of keys: what an old backup holds."""
    rows = []
    for label, column in (("Contact", "note"), ("Message", "words"), ("CaseFile", "content"), ("Draft", "typed")):
        model = apps.get_model("ombudsman", label)
        for record in model.objects.order_by("pk")[:10]:
            sealed = record.__dict__[column].content.hex()
            place = model._meta.get_field(column).place(record).decode()
            rows.append({"sealed": sealed, "place": place, "slot": record.key_slot})
    return {"rows": rows, "slots": store.slots.read_bytes().hex()}


def opening(rows, slots):
    """How many of the copies open by any key of the present folder, or by their own of the copied store."""
    present = [key for slot in range(1, store.slots.stat().st_size // SLOT) if (key := key_in(slot))]
    count = 0
    for row in rows:
        keys = [*present, *copied_keys(bytes.fromhex(slots), row["slot"])]
        count += any(opens(key, bytes.fromhex(row["sealed"]), row["place"].encode()) for key in keys)
    return {"opened": count, "keys": len(present)}


def key_in(slot):
    """None where it was destroyed, and where it was made for what was never stored and the master key has gone."""
    try:
        return store.read(slot)
    except (KeyGone, KeysMissing):
        return None


def copied_keys(slots, slot):
    """The key in a slot of the copied store, by whichever file of the present folder unwraps it."""
    assert slots.startswith(HEADER)
    content = slots[slot * SLOT : (slot + 1) * SLOT]
    for file in store.folder.iterdir():
        if file.stat().st_size == 32:
            try:
                yield AESGCM(file.read_bytes()).decrypt(content[4 : 4 + NONCE], content[4 + NONCE :], bound_to(slot))
            except InvalidTag:
                continue


def opens(key, sealed, place):
    try:
        unseal(key, sealed, place)
    except Unreadable:
        return False
    return True


# Retention ————————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def old(contacts, cases, messages, drafts):
    """Records whose time is up, as many of each, and a few of the same age that have been postponed.

    Returns the keys of those that shall go, with all that belongs to them, and of those that shall stay.
    """
    by = User.objects.get(email=EMAIL)
    long_ago = today() - relativedelta(years=12)
    at = timezone.now() - timedelta(days=12 * 366)
    going, staying = [], []
    with as_portal():
        for number in range(contacts + 5):
            contact = make_contact(by=by, person=person(9000 + number), occurred_on=long_ago, note=f"Vanha {number}")
            is_kept = number >= contacts
            Contact.objects.filter(pk=contact.pk).update(kept_until=tomorrow() if is_kept else None)
            (staying if is_kept else going).append(contact.pk)
        for number in range(cases + 5):
            contact = make_contact(by=by, person=person(8000 + number), occurred_on=long_ago)
            is_kept = number >= cases
            case = filled_case(
                contact, by, number, status="closed", closed_on=long_ago, kept_until=tomorrow() if is_kept else None
            )
            (staying if is_kept else going).extend([contact.pk, case.pk, case.measures.get().pk, case.files.get().pk])
        for number in range(messages):
            message, _receipt = make_message(words=f"Vanha {number}", person={})
            addition = message.add("lisää")
            Message.objects.filter(pk=message.pk).update(answered_at=at)
            going += [message.pk, addition.pk]
        for _number in range(drafts):
            going.append(Draft.objects.create(owner=by, typed={"data": {"note": ["vanha"]}}, saved_at=at).pk)
    return {"going": list(map(str, going)), "staying": list(map(str, staying))}


def tomorrow():
    return today() + timedelta(days=1)


def sweep():
    """The two sweeps of the caseload, once each."""
    tasks.delete_due()
    tasks.destroy_keys()


if __name__ == "__main__":
    made = globals()[sys.argv[1]](**json.load(sys.stdin))
    print(json.dumps(made))
