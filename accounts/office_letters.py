"""The letters that tell of the ombudsman's office: to its holder, and to whoever else holds one.

The caseload follows from an appointment and a sign-in, so neither is given or changed unseen.
"""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from letters.models import Letter


def appointed(reader, appointment):
    """Who has been appointed to what, from when until when and by whom."""
    context = {"appointment": appointment, "is_holder": reader.pk == appointment.user_id}
    return letter("office", reader, context, key=f"appointment:{appointment.pk}")


def account_changed(reader, user, what, *, at):
    """Somebody else has changed how a holder signs in. `what`: `second_factor` or `email`."""
    context = {"holder": user, "is_holder": reader.pk == user.pk, "what": what}
    return letter("office_account", reader, context, key=f"office-account:{what}:{user.pk}:{at:%Y%m%d%H%M%S}")


def letter(name, reader, context, *, key):
    """In Finnish, and nothing of the caseload in it."""
    with override("fi"):
        context = {"address": f"{settings.SITE_URL}/sosiaaliasiavastaava/asiat/", **context}
        return Letter(
            key=f"{key}:{reader.pk}",
            about=key,
            to_name=reader.name if reader.name != reader.email else "",
            to_email=reader.email,
            subject=" ".join(render_to_string(f"accounts/mail/{name}_subject.txt", context).split())[:250],
            text=render_to_string(f"accounts/mail/{name}.txt", context).strip() + "\n",
        )
