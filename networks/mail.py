"""The letters that networks write, one function a letter."""

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from letters.models import Letter
from networks.calendars import invitation_calendar
from networks.models import Attendance

REPLY_SALT = "networks.reply"
REPLY_MAX_AGE = 400 * 24 * 3600  # seconds; longer than any meeting is called ahead


def reply_token(attendance):
    """What the link of an invitation carries: which attendance, and nobody can make one up."""
    return signing.dumps({"attendance": attendance.pk, "person": attendance.person_id}, salt=REPLY_SALT)


def attendance_of(token):
    """The attendance that a link stands for.

    Raises signing.BadSignature for a link that is tampered with or too old, Attendance.DoesNotExist for one whose
    meeting or person is gone.
    """
    data = signing.loads(token, salt=REPLY_SALT, max_age=REPLY_MAX_AGE)
    return Attendance.objects.select_related("meeting__network__coordinator", "person").get(
        pk=data["attendance"], person=data["person"]
    )


def reached(meeting):
    """The people, by key, to whom a letter about the meeting has gone: what changes later has to be told to them.

    Read from the letters' keys, as somebody's address may be another one by now.
    """
    gone = Letter.objects.about(f"meeting:{meeting.pk}").filter(sent_at__isnull=False)
    return {int(key.split(":")[4]) for key in gone.values_list("key", flat=True)}


def invitations(attendances):
    """Ask each to the meeting, with the entry for the calendar."""
    return [letter_about(a, "invitation", method="REQUEST") for a in attendances]


def reminders(attendances, *, day):
    """Ask those who have not answered once more, at most once a day."""
    return [letter_about(a, "reminder", method="REQUEST", once=f":{day:%Y%m%d}") for a in attendances]


def changes(attendances):
    """Tell those invited what is different now; the new entry replaces the old one."""
    return [letter_about(a, "change", method="REQUEST") for a in attendances]


def cancellations(attendances):
    """Tell those invited that the meeting is off; the entry goes from their calendars."""
    return [letter_about(a, "cancellation", method="CANCEL") for a in attendances]


def letter_about(attendance, kind, *, method, once=""):
    """The letter of a kind to one person; its key lets it be written once for each version of the meeting."""
    meeting, person = attendance.meeting, attendance.person
    # Members are written to in Finnish: the portal does not know their language.
    with override("fi"):
        context = {
            "attendance": attendance,
            "meeting": meeting,
            "network": meeting.network,
            "person": person,
            "address": f"{settings.SITE_URL}{meeting.get_absolute_url()}",
            "reply_address": settings.SITE_URL + reverse("networks:reply", kwargs={"token": reply_token(attendance)}),
        }
        subject = render_to_string(f"networks/mail/{kind}_subject.txt", context)
        text = render_to_string(f"networks/mail/{kind}.txt", context)
    host = meeting.host
    return Letter(
        key=f"meeting:{meeting.pk}:{kind}:{meeting.sequence}:{person.pk}{once}",
        about=f"meeting:{meeting.pk}",
        to_name=person.name,
        to_email=person.email,
        reply_to=host.email if host else "",
        subject=" ".join(subject.split())[:250],
        text=text.strip() + "\n",
        calendar=invitation_calendar(attendance, method=method),
        calendar_method=method,
    )


def members_letter(network, memberships, *, subject, text, by, key):
    """A free letter from staff to the members of a network."""
    sender = getattr(by, "person", None)
    return [
        Letter(
            key=f"network:{network.pk}:letter:{key}:{membership.person_id}",
            about=f"network:{network.pk}",
            to_name=membership.person.name,
            to_email=membership.person.email,
            reply_to=sender.email if sender else by.email,
            subject=f"{network.name}: {subject}"[:250],
            text=text.strip() + "\n",
        )
        for membership in memberships
    ]
