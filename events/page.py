"""Everything that the page of one event shows to the one who asks."""

from django.contrib.contenttypes.models import ContentType

from events.models import Event
from events.structured import event_json
from events.video import player_of
from publishing.history import last_change
from publishing.models import Attachment


def page_context(request, event):
    """What the template of the page prints. Needs `for_page`; as many queries however much there is."""
    may_edit = request.user.is_staff
    files = list(Attachment.objects.readable_by(request.user, event).order_by("added_at", "pk"))
    siblings = []
    if event.series_id:
        visible = Event.objects.visible_to(request.user).upcoming().filter(series=event.series_id)
        siblings = list(visible.exclude(pk=event.pk).only("title", "slug", "starts_at", "ends_at").by_start()[:4])
    return {
        "event": event,
        "may_edit": may_edit,
        "materials": [file for file in files if file.purpose == Event.MATERIAL],
        "waiting_files": [file for file in files if file.purpose.startswith("puhuja-")] if may_edit else [],
        "siblings": siblings,
        "player": player_of(event.recording_link) if event.shows_recording else None,
        "event_json": event_json(event) if event.is_published else "",
        "questions": list(event.questions.in_order()) if may_edit else [],
        "last_change": last_change(event) if may_edit else None,
        "content_type": ContentType.objects.get_for_model(Event).pk if may_edit else None,
        "feedback_count": event.feedback.count() if may_edit else 0,
        "address_to_ask": address_to_ask(event, inside=may_edit),
    }


def address_to_ask(event, *, inside):
    """Where one writes about it: the public knows the address of whom the contact page lists only."""
    host = event.host
    return host.email if host and (inside or host.is_public) else ""
