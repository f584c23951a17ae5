"""The map of squares: what stands in each of them. The template draws; the same is told in the list beside it."""

from dataclasses import dataclass

from django.urls import reverse

from directory.tile_map import borders, tiles
from projects import statistics

SIDE = 80  # of a square, in units of the drawing
GAP = 3
SHADES = 3  # beside the one of no project


@dataclass(frozen=True)
class Square:
    """One municipality: where it stands, how many projects it has, and the address that shows them."""

    tile: object
    count: int
    url: str
    is_chosen: bool
    shade: int  # 0 (none) to SHADES

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


@dataclass(frozen=True)
class AreaDrawing:
    """The squares, the lines between the counties, and the size of it all."""

    squares: list
    lines: list
    width: int
    height: int
    steps: list  # from so many projects on the shade is one darker; the first is 0

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
        ends = [*(step - 1 for step in self.steps[1:]), None]
        return [(shade, start, end) for shade, (start, end) in enumerate(zip(self.steps, ends, strict=True))]


def steps_of(counts):
    """Where the shades begin: none, then even parts of what there is, so that differences are seen at any size."""
    some = sorted(count for count in counts if count)
    if not some:
        return [0, 1]
    low, high = some[0], some[-1]
    part = max((high - low + 1) / SHADES, 1)
    return [0, *dict.fromkeys(int(low + part * number) for number in range(SHADES) if low + part * number <= high)]


def area_drawing(found, *, chosen, query):
    """The drawing for what a filter has found, its limits but the municipality kept in the addresses."""
    counts = statistics.projects_by_municipality(found.qs)
    steps = steps_of(counts.values())
    made = tiles(list(found.municipalities.values()))
    squares = []
    for tile in made:
        place = tile.municipality
        asked = query.copy()
        asked["municipality"] = place.code
        url = f"{reverse('projects:area_map')}?{asked.urlencode()}#hankkeet"
        count = counts.get(place.code, 0)
        shade = sum(count >= step for step in steps[1:])
        squares.append(Square(tile, count, url, place == chosen, shade))
    lines = []
    for column, row, side in borders(made):
        x, y = (column + 1) * SIDE, (row + 1) * SIDE
        lines.append((x, y - SIDE, x, y) if side == "right" else (x - SIDE, y, x, y))
    width = max((tile.column for tile in made), default=0) * SIDE + SIDE
    height = max((tile.row for tile in made), default=0) * SIDE + SIDE
    return AreaDrawing(squares, lines, width, height, steps)
