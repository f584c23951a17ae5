"""Who is in a team: the coordinator changes the list, leaders propose changes to it (rule 3)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ilmapuntari import rules
from ilmapuntari.forms import MemberForm, ProposalForm
from ilmapuntari.models import MemberProposal
from ilmapuntari.views.teams.gates import changing, team_with_names, working_team
from publishing.query import page_of


@require_safe
def team_members(request, slug):
    """The list by name, what waits for the coordinator and what was decided lately."""
    team = team_with_names(request, slug)
    may_edit = request.user.is_coordinator
    past = may_edit and request.GET.get("nayta") == "entiset"
    members = team.members.past() if past else team.members.not_over()
    context = {
        "team": team,
        "page": page_of(members.by_name(), request, per_page=100),
        "past": past,
        "past_count": team.members.past().count() if may_edit else 0,
        "may_edit": may_edit,
        "may_propose": not may_edit and team.is_proposable_by(request.user),
        "is_small": rules.is_too_small(team.count_invited()),
        "waiting": list(team.proposals.open().for_page()),
        "decided": list(team.proposals.lately_decided().for_page()),
    }
    context["waiting_members"] = {proposal.member_id for proposal in context["waiting"]}
    return render(request, "ilmapuntari/team_members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def member_add(request, slug):
    """Somebody joins the team, or is proposed to."""
    team = team_with_names(request, slug)
    direct = changing(request, team)
    if direct:
        form = MemberForm(request.POST or None, team=team)
    else:
        form = ProposalForm(request.POST or None, team=team, by=request.user)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, added_sentence(saved) if direct else waits_sentence())
        return redirect("ilmapuntari:team_members", slug=slug)
    return render(request, "ilmapuntari/member_add.html", {"form": form, "team": team, "direct": direct})


def added_sentence(member):
    """Who joined; and where else the address is, as an address is invited once in a round (rule 3)."""
    said = _("%(name)s is in the team now.") % {"name": member.name}
    other = member.other_team
    if other:
        said += " " + _("The address is in the team %(team)s too; in a round it is invited once.") % {"team": other}
    return said


def waits_sentence():
    return _("Your proposal waits for the coordinator. The list changes when it is accepted.")


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def member_edit(request, slug, pk):
    """A name or an address changes, or is proposed to."""
    team = team_with_names(request, slug)
    direct = changing(request, team)
    member = get_object_or_404(team.members.not_over(), pk=pk)
    if direct:
        form = MemberForm(request.POST or None, instance=member, team=team)
    else:
        form = ProposalForm(request.POST or None, team=team, by=request.user, member=member)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved.") if direct else waits_sentence())
        return redirect("ilmapuntari:team_members", slug=slug)
    return render(request, "ilmapuntari/member_edit.html", {"form": form, "team": team, "direct": direct})


@require_POST
@transaction.atomic
def member_end(request, slug, pk):
    """Somebody leaves the team, or is proposed to."""
    team = team_with_names(request, slug)
    direct = changing(request, team)
    member = get_object_or_404(team.members.not_over(), pk=pk)
    if direct:
        member.leave()
        messages.success(request, _("%(name)s is in the team no more.") % {"name": member.name})
    else:
        try:
            MemberProposal.propose(team, MemberProposal.Kind.REMOVE, member=member, by=request.user)
            messages.success(request, waits_sentence())
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
    return redirect("ilmapuntari:team_members", slug=slug)


@require_POST
@transaction.atomic
def member_return(request, slug, pk):
    """Leaving was a mistake."""
    team = working_team(request, slug)
    member = get_object_or_404(team.members.past(), pk=pk)
    try:
        member.come_back()
        messages.success(request, _("%(name)s is in the team again.") % {"name": member.name})
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("ilmapuntari:team_members", slug=slug)
