"""What people say of an event afterwards, without a name."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FeedbackQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.all() if user.is_staff else self.none()

    def figures(self):
        """How many, and the mean of what they gave."""
        return self.aggregate(count=Count("pk"), mean=Avg("useful"))


class Feedback(models.Model):
    """One answer: no name, no address, no exact time, and nothing that ties it to a registration."""

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="feedback", verbose_name=_("event"))
    useful = models.PositiveSmallIntegerField(
        _("How useful was it for your work?"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.TextField(_("What would you say?"), blank=True, max_length=1000)
    wishes = models.TextField(_("What should we speak of next?"), blank=True, max_length=500)
    given_on = models.DateField(default=timezone.localdate)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        constraints = [
            models.CheckConstraint(name="feedback_one_to_five", condition=models.Q(useful__gte=1, useful__lte=5))
        ]

    def __str__(self):
        return f"{self.event}: {self.useful}"
