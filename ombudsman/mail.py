"""The letters of the caseload. None of them says anything of a client or a matter."""

from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Appointment
from letters.models import Letter
from letters.tasks import send_letters
from ombudsman import retention
from ombudsman.models import Retention, holders, sight_of
from pikassos.celery import nudge


def letter(name, user, context, *, key, about=""):
    """A letter to somebody of the office, in Finnish."""
    with override("fi"):
        context = {"user": user, "site": settings.SITE_URL, **context}
        return Letter(
            key=f"{key}:{user.pk}",
            about=about,
            to_name=user.name if user.name != user.email else "",
            to_email=user.email,
            subject=" ".join(render_to_string(f"ombudsman/mail/{name}_subject.txt", context).split())[:250],
            text=render_to_string(f"ombudsman/mail/{name}.txt", context).strip() + "\n",
        )


def address(name, **kwargs):
    return settings.SITE_URL + reverse(f"ombudsman:{name}", kwargs=kwargs)


def send(letters):
    Letter.objects.write_all(letters)
    nudge(send_letters)


def ombudsmen():
    return holders(Appointment.Office.OMBUDSMAN)


def tell_of_substitution(substitution):
    """To the ombudsman and to the substitute: who sees what, from when until when, and who set it."""
    about = f"substitution:{substitution.pk}"
    people = {user.pk: user for user in [*ombudsmen(), substitution.substitute]}
    context = {"substitution": substitution, "address": address("index")}
    send([letter("substitution", user, context, key=about, about=about) for user in people.values()])


def tell_of_substitution_ended(substitution):
    """To both: from now on the substitute sees nothing."""
    people = {user.pk: user for user in [*ombudsmen(), substitution.substitute]}
    key = f"substitution-ended:{substitution.pk}"
    send([letter("substitution_ended", user, {"substitution": substitution}, key=key) for user in people.values()])


def tell_of_message(message, *, addition=None):
    """To whoever keeps the caseload today: a message has come. Nothing of what is in it."""
    substitutes = (user for user in holders(Appointment.Office.SUBSTITUTE) if sight_of(user))
    people = {user.pk: user for user in [*ombudsmen(), *substitutes]}
    key = f"message:{message.pk}" if addition is None else f"message-addition:{addition.pk}"
    context = {"address": address("messages"), "is_addition": addition is not None}
    send([letter("message", user, context, key=key) for user in people.values()])


def tell_of_retention():
    """Once a month, if anything will be deleted before the next letter's own notice is over. It says no numbers."""
    within = Retention.NOTICE + timedelta(days=31)  # so that nothing goes with less than the time of notice
    if any(retention.going_soon(kind, within).exists() for kind in retention.POSTPONABLE):
        context = {"address": address("retention")}
        key = f"retention:{timezone.localdate():%Y-%m}"
        send([letter("retention", user, context, key=key) for user in ombudsmen()])
