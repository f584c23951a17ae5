"""The small pictures of a trend: what they draw, and what they say to those who do not see them."""

from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.utils import translation

from ilmapuntari import charts
from ilmapuntari.published import Point, Trend


def trend(*means, state="bad", name="Työmäärä", broken=()):
    points = tuple(
        Point(
            SimpleNamespace(short_name=f"syksy {20 + place}"), mean, "",
            place > 0 and means[place - 1] is not None and place not in broken,
        )
        for place, mean in enumerate(means)
    )  # fmt: skip
    return Trend(SimpleNamespace(name=name, state=state), points)


def drawing(*means, **more):
    return ElementTree.fromstring(charts.drawn(trend(*means, **more)))


def test_only_the_last_dot_has_the_colour_of_its_state():
    circles = drawing(60, 50, 45).findall("circle")

    assert [circle.get("class") for circle in circles] == ["trend-dot", "trend-dot", "trend-last trend-bad"]


def test_more_is_higher_and_the_scale_is_the_same_for_all():
    low, high = (float(drawing(mean).find("circle").get("cy")) for mean in (0, 100))

    assert high == charts.EDGE
    assert low == charts.HEIGHT - charts.EDGE


def test_the_band_lies_between_the_limits_of_the_instrument():
    band = ElementTree.fromstring(charts.drawn(trend(60, 60), (40, 80))).find("rect")
    at = {mean: float(drawing(mean).find("circle").get("cy")) for mean in (40, 80)}

    assert float(band.get("y")) == at[80]
    assert float(band.get("y")) + float(band.get("height")) == pytest.approx(at[40])


def test_a_missing_round_leaves_a_gap_in_the_line():
    found = drawing(60, None, 70, 80)

    assert len(found.findall("circle")) == 3
    assert len([path for path in found.findall("path") if path.get("class") == "trend-line"]) == 1


def test_the_line_is_broken_where_the_team_was_not_the_same():
    found = drawing(60, 70, 80, broken={1})

    assert len([path for path in found.findall("path") if path.get("class") == "trend-line"]) == 1


def test_the_picture_says_its_values_in_words():
    with translation.override("fi"):
        words = drawing(65, None, 45).get("aria-label")

    assert words == "Työmäärä: syksy 20: 6,5, syksy 21: ei tulosta, syksy 22: 4,5. Nyt korjattavaa."


def test_the_picture_has_no_style_of_its_own_and_keeps_strange_names_harmless():
    found = charts.drawn(trend(60, 70, name='<script>"&'))

    assert "style" not in found
    assert "<script>" not in found
    assert ElementTree.fromstring(found).get("aria-label").startswith('<script>"&')
