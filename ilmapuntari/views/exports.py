"""Published figures to take home. They are read in the role that sees no sealed answer and no name of a member."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ilmapuntari import areas, exports, published
from ilmapuntari.models import AgreedAction, Team
from ilmapuntari.result_pdf import result_document
from ilmapuntari.views.results import only_for_the_holder, result_by_secret, round_asked
from publishing.query import choice_of
from publishing.reports_role import as_reports
from publishing.tables import table_response

# Teams ----------------------------------------------------------------------------------------------------------------


@require_safe
def team_pdf(request, slug):
    """The team's result on two pages."""
    team = _team(request, slug)
    with as_reports():
        result = published.team_result(team, round_asked(request))
        if result is None:
            raise Http404
        return _pdf(result, [team])


@only_for_the_holder
@login_not_required
@require_safe
def result_pdf(request, secret):
    """The same by the secret link."""
    result, refusal = result_by_secret(request, secret)
    if refusal:
        return refusal
    with as_reports():
        return _pdf(result, result.teams)


def _pdf(result, teams):
    actions = AgreedAction.objects.filter(team__in=teams).for_result()
    document = result_document(result, published.AgreedActions(result, actions))
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{_name(result.title, result.round)}.pdf")
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
def team_xlsx(request, slug):
    return _team_table(request, slug, "xlsx")


@require_safe
def team_csv(request, slug):
    return _team_table(request, slug, "csv")


def _team_table(request, slug, kind):
    team = _team(request, slug)
    with as_reports():
        result = published.team_result(team, round_asked(request))
        if result is None:
            raise Http404
        return table_response(*exports.team_table(result), _name(result.title, result.round), kind)


def _team(request, slug):
    return get_object_or_404(Team.objects.visible_to(request.user).select_related("organisation", "county"), slug=slug)


# Areas ----------------------------------------------------------------------------------------------------------------


@require_safe
def organisation_xlsx(request, pk):
    return _organisation_table(request, pk, "xlsx")


@require_safe
def organisation_csv(request, pk):
    return _organisation_table(request, pk, "csv")


def _organisation_table(request, pk, kind):
    found = get_object_or_404(areas.organisations_visible_to(request.user), pk=pk)
    return _area_table(request, kind, areas.organisation_page, found, request.user)


@require_safe
def county_xlsx(request, slug):
    return _county_table(request, slug, "xlsx")


@require_safe
def county_csv(request, slug):
    return _county_table(request, slug, "csv")


def _county_table(request, slug, kind):
    found = get_object_or_404(areas.counties_visible_to(request.user), slug=slug)
    return _area_table(request, kind, areas.county_page, found, request.user)


@require_safe
def area_xlsx(request):
    return _whole_table(request, "xlsx")


@require_safe
def area_csv(request):
    return _whole_table(request, "csv")


def _whole_table(request, kind):
    if not areas.sees_whole_area(request.user):
        raise Http404
    return _area_table(request, kind, areas.area_page, request.user)


def _area_table(request, kind, load, *whose):
    """The heat map, or with `luvut=vaittamat` the area's own figures by statement."""
    with as_reports():
        page = load(*whose, request.GET.get("kierros", ""))
        if page.round is None:
            raise Http404
        which = choice_of(request, "luvut", {"vaittamat"})
        table = exports.level_table(page) if which else exports.heat_table(page)
        name = f"{page.name} {_('statements')}" if which else page.name
        return table_response(*table, _name(name, page.round), kind)


def _name(title, round):
    """ilmapuntari-kaislarannan-tiimi-2026-spring"""
    return f"ilmapuntari-{slugify(title)[:60]}-{round.year}-{slugify(round.get_season_display())}"
