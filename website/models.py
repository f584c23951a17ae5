"""What visitors write to the centre about the site."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


def answer_due():
    """The last day on which an answer is in time."""
    return timezone.localdate() + Feedback.ANSWERED_WITHIN


class FeedbackQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.all() if user.is_staff else self.none()

    def editable_by(self, user):
        return self.visible_to(user)

    def waiting(self):
        """Not handled yet."""
        return self.filter(handled_at=None)

    def for_list(self):
        """Those that wait first, by the day on which the answer is due; then the handled ones, the latest first."""
        return self.select_related("handled_by__person").order_by(
            models.F("handled_at").desc(nulls_first=True), "answer_due_on", "pk"
        )

    def forgettable(self):
        """Handled so long ago that nobody needs the words any more."""
        return self.filter(handled_at__lt=timezone.now() - Feedback.KEPT)


class Feedback(models.Model):
    """One message about the site, with an address only if an answer is wished."""

    # Act 306/2019 on digital services, section 8: feedback on accessibility is answered within 14 days.
    ANSWERED_WITHIN = timedelta(days=14)
    KEPT = timedelta(days=365)  # our own rule: a year after it was handled

    class About(models.TextChoices):
        ACCESSIBILITY = "accessibility", _("accessibility of the site")
        OTHER = "other", _("something else on the site")

    about = models.CharField(_("what about"), max_length=20, choices=About, default=About.OTHER)
    message = models.TextField(_("message"), max_length=4000)
    email = models.EmailField(_("e-mail"), blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    answer_due_on = models.DateField(_("answer due"), default=answer_due, editable=False)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True, editable=False)
    handled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False, verbose_name=_("handled by")
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        indexes = [models.Index(fields=["answer_due_on"], name="feedback_waiting", condition=Q(handled_at=None))]

    def __str__(self):
        return f"{self.get_about_display()}, {self.received_at:%Y-%m-%d}"

    @property
    def is_late(self):
        return self.handled_at is None and self.answer_due_on < timezone.localdate()

    def mark_handled(self, *, by):
        """The message has been answered or acted on. A second time changes nothing: the first person stands."""
        Feedback.objects.filter(pk=self.pk, handled_at=None).update(handled_at=timezone.now(), handled_by=by)
        self.refresh_from_db(fields=["handled_at", "handled_by"])
