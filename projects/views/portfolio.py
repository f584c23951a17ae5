"""The portfolio in one look, for staff."""

from decimal import Decimal

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.exports import money_table, portfolio_table
from projects.models import Deadline, Project
from publishing.query import choice_of, page_of
from publishing.tables import KINDS

SHOWN = ("alive", "all", "own")
ORDERS = ("name", "status", "share", "end", "deadline", "missing")


def portfolio_of(request):
    """The projects that the address asks for: those alive unless told, all, or one's own; in the order asked for."""
    if not request.user.is_staff:
        raise Http404
    projects = Project.objects.editable_by(request.user).for_portfolio()
    shown = choice_of(request, "nayta", SHOWN, "alive")
    if shown == "own":
        projects = projects.coordinated_by_user(request.user)
    if shown != "all":
        projects = projects.alive()
    order = choice_of(request, "jarjestys", ORDERS, "end")
    return projects.in_portfolio_order(order), shown, order


@require_safe
def portfolio(request):
    """Who leads, how much is ours, what ends next, what is missing: every project on one row."""
    projects, shown, order = portfolio_of(request)
    page = page_of(projects, request, per_page=100)
    rows = list(page)
    context = {
        "page": page,
        "rows": rows,
        "shown": shown,
        "order": order,
        "budget_total": sum(row.budget or 0 for row in rows),
        "share_total": sum(row.our_share or 0 for row in rows),
        "full_time_total": sum((row.full_time_today for row in rows), Decimal(0)),
        "running_count": sum(row.status_sign == "running" for row in rows),
        "ending_count": sum(row.ends_within_months for row in rows),
        "late_count": Deadline.objects.editable_by(request.user).late().count(),
        "today": timezone.localdate(),
        "query": request.GET.urlencode(),
    }
    return render(request, "projects/portfolio.html", context)


@require_safe
def portfolio_export(request):
    """The same rows for Excel; `mita=rahoitus` for their money by source and year."""
    projects, _shown, _order = portfolio_of(request)
    kind = choice_of(request, "muoto", KINDS, "xlsx")
    if request.GET.get("mita") == "rahoitus":
        return money_table(projects, kind)
    return portfolio_table(projects, kind)
