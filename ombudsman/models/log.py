"""The log of reading: one row for each answer that opened or wrote something. It only grows."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ombudsman.models.substitution import Substitution


class Purpose(models.TextChoices):
    """What a substitute is here for; chosen on entry, and never free words, which would be secrets in a log."""

    CALL = "call", _("a client or somebody close called")
    MESSAGE = "message", _("a message came through the form")
    CONTINUE = "continue", _("going on with a matter that was left to me")
    DEADLINE = "deadline", _("a day on which something is due")
    OTHER = "other", _("another duty of the office")


class LogRowQuerySet(models.QuerySet):
    def about(self, record):
        """The rows in which a record was opened or written."""
        return self.filter(models.Q(opened__contains=[record.pk]) | models.Q(wrote__contains=[record.pk]))

    def newest_first(self):
        return self.select_related("user__person").order_by("-pk")

    def write(self, reader):
        """The row of a reader who has done something; nobody who has opened and written nothing gets one."""
        if reader.opened or reader.wrote:
            return self.create(
                user=reader.user,
                office=reader.office,
                purpose=reader.purpose,
                address=reader.address,
                method=reader.method,
                substitution=reader.substitution,
                opened=list(reader.opened),
                wrote=list(reader.wrote),
            )
        return None


class LogRow(models.Model):
    """Who opened or wrote which records, when and where. The application's role may add rows and nothing else."""

    PORTAL, DIRECTOR = "portal", "director"

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False, db_index=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    office = models.CharField(_("office"), max_length=20)
    purpose = models.CharField(_("what for"), max_length=20, choices=Purpose, blank=True)
    address = models.CharField(_("page"), max_length=60)
    method = models.CharField(_("method"), max_length=10, blank=True)
    substitution = models.ForeignKey(
        Substitution, models.PROTECT, null=True, related_name="log_rows", verbose_name=_("substitution")
    )
    opened = ArrayField(models.UUIDField(), verbose_name=_("opened"), default=list)
    wrote = ArrayField(models.UUIDField(), verbose_name=_("written"), default=list)

    objects = LogRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of the log")
        indexes = [
            GinIndex(fields=["opened"], name="caseload_log_opened"),
            GinIndex(fields=["wrote"], name="caseload_log_wrote"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.address}"
