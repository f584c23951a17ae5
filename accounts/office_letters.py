"""The letters that tell of an office: to its holder, and to whoever else holds one."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from letters.models import Letter


def letter_to(reader, appointment):
    """Says who has been appointed to what, from when until when and by whom; in Finnish, and nothing of the caseload."""
    with override("fi"):
        context = {
            "appointment": appointment,
            "is_holder": reader.pk == appointment.user_id,
            "address": f"{settings.SITE_URL}/sosiaaliasiavastaava/asiat/",
        }
        return Letter(
            key=f"appointment:{appointment.pk}:{reader.pk}",
            about=f"appointment:{appointment.pk}",
            to_name=reader.name if reader.name != reader.email else "",
            to_email=reader.email,
            subject=" ".join(render_to_string("accounts/mail/office_subject.txt", context).split())[:250],
            text=render_to_string("accounts/mail/office.txt", context).strip() + "\n",
        )
