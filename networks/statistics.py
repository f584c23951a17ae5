"""Figures over many networks."""

from django.db.models import Count, Q

from directory.models import County
from networks.models import Network


def networks_by_county(networks):
    """How many of the networks work in each of our counties, and how many in the whole area.

    Returns {county code: count, "area": count}, one query.
    """
    figures = networks.order_by().aggregate(
        area=Count("pk", filter=Q(scope=Network.Scope.WHOLE_AREA), distinct=True),
        **{
            f"county_{county.code}": Count("pk", filter=Q(counties=county), distinct=True)
            for county in County.objects.ours()
        },
    )
    return {key.removeprefix("county_"): count for key, count in figures.items()}


def networks_by_status(networks):
    """How many of the networks are in each status today: {status: count}, one query."""
    rows = networks.with_status().order_by().values_list("status").annotate(count=Count("pk"))
    return dict(rows)


def meetings_by_year(network):
    """The years in which the network met or will meet, newest first, with the number of meetings not cancelled."""
    years = network.meetings.uncancelled().order_by().values_list("starts_at__year")
    return sorted(years.annotate(count=Count("pk")), reverse=True)
