"""Who sees the caseload: the ombudsman by a dated appointment, the substitute between dates that the ombudsman sets."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Appointment, User
from letters.models import Letter


@dataclass(frozen=True)
class Sight:
    """What somebody may see of the caseload today, and why."""

    user: User
    office: str  # Appointment.Office
    substitution: object = None  # the one in force, for the substitute

    @property
    def is_substitute(self):
        return self.substitution is not None

    @property
    def sees_all(self):
        return not self.is_substitute or self.substitution.scope == Substitution.Scope.ALL


def sight_of(user):
    """The user's Sight of the caseload; None for everybody who has none.

    A managing director and a superuser have none, whatever else they may be: those who give rights do not read.
    """
    if "caseload_sight" not in user.__dict__:
        user.__dict__["caseload_sight"] = _sight_of(user)
    return user.__dict__["caseload_sight"]


def _sight_of(user):
    if not user.is_authenticated or not user.is_active or user.is_superuser or user.is_director:
        return None
    offices = set(user.appointments.in_force().values_list("office", flat=True))
    if Appointment.Office.OMBUDSMAN in offices:
        return Sight(user, Appointment.Office.OMBUDSMAN)
    if Appointment.Office.SUBSTITUTE in offices:
        substitution = (
            Substitution.objects.in_force().filter(substitute=user).order_by("scope", "pk").first()
        )  # all before open
        if substitution:
            return Sight(user, Appointment.Office.SUBSTITUTE, substitution)
    return None


def holders(office):
    """The users who hold an office today."""
    offices = Appointment.objects.in_force().filter(office=office)
    return User.objects.filter(is_active=True, appointments__in=offices).distinct()


class SubstitutionQuerySet(models.QuerySet):
    def in_force(self, on=None):
        on = on or timezone.localdate()
        return self.filter(starts_on__lte=on, ends_on__gte=on, called_off_at=None)

    def not_over(self):
        return self.filter(ends_on__gte=timezone.localdate(), called_off_at=None)


class Substitution(models.Model):
    """From one day to another the substitute sees the caseload: set by the ombudsman, or switched on in an illness."""

    LONGEST = timedelta(days=92)  # our own rule: a summer; longer is an appointment of a new ombudsman
    ILLNESS = timedelta(days=14)  # our own rule: after two weeks somebody has to think again

    class Scope(models.TextChoices):
        ALL = "all", _("all matters")
        OPEN = "open", _("open matters only")

    substitute = models.ForeignKey(User, models.PROTECT, related_name="substitutions", verbose_name=_("substitute"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    scope = models.CharField(_("sees"), max_length=10, choices=Scope, default=Scope.OPEN)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("set by"))
    is_for_illness = models.BooleanField(_("switched on because of an illness"), default=False)
    set_at = models.DateTimeField(_("set"), default=timezone.now)
    called_off_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("substitution")
        constraints = [
            models.CheckConstraint(
                name="substitution_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]

    def __str__(self):
        return f"{self.substitute} {self.starts_on}–{self.ends_on}"

    @property
    def is_over(self):
        return self.called_off_at is not None or self.ends_on < timezone.localdate()

    @property
    def is_in_force(self):
        return not self.is_over and self.starts_on <= timezone.localdate()

    def clean(self):
        if self.starts_on and self.ends_on:
            if self.ends_on < self.starts_on:
                raise ValidationError({"ends_on": _("The last day cannot be before the first.")})
            if self.ends_on - self.starts_on > self.LONGEST:
                raise ValidationError({"ends_on": _("A substitution lasts three months at most.")})

    @classmethod
    @transaction.atomic
    def switch_on(cls, substitute, *, by):
        """The ombudsman has fallen ill: the named substitute sees open matters for two weeks, from today.

        Whoever switches reads nothing. The ombudsman and the substitute are told by letter. A substitution that is in
        force already stays as it is and is returned.
        """
        User.objects.select_for_update().get(pk=substitute.pk)
        found = cls.objects.in_force().filter(substitute=substitute).first()
        if found:
            return found
        today = timezone.localdate()
        substitution = cls.objects.create(
            substitute=substitute,
            starts_on=today,
            ends_on=today + cls.ILLNESS - timedelta(days=1),
            set_by=by,
            is_for_illness=True,
        )
        return substitution

    def end(self):
        """From now on the substitute sees nothing. A second time changes nothing."""
        Substitution.objects.filter(pk=self.pk, called_off_at=None).update(called_off_at=timezone.now())
        Letter.objects.about(f"substitution:{self.pk}").call_off()
        self.refresh_from_db(fields=["called_off_at"])
