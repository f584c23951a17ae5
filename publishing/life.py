"""The life of a record: dated phases from which today's status follows, and a text that somebody checks every year."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.dated_facts import Precision, dated
from publishing.models import Publishable, PublishableQuerySet, free_slug
from publishing.search import matching


class LivingQuerySet(PublishableQuerySet):
    def with_status(self, on=None):
        """The status on a day, today unless told, beside each, with when it began and how exactly that is known."""
        on = on or timezone.localdate()
        phases = self.model._meta.get_field("phases")
        begun = (
            phases.related_model.objects.filter(**{phases.field.name: OuterRef("pk")}, on__lte=on)
            .exclude(status="")
            .order_by("-on", "-pk")[:1]
        )
        return self.annotate(
            status=Coalesce(
                Subquery(begun.values("status")), Value(self.model.BEFORE_LIFE), output_field=models.CharField()
            ),
            status_on=Subquery(begun.values("on")),
            status_precision=Subquery(begun.values("precision")),
        )

    def coordinated_by(self, person):
        """Those the person answers for."""
        return self.filter(coordinator=person)

    def search(self, text):
        """Those that hold the words, each with its rank."""
        return matching(self, text)

    def in_finnish_order(self):
        return self.order_by("name_key", "pk")


class Living(Publishable):
    """A public record with a life: a network, a project. The room gives it `phases`, a `coordinator` and a `name_key`.

    `Status` holds its statuses and `BEFORE_LIFE` the one before its first phase.
    """

    BEFORE_LIFE = ""
    REVIEWED_EVERY = timedelta(days=365)  # our own rule: old layers of text have stayed on pages for years

    reviewed_on = models.DateField(_("text checked"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def called(self):
        """The name that people use."""
        return self.name

    # Questions

    def status_phase(self, on=None):
        """The phase that gives the status on a day, today unless told; None before the first."""
        on = on or timezone.localdate()
        return self.phases.filter(on__lte=on).exclude(status="").order_by("-on", "-pk").first()

    @property
    def status_label(self):
        """The word for the annotated status."""
        return self.Status(self.status).label

    @property
    def is_over(self):
        """It is history: nobody has to keep its page true. Needs `with_status`."""
        raise NotImplementedError

    @property
    def needs_review(self):
        """Nobody has confirmed for a year that the page is true; what is over stays as it is. Needs `with_status`."""
        if self.is_over:
            return False
        return self.reviewed_on is None or self.reviewed_on < timezone.localdate() - self.REVIEWED_EVERY

    @property
    def review_words(self):
        if self.reviewed_on is None:
            return _("Nobody has checked the text yet")
        return _("The text was last checked in %(year)s") % {"year": self.reviewed_on.year}

    def address_to_ask(self, *, inside):
        """Where one writes about it: the public knows the coordinator's address from the contact page only."""
        shown = self.coordinator is not None and (inside or self.coordinator.is_public)
        return self.coordinator.email if shown else ""

    # Verbs

    @classmethod
    @transaction.atomic
    def found(cls, *, status, on, counties=(), precision="day", text="", **fields):
        """A new record, a draft until published, with the phase in which its life begins."""
        record = cls(**fields)
        record.slug = record.slug or free_slug(cls, record.called)
        record.full_clean()
        record.save()
        record.counties.set(counties)
        record.begin(status, on=on, precision=precision, text=text)
        return record

    @transaction.atomic
    def begin(self, status, *, on, precision="day", text=""):
        """A phase begins: a status from a day on. The same status on the same day is said once.

        Of several on one day the last one said holds, also when it returns to an earlier one.
        """
        that_day = self.phases.filter(on=on).exclude(status="").order_by("pk")
        last = that_day.last()
        if last and last.status != status:
            that_day.filter(status=status).delete()
        phase, _created = self.phases.get_or_create(
            on=on, status=status, defaults={"precision": precision, "text": text}
        )
        return phase

    def mark_reviewed(self, *, on=None):
        """Somebody has read the page and finds it true."""
        self.reviewed_on = on or timezone.localdate()
        self.save(update_fields=["reviewed_on", "changed_at"])


class LifePhase(models.Model):
    """A dated fact in the life of a record; with a status, the record is in it from that day on.

    The room adds the key to its record, related as `phases`, and the `status`.
    """

    Precision = Precision

    on = models.DateField(_("date"))
    precision = models.CharField(_("how exactly"), max_length=10, choices=Precision, default=Precision.DAY)
    text = models.CharField(_("what happened"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def when(self):
        """The date as exactly as it is known."""
        return dated(self.on, self.precision, sentence=False)

    @property
    def sentence(self):
        """What happened, in words of its own or in those of the status."""
        return self.text or self.get_status_display()
