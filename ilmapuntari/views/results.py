"""The result of a team: by signing in, or by the secret link that every member gets."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from ilmapuntari import published
from ilmapuntari.charts import charts
from ilmapuntari.models import AgreedAction, Team


def only_for_the_holder(view):
    """A secret address: not stored, not indexed, not told to the next site."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


@require_safe
def team(request, slug):
    """The newest result of the team, or that of the round asked for; its agreed actions can be kept here."""
    found, result = team_and_result(request, slug)
    context = {**of_team(request, found, result), **page_of(result, [found])}
    return render(request, "ilmapuntari/result.html" if result else "ilmapuntari/no_result.html", context)


@require_safe
def team_discussion(request, slug):
    """The same for a meeting: one question at a time."""
    found, result = team_and_result(request, slug)
    if result is None:
        return redirect(found)
    context = {**of_team(request, found, result), **steps_of(request, result, [found])}
    return render(request, "ilmapuntari/discussion.html", context)


def of_team(request, team, result):
    """What pages for those signed in hold besides the result: whose it is, the round in links, the right to act."""
    is_earlier = result is not None and not result.is_latest
    return {
        "team": team,
        "base_url": team.get_absolute_url(),
        "round_query": f"?kierros={result.round.pk}" if is_earlier else "",
        "step_query": f"&kierros={result.round.pk}" if is_earlier else "",
        "may_agree": Team.objects.agreeable_by(request.user).filter(pk=team.pk).exists(),
    }


def team_and_result(request, slug):
    """The team through its gate, and its result in the round asked for, else the newest."""
    teams = Team.objects.visible_to(request.user).select_related("organisation", "county")
    found = get_object_or_404(teams, slug=slug)
    return found, published.team_result(found, round_asked(request))


def round_asked(request):
    """The key of the round that the address asks for, if any."""
    asked = request.GET.get("kierros", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


@only_for_the_holder
@login_not_required
@require_safe
def result(request, secret):
    """What every member of the unit may read; nothing can be changed by it."""
    found, refusal = result_by_secret(request, secret)
    if refusal:
        return refusal
    context = {"base_url": found.unit.result_url, "is_by_link": True, **page_of(found, found.teams)}
    return render(request, "ilmapuntari/result.html", context)


@only_for_the_holder
@login_not_required
@require_safe
def result_discussion(request, secret):
    """The same for a meeting, by the link."""
    found, refusal = result_by_secret(request, secret)
    if refusal:
        return refusal
    context = {"base_url": found.unit.result_url, "is_by_link": True, **steps_of(request, found, found.teams)}
    return render(request, "ilmapuntari/discussion.html", context)


def result_by_secret(request, secret):
    """(result, None), or (None, a page that says kindly why there is none)."""
    unit = published.unit_by_secret(secret)
    if unit is None:
        return None, render(request, "ilmapuntari/result_unknown.html", status=404)
    if published.is_link_over(unit):
        return None, render(request, "ilmapuntari/result_over.html", {"round": unit.round}, status=410)
    return published.unit_result(unit), None


def page_of(result, teams):
    """What the page of a result shows besides the team; nothing where there is no result yet."""
    if result is None:
        return {"result": None}
    actions = AgreedAction.objects.filter(team__in=teams).for_result()
    return {"result": result, "agreed": published.AgreedActions(result, actions), "charts": charts(result)}


def steps_of(request, result, teams):
    """One step of a discussion: how it goes, each question, and what was agreed."""
    actions = AgreedAction.objects.filter(team__in=teams).for_result()
    agreed = published.AgreedActions(result, actions)
    questions = result.first_questions
    last = len(questions) + 1
    asked = request.GET.get("kohta", "")
    step = min(int(asked), last) if asked.isdecimal() and len(asked) < 4 else 0
    question = questions[step - 1] if 0 < step < last else None
    return {
        "result": result,
        "agreed": agreed,
        "agreed_here": agreed.because_of(question.asked.identity) if question else [],
        "step": step,
        "last_step": last,
        "count": len(questions),
        "question": question,
        "previous_step": step - 1 if step else None,
        "next_step": step + 1 if step < last else None,
    }
