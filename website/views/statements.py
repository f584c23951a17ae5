"""What the site says of itself: statements and feedback."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap as sitemap_of
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.models import ImportDraft, Organisation
from letters.models import Letter
from letters.tasks import send_letters
from ombudsman.models import Retention
from pikassos.celery import nudge
from publishing.query import page_of
from publishing.templatetags.portal import ICONS
from website.forms import FeedbackForm, PartsForm
from website.mail import feedback_letter
from website.models import Feedback
from website.sitemaps import SITEMAPS

ASSESSED_ON = date(2026, 11, 22)  # when the accessibility of the site was last gone through as a whole
TOKENS = (
    "paper", "stone", "line", "edge", "ink", "ink-2", "petrol", "petrol-2", "petrol-wash", "amber", "amber-wash",
    "good", "mid", "bad",
)  # fmt: skip


@login_not_required
@require_safe
def accessibility(request):
    """The accessibility statement that act 306/2019 asks for."""
    context = {"assessed_on": ASSESSED_ON, "days": Feedback.ANSWERED_WITHIN.days}
    return render(request, "website/accessibility.html", context)


@login_not_required
@require_safe
def privacy(request):
    """What is kept of whom, why and how long; the numbers come from where they are kept to."""
    context = {
        "letter_days": Letter.KEPT.days,
        "draft_hours": ImportDraft.KEPT // timedelta(hours=1),
        "feedback_days": Feedback.KEPT.days,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "idle_hours": settings.SESSION_IDLE // timedelta(hours=1),
        "caseload_months": dict(Retention.objects.values_list("kind", "months")),
        "centre": Organisation.objects.us().first(),
    }
    return render(request, "website/privacy.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def feedback(request):
    """A message about the site, from anybody."""
    if request.method == "POST" and request.POST.get("homepage"):
        # A field that people do not see: a machine filled it, and is thanked like everybody.
        return redirect("website:feedback_thanks")
    form = FeedbackForm(request.POST or None, initial={"page": came_from(request), "about": asked_about(request)})
    if request.method == "POST" and form.is_valid():
        Letter.objects.write_all([feedback_letter(form.save())])
        nudge(send_letters)
        return redirect("website:feedback_thanks")
    return render(request, "website/feedback.html", {"form": form, "days": Feedback.ANSWERED_WITHIN.days})


def came_from(request):
    """The page of ours on which the link was followed, otherwise nothing."""
    site, came = f"{request.scheme}://{request.get_host()}/", request.headers.get("Referer", "")
    # Not taken apart by urlsplit, which refuses what anybody may send.
    return f"/{came.removeprefix(site)}".partition("?")[0].partition("#")[0][:300] if came.startswith(site) else ""


def asked_about(request):
    asked = request.GET.get("aihe")
    return Feedback.About.ACCESSIBILITY if asked == "saavutettavuus" else Feedback.About.OTHER


@login_not_required
@require_safe
def feedback_thanks(request):
    return render(request, "website/feedback_thanks.html", {"days": Feedback.ANSWERED_WITHIN.days})


@require_safe
def feedback_list(request):
    """What has been written to us, those that wait first."""
    if not request.user.is_staff:
        raise Http404
    received = Feedback.objects.visible_to(request.user)
    page = page_of(received.for_list(), request)
    return render(request, "website/feedback_list.html", {"page": page, "waiting_count": received.waiting().count()})


@require_POST
def feedback_handle(request, pk):
    """It has been answered or acted on."""
    get_object_or_404(Feedback.objects.editable_by(request.user), pk=pk).mark_handled(by=request.user)
    messages.success(request, _("Marked as handled."))
    return redirect("website:feedback_list")


@login_not_required
@require_safe
def robots(request):
    """What search engines may read: the public pages; of a demonstration nothing."""
    closed = ["/"] if settings.DEMONSTRATION else ["/haku/", "/tyopoyta/", "/omat/", "/tili/", "/muutokset/"]
    lines = ["User-agent: *", *[f"Disallow: {path}" for path in closed]]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('website:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def sitemap(request):
    """Every public page, for search engines."""
    return sitemap_of(request, sitemaps=SITEMAPS)


@login_not_required
@require_safe
def parts(request):
    """Every part of the look on one page, in demonstrations only."""
    starts_at = timezone.now().replace(hour=7, minute=30, second=0, microsecond=0)
    context = {
        "form": PartsForm(),
        "tokens": TOKENS,
        "icons": sorted(ICONS),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
    }
    return render(request, "website/parts.html", context)
