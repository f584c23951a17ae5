"""Small pictures of a theme's rounds, drawn on the server: classes only, so that the style sheet colours them."""

from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from ilmapuntari.published import STATES, written

WIDTH, HEIGHT = 200, 104
EDGE = 8  # room for the dots at both ends
BAND = (50, 70)  # the grey band: where the instrument says "fair"


@dataclass(frozen=True)
class Chart:
    """One theme: the drawing, and the first and the last round under it."""

    trend: object
    svg: str

    @property
    def theme(self):
        return self.trend.theme

    @property
    def first(self):
        return self.trend.points[0].round.short_name

    @property
    def last(self):
        return self.trend.points[-1].round.short_name


def charts(result):
    """A chart for every theme of the result that has a trend."""
    band = (result.sheet.instrument.fair_from, result.sheet.instrument.good_from)
    return [Chart(trend, drawn(trend, band)) for trend in result.trend]


def drawn(trend, band=BAND):
    """Dots of the rounds on a scale of 0–10, joined where the unit stayed the same; only the last has a colour."""
    count = len(trend.points)
    places = [
        (_x(number, count), _y(point.mean), point)
        for number, point in enumerate(trend.points)
        if point.mean is not None
    ]
    lines = [(x, y, next_x, next_y) for (x, y, _before), (next_x, next_y, point) in pairwise(places) if point.is_joined]
    *earlier, (last_x, last_y, _last) = places
    return format_html(
        '<svg class="trend" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="trend-frame" d="M0 .5h{}M0 {}h{}"/><rect class="trend-band" x="0" y="{}" width="{}" height="{}"/>'
        "{}{}"
        '<circle class="trend-last {}" cx="{}" cy="{}" r="5"/></svg>',
        WIDTH, HEIGHT, label(trend),
        WIDTH, HEIGHT - 0.5, WIDTH, _y(band[1]), WIDTH, round(_y(band[0]) - _y(band[1]), 1),
        format_html_join("", '<path class="trend-line" d="M{} {}L{} {}"/>', lines),
        format_html_join("", '<circle class="trend-dot" cx="{}" cy="{}" r="3"/>', ((x, y) for x, y, _point in earlier)),
        f"trend-{trend.theme.state}", last_x, last_y,
    )  # fmt: skip


def label(trend):
    """The picture in words: the theme, then every round with its figure."""
    values = [
        _("%(round)s: %(mean)s") % {"round": point.round.short_name, "mean": written(point.mean)}
        if point.mean is not None
        else _("%(round)s: no result") % {"round": point.round.short_name}
        for point in trend.points
    ]
    return _("%(theme)s: %(values)s. Now %(state)s.") % {
        "theme": trend.theme.name,
        "values": ", ".join(values),
        "state": str(STATES[trend.theme.state]).lower(),
    }


def _x(number, count):
    return EDGE if count < 2 else round(EDGE + number * (WIDTH - 2 * EDGE) / (count - 1), 1)


def _y(tenths):
    return round(EDGE + (100 - tenths) * (HEIGHT - 2 * EDGE) / 100, 1)
