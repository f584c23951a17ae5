"""Every letter as its reader gets it. These addresses exist in demonstration mode only."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from letters.models import Letter
from publishing.query import page_of


@login_not_required
@require_safe
def outbox(request):
    """The letters, newest first; `kenelle` limits them to one recipient."""
    letters = Letter.objects.order_by("-written_at", "-pk").defer("calendar")
    recipient = request.GET.get("kenelle", "")[:254]
    if recipient:
        letters = letters.filter(to_email__icontains=recipient)
    context = {"page": page_of(letters, request), "recipient": recipient}
    return render(request, "demonstration/outbox.html", context)


@login_not_required
@require_safe
def letter(request, pk):
    """One letter with its heading and its calendar entry."""
    return render(request, "demonstration/letter.html", {"letter": get_object_or_404(Letter, pk=pk)})


@login_not_required
@require_safe
def letter_calendar(request, pk):
    """The entry that came with the letter."""
    found = get_object_or_404(Letter.objects.exclude(calendar=""), pk=pk)
    return HttpResponse(
        found.calendar,
        content_type=f"text/calendar; method={found.calendar_method}; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="kokous.ics"'},
    )
