"""The letters that projects write to the one who answers for them, one function a letter."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from letters.models import Letter


def dead_links(project, links, *, day):
    """Addresses on the project's page that do not answer; at most one such letter a week."""
    year, week, _weekday = day.isocalendar()
    return letter(project, "dead_links", {"links": links}, key=f"{year}-{week}", anchor="tuotokset")


def reminder(deadline, *, day):
    """A date that comes near, is tomorrow, or has passed; once at each of these."""
    context = {"deadline": deadline, "stage": deadline.stage(day)}
    key = f"{deadline.pk}:{deadline.on:%Y%m%d}:{context['stage']}"
    return letter(deadline.project, "deadline", context, key=key, anchor="maarapaivat")


def letter(project, kind, context, *, key, anchor):
    """A letter of a kind about the project to its coordinator; the key lets it be written once."""
    person = project.coordinator
    with override("fi"):
        context |= {
            "project": project,
            "person": person,
            "address": f"{settings.SITE_URL}{project.get_absolute_url()}#{anchor}",
        }
        subject = render_to_string(f"projects/mail/{kind}_subject.txt", context)
        text = render_to_string(f"projects/mail/{kind}.txt", context)
    return Letter(
        key=f"project:{project.pk}:{kind}:{key}",
        about=f"project:{project.pk}",
        to_name=person.name,
        to_email=person.email,
        subject=" ".join(subject.split())[:250],
        text=text.strip() + "\n",
    )
