"""A team's facts and fate: founding, changing, joining, splitting, ending, and who leads it."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ilmapuntari.forms import DayForm, JoinForm, LeadForm, SplitForm, TeamForm
from ilmapuntari.models import Team
from ilmapuntari.views.teams.gates import editable_team, working_team


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def team_create(request):
    if not request.user.is_coordinator:
        raise Http404
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = form.save(by=request.user)
        messages.success(request, _("The team is in the Ilmapuntari now. Next, add its members and its leader."))
        return redirect("ilmapuntari:team_members", slug=team.slug)
    return render(request, "ilmapuntari/team_create.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def team_edit(request, slug):
    """The team's facts, its leaders and what has happened to it."""
    team = editable_team(request, slug)
    form = TeamForm(request.POST or None, instance=team)
    if request.method == "POST" and form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("Saved. Results and history go on under the same team."))
        return redirect("ilmapuntari:team_edit", slug=slug)
    # What a refused form has put into its record must not show on the page around it.
    shown = get_object_or_404(Team.objects.editable_by(request.user), slug=slug)
    leads = shown.leads.not_over().select_related("user").by_name()
    context = {"form": form, "team": shown, "leads": leads, "life": shown.life}
    return render(request, "ilmapuntari/team_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def team_end(request, slug):
    """Asks first; then the team takes part no more."""
    team = working_team(request, slug)
    form = DayForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        team.end(on=form.cleaned_data["on"], by=request.user)
        messages.success(request, _("%(team)s has left the Ilmapuntari. Its results stay.") % {"team": team.name})
        return redirect("ilmapuntari:teams")
    return render(request, "ilmapuntari/team_end.html", {"form": form, "team": team})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def team_join(request, slug):
    """Which team this one joins and when; then what would happen; then it happens."""
    team = working_team(request, slug)
    form = JoinForm(request.POST or None, team=team)
    context = {"form": form, "team": team}
    if request.method == "POST" and form.is_valid():
        other, on = form.cleaned_data["other"], form.cleaned_data["on"]
        if "confirmed" in request.POST:
            team.join_into(other, on=on, by=request.user)
            said = _("%(team)s is a part of %(other)s now. The trend goes on there.")
            messages.success(request, said % {"team": team.name, "other": other.name})
            return redirect("ilmapuntari:team_members", slug=other.slug)
        if "again" not in request.POST:
            context["preview"] = team.joining(other, on=on)
    return render(request, "ilmapuntari/team_join.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def team_split(request, slug):
    """What the new team is called, who move to it and when; then what would happen; then it happens."""
    team = working_team(request, slug)
    form = SplitForm(request.POST or None, team=team)
    context = {"form": form, "team": team}
    if request.method == "POST" and form.is_valid():
        chosen, on = form.cleaned_data["members"], form.cleaned_data["on"]
        if "confirmed" in request.POST:
            new = team.split_off(form.cleaned_data["name"], chosen, on=on, by=request.user)
            said = _("%(new)s split off from %(team)s. Add a leader for it.")
            messages.success(request, said % {"new": new.name, "team": team.name})
            return redirect("ilmapuntari:team_edit", slug=new.slug)
        if "again" not in request.POST:
            context["preview"] = team.splitting(chosen, on=on)
    return render(request, "ilmapuntari/team_split.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def lead_add(request, slug):
    team = working_team(request, slug)
    form = LeadForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        lead = form.save()
        said = _("%(name)s leads the team now and can sign in with the address %(email)s.")
        messages.success(request, said % {"name": lead.name, "email": lead.user.email})
        return redirect("ilmapuntari:team_edit", slug=slug)
    return render(request, "ilmapuntari/lead_add.html", {"form": form, "team": team})


@require_POST
@transaction.atomic
def lead_end(request, slug, pk):
    """The leader sees the team no more from now on."""
    team = editable_team(request, slug)
    lead = get_object_or_404(team.leads.not_over(), pk=pk)
    lead.leave()
    messages.success(request, _("%(name)s leads the team no more and sees it no more.") % {"name": lead.name})
    return redirect("ilmapuntari:team_edit", slug=slug)
