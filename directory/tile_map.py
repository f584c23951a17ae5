"""Our area as squares, one a municipality: neighbours stand side by side, north is up. The layout is our own.

Columns and rows are counted from the north-western corner. A municipality that is not in the layout, one born of a
merger for instance, gets its square in a row below the others, so that none is ever missing.
"""

from dataclasses import dataclass

PLACES = {
    # Satakunta
    "230": (2, 0), "484": (0, 1), "747": (1, 1), "214": (2, 1), "609": (0, 2), "608": (1, 2), "181": (2, 2),
    "531": (0, 3), "886": (1, 3), "051": (0, 4), "079": (1, 4), "271": (2, 4), "684": (0, 5), "050": (1, 5),
    "102": (2, 5), "783": (1, 6),
    # Pirkanmaa
    "250": (3, 0), "936": (4, 0), "581": (3, 1), "702": (4, 1), "508": (5, 1), "143": (3, 2), "980": (4, 2),
    "177": (5, 2), "790": (2, 3), "108": (3, 3), "837": (4, 3), "562": (5, 3), "291": (6, 3), "536": (3, 4),
    "604": (4, 4), "211": (5, 4), "635": (6, 4), "922": (3, 5), "418": (4, 5), "908": (5, 5), "619": (2, 6),
    "887": (3, 6), "020": (4, 6),
    # Kanta-Häme
    "082": (5, 6), "103": (3, 7), "061": (4, 7), "109": (5, 7), "165": (6, 7), "981": (2, 8), "169": (3, 8),
    "834": (4, 8), "433": (5, 8), "694": (6, 8), "086": (7, 8),
}  # fmt: skip
COLUMNS = 8
SHORT = {"Mänttä-Vilppula": "Mänttä-V."}  # what fits into a square


@dataclass(frozen=True)
class Tile:
    """The square of one municipality."""

    municipality: object
    column: int
    row: int

    @property
    def short_name(self):
        return SHORT.get(self.municipality.name, self.municipality.name)

    @property
    def county(self):
        return self.municipality.sub_region.county_id


def tiles(municipalities):
    """A square for each of the municipalities, from north-west to south-east. They come with their sub-region."""
    known = {place: PLACES[place.code] for place in municipalities if place.code in PLACES}
    below = max((row for _column, row in known.values()), default=-1) + 1
    others = [place for place in municipalities if place not in known]
    known |= {place: (number % COLUMNS, below + number // COLUMNS) for number, place in enumerate(others)}
    made = [Tile(place, column, row) for place, (column, row) in known.items()]
    return sorted(made, key=lambda tile: (tile.row, tile.column))


def borders(found):
    """Where two counties meet: (column, row, "right" or "below") of each side with another county beyond it."""
    county_at = {(tile.column, tile.row): tile.county for tile in found}
    sides = []
    for (column, row), county in county_at.items():
        if county_at.get((column + 1, row), county) != county:
            sides.append((column, row, "right"))
        if county_at.get((column, row + 1), county) != county:
            sides.append((column, row, "below"))
    return sides
