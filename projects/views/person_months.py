"""Whose working time goes where, for staff."""

from datetime import date

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import MONTHS
from django.views.decorators.http import require_safe

from projects import statistics
from projects.exports import person_months_table
from projects.models import Staffing
from publishing.query import choice_of
from publishing.tables import KINDS

AHEAD = 2  # years beyond this one to which work without an end is counted


def work(request):
    """Everybody's months, and the years in which anybody works, oldest first."""
    if not request.user.is_staff:
        raise Http404
    until = date(timezone.localdate().year + AHEAD, 12, 31)
    found = statistics.workers(Staffing.objects.editable_by(request.user).for_months(), until=until)
    years = sorted({year for worker in found for year, _month in worker.months})
    return found, years


@require_safe
def person_months(request):
    """By person and year; the asked year by month, with what is more than the whole."""
    found, years = work(request)
    this_year = timezone.localdate().year
    default = this_year if this_year in years else years[-1] if years else this_year
    year = int(choice_of(request, "vuosi", [str(one) for one in years], str(default)))
    names = [str(MONTHS[number])[:3] for number in range(1, 13)]
    rows = [
        {
            "worker": worker,
            "years": [(one, worker.of_year(one)) for one in years],
            "months": [(number, names[number - 1], worker.of_month(year, number)) for number in range(1, 13)],
            "overbooked": [(MONTHS[month], round(share * 100)) for month, share in worker.overbooked(year)],
            "projects": [
                (project, sum(share for (y, _m), share in months.items() if y == year))
                for project, months in worker.by_project.items()
            ],
        }
        for worker in found
    ]
    context = {
        "rows": rows,
        "of_year": [row for row in rows if row["worker"].of_year(year)],
        "years": years,
        "year": year,
        "totals": [(one, sum(worker.of_year(one) for worker in found)) for one in years],
        "months": names,
    }
    return render(request, "projects/person_months.html", context)


@require_safe
def person_months_export(request):
    found, years = work(request)
    return person_months_table(found, years, choice_of(request, "muoto", KINDS, "xlsx"))
