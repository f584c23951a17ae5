"""What the pages of an organisation, a county and the whole area show: published figures only (rules 5–7 and 12).

Nothing here counts answers: numbers of answers are those that the levels have published.
"""

from ilmapuntari.areas.loading import area_page, county_page, organisation_page
from ilmapuntari.areas.page import AreaPage, HeatRow, level_answers
from ilmapuntari.areas.visible import counties_visible_to, organisations_visible_to, sees_whole_area

__all__ = [
    "AreaPage",
    "HeatRow",
    "area_page",
    "counties_visible_to",
    "county_page",
    "level_answers",
    "organisation_page",
    "organisations_visible_to",
    "sees_whole_area",
]
