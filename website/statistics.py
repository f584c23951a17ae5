"""Figures over the records of all rooms."""

from django.db.models import Count, Q
from django.utils import timezone

from directory.models import County
from networks.models import Meeting, Membership, Network

ENOUGH_MEETINGS = 20  # a year with fewer was recorded in part only, and would mislead as "the year in figures"


def counties_in_figures():
    """Our counties with inhabitants, municipalities and the networks of ours that are public and have not ended.

    A network of the whole area is each county's. Three queries; each county carries `population`,
    `municipality_count` and `network_count`.
    """
    counties = list(County.objects.ours().with_population())
    alive = Network.objects.published().convened_by_us().with_status().exclude(status=Network.Status.ENDED)
    of_all = alive.filter(scope=Network.Scope.WHOLE_AREA).count()
    own = alive.exclude(scope=Network.Scope.WHOLE_AREA)
    counts = dict(
        Network.counties.through.objects.filter(network__in=own.values("pk"), county__in=[c.pk for c in counties])
        .values_list("county")
        .annotate(count=Count("network"))
    )
    for county in counties:
        county.network_count = of_all + counts.get(county.pk, 0)
    return counties


def year_in_figures():
    """The latest finished year that was recorded as a whole: its year and what was held in it; None without any.

    The year is the latest one with at least ENOUGH_MEETINGS meetings, else the latest with any.
    """
    this_year = timezone.localdate().year
    meetings = Meeting.objects.uncancelled().filter(network__published_at__isnull=False)
    years = dict(
        meetings.filter(starts_at__year__lt=this_year)
        .order_by()
        .values_list("starts_at__year")
        .annotate(count=Count("pk"))
    )
    if not years:
        return None
    whole = [year for year, count in years.items() if count >= ENOUGH_MEETINGS]
    year = max(whole or years)
    return {"year": year, "meetings": years[year], "networks": networks_that_met(year)}


def networks_that_met(year):
    """How many networks held a meeting in the year."""
    return (
        Meeting.objects.uncancelled()
        .in_year(year)
        .filter(network__published_at__isnull=False)
        .aggregate(count=Count("network", distinct=True))["count"]
    )


def people_in_networks():
    """How many members and organisations sit in the public networks today."""
    return (
        Membership.objects.present()
        .filter(network__published_at__isnull=False)
        .aggregate(
            members=Count("person", distinct=True),
            organisations=Count("organisation", distinct=True, filter=Q(organisation__isnull=False)),
        )
    )
