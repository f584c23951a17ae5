"""What a region page is composed of: the records of all rooms seen from one county."""

from django.db.models import Case, Prefetch, When

from directory.models import Municipality, Person
from networks.models import Network
from projects.models import Project
from website.coming import coming_rows, entries_of

NEXT = 5
MOST_PROJECTS = 12  # the list of projects has the rest
MOST_NETWORKS = 200  # the list of networks has the rest, with pages

# What runs is what most people look for.
RUNNING_FIRST = Case(When(status=Network.Status.RUNNING, then=0), default=1)
ENDED_LAST = Case(When(status=Network.Status.ENDED, then=1), default=0)


def networks_of(county, user):
    """The county's networks as four lists, what runs first, and how many of the living ones are ours."""
    visible = Network.objects.visible_to(user)
    own = visible.in_county(county).exclude(scope=Network.Scope.WHOLE_AREA).with_status().with_next_meeting()
    networks = list(own.order_by(ENDED_LAST, "-convened_by_us", RUNNING_FIRST, "name_key", "pk")[:MOST_NETWORKS])
    alive = [network for network in networks if not network.is_over]
    shared = (
        visible.convened_by_us()
        .filter(scope=Network.Scope.WHOLE_AREA)
        .with_status()
        .with_next_meeting()
        .exclude(status=Network.Status.ENDED)
        .order_by(RUNNING_FIRST, "name_key", "pk")
    )
    ours = [network for network in alive if network.convened_by_us]
    shared = list(shared[:MOST_NETWORKS])
    return {
        "ours": ours,
        "shared": shared,
        "network_count": len(ours) + len(shared),
        "seats": [network for network in alive if not network.convened_by_us],
        "ended": [network for network in networks if network.is_over],
    }


def coming_in(county):
    """The next public meetings and events of the county and of the whole area."""
    return entries_of(coming_rows(county)[:NEXT])


def contacts_of(county):
    """The staff of whom one asks about the county."""
    # Which other counties they serve does not matter here.
    return Person.objects.contacts().serving(county).prefetch_related(None)


def municipalities_of(county):
    """The sub-regions with their municipalities, each with the sum of its inhabitants, and the figures of all."""
    sub_regions = list(
        county.sub_regions.prefetch_related(Prefetch("municipalities", Municipality.objects.defer("search")))
    )
    for sub_region in sub_regions:
        sub_region.population = sum(place.population for place in sub_region.municipalities.all())
    municipalities = [place for sub_region in sub_regions for place in sub_region.municipalities.all()]
    return {
        "sub_regions": sub_regions,
        "municipality_count": len(municipalities),
        "population": sum(sub_region.population for sub_region in sub_regions),
        "population_year": max((place.population_year for place in municipalities), default=None),
    }


def projects_of(county, user):
    """The county's projects as two lists: what is prepared or goes on, what ends first at the top, and what is over."""
    projects = Project.objects.visible_to(user).in_county(county).for_cards()
    return {
        "projects": list(projects.alive().ending_next_first()[:MOST_PROJECTS]),
        "past_projects": list(projects.over().by_end()[:MOST_PROJECTS]),
        "project_count": projects.order_by().count(),
    }
