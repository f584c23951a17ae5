"""The line of time on the page of one project: where bars, dots and words stand, in per cent of the width.

Only places are worked out here; the template draws them. Everything on the line is told in the list below it as well.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

LETTER = 0.92  # per cent of the width of the drawing that a small letter takes at its narrowest, 760 px
ROOM = 2  # per cent between two words
AFTER = 0.04  # of the whole time kept free behind the last day, so that its words do not hang over


@dataclass
class Words:
    """Words under the line: where they stand and which of their ends stands there."""

    text: str
    place: float
    anchor: str = "start"

    @property
    def span(self):
        width = len(self.text) * LETTER
        if self.anchor == "middle":
            return self.place - width / 2, self.place + width / 2
        return (self.place, self.place + width) if self.anchor == "start" else (self.place - width, self.place)


@dataclass
class Bar:
    """A stretch of time: the period first planned, an extension, or what goes on without an end that is known."""

    start: float
    width: float
    kind: str  # "planned", "extension" or "open"


@dataclass
class LifeDrawing:
    """Bars, ticks of years and dots, each at its place in per cent."""

    years: list = field(default_factory=list)  # (year, place)
    bars: list = field(default_factory=list)
    dots: list = field(default_factory=list)
    words: list = field(default_factory=list)
    today: float | None = None


def life_drawing(project, moments, *, today=None):
    """The drawing for a project whose start is known; None for others.

    `moments` are (day, words) of what happened within the time. Needs `for_page`.
    """
    today = today or timezone.localdate()
    if project.starts_on is None:
        return None
    last_on, _precision = project.end
    is_open = last_on is None and not project.is_over
    first = date(project.starts_on.year, 1, 1)
    shown = [project.starts_on, last_on or max(today, project.starts_on), *(day for day, _words in moments)]
    last = max(shown) + timedelta(days=30)
    last += (last - first) * AFTER
    whole = (last - first).days

    def place(day):
        return round(100 * (day - first).days / whole, 2)

    drawing = LifeDrawing()
    step = 1 if last.year - first.year < 12 else 2
    drawing.years = [(year, place(date(year, 1, 1))) for year in range(first.year, last.year + 1, step)]
    start = place(project.starts_on)
    drawing.words.append(Words(_("began"), start))
    if is_open:
        end = place(max(today, project.starts_on))
        drawing.bars.append(Bar(start, max(end - start, 0.5), "open"))
    elif last_on:
        planned = place(project.ends_on or last_on)
        drawing.bars.append(Bar(start, max(planned - start, 0.5), "planned"))
        previous = planned
        for extension in sorted(project.extensions.all(), key=lambda extension: extension.until):
            until = place(extension.until)
            drawing.bars.append(Bar(previous, max(until - previous, 0.5), "extension"))
            previous = until
        ending = _("extension until %(end)s") if project.last_extension else _("ends %(end)s")
        ending = _("ended %(end)s") if project.is_over and not project.last_extension else ending
        drawing.words.append(Words(ending % {"end": project.ends_words}, previous, "end"))
    if first <= today <= last and not project.is_over:
        drawing.today = place(today)
    for day, words in sorted(moments):
        if first <= day <= last:
            drawing.dots.append(place(day))
            add_words(drawing, Words(words, place(day), "middle"))
    return drawing


def add_words(drawing, words):
    """Put the words under their dot where nothing stands in the way; the list below tells the rest."""
    start, end = words.span
    if start < 0 or end > 100:
        return
    taken = [other.span for other in drawing.words]
    if all(end + ROOM < left or start - ROOM > right for left, right in taken):
        drawing.words.append(words)
