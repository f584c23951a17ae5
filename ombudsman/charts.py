"""Charts of an account, drawn on the server: classes only, so that the style sheet colours them.

Places across are per cent and heights are pixels, so that words keep their size on every screen. A hidden figure is a
ring at the foot and never a length. The label of each chart tells every figure.
"""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

HEIGHT, HEAD, GROUND = 200, 22, 174  # of the columns: over HEAD stand figures, under GROUND the numbers of months
LINE, BAR_FROM, BAR = 44, 24, 12  # of a bar with its words: the whole, where the bar begins, how thick it is
WIDEST = 86  # per cent for the longest bar, as its figure stands behind it


def months_chart(table):
    """A column a month; the time before is a line over its place."""
    earlier = [row.before for row in table.rows if isinstance(row.before, int)]
    most = max([table.shown_most, *earlier])
    width = 100 / len(table.rows)
    columns = format_html_join(
        "",
        '{}{}<text class="chart-name" x="{}%" y="{}">{}</text>',
        (
            (
                _column(row, most, place * width, width),
                _earlier(row.before, most, place * width, width),
                round((place + 0.5) * width, 2),
                HEIGHT - 6,
                place + 1,
            )
            for place, row in enumerate(table.rows)
        ),
    )
    return format_html(
        '<svg class="chart months-chart" width="100%" height="{}" role="img" aria-label="{}">{}'
        '<line class="chart-foot" x1="0" x2="100%" y1="{}" y2="{}"/></svg>',
        HEIGHT, label(table), columns, GROUND, GROUND,
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


def _column(row, most, left, width):
    middle = round(left + width / 2, 2)
    if row.now is None:
        return format_html('<circle class="chart-hidden" cx="{}%" cy="{}" r="5"/>', middle, GROUND - 9)
    top = _height(row.now, most)
    over = min(top, _height(row.before, most))  # the figure stands over the line of the time before as well
    return format_html(
        '<rect class="chart-bar" x="{}%" y="{}" width="{}%" height="{}"/>'
        '<text class="chart-figure" x="{}%" y="{}">{}</text>',
        round(left + width * 0.18, 2), top, round(width * 0.64, 2), GROUND - top, middle, over - 6, row.now,
    )  # fmt: skip


def _earlier(count, most, left, width):
    if not isinstance(count, int):
        return ""
    y = _height(count, most)
    return format_html(
        '<line class="chart-earlier" x1="{}%" x2="{}%" y1="{}" y2="{}"/>',
        round(left + width * 0.06, 2), round(left + width * 0.94, 2), y, y,
    )  # fmt: skip


def _height(count, most):
    """How far down a column begins; the ground for a figure that is hidden or not there."""
    return GROUND - _share(count, most, GROUND - HEAD)


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
