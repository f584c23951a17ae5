"""Matters that go on: what belongs together, what comes next, and how it ended."""

from django.db import models, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ombudsman.models.record import SealedRecord
from ombudsman.models.substitution import sight_of
from ombudsman.sealing import SealedBytesField, SealedJSONField, SealedTextField

NUMBERING = 739_2023_1  # the advisory lock under which numbers of matters are given


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for the ombudsman; for a substitute all or those that are open, as the ombudsman has set."""
        sight = sight_of(user)
        if sight is None:
            return self.none()
        return self if sight.sees_all else self.not_closed()

    editable_by = visible_to

    def not_closed(self):
        return self.exclude(status=Case.Status.CLOSED)

    def due(self, on=None):
        """Whose next step has come."""
        return self.not_closed().filter(next_on__lte=on or timezone.localdate())

    def in_order(self):
        """By the next step, those without one last; of one day the oldest first."""
        return self.order_by(F("next_on").asc(nulls_last=True), "opened_on", "number")

    def in_state(self, status):
        """Those in one state; without a state all that are not closed."""
        return self.filter(status=status) if status else self.not_closed()

    def latest_first(self):
        return self.order_by(F("closed_on").desc(nulls_first=True), "-opened_on", "-number")

    def with_contact_count(self):
        return self.annotate(contact_count=models.Count("contacts"))

    @transaction.atomic
    def open_for(self, contact, *, by, title, on=None):
        """A new matter, open, begun by this contact. A contact that belongs to one already keeps it.

        Returns the contact's matter.
        """
        contact = type(contact).objects.select_for_update().get(pk=contact.pk)
        if contact.case_id:
            return contact.case
        case = Case(title=title, opened_on=on or contact.occurred_on)
        case.number_of_year()
        case.save(force_insert=True)
        case.events.create(status=Case.Status.OPEN, on=case.opened_on, by=by)
        contact.case = case
        contact.save(update_fields=["case"])
        return case


class Case(SealedRecord):
    """A client's matter that takes more than one contact. Its number may be said aloud; its words rest sealed."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        WAITING = "waiting", _("waiting for others")
        CLOSED = "closed", _("closed")

    class Outcome(models.TextChoices):
        ADVISED = "advised", _("advice was enough")
        SETTLED = "settled", _("settled with the provider")
        CHANGED = "changed", _("the decision was changed")
        UNCHANGED = "unchanged", _("the decision was not changed")
        ELSEWHERE = "elsewhere", _("taken up elsewhere")
        DROPPED = "dropped", _("the client did not go on")
        UNKNOWN = "unknown", _("not known")

    number = models.CharField(_("number"), max_length=12, unique=True, editable=False)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.OPEN)
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    next_on = models.DateField(_("next step on"), null=True, blank=True)
    decided_on = models.DateField(_("date of the decision"), null=True, blank=True)
    served_on = models.DateField(_("received on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    kept_until = models.DateField(_("kept at least until"), null=True, blank=True)
    title = SealedTextField(_("what it is about"))
    next_step = SealedTextField(_("next step"))
    outcome_words = SealedTextField(_("how it ended"))
    kept_because = SealedTextField(_("why it is kept"))

    objects = CaseQuerySet.as_manager()

    class Meta(SealedRecord.Meta):
        abstract = False
        verbose_name = _("matter")
        indexes = [
            models.Index(fields=["next_on"], name="case_next", condition=~Q(status="closed")),
            models.Index(fields=["closed_on"], name="case_closed"),
        ]
        constraints = [
            models.CheckConstraint(
                name="case_closed_has_a_day",
                condition=Q(status="closed", closed_on__isnull=False) | (~Q(status="closed") & Q(closed_on=None)),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("ombudsman:case", kwargs={"number": self.number})

    @property
    def is_closed(self):
        return self.status == self.Status.CLOSED

    @property
    def was_reopened(self):
        return len([event for event in self.events.all() if event.status == self.Status.CLOSED]) > (
            1 if self.is_closed else 0
        )

    @property
    def is_late(self):
        return not self.is_closed and self.next_on is not None and self.next_on < timezone.localdate()

    def number_of_year(self):
        """The next number of the year in which the matter is opened: 2026-17. Two at once get two numbers."""
        year = self.opened_on.year
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING, year])
        numbers = Case.objects.filter(number__startswith=f"{year}-").values_list("number", flat=True)
        known = max((int(number.rpartition("-")[2]) for number in numbers), default=0)
        given = CaseNumber.objects.filter(year=year).aggregate(last=Max("last"))["last"] or 0
        last = max(known, given) + 1
        CaseNumber.objects.update_or_create(year=year, defaults={"last": last})
        self.number = f"{year}-{last}"

    @transaction.atomic
    def move_to(self, status, *, by, on=None, outcome="", outcome_words=""):
        """Open, waiting, closed, and open again. The state that it is in already changes nothing."""
        case = Case.objects.select_for_update().get(pk=self.pk)
        if case.status != status:
            case.status = status
            case.closed_on = (on or timezone.localdate()) if status == self.Status.CLOSED else None
            names = ["status", "closed_on"]
            if status == self.Status.CLOSED:
                case.next_on, case.next_step = None, ""
                case.outcome, case.outcome_words = outcome, outcome_words
                names += ["next_on", "next_step", "outcome", "outcome_words"]
            case.save(update_fields=names)
            case.events.create(status=status, on=on or timezone.localdate(), by=by)
        return case


class CaseNumber(models.Model):
    """The last number given in a year, so that a deleted matter's number is not given again."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("last number of a year")

    def __str__(self):
        return f"{self.year}-{self.last}"


class CaseEvent(models.Model):
    """That a matter came into a state on a day."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    status = models.CharField(_("state"), max_length=10, choices=Case.Status)
    on = models.DateField(_("day"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("change of state")
        ordering = ["on", "pk"]

    def __str__(self):
        return f"{self.on} {self.status}"


class Measure(SealedRecord):
    """What was done in a matter between contacts: a call to the provider, a negotiation."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="measures", verbose_name=_("matter"))
    taken_on = models.DateField(_("day"))
    code = models.CharField(_("measure"), max_length=30)
    note = SealedTextField(_("note"))
    fact = SealedTextField(_("row it is counted by"))

    class Meta(SealedRecord.Meta):
        abstract = False
        verbose_name = _("measure")
        ordering = ["taken_on", "pk"]

    def __str__(self):
        return f"{self.taken_on} {self.code}"


class CaseFile(SealedRecord):
    """A file of a matter. It lies in its row, sealed, so that it goes with its key."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="files", verbose_name=_("matter"))
    added_on = models.DateField(_("added"), default=timezone.localdate)
    facts = SealedJSONField(_("name and type"))
    content = SealedBytesField(_("content"))

    class Meta(SealedRecord.Meta):
        abstract = False
        verbose_name = _("file of a matter")
        ordering = ["added_on", "pk"]

    def __str__(self):
        return str(self.pk)

    @property
    def name(self):
        return self.facts["name"]

    @property
    def size(self):
        return self.facts["size"]
