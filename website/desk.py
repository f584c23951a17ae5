"""What the staff desk shows: the days ahead, what is missing or late, the own networks.

The rules of what is missing are the records' own (`lacks_invitation`, `without_summary`, `needs_review`); here they are
put in order, each with the day from which it counts and the one act that mends it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event, Speaker
from networks.models import Meeting, Membership, Network
from projects.models import Deadline, Project
from publishing.finnish_dates import written_day
from publishing.models import Attachment

AGENDA_AHEAD = timedelta(days=7)  # our own rule: members get a week to read what will be spoken of
DATES_AHEAD = timedelta(days=14)
SHOWN = 12  # more than one can do in a day; the number beside the heading tells of all
MOST = 200  # so many of one kind are counted, so that the page costs the same however much is late


@dataclass
class Missing:
    """One thing that is missing or late, with the one act that mends it."""

    kind: str
    since: date | None  # from when it counts; None where nobody knows
    title: str
    record: object  # the network or project
    url: str
    act: str
    meeting: Meeting | None = None
    is_post: bool = False
    today: date | None = None

    @property
    def days(self):
        """How many days it is late; 0 is today, None unknown."""
        return None if self.since is None else (self.today - self.since).days


def own_or_all(networks, user, *, everything):
    """The networks of which the desk tells: all, or those the user coordinates."""
    return networks if everything else networks.filter(coordinator__user=user)


def with_agenda_file(meetings):
    """Whether the agenda was brought as a file beside each."""
    files = Attachment.objects.filter(
        content_type__app_label="networks", content_type__model="meeting", object_id=OuterRef("pk"), purpose="agenda"
    )
    return meetings.annotate(has_agenda=Q(agenda__gt="") | Exists(files))


def is_weekend(today=None):
    """On Saturday and Sunday the week that matters is the next one."""
    return (today or timezone.localdate()).weekday() > 4


def days_ahead(user, *, everything, today=None):
    """The meetings of today and of the rest of the week, at the weekend with the next one: two lists, one query."""
    today = today or timezone.localdate()
    sunday = today + timedelta(days=6 - today.weekday() + 7 * is_weekend(today))
    networks = own_or_all(Network.objects.editable_by(user), user, everything=everything)
    meetings = list(
        with_agenda_file(
            Meeting.objects.uncancelled()
            .filter(network__in=networks, starts_at__date__gte=today, starts_at__date__lte=sunday)
            .with_answers()
        )
        .select_related("network")
        .defer("agenda", "summary", "search", "network__search", "network__background")
        .order_by("starts_at", "pk")[:MOST]
    )
    is_today = [timezone.localdate(meeting.starts_at) == today for meeting in meetings]
    return (
        [meeting for meeting, now in zip(meetings, is_today, strict=True) if now],
        [meeting for meeting, now in zip(meetings, is_today, strict=True) if not now],
    )


def missing_or_late(user, *, everything, today=None):
    """Everything that is missing or late, the oldest first; as many queries however much it is.

    A network or project that has no coordinator is nobody's own, so everybody is told of it.
    """
    today = today or timezone.localdate()
    networks = own_or_all(Network.objects.editable_by(user), user, everything=everything)
    found = [
        *summaries_missing(networks),
        *meetings_unprepared(networks, today),
        *networks_neglected(user, everything=everything, today=today),
        *deadlines_late(user, everything=everything, today=today),
        *projects_neglected(user, everything=everything, today=today),
        *events_unprepared(user, everything=everything, today=today),
        *events_unfinished(user, everything=everything, today=today),
    ]
    for item in found:
        item.today = today
    return sorted(found, key=lambda item: (item.since is None, item.since or today, item.record.called))


def meeting_rows(meetings):
    return (
        meetings.select_related("network")
        .defer("agenda", "summary", "search", "network__search", "network__background")
        .order_by("starts_at", "pk")[:MOST]
    )


def summaries_missing(networks):
    """Held more than a week ago and nothing written of it."""
    late = Meeting.objects.without_summary().filter(
        network__in=networks, ends_at__lt=timezone.now() - Meeting.SUMMARY_AFTER
    )
    return [
        Missing(
            "summary",
            timezone.localdate(meeting.starts_at),
            _("Summary missing"),
            meeting.network,
            address(meeting, "meeting_summary"),
            _("Write"),
            meeting,
        )
        for meeting in meeting_rows(late)
    ]


def meetings_unprepared(networks, today):
    """Close, and the invitation not sent or the agenda not there."""
    coming = Meeting.objects.upcoming().filter(
        network__in=networks,
        network__convened_by_us=True,
        starts_at__lte=timezone.now() + max(Meeting.CALLED_AHEAD, AGENDA_AHEAD),
    )
    invitable = Membership.objects.invitable().filter(network=OuterRef("network"))
    for meeting in meeting_rows(with_agenda_file(coming).annotate(has_members=Exists(invitable))):
        day = timezone.localdate(meeting.starts_at)
        if meeting.lacks_invitation and not meeting.has_members:
            yield Missing(
                "members",
                day - Meeting.CALLED_AHEAD,
                _("Nobody to invite"),
                meeting.network,
                reverse("networks:members", kwargs={"slug": meeting.network.slug}),
                _("Add members"),
                meeting,
            )
        elif meeting.lacks_invitation:
            yield Missing(
                "invitation",
                day - Meeting.CALLED_AHEAD,
                _("Invitation not sent"),
                meeting.network,
                address(meeting, "meeting_invite"),
                _("Send the invitation"),
                meeting,
                is_post=True,
            )
        if not meeting.has_agenda and day - AGENDA_AHEAD <= today:
            yield Missing(
                "agenda",
                day - AGENDA_AHEAD,
                _("Agenda missing"),
                meeting.network,
                address(meeting, "meeting_edit"),
                _("Add an agenda"),
                meeting,
            )


def networks_neglected(user, *, everything, today):
    """Alive, and nobody answers for it or nobody has checked its page for a year."""
    mine = Q() if everything else Q(coordinator__user=user)
    orphan = Q(coordinator=None, convened_by_us=True)
    unchecked = Q(reviewed_on=None) | Q(reviewed_on__lt=today - Network.REVIEWED_EVERY)
    neglected = (
        Network.objects.editable_by(user)
        .with_status(today)
        .exclude(status=Network.Status.ENDED)
        .filter(orphan | mine & unchecked)
        .annotate(checked_on=Coalesce("reviewed_on", TruncDate("created_at")))
        .defer("search", "background")
        .order_by("checked_on", "pk")[:MOST]
    )
    for network in neglected:
        if network.coordinator_id is None and network.convened_by_us:
            yield Missing(
                "coordinator",
                None,
                _("Nobody answers for it"),
                network,
                reverse("networks:edit", kwargs={"slug": network.slug, "section": "tiedot"}) + "#tiedot",
                _("Choose"),
            )
        if network.needs_review and (everything or network.coordinator_id is not None):
            due = network.reviewed_on + Network.REVIEWED_EVERY if network.reviewed_on else network.checked_on
            yield Missing(
                "review",
                due,
                _("The text grows old"),
                network,
                reverse("networks:review", kwargs={"slug": network.slug}),
                _("Checked"),
                is_post=True,
            )


def own_or_all_projects(user, *, everything):
    """The projects of which the desk tells: all, or those the user answers for."""
    projects = Project.objects.editable_by(user)
    return projects if everything else projects.coordinated_by_user(user)


def deadlines_late(user, *, everything, today):
    """Dates of projects that have passed and are not done."""
    late = Deadline.objects.late(today).filter(project__in=own_or_all_projects(user, everything=everything))
    for deadline in late.select_related("project").in_order()[:MOST]:
        yield Missing(
            "deadline",
            deadline.on,
            deadline.title[:1].upper() + deadline.title[1:],
            deadline.project,
            reverse("projects:deadline_done", kwargs={"slug": deadline.project.slug, "pk": deadline.pk}),
            _("Done"),
            is_post=True,
        )


def dates_ahead(user, *, everything, today=None):
    """The dates of projects in the next two weeks, the next first; one query."""
    today = today or timezone.localdate()
    dates = Deadline.objects.waiting().filter(on__gte=today, on__lte=today + DATES_AHEAD)
    own = own_or_all_projects(user, everything=everything)
    return list(dates.filter(project__in=own).select_related("project").in_order()[:MOST])


def projects_neglected(user, *, everything, today):
    """Alive, and nobody answers for it, it should have ended, its sums differ, its page or its links grow old."""
    mine = Q() if everything else Q(coordinator__user=user)
    projects = Project.objects.editable_by(user).filter(mine | Q(coordinator=None)).for_portfolio()
    for project in projects.filter(Q(dead_link_count__gt=0) | ~Q(status__in=Project.OVER)).order_by("name_key")[:MOST]:
        own = everything or project.coordinator_id is not None
        page, anchor = project.get_absolute_url(), {"slug": project.slug}
        if project.coordinator_id is None and not project.is_over:
            edit = reverse("projects:edit", kwargs=anchor | {"section": "vastuut"})
            yield Missing("coordinator", None, _("Nobody answers for it"), project, f"{edit}#vastuut", _("Choose"))
        if project.is_overdue and own:
            phase = reverse("projects:part_create", kwargs=anchor | {"kind": "vaiheet"})
            yield Missing("end", project.ending_on, _("Was to end"), project, phase, _("Record the phase"))
        if project.sums_differ and own:
            money = reverse("projects:money", kwargs=anchor)
            yield Missing("sums", None, _("The sums do not match"), project, money, _("Look"))
        if project.dead_link_count:
            yield Missing("links", None, _("Dead links"), project, f"{page}#tuotokset", _("Mend"))
        if project.needs_review and own and project.is_published:
            due = project.reviewed_on + Project.REVIEWED_EVERY if project.reviewed_on else None
            review = reverse("projects:review", kwargs=anchor)
            since = due or timezone.localdate(project.created_at)
            yield Missing("review", since, _("The text grows old"), project, review, _("Checked"), is_post=True)


def own_or_all_events(user, *, everything):
    """The events of which the desk tells: all, or those the user answers for, herself or by their series."""
    events = Event.objects.editable_by(user).select_related("series").defer("search", "description", "after")
    if everything:
        return events
    own = Q(coordinator__user=user) | Q(coordinator=None, series__coordinator__user=user)
    nobodys = Q(coordinator=None, series=None) | Q(coordinator=None, series__coordinator=None)
    return events.filter(own | nobodys)


def events_unprepared(user, *, everything, today):
    """Close, and the page is a draft or the remote link is not there; a speaker has sent something to look at."""
    soon = timezone.now() + Event.CALLED_AHEAD
    own = own_or_all_events(user, everything=everything)
    for event in own.upcoming().filter(starts_at__lte=soon).by_start()[:MOST]:
        if not event.is_published:
            since = event.day - Event.CALLED_AHEAD
            yield Missing("draft", since, _("Not published"), event, event.get_absolute_url(), _("Look"))
        elif event.mode != Event.Mode.ON_SITE and not event.remote_link and event.takes_registrations:
            edit = reverse("events:edit", kwargs={"slug": event.slug, "section": "aika"})
            since = event.day - Event.CALLED_AHEAD
            yield Missing("link", since, _("Remote link missing"), event, f"{edit}#aika", _("Add the link"))
    sent = Speaker.objects.proposed().filter(event__in=own.values("pk")).select_related("event").order_by("proposed_at")
    for speaker in sent[:MOST]:
        page = f"{speaker.event.get_absolute_url()}#puhujat"
        since = timezone.localdate(speaker.proposed_at)
        title = _("%(name)s has sent a talk") % {"name": speaker.name}
        yield Missing("speaker", since, title, speaker.event, page, _("Look"))


def events_unfinished(user, *, everything, today):
    """Over, and nobody has said how many came; a recording without captions, or about to go."""
    own = own_or_all_events(user, everything=everything)
    for event in own.attendance_missing().latest_first()[:MOST]:
        address = reverse("events:participants", kwargs={"slug": event.slug})
        yield Missing("attendance", event.day, _("Number of participants missing"), event, address, _("Record"))
    recording = "events:edit"
    for event in own.captions_late(today).latest_first()[:MOST]:
        address = reverse(recording, kwargs={"slug": event.slug, "section": "tallenne"})
        since = event.recording_added_on + Event.CAPTIONS_WITHIN
        yield Missing("captions", since, _("Captions missing"), event, f"{address}#tallenne", _("Mark as done"))
    for event in own.recordings_ending(today).order_by("recording_until", "pk")[:MOST]:
        address = reverse(recording, kwargs={"slug": event.slug, "section": "tallenne"})
        words = _("The recording goes on %(day)s") % {"day": written_day(event.recording_until)}
        yield Missing("recording", today, words, event, f"{address}#tallenne", _("Look"))


def events_ahead(user, *, everything, today=None):
    """The published events of the next two weeks, the next first; one query."""
    today = today or timezone.localdate()
    own = own_or_all_events(user, everything=everything).published().uncancelled()
    last = today + DATES_AHEAD
    return list(own.filter(starts_at__date__gte=today, starts_at__date__lte=last).by_start()[:MOST])


def own_projects(user):
    """The projects the user answers for that are not over, what ends first at the top, as the portfolio shows them."""
    return list(Project.objects.editable_by(user).coordinated_by_user(user).for_portfolio().alive().ending_next_first())


def address(meeting, act):
    return reverse(f"networks:{act}", kwargs={"slug": meeting.network.slug, "pk": meeting.pk})


def own_networks(user):
    """The networks the user coordinates, each with `next` and `last`: its next meeting and the last one held.

    Two queries; those that have ended are history.
    """
    coming = Meeting.objects.upcoming().filter(network=OuterRef("pk")).order_by("starts_at", "pk")
    held = Meeting.objects.held().filter(network=OuterRef("pk")).order_by("-starts_at", "pk")
    networks = list(
        Network.objects.editable_by(user)
        .filter(coordinator__user=user)
        .with_status()
        .exclude(status=Network.Status.ENDED)
        .annotate(next_pk=Subquery(coming.values("pk")[:1]), last_pk=Subquery(held.values("pk")[:1]))
        .defer("search", "background")
        .in_finnish_order()
    )
    asked = {pk for network in networks for pk in (network.next_pk, network.last_pk) if pk}
    meetings = Meeting.objects.filter(pk__in=asked).for_list().in_bulk()
    for network in networks:
        network.next, network.last = meetings.get(network.next_pk), meetings.get(network.last_pk)
        for meeting in filter(None, [network.next, network.last]):
            meeting.network = network
            meeting.answered_count = meeting.invited_count - meeting.silent_count
    return networks
