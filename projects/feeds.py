"""What is new about projects, as Atom."""

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from projects.models import Output, Phase, Report
from publishing.feeds import NEWEST, NewsFeed, morning, plain
from publishing.prose import prose_lines


def news_of(projects):
    """The latest dated facts of the published ones among the projects, newest first.

    A page published, a phase or extension, an output ready, a public report: dicts of at (aware datetime), title, text
    and url, with a tag that stays.
    """
    public = projects.published()
    keys = public.order_by().values("pk")
    today = timezone.localdate()
    news = [
        news_item(project.published_at, project.called, project.summary, project.get_absolute_url(), project, "project")
        for project in public.order_by("-published_at", "pk").only(
            "slug", "acronym", "name", "summary", "published_at"
        )[:NEWEST]
    ]
    phases = Phase.objects.filter(project__in=keys, on__lte=today, precision="day").select_related("project")
    for phase in phases.order_by("-on", "-pk")[:NEWEST]:
        title = f"{phase.project.called}: {phase.get_status_display() or phase.text}"
        news.append(news_item(morning(phase.on), title, phase.text, phase.get_absolute_url(), phase, "project-phase"))
    outputs = Output.objects.filter(project__in=keys, ready_on__lte=today, ready_precision="day")
    for output in outputs.select_related("project").defer("search").order_by("-ready_on", "-pk")[:NEWEST]:
        title = _("%(name)s: output %(title)s") % {"name": output.project.called, "title": output.title}
        url = f"{output.project.get_absolute_url()}#tuotos-{output.pk}"
        news.append(news_item(morning(output.ready_on), title, output.note, url, output, "output"))
    reports = Report.objects.filter(project__in=keys, is_public=True, ends_on__lte=today).select_related("project")
    for report in reports.order_by("-ends_on", "-pk")[:NEWEST]:
        title = _("%(name)s: report of a period") % {"name": report.project.called}
        text = Truncator(prose_lines(report.text)).words(40)
        day = report.submitted_on or report.ends_on
        news.append(news_item(morning(min(day, today)), title, text, report.get_absolute_url(), report, "report"))
    return sorted(news, key=lambda item: item["at"], reverse=True)[:NEWEST]


def news_item(at, title, text, url, record, kind):
    return {"at": at, "title": plain(title), "text": plain(text), "url": url, "tag": f"{kind}-{record.pk}"}


def projects_feed(request, projects, *, name, address=None):
    """The answer with the feed."""
    return NewsFeed(news_of(projects), name=name, address=address or reverse("projects:index"))(request)
