"""What was agreed because of a result, and what has become of it, beside the figures of a later round."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ilmapuntari import rules
from ilmapuntari.models import AgreedAction
from ilmapuntari.published.words import change_words


@dataclass(frozen=True)
class Agreed:
    """An agreed action as the page of a result shows it."""

    action: AgreedAction
    statement: str
    change: rules.Change | None  # of its statement, from the round in which it was agreed to the one shown

    @property
    def change_sentence(self):
        if self.change is None:
            return ""
        return _("The figure of the statement: %(change)s %(since)s.") % {
            "change": change_words(self.change),
            "since": self.action.round.since,
        }

    @property
    def outcome(self):
        """Whether it happened and helped, in a few words; empty until the team has said."""
        action = self.action
        words = [action.get_happened_display(), action.get_helped_display()]
        return ", ".join(str(word) for word in words if word)

    @property
    def reminder(self):
        """ "In spring you agreed" """
        return {
            "winter": pgettext("reminder of an agreed action", "In winter you agreed"),
            "spring": pgettext("reminder of an agreed action", "In spring you agreed"),
            "summer": pgettext("reminder of an agreed action", "In summer you agreed"),
            "autumn": pgettext("reminder of an agreed action", "In autumn you agreed"),
        }[self.action.round.season]


class AgreedActions:
    """The actions of a result's teams: agreed now, followed from before, and the older ones."""

    def __init__(self, result, actions):
        """`actions` with their rounds; those of later rounds are left out."""
        self.now, earlier = [], []
        for action in actions:
            order = _order(action.round)
            if order == _order(result.round):
                self.now.append(Agreed(action, statement_text(result, action.statement), None))
            elif order < _order(result.round):
                change = result.statement_change(action.statement, action.round)
                earlier.append(Agreed(action, statement_text(result, action.statement), change))
        last = max((_order(item.action.round) for item in earlier), default=None)
        is_followed = [not item.action.happened or _order(item.action.round) == last for item in earlier]
        self.followed = [item for item, followed in zip(earlier, is_followed, strict=True) if followed]
        self.older = [item for item, followed in zip(earlier, is_followed, strict=True) if not followed]

    def __bool__(self):
        return bool(self.now or self.followed or self.older)

    @property
    def only(self):
        """The one action, where there is one; None where the result is older than it."""
        return next(iter([*self.now, *self.followed, *self.older]), None)

    def because_of(self, identity):
        """What has been agreed in this round because of a statement."""
        return [item for item in self.now if item.action.statement == identity]

    @property
    def to_review(self):
        """Agreed before this round and not looked back on yet."""
        return [item for item in self.followed if not item.action.happened]


def _order(round):
    return round.year, round.ORDER[round.season]


def statement_text(result, identity):
    for sheet in (result.sheet, *(past.sheet for past in result.past)):
        place = sheet.places.get(identity)
        if place is not None:
            return sheet.statements[place].text
    return ""
