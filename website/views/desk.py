"""The staff desk, and the own page of anybody who signs in."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ilmapuntari.models import MemberProposal, Round, Team
from networks.mail import reply_token
from networks.models import Attendance, Meeting, Network
from ombudsman.models import sight_of
from publishing.query import choice_of
from website.coming import by_week
from website.desk import (
    SHOWN,
    dates_ahead,
    days_ahead,
    events_ahead,
    is_weekend,
    missing_or_late,
    own_networks,
    own_projects,
)
from website.models import Feedback

NEXT_MEETINGS = 10
TEAMS_SHOWN = 10


@require_safe
def desk(request):
    """The days ahead, what is missing or late, and the networks one answers for."""
    if not request.user.is_staff:
        raise Http404
    everything = choice_of(request, "nayta", {"kaikki"}) == "kaikki"
    today, week = days_ahead(request.user, everything=everything)
    missing = missing_or_late(request.user, everything=everything)
    context = {
        "now": timezone.localtime(),
        "everything": everything,
        "today": today,
        "week": week,
        "weekend": is_weekend(),
        "missing": missing[:SHOWN],
        "missing_count": len(missing),
        "dates": dates_ahead(request.user, everything=everything),
        "events": events_ahead(request.user, everything=everything),
        "networks": own_networks(request.user),
        "projects": own_projects(request.user),
        "feedback_count": Feedback.objects.visible_to(request.user).waiting().count(),
        "rounds": Round.objects.visible_to(request.user).going_on(),
        "proposal_count": MemberProposal.objects.decidable_by(request.user).count(),
    }
    return render(request, "website/desk.html", context)


@require_safe
def start(request):
    """Where signing in leads: whoever keeps the caseload to it, staff to the desk, others to their own networks."""
    if sight_of(request.user):
        return redirect("ombudsman:index")
    return redirect("website:desk" if request.user.is_staff else "website:own")


@require_safe
def own(request):
    """The teams one leads, the networks in which one sits, their next meetings with the own answer, own details."""
    networks = Network.objects.visible_to(request.user).of_member(request.user)
    meetings = list(
        Meeting.objects.upcoming()
        .filter(network__in=networks)
        .select_related("network")
        .defer("agenda", "summary", "search")
        .order_by("starts_at", "pk")[:NEXT_MEETINGS]
    )
    answers = {
        attendance.meeting_id: attendance
        for attendance in Attendance.objects.invited().filter(meeting__in=meetings, person__user=request.user)
    }
    for meeting in meetings:
        meeting.own = answers.get(meeting.pk)
        meeting.reply_token = reply_token(meeting.own) if meeting.own else ""
    context = {
        "networks": networks.for_cards().in_finnish_order(),
        "teams": Team.objects.responsible_of(request.user).working().for_list()[:TEAMS_SHOWN],
        "weeks": by_week(meetings),
        "person": getattr(request.user, "person", None),
    }
    return render(request, "website/own.html", context)
