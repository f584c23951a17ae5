"""Rounds: planned, checked, confirmed, followed and put aside. What happens at its hour is done by the sweep."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.models import County
from ilmapuntari import keys, mail, statistics
from ilmapuntari.forms import CallOffForm, JoinerForm, NewRoundForm, RoundForm, RoundTeamsForm, UnitJoinForm
from ilmapuntari.models import Instrument, Invitee, ReportingUnit, Round, Team
from ilmapuntari.sealed_box import LARGEST_UNIT
from ilmapuntari.tasks import advance
from letters.tasks import send_letters
from pikassos.celery import nudge
from publishing.query import page_of


def visible_round(request, pk):
    return get_object_or_404(Round.objects.visible_to(request.user).select_related("instrument"), pk=pk)


def editable_round(request, pk):
    """The round for whoever keeps rounds; while it is being changed, it is locked."""
    rounds = Round.objects.editable_by(request.user)
    if request.method == "POST":
        rounds = rounds.select_for_update(of=("self",), no_key=True)
    return get_object_or_404(rounds, pk=pk)


def changeable_round(request, pk):
    """A round whose lists are not frozen; afterwards there is nothing to change."""
    round = editable_round(request, pk)
    if not round.is_changeable:
        raise Http404
    return round


def unit_of(round, pk):
    unit = get_object_or_404(round.units.select_related("organisation", "county"), pk=pk)
    unit.round = round
    return unit


@require_safe
def rounds(request):
    """All rounds, those that are going on first."""
    found = Round.objects.visible_to(request.user)
    if not (request.user.is_coordinator or request.user.is_director):
        raise Http404
    context = {
        "page": page_of(found.for_list(), request),
        "may_edit": request.user.is_coordinator,
        "instrument": Instrument.objects.current(),
    }
    return render(request, "ilmapuntari/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def round_create(request):
    """A new round, its times proposed from the previous one."""
    if not request.user.is_coordinator:
        raise Http404
    if Instrument.objects.current() is None:
        messages.error(request, _("There is no published questionnaire yet. Publish one first."))
        return redirect("ilmapuntari:instruments")
    form = NewRoundForm(request.POST or None, instance=Round.proposed())
    if request.method == "POST" and form.is_valid():
        round = form.save()
        messages.success(request, _("The round is planned. Check it now: nothing opens before you confirm it."))
        return redirect("ilmapuntari:round_check", pk=round.pk)
    return render(request, "ilmapuntari/round_create.html", {"form": form, "round": form.instance})


@require_safe
def round(request, pk):
    """Where the round is, what happens next, how far mailing, answering and computing have come."""
    found = visible_round(request, pk)
    units = found.units.select_related("organisation", "county", "result").order_by(
        "county__position", "organisation__name_key", "kind", "name", "pk"
    )
    page = page_of(units, request)
    for unit in page:
        unit.round = found
    context = {
        "round": found,
        "page": page,
        "figures": statistics.unit_figures(found),
        "mailing": statistics.mailing(found) if found.frozen_at else [],
        "key_is_gone": found.needs_its_key and keys.box.is_ours and not keys.box.exists(found.token),
        "may_edit": request.user.is_coordinator,
        "largest": LARGEST_UNIT,
    }
    return render(request, "ilmapuntari/round.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def round_edit(request, pk):
    round = changeable_round(request, pk)
    form = RoundForm(request.POST or None, instance=round)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The times are saved."))
        return redirect(round)
    return render(request, "ilmapuntari/round_edit.html", {"form": form, "round": round})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def round_teams(request, pk):
    """Which teams take part, a county at a time."""
    round = changeable_round(request, pk)
    counties = list(
        County.objects.filter(pk__in=Team.objects.working().values("county")).order_by("-is_ours", "position", "code")
    )
    asked = request.GET.get("alue")
    county = next((county for county in counties if county.slug == asked), counties[0] if counties else None)
    teams = Team.objects.working().filter(county=county).select_related("organisation").in_finnish_order()
    chosen = teams.filter(pk__in=round.unit_teams().values("team"))
    form = RoundTeamsForm(request.POST or None, teams=teams, chosen=list(chosen), together=round.kept_together())
    if request.method == "POST" and form.is_valid():
        round.take_part(form.cleaned_data["teams"], among=teams)
        messages.success(
            request,
            ngettext(
                "%(count)d team of %(county)s takes part.", "%(count)d teams of %(county)s take part.",
                len(form.cleaned_data["teams"]),
            )
            % {"count": len(form.cleaned_data["teams"]), "county": county.short_name},
        )  # fmt: skip
        return redirect("ilmapuntari:round_check", pk=round.pk)
    context = {"form": form, "round": round, "counties": counties, "county": county}
    return render(request, "ilmapuntari/round_teams.html", context)


@require_safe
def round_check(request, pk):
    """What will be shown with which answers, and what is worth a look before the round is confirmed."""
    round = visible_round(request, pk)
    if not round.is_changeable:
        return redirect(round)
    check = statistics.RoundCheck(round)
    context = {
        "round": round,
        "check": check,
        "page": page_of(check.sorted_units, request),
        "may_edit": request.user.is_coordinator,
    }
    return render(request, "ilmapuntari/round_check.html", context)


@require_POST
@transaction.atomic
def round_schedule(request, pk):
    """The plan is good: the round opens by itself at its time."""
    round = changeable_round(request, pk)
    obstacles = statistics.RoundCheck(round).obstacles
    if obstacles:
        for sentence in obstacles:
            messages.error(request, sentence)
        return redirect("ilmapuntari:round_check", pk=round.pk)
    round.schedule(by=request.user)
    messages.success(request, _("Confirmed. The round opens by itself at its time, and the invitations go out then."))
    return redirect(round)


@require_POST
@transaction.atomic
def round_unschedule(request, pk):
    round = editable_round(request, pk)
    if round.unschedule():
        messages.success(request, _("Back to planning: the round does not open before you confirm it again."))
    else:
        messages.error(request, _("The lists have been frozen already, so the round cannot go back to planning."))
    return redirect(round)


@require_http_methods(["GET", "HEAD", "POST"])
def round_call_off(request, pk):
    """There will be no results; confirmed by writing the name of the round."""
    round = get_object_or_404(Round.objects.editable_by(request.user), pk=pk)
    if not round.can_be_called_off:
        raise Http404
    form = CallOffForm(request.POST or None, round=round)
    if request.method == "POST" and form.is_valid():
        round.call_off(by=request.user)
        nudge(advance)  # which writes to everybody invited, and destroys
        messages.success(request, _("The round is called off. What was answered is destroyed."))
        return redirect(round)
    return render(request, "ilmapuntari/round_call_off.html", {"form": form, "round": round})


@require_POST
@transaction.atomic
def round_archive(request, pk):
    round = editable_round(request, pk)
    round.archive()
    if round.archived_at:
        messages.success(request, _("The round is put aside. Its results and trends stay."))
    else:
        messages.error(request, _("Only a published round whose answers are destroyed can be put aside."))
    return redirect(round)


# One unit of a round --------------------------------------------------------------------------------------------------


@require_safe
def unit(request, round_pk, pk):
    """One unit: who is invited, what is shown with which answers, and what can be done while the round is open."""
    round = visible_round(request, round_pk)
    found = unit_of(round, pk)
    context = {
        "round": round,
        "unit": found,
        "teams": list(found.teams.in_finnish_order()),
        "invitees": list(found.invitees.filter(slip_of=None).order_by("name", "pk")),
        "slip_teams": list(found.slip_teams()),
        "shown": statistics.shown_in_words(found.invited or 0, found.leader_inside, round.floor),
        "may_edit": request.user.is_coordinator,
        "may_join": request.user.is_coordinator and not found.why_nobody_joins,
    }
    return render(request, "ilmapuntari/unit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def unit_join(request, pk):
    """Units of one organisation answer as one; the address names one of them."""
    round = changeable_round(request, pk)
    check = statistics.RoundCheck(round)
    first = next((unit for unit in check.team_units if str(unit.unit.pk) == request.GET.get("yksikko")), None)
    if first is None:
        raise Http404
    plans = [unit.plan for unit in check.team_units if unit.unit.organisation_id == first.unit.organisation_id]
    form = UnitJoinForm(request.POST or None, plans=plans, initial={"units": [str(first.unit.pk)]})
    if request.method == "POST" and form.is_valid():
        joint = round.join_units(form.cleaned_data["units"], form.cleaned_data["name"])
        messages.success(request, _("%(name)s answer as one this year.") % {"name": joint.name})
        return redirect("ilmapuntari:round_check", pk=round.pk)
    context = {"form": form, "round": round, "organisation": first.unit.organisation, "others": len(plans) - 1}
    return render(request, "ilmapuntari/unit_join.html", context)


@require_POST
@transaction.atomic
def unit_part(request, round_pk, pk):
    """Teams that would have answered together answer each for itself."""
    round = changeable_round(request, round_pk)
    if round.part_unit(unit_of(round, pk)):
        messages.success(request, _("Each team answers for itself."))
    else:
        messages.error(request, _("These teams have answered together this year, so they stay together until it ends."))
    return redirect("ilmapuntari:round_check", pk=round.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def joiner_add(request, round_pk, pk):
    """People who came to the team after its list was frozen are invited at once, and everybody hears of them."""
    round = editable_round(request, round_pk)
    unit = unit_of(round, pk)
    form = JoinerForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        count = len(mail.let_in(unit, form.cleaned_data["people"]))
        nudge(send_letters)
        messages.success(
            request,
            ngettext(
                "%(count)d person is invited, and everybody in the unit gets a letter about it.",
                "%(count)d people are invited, and everybody in the unit gets a letter about it.",
                count,
            )
            % {"count": count},
        )
        return redirect("ilmapuntari:unit", round_pk=round.pk, pk=unit.pk)
    context = {"form": form, "round": round, "unit": unit, "why_nobody": unit.why_nobody_joins}
    return render(request, "ilmapuntari/joiner_add.html", context)


@require_POST
@transaction.atomic
def code_resend(request, round_pk, pk):
    """The same code once more to somebody who lost the letter."""
    round = editable_round(request, round_pk)
    invitee = get_object_or_404(Invitee.objects.select_related("unit"), round=round, pk=pk)
    invitee.round = invitee.unit.round = round
    if mail.send_code_again(invitee):
        nudge(send_letters)
        messages.success(request, _("%(name)s gets the same code again.") % {"name": invitee.name})
    else:
        messages.error(request, _("Nothing was sent: it went within the hour, or nobody can answer now."))
    return redirect("ilmapuntari:unit", round_pk=round.pk, pk=invitee.unit_id)


@require_POST
@transaction.atomic
def slips_order(request, round_pk, slug):
    """A letter with the team's slips of paper to whoever orders it, or to those who lead the team."""
    round = editable_round(request, round_pk)
    team = get_object_or_404(Team, slug=slug)
    unit = get_object_or_404(ReportingUnit, round=round, teams=team)
    leaders = [lead.user for lead in team.leads.present().select_related("user")]
    receivers = leaders if request.POST.get("kenelle") == "esihenkilo" else [request.user]
    sent = [user.email for user in receivers if mail.order_slips(round, team, to=user)]
    if sent:
        nudge(send_letters)
        messages.success(request, _("The slips go by e-mail to %(emails)s.") % {"emails": ", ".join(sent)})
    else:
        messages.error(request, _("Nothing was sent: they went within the hour, or nobody can answer now."))
    return redirect("ilmapuntari:unit", round_pk=round.pk, pk=unit.pk)


@require_POST
@transaction.atomic
def link_renew(request, round_pk, pk):
    """The old result link of a unit works no more."""
    round = editable_round(request, round_pk)
    unit = unit_of(round, pk)
    unit.renew_secret()
    messages.success(request, _("The result has a new link, and the old one works no more."))
    return redirect("ilmapuntari:unit", round_pk=round.pk, pk=unit.pk)
