"""Agreed actions of a team: added, changed, looked back on and removed by its leader or the coordinator."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ilmapuntari import published
from ilmapuntari.forms import ActionReviewForm, AgreedActionForm
from ilmapuntari.models import AgreedAction, Team
from ilmapuntari.views.results import round_asked

page_and_form = require_http_methods(["GET", "HEAD", "POST"])


@page_and_form
@transaction.atomic
def action_create(request, slug):
    """Because of a statement of the result that is looked at; opened from a discussion, it leads back there."""
    team = get_object_or_404(Team.objects.agreeable_by(request.user), slug=slug)
    result = published.team_result(team, round_asked(request))
    if result is None:
        raise Http404
    action = AgreedAction(team=team, round=result.round, agreed_by=request.user)
    form = AgreedActionForm(
        typed(request), instance=action, result=result, initial={"statement": request.GET.get("vaittama", "")}
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The action is agreed. The next round asks whether it happened and helped."))
        return redirect(way_back(request, team, result.round))
    context = {"form": form, "team": team, "round": result.round, "back": way_back(request, team, result.round)}
    return render(request, "ilmapuntari/action_create.html", context)


@page_and_form
@transaction.atomic
def action_edit(request, slug, pk):
    action = kept_action(request, slug, pk)
    result = published.team_result(action.team, action.round_id) or published.team_result(action.team)
    if result is None:
        raise Http404
    form = AgreedActionForm(typed(request), instance=action, result=result)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The change is saved."))
        return redirect(page_of(action))
    context = {"form": form, "team": action.team, "action": action, "back": page_of(action)}
    return render(request, "ilmapuntari/action_edit.html", context)


@page_and_form
@transaction.atomic
def action_review(request, slug, pk):
    """Whether it happened and helped, as the team says; can be said again later."""
    action = kept_action(request, slug, pk)
    form = ActionReviewForm(typed(request), initial={"happened": action.happened, "helped": action.helped})
    if request.method == "POST" and form.is_valid():
        action.look_back(form.cleaned_data["happened"], form.cleaned_data["helped"], by=request.user)
        messages.success(request, _("Thank you, it is saved."))
        return redirect(page_of(action))
    context = {"form": form, "team": action.team, "action": action, "back": page_of(action)}
    result = published.team_result(action.team)
    if result is not None:
        context["agreed"] = published.AgreedActions(result, [action]).only
    return render(request, "ilmapuntari/action_review.html", context)


@page_and_form
@transaction.atomic
def action_delete(request, slug, pk):
    action = kept_action(request, slug, pk)
    if request.method == "POST":
        back = page_of(action)
        action.delete()
        messages.success(request, _("The action is removed."))
        return redirect(back)
    context = {"team": action.team, "action": action, "back": page_of(action)}
    return render(request, "ilmapuntari/action_delete.html", context)


def kept_action(request, slug, pk):
    """An action through its gate; while it is being changed, it is locked."""
    actions = AgreedAction.objects.editable_by(request.user).select_related("team", "round")
    if request.method == "POST":
        actions = actions.select_for_update(of=("self",))
    return get_object_or_404(actions, team__slug=slug, pk=pk)


def typed(request):
    """What was typed; also when nothing was chosen."""
    return request.POST if request.method == "POST" else None


def page_of(action):
    """Where the actions of the team are listed."""
    return f"{action.team.get_absolute_url()}#toimet"


def way_back(request, team, round):
    """To the step of the discussion from which the form was opened, else to the list of actions."""
    query = f"kierros={round.pk}" if round_asked(request) else ""
    step = request.GET.get("kohta", "")
    if step.isdecimal() and len(step) < 4:
        url = reverse("ilmapuntari:team_discussion", kwargs={"slug": team.slug})
        return f"{url}?kohta={step}" + (f"&{query}" if query else "")
    return f"{team.get_absolute_url()}{'?' + query if query else ''}#toimet"
