"""What leaders have proposed: the coordinator decides on each, or on several at once."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ilmapuntari.models import MemberProposal
from publishing.query import page_of


@require_safe
def proposals(request):
    """All that wait, the oldest first."""
    if not (request.user.is_coordinator or request.user.is_director):
        raise Http404
    waiting = MemberProposal.objects.visible_to(request.user).open()
    context = {"page": page_of(waiting.for_page(), request, per_page=100), "may_edit": request.user.is_coordinator}
    return render(request, "ilmapuntari/proposals.html", context)


@require_POST
@transaction.atomic
def proposals_decide(request):
    """Accept or refuse the chosen ones; those that would put an address twice in a team go on waiting."""
    if not request.user.is_coordinator:
        raise Http404
    chosen = [pk for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]
    waiting = MemberProposal.objects.decidable_by(request.user).filter(pk__in=chosen)
    if request.POST.get("act") == "refuse":
        say_refused(request, waiting.refuse_all(by=request.user))
    else:
        accepted, left = waiting.accept_all(by=request.user)
        say_accepted(request, accepted)
        for proposal in left:
            messages.warning(request, twice_sentence(proposal))
    return redirect("ilmapuntari:proposals")


def say_accepted(request, count):
    if count:
        said = ngettext("%(count)d change was made.", "%(count)d changes were made.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("Nothing was changed. Choose proposals that wait."))


def say_refused(request, count):
    if count:
        said = ngettext("%(count)d proposal was refused.", "%(count)d proposals were refused.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("Nothing was refused. Choose proposals that wait."))


def twice_sentence(proposal):
    said = _("%(name)s, %(team)s: the address is in the team already. Refuse the proposal, or mend the list first.")
    return said % {"name": proposal.who, "team": proposal.team.name}


@require_POST
@transaction.atomic
def proposal_accept(request, pk):
    proposal = decidable_proposal(request, pk)
    try:
        if proposal.accept(by=request.user):
            said = _("Done: %(name)s, %(change)s, %(team)s.")
            change = proposal.get_kind_display()
            messages.success(request, said % {"name": proposal.who, "change": change, "team": proposal.team.name})
        else:
            messages.info(request, _("The proposal was decided on already."))
    except ValidationError:
        messages.warning(request, twice_sentence(proposal))
    return back(request, proposal)


@require_POST
@transaction.atomic
def proposal_refuse(request, pk):
    proposal = decidable_proposal(request, pk)
    if proposal.refuse(by=request.user):
        messages.success(request, _("Refused. The list stays as it is, and the leader sees it."))
    else:
        messages.info(request, _("The proposal was decided on already."))
    return back(request, proposal)


@require_POST
@transaction.atomic
def proposal_take_back(request, pk):
    """The leader's own, while it waits."""
    proposal = get_object_or_404(MemberProposal.objects.own_of(request.user).select_related("team"), pk=pk)
    proposal.take_back()
    messages.success(request, _("The proposal is taken back."))
    return redirect("ilmapuntari:team_members", slug=proposal.team.slug)


def decidable_proposal(request, pk):
    """Any proposal, for the coordinator: one decided on meanwhile by somebody else is no error."""
    if not request.user.is_coordinator:
        raise Http404
    return get_object_or_404(MemberProposal.objects.visible_to(request.user).select_related("team", "member"), pk=pk)


def back(request, proposal):
    """To the page from which the button was pressed."""
    if request.POST.get("from") == "team":
        return redirect("ilmapuntari:team_members", slug=proposal.team.slug)
    return redirect("ilmapuntari:proposals")
