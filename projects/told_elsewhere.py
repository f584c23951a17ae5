"""What projects tell on the pages of records on lower floors: networks, meetings, organisations, people."""

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext as _

from directory.models import Organisation, Person
from networks.models import Meeting, Network
from projects.models import Activity, Partner, Project, Staffing
from publishing.belonging import tells_on

MOST = 20


def announce():
    tells_on(Network, of_network)
    tells_on(Meeting, of_meeting)
    tells_on(Organisation, of_organisation)
    tells_on(Person, of_person)


def told(projects, **terms):
    """Dicts for the projects that meet any of the conditions, by the first that they meet; one query."""
    conditions = {code: condition for code, (condition, _words) in terms.items()}
    met = Case(*(When(condition, then=Value(code)) for code, condition in conditions.items()))
    found = (
        projects.annotate(term=met).filter(term__isnull=False).only("slug", "acronym", "name").order_by("name", "pk")
    )
    return [
        {"term": terms[project.term][1], "title": project.called, "url": project.get_absolute_url()}
        for project in found[:MOST]
    ]


def has(model, **conditions):
    return Exists(model.objects.filter(project=OuterRef("pk"), **conditions))


def of_network(network, user):
    """The projects that it steers, and those of whose activities it is a part."""
    return told(
        Project.objects.visible_to(user),
        steers=(Q(steering_group=network), _("Steers the project")),
        part=(Q(has(Activity, networks=network)), _("Part of the project")),
    )


def of_meeting(meeting, user):
    return told(Project.objects.visible_to(user), part=(Q(has(Activity, meetings=meeting)), _("Part of the project")))


def of_organisation(organisation, user):
    return told(
        Project.objects.visible_to(user), partner=(Q(has(Partner, organisation=organisation)), _("In the project"))
    )


def of_person(person, user):
    """Where somebody answers or works; for staff, who see the page of a person."""
    return told(
        Project.objects.editable_by(user),
        answers=(Q(coordinator=person), _("Answers for the project")),
        works=(Q(has(Staffing, person=person)), _("Works in the project")),
    )
