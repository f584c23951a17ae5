"""Changing the keys while people work: every record gets a new key of its own, and the former master key goes.

One batch is one transaction: killed at any moment, what is done is done, the rest keeps its former keys, and the same
command goes on. The former master key is removed only when nothing in the database is wrapped by it, while nobody can
make keys.
"""

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max

from ombudsman import recovery
from ombudsman.keys import KeyGone, store
from ombudsman.models import DoomedKey, LogRow, SealedRecord
from ombudsman.reading import Reader, reading
from ombudsman.sealing import WRITERS

BATCH = 100


def sealed_models():
    """Every kind of record that has keys of its own."""
    return [model for model in apps.get_app_config("ombudsman").get_models() if issubclass(model, SealedRecord)]


def change_keys(say=lambda text: None):
    """Give every record a new key under a new master key. Returns how many records were changed.

    A change that was interrupted is finished; no third master key is made then.
    """
    numbers = store.numbers()
    if len(numbers) == 1:
        store.add_master(numbers[0] + 1)
        recovery.seal_master_keys()  # before the first record depends on the new key
    changed = 0
    while True:
        for model in sealed_models():
            changed += change_of(model, say)
        if remove_former():
            return changed


def change_of(model, say):
    """The records of one kind that have not been changed yet, batch by batch."""
    changed = 0
    for keys in lagging(model):
        with transaction.atomic(), reading(Reader(address="change_keys")) as reader:
            records = list(model.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
            records = [record for record in records if is_lagging(record.key_slot)]
            model.seal_all_anew(records)
            LogRow.objects.write(reader)
        changed += len(records)
        say(f"{model._meta.verbose_name}: {changed}")
    return changed


def lagging(model):
    """The keys of rows whose own key is wrapped by a former master key, in batches."""
    batch = []
    for pk, slot in model.objects.order_by("pk").values_list("pk", "key_slot").iterator(2000):
        if is_lagging(slot):
            batch.append(pk)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def is_lagging(slot):
    """Whether another master key than the present one wraps the slot. What was destroyed cannot be changed."""
    try:
        return store.master_of(slot) != store.current
    except KeyGone:
        return False


@transaction.atomic
def remove_former():
    """Destroy former master keys. False when somebody has stored a record by one of them in the meantime."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS])
    if any(True for model in sealed_models() for _batch in lagging(model)):
        return False
    DoomedKey.objects.destroy()
    for number in store.numbers()[:-1]:
        store.remove_master(number)
    return True


def reach_every_slot():
    """After a restored copy of the store, which may be older than the database: no slot is given twice."""
    slots = [model.objects.aggregate(last=Max("key_slot"))["last"] or 0 for model in sealed_models()]
    store.reach(max(*slots, DoomedKey.objects.aggregate(last=Max("slot"))["last"] or 0))


@transaction.atomic
def tidy():
    """After a restored copy of the database or of the store: rows without a key go, and keys without a row.

    Such rows open with nothing; they are what was deleted since the copy was made. Returns (rows, keys).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS])
    rows, used = 0, set()
    for model in sealed_models():
        for pk, slot in list(model.objects.values_list("pk", "key_slot")):
            if store.has(slot):
                used.add(slot)
            else:
                rows += bool(model.objects.filter(pk=pk).delete()[0])
    unused = [slot for slot in range(1, store.count()) if slot not in used and store.has(slot)]
    store.destroy(unused)
    return rows, len(unused)
