"""Figures in words: means, states, spread, numbers of answers and changes."""

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from ilmapuntari import rules

STATES = {
    "good": pgettext_lazy("state of a statement", "Good"),
    "mid": pgettext_lazy("state of a statement", "Fair"),
    "bad": pgettext_lazy("state of a statement", "To be mended"),
}
SPREADS = {
    "alike": pgettext_lazy("answers", "alike"),
    "varied": pgettext_lazy("answers", "varied"),
    "divided": pgettext_lazy("answers", "divided"),
}
SPREAD_ORDER = ("alike", "varied", "divided")


def written(tenths):
    """65 -> 6,5 as the reader's language writes it."""
    return "" if tenths is None else formats.number_format(tenths / 10, 1)


def answers_words(band, answers=None):
    """How many answered, as exactly as may be said."""
    if band == rules.EXACT and answers:
        return ngettext("%(count)s answer", "%(count)s answers", answers) % {"count": answers}
    words = {
        rules.FEW: gettext_lazy("5–7 answers"),
        rules.SOME: gettext_lazy("8–9 answers"),
        rules.EXACT: gettext_lazy("10 answers or more"),
    }
    return str(words.get(band, ""))


def change_words(change):
    """What changed, in words; never an arrow (rule 9)."""
    if change is None:
        return ""
    if not change.is_clear:
        return _("no clear change")
    if change.tenths > 0:
        return _("up %(points)s") % {"points": written(change.tenths)}
    return _("down %(points)s") % {"points": written(-change.tenths)}


def in_sentence(themes):
    """The names of one theme or two, inside a sentence."""
    names = [theme.name[:1].lower() + theme.name[1:] for theme in themes]
    if len(names) == 2:
        return _("%(first)s as well as %(second)s") % {"first": names[0], "second": names[1]}
    return names[0] if names else ""
