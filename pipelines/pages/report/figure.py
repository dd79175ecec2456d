"""What every chart consists of: a drawing with title and description, its key, and its figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from pipelines.pages.document import page

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
    html = page("report/figure", caption=caption, drawing=drawing, labels=labels, series=series, say=say)
    return Markup(html)


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """An element of a drawing, whose text and values are escaped. `class_` is the attribute class."""
    written = "".join(f' {key.rstrip("_")}="{escape(str(value))}"' for key, value in attributes.items())
    return Markup(f"<{name}{written}>{''.join(map(escape, children))}</{name}>")
