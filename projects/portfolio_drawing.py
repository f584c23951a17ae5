"""The line of time of many projects: where the bar of each begins and ends, in per cent of the width."""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

LEAST = 0.6  # per cent; a shorter time would not be seen


@dataclass
class Row:
    """A project with its bars: (kind, start, width), the kind "planned", "extension", "open" or "about"."""

    project: object
    bars: list = field(default_factory=list)


@dataclass
class PortfolioDrawing:
    """The years over the bars, the line of today, and a row a project."""

    years: list
    today: float | None
    rows: list


def portfolio_drawing(projects, years, *, today=None):
    """The drawing of the projects over the years (newest first, as `project_years` gives them).

    "about" is a time of which only the year is known, or what the phases tell; "open" goes on without an end that
    anybody has said. Needs `for_cards`.
    """
    today = today or timezone.localdate()
    if not years:
        return PortfolioDrawing([], None, [])
    first, last = date(years[-1], 1, 1), date(years[0] + 1, 1, 1)
    whole = (last - first).days

    def place(day):
        return round(100 * (min(max(day, first), last) - first).days / whole, 2)

    def bar(kind, start, end):
        return (kind, place(start), max(round(place(end) - place(start), 2), LEAST))

    rows = []
    for project in projects:
        row = Row(project)
        start = project.starts_on or project.first_on
        end, precision = project.end
        if start is None:
            rows.append(row)
            continue
        if end is None:
            goes_on = project.status in project.ALIVE
            until = max(today, start) if goes_on else project.last_on or start
            row.bars.append(bar("open" if goes_on and project.starts_on else "about", start, until))
        else:
            vague = project.starts_on is None or "year" in (project.starts_precision, precision)
            planned = project.ends_on or end
            row.bars.append(bar("about" if vague else "planned", start, planned))
            for extension in sorted(project.extensions.all(), key=lambda extension: extension.until):
                row.bars.append(bar("extension", planned, extension.until))
                planned = extension.until
        rows.append(row)
    step = 1 if len(years) <= 12 else 2 if len(years) <= 24 else 5
    shown = [(year, place(date(year, 1, 1))) for year in reversed(years) if (year - years[-1]) % step == 0]
    return PortfolioDrawing(shown, place(today) if first <= today <= last else None, rows)
