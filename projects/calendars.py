"""Dates of projects as iCalendar text: when they begin and end, and the dates that are for everybody (RFC 5545).

Whole days, for a day is all that is known; what is known to a season or a year only is no entry. The UID stays for as
long as the project or the date exists, and SEQUENCE rises with every change that its history tells of.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _
from icalendar import Event

from projects.models import Deadline, Extension, Project
from publishing.calendars import calendar_answer, published_calendar
from publishing.dated_facts import Precision


def projects_calendar(projects, *, name):
    """A calendar of published facts: no drafts, no dates that are for staff only. Projects come with `for_cards`."""
    return published_calendar(events_of([project for project in projects if project.is_published]), name=name)


def events_of(projects):
    """The entries of the projects, by day; three queries however many there are."""
    keys = [project.pk for project in projects]
    changes = changes_by_key(Project, "pgh_obj", keys)
    extensions = changes_by_key(Extension, "project", keys)
    events = []
    for project in projects:
        sequence = changes.get(project.pk, 0) + extensions.get(project.pk, 0)
        on, precision = project.end
        if project.starts_on and project.starts_precision == Precision.DAY:
            title = _("%(name)s begins") % {"name": project.called}
            events.append(event(project, f"alku-{project.pk}", project.starts_on, title, sequence))
        if on and precision == Precision.DAY:
            title = _("%(name)s ends") % {"name": project.called}
            events.append(event(project, f"loppu-{project.pk}", on, title, sequence))
    by_key = {project.pk: project for project in projects}
    deadlines = Deadline.objects.filter(project__in=keys, is_public=True).in_order()
    dates = list(deadlines)
    changes = changes_by_key(Deadline, "pgh_obj", [date.pk for date in dates])
    for date in dates:
        project = by_key[date.project_id]
        title = f"{project.called}: {date.title}"
        events.append(event(project, f"maarapaiva-{date.pk}", date.on, title, changes.get(date.pk, 0)))
    return sorted(events, key=lambda one: (one.decoded("dtstart"), str(one["uid"])))


def changes_by_key(model, column, keys):
    """How many changes the history tells of, by the key in a column of its rows: {key: count}."""
    counts = {}
    for event_model in set(model.pgh_event_models.values()):
        rows = event_model.objects.filter(**{f"{column}__in": keys}).order_by().values_list(column)
        for key, count in rows.annotate(count=Count("pgh_id")):
            counts[key] = counts.get(key, 0) + count
    return counts


def event(project, uid, on, title, sequence):
    """A whole day."""
    domain = settings.SITE_URL.split("//", 1)[-1].split(":", 1)[0].split("/", 1)[0]
    one = Event()
    one.add("uid", f"hanke-{uid}@{domain}")
    one.add("sequence", sequence)
    one.add("dtstamp", project.changed_at.astimezone(ZoneInfo("UTC")))
    one.add("dtstart", on)
    one.add("dtend", on + timedelta(days=1))
    one.add("summary", title)
    one.add("transp", "TRANSPARENT")
    address = f"{settings.SITE_URL}{project.get_absolute_url()}"
    one.add("url", address)
    one.add("description", "\n\n".join(filter(None, [project.summary, address])))
    return one


def calendar_response(projects, *, name, filename="hankkeet.ics"):
    """The calendar as an answer that programs subscribe to."""
    return calendar_answer(projects_calendar(projects, name=name), filename=filename)
