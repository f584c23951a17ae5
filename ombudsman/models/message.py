"""Messages of the public form: sealed on arrival, read in the caseload and nowhere else."""

import secrets

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ombudsman import reading
from ombudsman.keys import store
from ombudsman.models.finding import Findable, terms_of
from ombudsman.models.record import SealedRecord
from ombudsman.models.substitution import sight_of
from ombudsman.sealing import SealedJSONField, SealedTextField, give_keys

# Crockford's alphabet: no letter that is taken for another when it is read from paper.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26  # letters of five bits: 130 bits, more than the 128 of OWASP ASVS 11.5.1
GROUP = 5


def new_receipt():
    """A receipt code, as it is shown: groups of letters and digits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP))


def normalised_receipt(text):
    """The code's letters however they were typed; nothing where it cannot be one."""
    letters = "".join(sign for sign in text.upper() if sign.isalnum())
    letters = letters.replace("O", "0").replace("I", "1").replace("L", "1")
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(ALPHABET) else ""


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for the ombudsman; for a substitute for open matters those that have not been answered."""
        sight = sight_of(user)
        if sight is None:
            return self.none()
        return self if sight.sees_all else self.waiting()

    editable_by = visible_to

    def waiting(self):
        return self.filter(answered_at=None)

    def in_order(self):
        """Those that wait first, the oldest first; then the answered ones, the latest first."""
        return self.order_by(models.F("answered_at").desc(nulls_first=True), "received_at", "pk")

    def found_by(self, terms):
        return self.filter(pk__in=Findable.objects.by(terms).values("message")).in_order()

    def of_receipt(self, text):
        """The message to which a receipt code belongs, or None."""
        letters = normalised_receipt(text)
        if not letters:
            return None
        return self.filter(receipt__in=store.digests(f"receipt:{letters}")).first()

    @transaction.atomic
    def receive(self, *, words, person, receipt=None):
        """Seal a message that has just come, under a new receipt code unless one is given. Returns (message, code)."""
        receipt = receipt or new_receipt()
        person = {name: text for name, text in person.items() if text}
        message = Message(words=words, person=person)
        give_keys([message])  # first: a change of keys that begins now finds the message, and hashes it anew
        message.receipt = store.digest(f"receipt:{normalised_receipt(receipt)}")
        message.receipt_code = normalised_receipt(receipt)
        message.save(force_insert=True)
        Findable.objects.renew(message, terms_of(**person))
        return message, receipt


class Message(SealedRecord):
    """What somebody wrote to the ombudsman without an account."""

    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # Found by a keyed hash; the code itself is sealed too, for the hash is made anew when keys are changed.
    receipt = models.BinaryField(_("keyed hash of the receipt code"), max_length=16, unique=True)
    receipt_code = SealedTextField(_("receipt code"))
    words = SealedTextField(_("message"))
    person = SealedJSONField(_("sender"))

    objects = MessageQuerySet.as_manager()

    class Meta(SealedRecord.Meta):
        abstract = False
        verbose_name = _("message")
        indexes = [models.Index(fields=["received_at"], name="message_waiting", condition=models.Q(answered_at=None))]

    def __str__(self):
        return f"{self.received_at:%Y-%m-%d %H:%M}"

    @property
    def is_answered(self):
        return self.answered_at is not None

    @transaction.atomic
    def add(self, words):
        """The sender writes more; the message waits for an answer again."""
        reading.wrote(self)
        addition = MessageAddition.objects.create(message=self, words=words)
        Message.objects.filter(pk=self.pk).update(answered_at=None)
        return addition

    def mark_answered(self):
        """Somebody has answered, by telephone or otherwise. A second time changes nothing."""
        reading.wrote(self)
        Message.objects.filter(pk=self.pk, answered_at=None).update(answered_at=timezone.now())
        self.refresh_from_db(fields=["answered_at"])

    def hash_anew(self):
        self.receipt = store.digest(f"receipt:{self.receipt_code}")
        self.save(update_fields=["receipt"])
        Findable.objects.renew(self, terms_of(**self.person))


class MessageAddition(SealedRecord):
    """What the sender wrote later, with the receipt code."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="additions", verbose_name=_("message"))
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    words = SealedTextField(_("message"))

    class Meta(SealedRecord.Meta):
        abstract = False
        verbose_name = _("addition to a message")
        ordering = ["received_at", "pk"]

    def __str__(self):
        return f"{self.received_at:%Y-%m-%d %H:%M}"
