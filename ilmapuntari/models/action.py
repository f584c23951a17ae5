"""What teams agreed to do, and whether it helped."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ilmapuntari.models.round import Round
from ilmapuntari.models.team import Team


class AgreedActionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(team__in=Team.objects.visible_to(user))

    def editable_by(self, user):
        return self.filter(team__in=Team.objects.agreeable_by(user))

    def open(self):
        return self.filter(happened="")

    def for_result(self):
        """With what the page of a result shows of each."""
        return self.select_related("team", "round").order_by("by_on", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class AgreedAction(models.Model):
    """Something a team agreed on because of a statement: what, who by role, by when; later whether it helped."""

    class Happened(models.TextChoices):
        YES = "yes", _("done")
        PARTLY = "partly", _("done in part")
        NO = "no", _("not done")

    class Helped(models.TextChoices):
        YES = "yes", _("it helped")
        SOMEWHAT = "somewhat", _("it helped a little")
        NO = "no", _("it did not help")
        UNKNOWN = "unknown", _("too early to say")

    team = models.ForeignKey(Team, models.CASCADE, related_name="actions")
    round = models.ForeignKey(Round, models.PROTECT, related_name="actions", verbose_name=_("agreed in the round"))
    statement = models.SlugField(_("statement"), max_length=60, help_text=_("The identity of the statement."))
    what = models.CharField(_("what was agreed"), max_length=200)
    who = models.CharField(
        _("who, by role"), max_length=100, help_text=_("A role, not a name: for example team leader.")
    )
    by_on = models.DateField(_("by when"))
    agreed_at = models.DateTimeField(_("agreed"), default=timezone.now)
    agreed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    happened = models.CharField(_("did it happen"), max_length=10, choices=Happened, blank=True)
    helped = models.CharField(_("did it help"), max_length=10, choices=Helped, blank=True)
    reviewed_at = models.DateTimeField(_("looked back on"), null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AgreedActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreed action")
        ordering = ["by_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="action_looked_back_on_with_an_answer",
                condition=Q(happened="", helped="", reviewed_at=None) | ~Q(happened="") & Q(reviewed_at__isnull=False),
            )
        ]

    def __str__(self):
        return self.what

    @property
    def is_late(self):
        return not self.happened and self.by_on < timezone.localdate()

    def look_back(self, happened, helped="", *, by):
        """Whether it happened and helped, as the team says in the next round. A later word replaces an earlier one."""
        self.happened, self.helped = happened, helped
        self.reviewed_at, self.reviewed_by = timezone.now(), by
        self.save(update_fields=["happened", "helped", "reviewed_at", "reviewed_by"])
