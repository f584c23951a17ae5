"""Finnish order of names: Å, Ä and Ö after Z, case and accents ignored, the same on every server."""

from django.db import models
from django.db.models import Func, TextField, Value

# What stands behind z in the order of bytes, for the three letters that end the Finnish alphabet.
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖÆØÜÕÉÈËÊÁÀÂÍÌÎÓÒÔÚÙÛÇŠŽÐÑ"
SMALL = "abcdefghijklmnopqrstuvwxyzåäöæøüõéèëêáàâíìîóòôúùûçšžðñ"
PLAIN = "abcdefghijklmnopqrstuvwxyz{|}|}y}eeeeaaaiiiooouuucszdn"


class FinnishKey(Func):
    """The key to sort by, as an SQL expression without a collation of any server in it."""

    function = "translate"
    output_field = TextField(db_collation="C")

    def __init__(self, expression):
        super().__init__(expression, Value(CAPITALS + SMALL), Value(PLAIN * 2))


def finnish_key_field(source):
    """A stored column that sorts by the text of another."""
    return models.GeneratedField(
        expression=FinnishKey(source), output_field=TextField(db_collation="C"), db_persist=True, editable=False
    )
