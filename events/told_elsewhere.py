"""What events tell on the pages of records on lower floors: networks, projects, people."""

from django.utils.translation import gettext as _

from directory.models import Person
from events.models import Event, Series
from networks.models import Network
from projects.models import Project
from publishing.belonging import tells_on

MOST = 6


def announce():
    tells_on(Network, of_network)
    tells_on(Project, of_project)
    tells_on(Person, of_person)


def told(user, **condition):
    """The series and the next events for which the condition holds; two queries."""
    series = Series.objects.visible_to(user).filter(**condition).in_finnish_order().only("slug", "name")
    rows = [{"term": _("Series of events"), "title": one.name, "url": one.get_absolute_url()} for one in series[:MOST]]
    events = Event.objects.visible_to(user).upcoming().filter(**condition).by_start().only("slug", "title")
    rows += [{"term": _("Event"), "title": one.title, "url": one.get_absolute_url()} for one in events[:MOST]]
    return rows


def of_network(network, user):
    return told(user, networks=network)


def of_project(project, user):
    return told(user, projects=project)


def of_person(person, user):
    """What somebody answers for; for staff, who see the page of a person."""
    return told(user, coordinator=person) if user.is_staff else []
