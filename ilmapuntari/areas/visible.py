"""Who sees the figures of an organisation, of a county and of the whole area."""

from django.db.models import Exists, OuterRef, Q

from directory.models import County, Organisation
from ilmapuntari.models import Manager, Team


def organisations_visible_to(user):
    """The organisations whose teams' figures the user sees: a manager's own, all for the coordinator and director."""
    taking_part = Organisation.objects.filter(Exists(Team.objects.filter(organisation=OuterRef("pk"))))
    if not user.is_authenticated:
        return taking_part.none()
    if user.is_coordinator or user.is_director:
        return taking_part
    managed = Manager.objects.present().filter(user=user)
    in_counties = Team.objects.filter(county__in=managed.values("county"), organisation=OuterRef("pk"))
    # Of an organisation in two counties the gate of units lets through those of the manager's own county.
    return taking_part.filter(Q(pk__in=managed.values("organisation")) | Exists(in_counties))


def counties_visible_to(user):
    """The counties whose level the user sees: those a manager answers for, all that take part for the house."""
    counties = County.objects.filter(Q(is_ours=True) | Exists(Team.objects.filter(county=OuterRef("pk"))))
    if not user.is_authenticated:
        return counties.none()
    if user.is_staff:
        return counties
    return counties.filter(pk__in=Manager.objects.present().filter(user=user).values("county"))


def sees_whole_area(user):
    """The house, and managers of counties, who set their own beside it."""
    return user.is_authenticated and (
        user.is_staff or Manager.objects.present().filter(user=user).exclude(county=None).exists()
    )
