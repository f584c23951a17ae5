"""Charts of an account, drawn on the server: classes only, so that the style sheet colours them.

Places across are per cent and heights are pixels, so that words keep their size on every screen. A hidden figure is a
ring at the foot and never a length. The label of each chart tells every figure.
"""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

HEIGHT, HEAD, FOOT = 200, 22, 26  # of the columns; above them their figures, below them their names
LINE, BAR_FROM, BAR = 44, 24, 12  # of a bar with its words: the whole, where the bar begins, how thick it is
WIDEST = 86  # per cent for the longest bar, as its figure stands behind it


def months_chart(table):
    """A column a month; the time before is a line over its place."""
    most = max([table.shown_most, *(row.before for row in table.rows if isinstance(row.before, int))], default=0)
    step = 100 / len(table.rows)
    foot = HEIGHT - FOOT
    columns = []
    for place, row in enumerate(table.rows):
        middle = round((place + 0.5) * step, 2)
        top = foot - _share(row.now, most, foot - HEAD)
        columns.append(
            format_html(
                '{}{}<text class="chart-name" x="{}%" y="{}">{}</text>',
                _column(middle, top, foot, step, row),
                _earlier(middle, foot - _share(row.before, most, foot - HEAD), step)
                if isinstance(row.before, int)
                else "",
                middle,
                HEIGHT - 6,
                place + 1,
            )  # fmt: skip
        )
    return format_html(
        '<svg class="chart months-chart" width="100%" height="{}" role="img" aria-label="{}">{}'
        '<line class="chart-foot" x1="0" x2="100%" y1="{}" y2="{}"/></svg>',
        HEIGHT, label(table), format_html_join("", "{}", ((column,) for column in columns)), foot, foot,
    )  # fmt: skip


def bars_chart(table):
    """A bar a value, under its name."""
    rows = format_html_join(
        "", "{}", ((_bar(row, place * LINE, table.shown_most),) for place, row in enumerate(table.rows))
    )
    return format_html(
        '<svg class="chart bars-chart" width="100%" height="{}" role="img" aria-label="{}">{}</svg>',
        LINE * len(table.rows), label(table), rows,
    )  # fmt: skip


def label(table):
    """The picture in words: every value with its figure."""
    values = ", ".join(f"{row.name} {row.now_words}" for row in table.rows)
    return _("%(heading)s in %(time)s: %(values)s.") % {
        "heading": table.heading,
        "time": table.heads[0],
        "values": values,
    }


def _column(middle, top, foot, step, row):
    if row.now is None:
        return format_html('<circle class="chart-hidden" cx="{}%" cy="{}" r="5"/>', middle, foot - 9)
    return format_html(
        '<rect class="chart-bar" x="{}%" y="{}" width="{}%" height="{}"/>'
        '<text class="chart-figure" x="{}%" y="{}">{}</text>',
        round(middle - step * 0.32, 2), top, round(step * 0.64, 2), foot - top, middle, top - 6, row.now,
    )  # fmt: skip


def _earlier(middle, y, step):
    return format_html(
        '<line class="chart-earlier" x1="{}%" x2="{}%" y1="{}" y2="{}"/>',
        round(middle - step * 0.44, 2), round(middle + step * 0.44, 2), y, y,
    )  # fmt: skip


def _bar(row, top, most):
    middle = top + BAR_FROM + BAR // 2
    name = format_html('<text class="chart-name" x="0" y="{}">{}</text>', top + BAR_FROM - 7, row.name)
    if row.now is None:
        return format_html('{}<circle class="chart-hidden" cx="6" cy="{}" r="5"/>', name, middle)
    width = _share(row.now, most, WIDEST)
    return format_html(
        '{}<rect class="chart-bar" x="0" y="{}" width="{}%" height="{}"/>'
        '<text class="chart-figure" x="{}%" dx="6" y="{}">{}</text>',
        name, top + BAR_FROM, width, BAR, width, middle + 5, row.now,
    )  # fmt: skip


def _share(count, most, whole):
    return round(whole * count / most, 1) if count and most else 0
