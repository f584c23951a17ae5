"""Contacts: who turned to the ombudsman, about what, and what was done."""

from datetime import date

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.models import Municipality
from ombudsman.models.case import Case
from ombudsman.models.fact import Fact
from ombudsman.models.finding import Findable, terms_of
from ombudsman.models.message import Message
from ombudsman.models.record import SealedRecord
from ombudsman.models.substitution import sight_of
from ombudsman.sealing import SealedJSONField, SealedTextField


class ContactQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for the ombudsman. A substitute for open matters sees those of open matters and her own entries."""
        sight = sight_of(user)
        if sight is None:
            return self.none()
        if sight.sees_all:
            return self
        return self.filter(
            Q(case__in=Case.objects.not_closed())
            | Q(case=None, recorded_by=user, recorded_at__date__gte=sight.substitution.starts_on)
        )

    editable_by = visible_to

    def of_year(self, year):
        return self.filter(occurred_on__gte=date(year, 1, 1), occurred_on__lte=date(year, 12, 31))

    def years(self):
        """From the latest year that has a contact to the first one."""
        ends = self.aggregate(first=models.Min("occurred_on"), last=models.Max("occurred_on"))
        return list(range(ends["last"].year, ends["first"].year - 1, -1)) if ends["first"] else []

    def newest_first(self):
        return self.select_related("case", "recorded_by__person").order_by("-occurred_on", "-recorded_at")

    def found_by(self, terms):
        return self.filter(pk__in=Findable.objects.by(terms).values("contact"))

    def same_caller(self, person):
        """Earlier contacts of whoever has this telephone number or address, or exactly this name."""
        terms = terms_of(**person)
        return self.found_by(terms) if terms else self.none()


class Contact(SealedRecord):
    """One contact: a call, an e-mail, a meeting. What it was about rests sealed; what is counted stands in a Fact."""

    occurred_on = models.DateField(_("day"))
    case = models.ForeignKey(
        Case, models.CASCADE, null=True, blank=True, related_name="contacts", verbose_name=_("matter")
    )
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="contact", verbose_name=_("message it began with")
    )
    recorded_at = models.DateTimeField(_("written down"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("written down by")
    )
    kept_until = models.DateField(_("kept at least until"), null=True, blank=True)
    values = SealedJSONField(_("what it is counted by"))
    person = SealedJSONField(_("who contacted"))
    note = SealedTextField(_("note"))
    fact = SealedTextField(_("row it is counted by"))

    objects = ContactQuerySet.as_manager()

    class Meta(SealedRecord.Meta):
        abstract = False
        verbose_name = _("contact")
        indexes = [models.Index(fields=["-occurred_on", "-recorded_at"], name="contact_newest")]

    def __str__(self):
        return f"{self.occurred_on:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("ombudsman:contact", kwargs={"pk": self.pk})

    @classmethod
    @transaction.atomic
    def record(cls, *, occurred_on, values, person=None, note="", by, case=None, message=None):
        """Write down a contact, and the row by which it is counted.

        `values`: municipality (its code or nothing), who, way, language, nature, task, provider, has_interpreter,
        reasons, measures, minutes, service. `person`: name, phone and email, each or nothing. The client is counted
        unless this is a later contact about the same client in the same year: one that joins a matter or has the same
        caller (docs/decisions/0012).
        """
        person = {name: text for name, text in (person or {}).items() if text}
        contact = cls(
            occurred_on=occurred_on, values=values, person=person, note=note, recorded_by=by, case=case, message=message
        )
        fact = contact.counted(is_client_counted=contact.begins_with_client())
        fact.save(force_insert=True)
        contact.fact = str(fact.pk)
        contact.save(force_insert=True)
        Findable.objects.renew(contact, terms_of(**person))
        return contact

    def begins_with_client(self):
        """Whether this is the year's first contact about its client; consultations of staff are about none."""
        if self.values.get("nature") == "consultation":
            return False
        others = Contact.objects.of_year(self.occurred_on.year).exclude(pk=self.pk)
        same = list(others.same_caller(self.person))
        if self.case_id:
            same += others.filter(case=self.case_id)
        return all(other.values.get("nature") == "consultation" for other in same)

    def counted(self, *, is_client_counted):
        """The row by which the contact is counted, not stored yet."""
        values = self.values
        place = Municipality.objects.select_related("sub_region").filter(pk=values.get("municipality") or None).first()
        county = place.sub_region.county_id if place else (values.get("county") or None)
        return Fact(
            month=self.occurred_on.replace(day=1),
            municipality=place,
            county_id=county,
            is_client_counted=is_client_counted,
            **{name: values.get(name) or "" for name in ("who", "way", "language", "nature", "task", "provider")},
            has_interpreter=bool(values.get("has_interpreter")),
            reasons=sorted(values.get("reasons") or []),
            measures=sorted(values.get("measures") or []),
            minutes=values.get("minutes"),
        )

    @transaction.atomic
    def change(self, *, occurred_on, values, person, note):
        """Mend what was written. What is counted is corrected by a new row; the former one stays as the trace."""
        former = Contact.objects.select_for_update().get(pk=self.pk)
        self.occurred_on, self.values, self.note = occurred_on, values, note
        self.person = {name: text for name, text in person.items() if text}
        # The contact is locked, not the fact: of what only grows the application may lock nothing.
        standing = Fact.objects.get(pk=former.fact)
        counts_client = standing.is_client_counted
        is_other_nature = (former.values.get("nature") == "consultation") != (values.get("nature") == "consultation")
        if former.occurred_on.year != occurred_on.year or is_other_nature:
            counts_client = self.begins_with_client()
        self.fact = str(standing.corrected_to(self.counted(is_client_counted=counts_client)).pk)
        self.save(update_fields=["occurred_on", "values", "person", "note", "fact"])
        Findable.objects.renew(self, terms_of(**self.person))

    def withdraw_fact(self):
        """It was written down by mistake and is counted no more. What is deleted because its time is up counts on."""
        Fact.objects.get(pk=self.fact).take_back()

    def hash_anew(self):
        Findable.objects.renew(self, terms_of(**self.person))
