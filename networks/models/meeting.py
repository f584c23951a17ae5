"""A network's meetings and who takes part in them."""

from datetime import timedelta

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.models import Person
from networks.models.membership import Membership
from networks.models.network import Network
from publishing.gatherings import Gathering, GatheringQuerySet
from publishing.models import Attachment
from publishing.prose import ProseField, prose_lines
from publishing.search import matching, search_field


class MeetingQuerySet(GatheringQuerySet):
    def visible_to(self, user):
        return self.filter(network__in=Network.objects.visible_to(user))

    def editable_by(self, user):
        return self.filter(network__in=Network.objects.editable_by(user))

    def inside_visible_to(self, user):
        """Those whose remote link, answers and private files the user may see."""
        return self.filter(network__in=Network.objects.inside_visible_to(user))

    def without_summary(self):
        """Held, ours, and nothing written of it yet; older ones are history rather than work."""
        return self.held().filter(
            summary="", network__convened_by_us=True, starts_at__gte=timezone.now() - Meeting.SUMMARY_EXPECTED
        )

    def with_answers(self):
        """How many are invited, come, cannot come, and were present."""
        return self.annotate(
            invited_count=Count("attendances", filter=Q(attendances__invited_at__isnull=False)),
            listed_count=Count("attendances"),
            coming_count=Count("attendances", filter=Q(attendances__answer=Attendance.Answer.COMING)),
            absent_count=Count("attendances", filter=Q(attendances__answer=Attendance.Answer.NOT_COMING)),
            present_count=Count("attendances", filter=Q(attendances__was_present=True)),
        )

    def for_calendar(self):
        """All that rows and calendars show, in order of time."""
        return self.select_related("network__coordinator").prefetch_related("network__counties").order_by("starts_at")

    def for_list(self):
        """A row each in the list of one network, newest first: the figures, and not the long texts."""
        return (
            self.with_answers()
            .annotate(has_summary=Q(summary__gt=""))
            .defer("agenda", "summary", "search")
            .order_by("-starts_at")
        )

    def for_feed(self):
        """What calendars subscribe to: the last year and everything to come, cancelled ones as cancelled."""
        return self.lately_and_coming().for_calendar()

    def search(self, text):
        return matching(self, text, title="title")


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["search", "remote_link"]
)
class Meeting(Gathering):
    """One gathering of a network: planned, called, held or cancelled."""

    CALLED_AHEAD = timedelta(days=14)  # our own rule until the centre decides otherwise
    SUMMARY_EXPECTED = timedelta(days=365)  # what nobody wrote within a year nobody will write
    SUMMARY_AFTER = timedelta(days=7)  # our own rule: a week to write what was said
    # What stands in people's calendars and what they were told goes back by the form and the verbs, which tell them.
    NOT_RESTORED = frozenset(
        {"title", "starts_at", "ends_at", "mode", "place", "invited_at", "invited_by", "cancelled_at", "cancelled_by"}
    )

    network = models.ForeignKey(Network, models.CASCADE, related_name="meetings", verbose_name=_("network"))
    agenda = ProseField(_("agenda"))
    summary = ProseField(_("public summary"))
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    search = search_field(a=["title"], b=["place"], prose=["agenda", "summary"])

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The meeting cannot end before it starts."),
            )
        ]
        indexes = [
            models.Index(fields=["network", "starts_at"], name="meeting_of_network"),
            models.Index(fields=["starts_at"], name="meeting_in_time"),
            GinIndex(fields=["search"], name="meeting_search"),
        ]

    def __str__(self):
        return f"{self.title} ({self.network})"

    def get_absolute_url(self):
        return reverse("networks:meeting", kwargs={"slug": self.network.slug, "pk": self.pk})

    # Questions

    @property
    def is_invited(self):
        return self.invited_at is not None

    @property
    def silent_count(self):
        """How many of those invited have not answered, where the answers were counted."""
        return self.invited_count - self.coming_count - self.absent_count

    @property
    def lacks_summary(self):
        """Held by us some while ago, and nothing written of it."""
        return not self.summary and self.expects_summary

    @property
    def misses_summary(self):
        """The same in a list, where the long text was not fetched."""
        return not self.has_summary and self.expects_summary

    @property
    def expects_summary(self):
        """Whether by now something should have been written of it."""
        return (
            not self.is_cancelled
            and self.network.convened_by_us
            and self.ends_at < timezone.now() - self.SUMMARY_AFTER
            and self.starts_at > timezone.now() - self.SUMMARY_EXPECTED
        )

    @property
    def lacks_invitation(self):
        return self.is_upcoming and not self.is_invited and self.starts_at <= timezone.now() + self.CALLED_AHEAD

    @property
    def host(self):
        """Who calls the meeting: the network's coordinator, or whoever sent the invitation where there is none."""
        return self.network.coordinator or getattr(self.invited_by, "person", None)

    @property
    def agenda_lines(self):
        """The agenda as plain text, for letters and calendars."""
        return prose_lines(self.agenda)

    def uninvited_members(self):
        """Present members with an address who have no invitation yet."""
        invited = Attendance.objects.invited().filter(meeting=self, person=OuterRef("person"))
        return Membership.objects.invitable().filter(~Exists(invited), network=self.network_id)

    # Verbs

    @transaction.atomic
    def invite(self, *, by):
        """Invite the present members who have not been invited. Returns their new attendances, which need letters.

        Repeated, it invites only those who joined since. A meeting that is over or cancelled invites nobody.
        """
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if not meeting.is_upcoming:
            return []
        members = list(meeting.uninvited_members().select_related("person"))
        attendances = Attendance.objects.bulk_create(
            [Attendance(meeting=meeting, person=member.person, invited_at=timezone.now()) for member in members],
            update_conflicts=True,
            unique_fields=["meeting", "person"],
            update_fields=["invited_at"],
            batch_size=500,
        )
        if attendances and not meeting.is_invited:
            meeting.invited_at, meeting.invited_by = timezone.now(), by
            meeting.save(update_fields=["invited_at", "invited_by", "changed_at"])
        self.refresh_from_db(fields=["invited_at", "invited_by"])
        return attendances

    @transaction.atomic
    def remove(self):
        """The meeting goes with its files; the history keeps that it was there."""
        for attachment in Attachment.objects.of(self):
            attachment.remove()
        self.delete()

    def possible_attendees(self):
        """Those invited and everybody who was a member on the day, in Finnish order."""
        members = Membership.objects.present(on=timezone.localdate(self.starts_at)).filter(network=self.network_id)
        return Person.objects.filter(
            Q(pk__in=members.values("person")) | Q(pk__in=self.attendances.values("person"))
        ).order_by("family_name_key", "given_name_key", "pk")

    @transaction.atomic
    def record_present(self, people):
        """Exactly these were there, of those who could be; invited or not."""
        present = {person.pk for person in people}
        Attendance.objects.bulk_create(
            [
                Attendance(meeting=self, person=person, was_present=person.pk in present)
                for person in self.possible_attendees()
            ],
            update_conflicts=True,
            unique_fields=["meeting", "person"],
            update_fields=["was_present"],
            batch_size=500,
        )


class AttendanceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(meeting__in=Meeting.objects.inside_visible_to(user))

    def editable_by(self, user):
        return self.filter(meeting__in=Meeting.objects.editable_by(user))

    def invited(self):
        return self.filter(invited_at__isnull=False)

    def unanswered(self):
        return self.invited().filter(answer="")

    def of_members(self):
        """Of those who still sit in the network and can be written to: who has left gets no remote link any more."""
        seats = Membership.objects.invitable().filter(network=OuterRef("meeting__network"), person=OuterRef("person"))
        return self.filter(Exists(seats))

    def with_names(self):
        return self.select_related("person__organisation").order_by("person__family_name_key", "person__given_name_key")


class Attendance(models.Model):
    """One person's part in one meeting: invited, answered, present."""

    class Answer(models.TextChoices):
        COMING = "coming", _("coming")
        NOT_COMING = "not_coming", _("not coming")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name=_("meeting"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="attendances", verbose_name=_("person"))
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    was_present = models.BooleanField(_("was present"), null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once"),
            models.CheckConstraint(
                name="attendance_answer_with_time",
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.person}: {self.meeting}"

    def reply(self, answer):
        """The person comes or cannot come; the last answer stands."""
        self.answer, self.answered_at = answer, timezone.now()
        self.save(update_fields=["answer", "answered_at"])
