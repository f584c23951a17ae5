"""What every sealed record shares: a key of its own, and that with the record its key goes."""

import uuid

import pgtrigger
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ombudsman import keys, reading
from ombudsman.sealing import KeySlotField, give_keys

DOOM = "INSERT INTO ombudsman_doomedkey (slot) VALUES (OLD.key_slot) ON CONFLICT DO NOTHING; RETURN OLD;"


class SealedRecord(models.Model):
    """A record whose words rest sealed with a key of its own; its address tells nothing, not even an order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_slot = KeySlotField(_("key"), unique=True, editable=False)

    class Meta:
        abstract = True
        # By the database, so that a cascade, a bulk removal and the shell are covered too.
        triggers = [
            pgtrigger.Trigger(name="key_goes_with_row", when=pgtrigger.After, operation=pgtrigger.Delete, func=DOOM),
            pgtrigger.Trigger(
                name="former_key_goes",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("key_slot"),
                condition=pgtrigger.Condition("OLD.key_slot IS DISTINCT FROM NEW.key_slot"),
                func=DOOM,
            ),
        ]

    @cached_property
    def key(self):
        """The record's own key. Raises keys.KeyGone, keys.KeysMissing."""
        return keys.store.read(self.key_slot)

    # Said here as well as by each sealed column: a matter that is closed or a draft that is thrown away writes none.

    def save(self, *args, update_fields=None, **kwargs):
        reading.wrote(self)
        if not self._state.adding and "key_slot" not in (update_fields or ()):
            self.hold_key()
        super().save(*args, update_fields=update_fields, **kwargs)

    def hold_key(self):
        """Nobody changes the key until the transaction ends. Raises keys.KeyGone where it was changed already."""
        present = type(self).objects.select_for_update().filter(pk=self.pk).values_list("key_slot", flat=True).first()
        if present != self.key_slot:
            raise keys.KeyGone("The key of this record was changed since it was fetched.")

    def delete(self, *args, **kwargs):
        reading.wrote(self)
        return super().delete(*args, **kwargs)

    @classmethod
    def sealed_fields(cls):
        """The names of the columns that rest sealed."""
        return [field.name for field in cls._meta.concrete_fields if hasattr(field, "opened")]

    @classmethod
    def seal_all_anew(cls, records):
        """Everything of them again, each with a new key. The former ones are destroyed once this is committed."""
        names = cls.sealed_fields()
        for record in records:
            for name in names:
                getattr(record, name)  # opened by the former key
        give_keys(records)
        for record in records:
            record.save(update_fields=["key_slot", *names])
            record.hash_anew()
        DoomedKey.objects.destroy_soon()

    def hash_anew(self):
        """Keyed hashes by the present index key, for records that are found by any."""


class DoomedKeyQuerySet(models.QuerySet):
    def destroy(self):
        """Overwrite the keys of records that are gone; killed at any moment, it is simply done again."""
        slots = list(self.values_list("slot", flat=True)[:5000])
        if slots:
            keys.store.destroy(slots)
            self.filter(slot__in=slots).delete()
        return len(slots)

    def destroy_soon(self):
        """As soon as what removed them has been committed; the sweep does it otherwise."""
        transaction.on_commit(self.destroy, robust=True)


class DoomedKey(models.Model):
    """A key whose record is gone; written by the database in the transaction that removed the record."""

    slot = models.BigIntegerField(primary_key=True)

    objects = DoomedKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key to be destroyed")

    def __str__(self):
        return str(self.slot)
