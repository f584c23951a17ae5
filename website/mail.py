"""The letters that the website writes."""

from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from directory.models import Organisation
from letters.models import Letter


def centre_address():
    """Where the centre reads its letters: as in the directory, otherwise where letters of the portal come from."""
    centre = Organisation.objects.us().first()
    return centre.email if centre and centre.email else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def feedback_letter(feedback):
    """Tells the centre what was written; an answer goes straight to the writer who gave an address."""
    with override("fi"):
        context = {"feedback": feedback, "address": settings.SITE_URL + reverse("website:feedback_list")}
        return Letter(
            key=f"feedback:{feedback.pk}",
            about=f"feedback:{feedback.pk}",
            to_email=centre_address(),
            reply_to=feedback.email,
            subject=_("Feedback on the site: %(about)s") % {"about": feedback.get_about_display()},
            text=render_to_string("website/mail/feedback.txt", context),
        )
