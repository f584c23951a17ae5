"""What a letter may not hold while it lies in the database: filled in at the moment of sending, by the room it is from.

A room registers a function by name; a letter names it in `fill`, and in `fill_with` what it needs to know. The function
returns a Filling. It runs in the process that sends, which alone has what is needed.
"""

from dataclasses import dataclass, field

KNOWN = {}


@dataclass
class Filling:
    """Words for the places in a letter's text, and files that go with it: (name, bytes, type)."""

    words: dict = field(default_factory=dict)
    attachments: list = field(default_factory=list)

    def fill(self, text):
        for place, word in self.words.items():
            text = text.replace(place, word)
        return text


def register(name, function):
    """Let letters be filled in under the name by `function(letter) -> Filling`."""
    KNOWN[name] = function


def of(letter):
    """What is filled into a letter. A name that nobody registered is an error: the letter would go out with holes."""
    return KNOWN[letter.fill](letter) if letter.fill else Filling()
