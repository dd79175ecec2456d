"""The pages of a run in a real browser: nothing fetched, nothing complained about, everything to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from pipelines.pages.document import TEMPLATES
from tests.pages.report.conftest import Spoil
from tests.support.browser import CHROMIUM, Browser, browser

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on the path; Debian's package is called chromium"
)
CHARTS = [
    "What is owed, by days overdue",
    "What was owed at the end of each month, by days overdue",
    "Days sales outstanding at the end of each month",
    "Money received in 365 days, by class of payer",
    "Money expected by week",
    "Revenue of 365 days, by segment",
    "Revenue by month",
    "Revenue of 365 days, by region",
    "Revenue of 365 days, by item",
]
WIDTHS = (390, 820, 1280)
VISIBLE_CHARTS = """[...document.querySelectorAll('svg[role=img]')].map(svg => {
    const box = svg.getBoundingClientRect(), marks = [...svg.querySelectorAll('.fill, .line')];
    const inked = marks.some(mark => mark.getBoundingClientRect().height > 0 && getComputedStyle(mark).fill != 'none');
    return [svg.querySelector('title').textContent, inked && box.width > 200 && box.height > 50];
})"""
TOO_WIDE = """[...document.querySelectorAll('body *')].filter(element =>
    !element.closest('.wide-table') && element.getBoundingClientRect().width > 0
    && getComputedStyle(element).position != 'absolute'
    && element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
).map(element => element.outerHTML.slice(0, 80))"""
CUT_OFF = """[...document.querySelectorAll('svg[role=img] text')].filter(text => {
    const box = text.getBoundingClientRect(), card = text.closest('.card').getBoundingClientRect();
    return box.width > 0 && (box.left < card.left || box.right > card.right);
}).map(text => text.textContent)"""
COLLIDING = """[...document.querySelectorAll('svg[role=img]')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()])
        .filter(([_, box]) => box.width > 0);
    return boxes.flatMap(([a, one], place) => boxes.slice(place + 1).filter(([_, other]) =>
        one.left < other.right && other.left < one.right && one.top + 3 < other.bottom && other.top + 3 < one.bottom
    ).map(([b]) => [a, b]));
})"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@needs_chromium
@pytest.mark.parametrize(("width", "dark"), list(product(WIDTHS, (False, True))))
def test_the_report_in_a_browser(
    page_after: Spoil, tmp_path: Path, chromium: Browser, width: int, dark: bool
) -> None:
    """On every screen, by day and night, each chart of both companies is drawn within the page."""
    file = tmp_path / "report.html"
    file.write_text(page_after(), encoding="utf-8")
    chromium.open(file, width=width, dark=dark)
    assert chromium.requests == [file.as_uri()]
    assert chromium.complaints == []
    assert chromium.evaluate(VISIBLE_CHARTS) == [[title, True] for title in CHARTS * 2]
    assert chromium.evaluate(TOO_WIDE) == []
    assert chromium.evaluate(CUT_OFF) == []
    assert chromium.evaluate(COLLIDING) == []
    background = chromium.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", background))) < 200) is dark


@needs_chromium
def test_the_report_on_paper(page_after: Spoil, tmp_path: Path, chromium: Browser) -> None:
    """Dark screens print black on white, with every chart, in a PDF of a few pages per company."""
    file = tmp_path / "report.html"
    file.write_text(page_after(), encoding="utf-8")
    chromium.open(file, width=794, dark=True, medium="print")
    assert chromium.evaluate(VISIBLE_CHARTS) == [[title, True] for title in CHARTS * 2]
    assert chromium.evaluate("getComputedStyle(document.body).color") == "rgb(27, 36, 48)"
    assert 4 <= chromium.pdf().count(b"/Type /Page\n") <= 16


@needs_chromium
def test_a_page_that_would_fetch_is_caught(tmp_path: Path, chromium: Browser) -> None:
    """What the tests above look for can be seen by them: a request, and a word on the console."""
    file = tmp_path / "bad.html"
    file.write_text("<script>console.log('a word')</script><img src='http://127.0.0.1:9/picture.png'>")
    chromium.open(file)
    assert "http://127.0.0.1:9/picture.png" in chromium.requests
    assert "a word" in str(chromium.complaints)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("paper", ["paper", "card"])
def test_colours_can_be_told_from_the_paper(scheme: str, paper: str) -> None:
    """Text at 4.5 to 1, as WCAG's AA asks; what charts are drawn with at 2.2 to 1 or more, and never alone."""
    style = (TEMPLATES / "document.css").read_text()
    light, _, dark = style.partition("@media screen and (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", light))
    if scheme == "dark":
        colours |= dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", dark))
    for name in ("ink", "quiet", "brand", "good", "bad", "warn"):
        assert contrast(colours[name], colours[paper]) >= 4.5, name
    for name in ("main", "second", "current", "d1_30", "d31_60", "d61_90", "d91_plus"):
        assert contrast(colours[name], colours[paper]) >= 2.2, name


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours' luminances."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
