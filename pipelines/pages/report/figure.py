"""What every chart consists of: a drawing with title and description, its key, and its figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

Say = Callable[[Any], str]


@dataclass(frozen=True)
class Caption:
    """What a drawing says to people who cannot see it, and the head of the labels' column in its table."""

    title: str
    about: str
    labels: str


@dataclass(frozen=True)
class Series:
    """A figure or None for each label; `look` is the class that colours them."""

    name: str
    values: Sequence[Any]
    look: str = "main"


@dataclass(frozen=True)
class Drawing:
    """Elements of an SVG of this height; `has_axis` leaves room for an axis at the left."""

    parts: Sequence[Markup]
    height: int
    has_axis: bool = False


def figure(
    caption: Caption, drawing: Drawing, labels: Sequence[str], series: Sequence[Series], say: Say
) -> Markup:
    """The chart as HTML: key, drawing, and the figures as a table."""
    svg = tag(
        "svg",
        tag("title", caption.title),
        tag("desc", caption.about),
        *drawing.parts,
        role="img",
        width="100%",
        height=drawing.height,
    )
    plot = tag("div", svg, class_="plot axis" if drawing.has_axis else "plot")
    details = tag("details", tag("summary", "Figures"), _table(caption.labels, labels, series, say))
    return tag("figure", _key(series), plot, details, class_="chart")


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """An element; text and values are escaped. `class_` is the attribute class."""
    written = "".join(f' {key.rstrip("_")}="{escape(str(value))}"' for key, value in attributes.items())
    return Markup(f"<{name}{written}>{''.join(map(escape, children))}</{name}>")


def _table(first: str, labels: Sequence[str], series: Sequence[Series], say: Say) -> Markup:
    head = tag("tr", tag("th", first), *(tag("th", one.name, class_="number") for one in series))
    rows = [
        tag(
            "tr",
            tag("th", label, scope="row"),
            *(tag("td", say(one.values[place]), class_="number") for one in series),
        )
        for place, label in enumerate(labels)
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *rows)), class_="wide-table")


def _key(series: Sequence[Series]) -> Markup:
    """The key to the colours, if there are several series."""
    if len(series) < 2:
        return Markup("")
    entries = (tag("li", tag("i", class_=f"swatch {one.look}"), one.name) for one in series)
    return tag("ul", *entries, class_="key")
