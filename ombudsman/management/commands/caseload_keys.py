"""`manage.py caseload_keys`: the keys of the caseload, begun, changed, sealed for two people, restored, looked at."""

import getpass

from django.core.management.base import BaseCommand, CommandError

from ombudsman import key_change, recovery
from ombudsman.keys import KeyGone, KeysMissing, store


class Command(BaseCommand):
    help = "Keys of the caseload. They lie outside the database: see docs/decisions/0012."

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("begin", help="make the first keys, unless there are any; safe to run at every start")
        acts.add_parser("change", help="give every record a new key and remove the former master key, while running")
        seal = acts.add_parser("seal", help="seal the keys for two named people; prints a half for each")
        seal.add_argument("names", nargs=2, metavar="NAME")
        acts.add_parser("restore", help="after a loss: bring the master keys back by the two halves")
        acts.add_parser(
            "tidy", help="after a restored copy: remove records that no key opens, and keys without a record"
        )
        acts.add_parser("check", help="tell which keys there are and whether every record can be opened by one")

    def handle(self, act, **options):
        try:
            getattr(self, f"{act}_keys")(**options)
        except (KeysMissing, recovery.WrongHalf) as error:
            raise CommandError(str(error)) from error

    def begin_keys(self, **options):
        is_lost = not (store.folder / "slots.bin").exists() and any(
            model.objects.exists() for model in key_change.sealed_models()
        )
        if is_lost:
            raise CommandError(
                "The database holds sealed records and this folder none of their keys. Mount the folder that has them, "
                "or restore it (manage.py caseload_keys restore); new keys would open none of the records."
            )
        self.stdout.write("Keys of the caseload made." if store.begin() else "Keys of the caseload are there.")
        key_change.reach_every_slot()

    def tidy_keys(self, **options):
        store.check()
        rows, unused = key_change.tidy()
        self.stdout.write(f"{rows} records that no key opens and {unused} keys without a record were removed.")

    def change_keys(self, **options):
        store.check()
        changed = key_change.change_keys()
        recovery.seal_master_keys()
        self.stdout.write(
            f"{changed} records have new keys; the present master key is {store.current}. "
            "Copies of the database and of the keys made before do not fit any more: make new ones now, of both."
        )
        if not recovery.named():
            self.stdout.write("The keys are not sealed for anybody yet: manage.py caseload_keys seal NAME NAME")

    def seal_keys(self, names, **options):
        if names[0].casefold() == names[1].casefold():
            raise CommandError("Two different people are needed.")
        store.check()
        for name, half in recovery.make_halves(names).items():
            self.stdout.write(f"\n{name}:\n{half}\n")
        self.stdout.write(
            "\nEach half goes on paper to its person and is not shown again. Keep the latest copy of slots.bin, "
            "recovery.json and recovery.sealed apart from the database's backups, and only the latest."
        )

    def restore_keys(self, **options):
        halves = [getpass.getpass(f"Half {number}: ") for number in (1, 2)]
        recovery.restore(halves)
        store.check()
        key_change.reach_every_slot()
        self.stdout.write("The master keys are back.")

    def check_keys(self, **options):
        store.check()
        self.stdout.write(f"Master keys: {', '.join(map(str, store.numbers()))}")
        for model in key_change.sealed_models():
            gone = count = 0
            for slot in model.objects.values_list("key_slot", flat=True).iterator(2000):
                count += 1
                try:
                    store.read(slot)
                except KeyGone:
                    gone += 1
            self.stdout.write(f"{model._meta.model_name}: {count} records, {gone} without a key")
        people = recovery.named()
        self.stdout.write(f"Sealed for: {' and '.join(people)}" if people else "Not sealed for anybody yet.")
