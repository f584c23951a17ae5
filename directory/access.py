"""Who may sign in and as what, as the managing director sees and settles it."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Appointment, Role, User

LAST_DIRECTOR = _("Nobody else is a managing director. Give the role to somebody first.")


def directors():
    """Those who may settle the access of others today."""
    return User.objects.filter(is_active=True, groups__name=Role.DIRECTOR)


def is_last_director(user):
    """Whether nobody could settle anybody's access any more without this user."""
    return directors().filter(pk=user.pk).exists() and not directors().exclude(pk=user.pk).exists()


def accounts():
    """Everybody with an account, in Finnish order, with all that a row of the list shows."""
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    offices = Appointment.objects.order_by("-starts_on", "-pk")
    return (
        User.objects.select_related("person__organisation")
        .prefetch_related("groups", Prefetch("appointments", offices, to_attr="offices"))
        .annotate(has_second_factor=Exists(factors))
        .order_by(F("person__family_name_key").asc(nulls_last=True), "person__given_name_key", "email")
    )


def with_rights(users):
    """The users with their roles and offices worked out from what `accounts` fetched, so that no row asks again."""
    for user in users:
        user.roles = frozenset(group.name for group in user.groups.all())
        user.is_ombudsman = user.is_active and any(office.is_in_force for office in user.offices)
        user.offices_in_force = [office for office in user.offices if office.is_in_force]
        for office in user.offices:
            office.can_be_ended = office.ends_on is None or office.ends_on >= timezone.localdate()
    return users


@transaction.atomic
def settle_roles(user, roles):
    """Give the user exactly these roles. The last director keeps the role: then nothing changes and this is said."""
    hold_directors()
    if Role.DIRECTOR not in roles and is_last_director(user):
        raise ValidationError(LAST_DIRECTOR, code="last_director")
    user.give_roles(roles)


@transaction.atomic
def close(user, *, by):
    """The user gets in no more and open sessions end. The last director stays: then nothing changes."""
    hold_directors()
    if is_last_director(user):
        raise ValidationError(LAST_DIRECTOR, code="last_director")
    user.deactivate(by=by)


def hold_directors():
    """Two directors who take the role from each other at the same moment wait for each other here."""
    list(Group.objects.select_for_update().filter(name=Role.DIRECTOR))
