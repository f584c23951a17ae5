"""What somebody is about to import: shown to them first, saved only when they say so."""

from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class ImportDraftQuerySet(models.QuerySet):
    def fresh(self):
        """Those that have not expired."""
        return self.filter(created_at__gt=timezone.now() - ImportDraft.KEPT)

    def expired(self):
        return self.filter(created_at__lte=timezone.now() - ImportDraft.KEPT)

    def editable_by(self, user):
        """Only who brought the file sees it, as long as they are of the house."""
        return self.fresh().filter(created_by=user) if user.is_staff else self.none()


class ImportDraft(models.Model):
    """The rows of a file that somebody brought, read and checked but not saved.

    Once confirmed, the rows that were saved are gone from it; those with errors stay to be taken home and mended,
    until the draft expires.
    """

    KEPT = timedelta(hours=24)

    purpose = models.CharField(_("purpose"), max_length=40)
    subject = models.CharField(_("subject"), max_length=40, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    keys = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    rows = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    created_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    objects = ImportDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("directory:import_preview", kwargs={"pk": self.pk})

    @property
    def expires_at(self):
        return self.created_at + self.KEPT
