"""The map of squares: what stands in each of them. The template draws; the same is told in the list beside it."""

from dataclasses import dataclass

from django.urls import reverse

from directory.tile_map import borders, tiles
from projects import statistics

SIDE = 80  # of a square, in units of the drawing
GAP = 3
STEPS = (0, 1, 3, 6)  # from so many projects on the shade is one darker


@dataclass(frozen=True)
class Square:
    """One municipality: where it stands, how many projects it has, and the address that shows them."""

    tile: object
    count: int
    url: str
    is_chosen: bool

    @property
    def name(self):
        return self.tile.municipality.name

    @property
    def x(self):
        return self.tile.column * SIDE + GAP

    @property
    def y(self):
        return self.tile.row * SIDE + GAP

    @property
    def middle(self):
        return self.tile.column * SIDE + SIDE // 2

    @property
    def name_y(self):
        return self.y + 24

    @property
    def count_y(self):
        return self.y + 58

    @property
    def shade(self):
        """0 to 3."""
        return sum(self.count >= step for step in STEPS) - 1


@dataclass(frozen=True)
class AreaDrawing:
    """The squares, the lines between the counties, and the size of it all."""

    squares: list
    lines: list
    width: int
    height: int

    side = SIDE - 2 * GAP

    @property
    def by_county(self):
        """The squares by county, each county with its municipalities in Finnish order, for the list."""
        counties = {}
        for square in self.squares:
            counties.setdefault(square.tile.municipality.sub_region.county, []).append(square)
        order = sorted(counties, key=lambda county: county.position)
        return [
            (county, sorted(counties[county], key=lambda square: square.tile.municipality.name_key)) for county in order
        ]

    @property
    def legend(self):
        """What each shade stands for: (shade, from, to); the last has no end."""
        ends = [*(step - 1 for step in STEPS[1:]), None]
        return [(shade, start, end) for shade, (start, end) in enumerate(zip(STEPS, ends, strict=True))]


def area_drawing(found, *, chosen, query):
    """The drawing for what a filter has found, its limits but the municipality kept in the addresses."""
    counts = statistics.projects_by_municipality(found.qs)
    made = tiles(list(found.municipalities.values()))
    squares = []
    for tile in made:
        place = tile.municipality
        asked = query.copy()
        asked["municipality"] = place.code
        url = f"{reverse('projects:area_map')}?{asked.urlencode()}#hankkeet"
        squares.append(Square(tile, counts.get(place.code, 0), url, place == chosen))
    lines = []
    for column, row, side in borders(made):
        x, y = (column + 1) * SIDE, (row + 1) * SIDE
        lines.append((x, y - SIDE, x, y) if side == "right" else (x - SIDE, y, x, y))
    width = max((tile.column for tile in made), default=0) * SIDE + SIDE
    height = max((tile.row for tile in made), default=0) * SIDE + SIDE
    return AreaDrawing(squares, lines, width, height)
