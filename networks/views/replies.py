"""Answering an invitation by the link in the letter, without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from networks.forms import ReplyForm
from networks.mail import attendance_of
from networks.models import Attendance


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request, token):
    """Show the meeting and ask; opening the link alone answers nothing, as mail scanners open links too."""
    try:
        attendance = attendance_of(token)
    except (signing.BadSignature, Attendance.DoesNotExist):
        return render(request, "networks/reply_unknown.html", status=404)
    meeting = attendance.meeting
    form = ReplyForm(request.POST or None, initial={"answer": attendance.answer})
    if request.method == "POST" and meeting.is_upcoming and form.is_valid():
        attendance.reply(form.cleaned_data["answer"])
        return redirect(request.path)
    context = {
        "attendance": attendance,
        "meeting": meeting,
        "network": meeting.network,
        "form": form,
        "inside": Attendance.objects.of_members().filter(pk=attendance.pk).exists(),
    }
    return render(request, "networks/reply.html", context)
