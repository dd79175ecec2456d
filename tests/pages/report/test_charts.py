"""Geometry: what a chart draws of a few figures."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from pipelines.pages.report import words
from pipelines.pages.report.charts import HEIGHT, bars, columns, lines
from pipelines.pages.report.figure import Caption, Series
from pipelines.pages.report.scale import Scale

CAPTION = Caption("Title", "What it shows", "label")
SVG = re.compile(r"<svg.*</svg>", re.DOTALL)


def drawn(html: str) -> ElementTree.Element:
    match = SVG.search(html)
    assert match is not None
    return ElementTree.fromstring(match[0])


def fills(html: str) -> list[dict[str, str]]:
    return [rect.attrib for rect in drawn(html).iter("rect") if rect.attrib["class"].startswith("fill")]


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([], [0, 0.25, 0.5, 0.75, 1.0]),
        ([0], [0, 0.25, 0.5, 0.75, 1.0]),
        ([249_663], [0, 100_000, 200_000, 300_000]),
        ([38.2, 61], [0, 20, 40, 60, 80]),
        ([-50, 100], [-50, 0, 50, 100]),
        ([-7], [-8, -6, -4, -2, 0]),
        ([1e-3], [0, 0.00025, 0.0005, 0.00075, 0.001]),
    ],
)
def test_an_axis_has_round_steps_and_zero(values: list[float], ticks: list[float]) -> None:
    """An axis includes zero and has its lines at 1, 2, 2.5 or 5 times a power of ten."""
    assert Scale.over(values, 100).ticks == pytest.approx(ticks)


def test_a_little_below_zero_gets_no_step() -> None:
    """A credit of 770 under columns of 250,000 does not take a quarter of the chart."""
    scale = Scale.over([-770, 249_663], 100)
    assert (scale.low, scale.ticks) == (-770, [0, 100_000, 200_000, 300_000])
    assert scale.y(-770) == 100


def test_bars_reach_from_zero() -> None:
    """Bars start at zero: negative ones reach to the left, and a bar of nothing is not drawn."""
    rectangles = fills(bars(CAPTION, ["a", "b", "c"], Series("USD", [Decimal(300), Decimal(-100), None])))
    assert [(bar["x"], bar["width"]) for bar in rectangles] == [
        ("25.00%", "75.00%"),
        ("0.00%", "25.00%"),
        ("25.00%", "0.00%"),
    ]


def test_columns_are_piled_and_credits_hang() -> None:
    """Two positive parts stand on one another, the negative one hangs below zero."""
    html = columns(
        CAPTION, ["Jan"], [Series("x", [60]), Series("y", [-50], "second"), Series("z", [40], "pale")]
    )
    rectangles = [(bar["class"], float(bar["y"]), float(bar["height"])) for bar in fills(html)]
    top, zero, bottom = 0.0, round(HEIGHT * 2 / 3, 1), float(HEIGHT)
    sixty = round(HEIGHT * 40 / 150, 1)
    assert rectangles == [
        ("fill main", sixty, pytest.approx(zero - sixty)),
        ("fill second", zero, pytest.approx(bottom - zero)),
        ("fill pale", top, pytest.approx(sixty)),
    ]


def test_a_gap_breaks_a_line() -> None:
    """Months without a figure are not drawn through; a point alone is a dot."""
    html = lines(CAPTION, list("abcdef"), [Series("days", [10, 20, None, 30, 40, None])])
    assert len(list(drawn(html).iter("polyline"))) == 2
    assert len(list(drawn(html).iter("circle"))) == 4


def test_a_chart_tells_what_it_shows_in_words() -> None:
    """Title and description in the drawing, every figure in the table, a key where there are several series."""
    html = columns(CAPTION, ["Jan", "Feb"], [Series("in", [1, None])], [Series("out", [Decimal("2.5"), 3])])
    image = drawn(html)
    assert (image.attrib["role"], image[0].text, image[1].text) == ("img", "Title", "What it shows")
    assert re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", html) == [
        "label", "in", "out", "Jan", "1.00", "2.50", "Feb", "–", "3.00",
    ]  # fmt: skip
    assert html.count("swatch") == 2


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (words.whole(Decimal("192721.50")), "192,722"),
        (words.whole(Decimal("-0.4")), "0"),
        (words.whole(None), "–"),
        (words.cents(Decimal("-1234.5")), "−1,234.50"),
        (words.short(1_250_000), "1.25M"),
        (words.short(Decimal(-40_000)), "−40k"),
        (words.short(0.25), "0.25"),
        (words.share(0.541), "54%"),
        (words.share(0.9999), "over 99%"),
        (words.share(0.001), "under 1%"),
        (words.share(Decimal(0)), "0%"),
        (words.change(Decimal("0.18")), "+18%"),
        (words.change(-0.18), "−18%"),
        (words.days(1), "1 day"),
        (words.days(37.6), "38 days"),
        (words.count(1204, "customer"), "1,204 customers"),
    ],
)
def test_figures_in_words(figure: str, expected: str) -> None:
    """Rounded half up, true minus, and no 100% that is none."""
    assert figure == expected
