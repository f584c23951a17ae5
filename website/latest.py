"""What is new on the site: pages published, phases begun, summaries written, each with its day."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event
from networks.models import Meeting, Phase
from projects.models import Phase as ProjectPhase
from projects.models import Project

OF_ONE_KIND = 3  # so that one afternoon of tidying up does not push everything else from the list
RECENT = timedelta(days=365)  # an older phase is history and stands on the network's own page


def latest_facts(networks, most):
    """The latest dated facts of the networks as dicts of on, title, note and url, newest first.

    Those of projects are among them; five queries.

    Meetings to come are not among them: they stand in the calendar.
    """
    published = (
        networks.filter(published_at__isnull=False).defer("search", "background").order_by("-published_at", "pk")
    )
    facts = [
        {
            "on": timezone.localdate(network.published_at),
            "title": network.name,
            "note": _("new page"),
            "url": network.get_absolute_url(),
        }
        for network in published[:OF_ONE_KIND]
    ]
    facts += [
        {
            "on": phase.on,
            "title": phase.network.name,
            "note": phase.sentence,
            "url": phase.get_absolute_url(),
        }
        for phase in phases_begun(networks)[:OF_ONE_KIND]
    ]
    facts += [
        {
            "on": timezone.localdate(meeting.changed_at),
            "title": _("Summary: %(network)s") % {"network": meeting.network.name},
            "note": meeting.title,
            "url": meeting.get_absolute_url(),
        }
        for meeting in summaries_written(networks)[:OF_ONE_KIND]
    ]
    facts += latest_of_projects(Project.objects.published())
    facts += latest_of_events(Event.objects.published())
    return sorted(facts, key=lambda fact: fact["on"], reverse=True)[:most]


def latest_of_projects(projects):
    """New pages of projects and phases begun, as the facts of networks; two queries."""
    published = projects.only("slug", "acronym", "name", "published_at").order_by("-published_at", "pk")
    facts = [
        {
            "on": timezone.localdate(project.published_at),
            "title": project.called,
            "note": _("new project page"),
            "url": project.get_absolute_url(),
        }
        for project in published[:OF_ONE_KIND]
    ]
    today = timezone.localdate()
    begun = (
        ProjectPhase.objects.filter(project__in=projects, precision="day", on__lte=today, on__gt=today - RECENT)
        .select_related("project")
        .order_by("-on", "-pk")
    )
    return facts + [
        {"on": phase.on, "title": phase.project.called, "note": phase.sentence, "url": phase.get_absolute_url()}
        for phase in begun[:OF_ONE_KIND]
    ]


def latest_of_events(events):
    """Recordings and events that were published lately, as the facts of networks; one query each."""
    rows = events.defer("search", "description", "after", "remote_link")
    facts = [
        {
            "on": timezone.localdate(event.published_at),
            "title": event.title,
            "note": _("new event"),
            "url": event.get_absolute_url(),
        }
        for event in rows.uncancelled().order_by("-published_at", "pk")[:OF_ONE_KIND]
    ]
    shown = rows.with_recording().exclude(recording_added_on=None).order_by("-recording_added_on", "pk")
    return facts + [
        {
            "on": event.recording_added_on,
            "title": event.title,
            "note": _("recording"),
            "url": f"{event.get_absolute_url()}#tallenne",
        }
        for event in shown[:OF_ONE_KIND]
    ]


def phases_begun(networks):
    """Those of the last year whose day is known."""
    today = timezone.localdate()
    return (
        Phase.objects.filter(network__in=networks, precision=Phase.Precision.DAY, on__lte=today, on__gt=today - RECENT)
        .select_related("network")
        .order_by("-on", "-pk")
    )


def summaries_written(networks):
    """Meetings held of which something is written, the latest written first."""
    return (
        Meeting.objects.held()
        .filter(network__in=networks, summary__gt="")
        .select_related("network")
        .defer("agenda", "summary", "search")
        .order_by("-changed_at", "-pk")
    )
