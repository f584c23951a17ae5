"""Who may sign in, and what for."""

import logging
import secrets
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import invitations, office_letters
from letters.models import Letter

# Who was let in, given a right or shut out. Numbers of rows only: names and addresses are not for logs.
logger = logging.getLogger(__name__)


class Role(models.TextChoices):
    """The house's own roles, kept as groups. Every other right follows from a dated fact."""

    STAFF = "staff", _("staff")
    DIRECTOR = "director", _("managing director")
    COORDINATOR = "coordinator", _("Ilmapuntari coordinator")


class UserQuerySet(models.QuerySet):
    def select_for_update(self, nowait=False, skip_locked=False, of=("self",), no_key=False):
        """Locks the user's row alone: the person that comes with it may be missing, and such a row cannot be locked."""
        return super().select_for_update(nowait=nowait, skip_locked=skip_locked, of=of, no_key=no_key)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    use_in_migrations = False

    def get_queryset(self):
        # The name stands with the person in the directory; every page shows it, so it comes in the same query.
        return super().get_queryset().select_related("person")

    @transaction.atomic
    def open_account(self, email):
        """An account without a password for somebody known: they sign in by a code sent to the address.

        An address that has an account keeps it as it is.
        """
        user, is_new = self.get_or_create(email=email.lower(), defaults={"password": make_password(None)})
        if is_new:
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user

    @transaction.atomic
    def invite(self, email, roles=(), *, by):
        """Open an account with exactly these roles and write a letter with a link that lets its owner in.

        An address that has an account keeps it, its password and its second factors; a closed one is opened again.
        A new invitation replaces the one before: of several links only the last works. Whoever calls this nudges
        `letters.tasks.send_letters`.
        """
        user = self.open_account(email.strip())
        user.invited_at, user.invited_by, user.invitation_nonce = timezone.now(), by, secrets.token_urlsafe(16)
        user.save(update_fields=["invited_at", "invited_by", "invitation_nonce"])
        if not user.is_active:
            user.reactivate()
        user.give_roles(roles)
        Letter.objects.write_all([invitations.letter_to(user, by=by)])
        logger.info("user_invited", extra={"invited": user.pk, "by": by.pk})
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who may sign in; the e-mail address is the name. Who it is stands in the directory, as a person."""

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    invited_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )
    invitation_nonce = models.CharField(
        _("open invitation"), max_length=22, blank=True, help_text=_("What the last letter's link must know.")
    )
    deactivated_at = models.DateTimeField(_("deactivated"), null=True, blank=True)
    deactivated_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("deactivated by")
    )
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ()

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(name="user_email_in_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="user_active_or_deactivated",
                condition=Q(is_active=True, deactivated_at=None) | Q(is_active=False, deactivated_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The person's name; the address for the rare account that is nobody in the directory."""
        person = getattr(self, "person", None)
        return person.name if person else self.email

    @cached_property
    def roles(self):
        """The house's own roles that the user has."""
        return frozenset(self.groups.values_list("name", flat=True)) if self.pk else frozenset()

    @property
    def is_staff(self):
        """Works in the house: may keep its public records."""
        return self.is_active and bool(self.roles)

    @property
    def is_director(self):
        return self.is_active and Role.DIRECTOR in self.roles

    @property
    def is_coordinator(self):
        return self.is_active and Role.COORDINATOR in self.roles

    @cached_property
    def is_ombudsman(self):
        """Holds the ombudsman's office today, as the holder or as the substitute."""
        return self.is_active and self.appointments.in_force().exists()

    @property
    def needs_second_factor(self):
        """Those whose account opens more than their own details."""
        return self.is_staff or self.is_ombudsman

    @property
    def role_names(self):
        """The roles in words, in the order in which they are always named."""
        return [role.label for role in Role if role in self.roles]

    @property
    def is_invited(self):
        """There is a letter whose link has not been used."""
        return bool(self.invitation_nonce)

    def accept_invitation(self, password):
        """The owner of the address followed the link and chose a password; the link works no more.

        Two people with one link: only the first gets in. Returns whether this was the first.
        """
        self.set_password(password)
        first = User.objects.filter(pk=self.pk, invitation_nonce=self.invitation_nonce, is_active=True).exclude(
            invitation_nonce=""
        )
        is_first = bool(first.update(invitation_nonce="", password=self.password))
        self.refresh_from_db(fields=["invitation_nonce", "password"])
        return is_first

    def give_roles(self, roles):
        """Set the roles to exactly these; from the next request on they hold."""
        self.groups.set([Group.objects.get_or_create(name=Role(role).value)[0] for role in roles])
        self.__dict__.pop("roles", None)
        logger.info("roles_given", extra={"given_to": self.pk, "roles": sorted(self.roles)})

    @transaction.atomic
    def deactivate(self, *, by):
        """Nobody gets in by this account from now on; open sessions end at once. A second time changes nothing."""
        User.objects.filter(pk=self.pk, is_active=True).update(
            is_active=False, deactivated_at=timezone.now(), deactivated_by=by, invitation_nonce=""
        )
        self.end_sessions()
        Letter.objects.about(f"user:{self.pk}").call_off()
        self.refresh_from_db(fields=["is_active", "deactivated_at", "deactivated_by", "invitation_nonce"])
        logger.info("user_deactivated", extra={"deactivated": self.pk, "by": by.pk})

    def reactivate(self):
        """Lets the user in again, with the roles and second factors as they were."""
        User.objects.filter(pk=self.pk).update(is_active=True, deactivated_at=None, deactivated_by=None)
        self.refresh_from_db(fields=["is_active", "deactivated_at", "deactivated_by"])
        logger.info("user_reactivated", extra={"reactivated": self.pk})

    @transaction.atomic
    def end_sessions(self, *, but=None):
        """Signs the user out everywhere, or everywhere but in the session with this key."""
        ending = self.usersession_set.exclude(session_key=but)
        keys = list(ending.values_list("session_key", flat=True))
        ending.delete()
        Session.objects.filter(session_key__in=keys).delete()

    @transaction.atomic
    def forget_second_factor(self):
        """For somebody who lost the telephone: every second factor goes, and so do open sessions.

        The next sign-in asks to set up a new one.
        """
        self.authenticator_set.all().delete()
        self.end_sessions()
        self.tell_of_account("second_factor")
        logger.info("second_factor_forgotten", extra={"forgotten_of": self.pk})

    def and_other_holders(self):
        """The user, and everybody else who holds the ombudsman's office today."""
        others = User.objects.filter(is_active=True, appointments__in=Appointment.objects.in_force())
        return [self, *others.exclude(pk=self.pk).distinct()]

    def tell_of_account(self, what):
        """Somebody else has changed how this user signs in: whoever holds the ombudsman's office is told.

        `what`: `second_factor` or `email`, of which the letter goes to the address there was before. Without an
        office nobody is told. Whoever calls this nudges `letters.tasks.send_letters`.
        """
        if self.appointments.not_over().exists():
            now = timezone.now()
            readers = self.and_other_holders()
            Letter.objects.write_all([office_letters.account_changed(reader, self, what, at=now) for reader in readers])

    def keep_person_in_step(self):
        """The person in the directory is reached at the address that the user has just changed to."""
        person = getattr(self, "person", None)
        if person is not None and person.email.lower() != self.email:
            person.email = self.email
            person.save(update_fields=["email"])


class AppointmentQuerySet(models.QuerySet):
    def in_force(self, on=None):
        """Those in force on a day, today unless told."""
        on = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def not_over(self):
        """Those in force today and those to come."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))

    @transaction.atomic
    def appoint(self, user, office, *, starts_on, ends_on=None, by):
        """Give somebody the office for a time. The same office twice at a time raises a ValidationError.

        The holder is told by letter, and so is whoever else holds the office today: nobody comes to read the caseload
        unseen. Whoever calls this nudges `letters.tasks.send_letters`.
        """
        appointment = self.model(user=user, office=office, starts_on=starts_on, ends_on=ends_on, appointed_by=by)
        appointment.full_clean()
        appointment.save()
        Letter.objects.write_all([office_letters.appointed(reader, appointment) for reader in user.and_other_holders()])
        user.__dict__.pop("is_ombudsman", None)
        logger.info("office_given", extra={"given_to": user.pk, "office": appointment.office, "by": by.pk})
        return appointment


class DateRange(Func):
    function = "daterange"
    output_field = models.Field()


class Appointment(models.Model):
    """An office somebody holds from one day to another; the right to the caseload follows from it."""

    class Office(models.TextChoices):
        OMBUDSMAN = "ombudsman", _("social ombudsman")
        SUBSTITUTE = "substitute", _("substitute of the social ombudsman")

    user = models.ForeignKey(User, models.CASCADE, related_name="appointments", verbose_name=_("holder"))
    office = models.CharField(_("office"), max_length=20, choices=Office)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    appointed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("appointed by")
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The appointment cannot end before it starts."),
            ),
            ExclusionConstraint(
                name="appointment_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("office", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person holds the office in that time already."),
            ),
        ]

    def __str__(self):
        return f"{self.get_office_display()}: {self.user} {self.starts_on}–{self.ends_on or ''}"

    def clean(self):
        # Said here and not only by the constraint: a range that ends before it starts is none, and the check of
        # overlapping terms cannot even be asked about it.
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The appointment cannot end before it starts.")}, code="ends_before")
        # The caseload is closed to a managing director whatever the appointments say; better told than wondered at.
        if self.user_id and self.appointed_by_id == self.user_id:
            raise ValidationError(_("Nobody appoints themselves."), code="own")

    @property
    def is_in_force(self):
        today = timezone.localdate()
        return self.starts_on <= today and (self.ends_on is None or self.ends_on >= today)

    def end(self, on=None, *, by):
        """The last day in office, today unless told. One that has not begun yet is taken back whole."""
        on = on or timezone.localdate()
        if self.ends_on is not None and on > self.ends_on:
            raise ValidationError(_("The appointment ends earlier already."), code="ends_earlier")
        if on < self.starts_on:
            self.delete()
        else:
            self.ends_on = on
            self.save(update_fields=["ends_on"])
        self.user.__dict__.pop("is_ombudsman", None)
        logger.info("office_ended", extra={"ended_of": self.user_id, "office": self.office, "by": by.pk})
