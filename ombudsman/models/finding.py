"""Finding by a telephone number, an e-mail address or a name, without an index that could be read."""

import re
import unicodedata

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ombudsman.keys import store


def normalised_phone(text):
    """+358401234567 however it was typed; nothing where there is no number."""
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+358{digits[1:]}"
    digits = re.sub(r"^\+3580", "+358", digits)
    return digits if len(digits.lstrip("+")) >= 5 and "+" not in digits[1:] else ""


def normalised_email(text):
    text = text.strip().casefold()
    return text if re.fullmatch(r"[^@\s]+@[^@\s]+", text) else ""


def normalised_name(text):
    """The words of a name in one order, whichever came first: "Virtanen, Aino" is "Aino Virtanen"."""
    text = unicodedata.normalize("NFKC", text).casefold()
    words = sorted(re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", text))
    return " ".join(words) if len(words) > 1 else ""


def terms_of(*, name="", phone="", email="", **_others):
    """The texts under which a person is found, each with what it is."""
    found = {"phone": normalised_phone(phone), "email": normalised_email(email), "name": normalised_name(name)}
    return [f"{kind}:{text}" for kind, text in found.items() if text]


def terms_asked(text):
    """What somebody may have meant who typed this into the search."""
    return terms_of(name=text, phone=text if not re.search(r"[^\W\d_]|@", text) else "", email=text)


class FindableQuerySet(models.QuerySet):
    def by(self, terms):
        """Those found by any of the terms, under the present index key or one that is being replaced."""
        return self.filter(digest__in=[digest for term in terms for digest in store.digests(term)])

    def renew(self, record, terms):
        """The record is found by exactly these terms."""
        owner = {record._meta.model_name: record}
        self.filter(**owner).delete()
        self.bulk_create([Findable(**owner, digest=store.digest(term)) for term in dict.fromkeys(terms)])


class Findable(models.Model):
    """A keyed hash under which a contact or a message is found; without the key it tells nothing."""

    contact = models.ForeignKey("ombudsman.Contact", models.CASCADE, null=True, related_name="findable")
    message = models.ForeignKey("ombudsman.Message", models.CASCADE, null=True, related_name="findable")
    digest = models.BinaryField(_("keyed hash"), max_length=16)

    objects = FindableQuerySet.as_manager()

    class Meta:
        verbose_name = _("keyed hash")
        indexes = [models.Index(fields=["digest"], name="findable_digest")]
        constraints = [
            models.CheckConstraint(
                name="findable_of_one",
                condition=Q(contact__isnull=False, message=None) | Q(contact=None, message__isnull=False),
            )
        ]

    def __str__(self):
        return str(self.pk)
