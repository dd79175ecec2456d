"""Three kinds of charts as SVG, which any browser draws without a script.

Across, everything is in percent of the width the page has, so that text keeps its size on a phone; down, in pixels.
Colours are classes of `report.css`, which knows light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from pipelines.pages.report import words
from pipelines.pages.report.figure import Caption, Drawing, Say, Series, figure, tag
from pipelines.pages.report.scale import Scale

HEIGHT = 190
BELOW = 22  # for the labels under an axis
ABOVE, BAR, BETWEEN = 22, 9, 12  # a bar's text, itself, and what is free until the next
LONGEST = 38  # letters beside a figure on the narrowest page


def bars(
    caption: Caption,
    labels: Sequence[str],
    series: Series,
    notes: Sequence[str] = (),
    looks: Sequence[str] = (),
) -> Markup:
    """A bar for each label, with its name above and its figure at the right; `notes` follow the names in small print.

    What is negative reaches to the left. `looks` colour the bars one by one.
    """
    values = [float(value or 0) for value in series.values]
    low, high = min(0.0, *values), max(0.0, *values)
    per_unit = 100 / (high - low or 1)
    parts = []
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        top = place * (ABOVE + BAR + BETWEEN)
        note = notes[place] if notes else ""
        amount = words.whole(series.values[place])
        name = cut(label, LONGEST - len(note))
        start = (min(value, 0) - low) * per_unit
        width = max(abs(value) * per_unit, 0.4 if value else 0)
        beam = {"y": top + ABOVE, "height": BAR, "rx": 2}
        parts += [
            tag("text", name, tag("tspan", f" {note}", class_="note"), x=0, y=top + 15),
            tag("text", amount, x="100%", y=top + 15, class_="figure"),
            tag("rect", x=0, width="100%", class_="track", **beam),
            tag(
                "rect",
                tag("title", f"{label}: {amount}"),
                x=f"{start:.2f}%",
                width=f"{width:.2f}%",
                class_=f"fill {looks[place] if looks else series.look}",
                **beam,
            ),
        ]
    drawing = Drawing(parts, len(labels) * (ABOVE + BAR + BETWEEN) - BETWEEN + 4)
    return figure(caption, drawing, labels, [series], words.cents)


def columns(
    caption: Caption, labels: Sequence[str], stacked: Sequence[Series], marks: Sequence[Series] = ()
) -> Markup:
    """A column for each label, several series stacked and negative values below zero; `marks` are lines across it."""
    piles = [_pile([series.values[place] for series in stacked]) for place in range(len(labels))]
    ends = [end for pile in piles for span in pile for end in span]
    ends += [value for mark in marks for value in mark.values if value is not None]
    scale = Scale.over(ends, HEIGHT)
    slot = 100 / len(labels)
    parts = _lines_across(scale, words.short)
    for place, label in enumerate(labels):
        for series, (low, high) in zip(stacked, piles[place], strict=True):
            if low < high:
                parts.append(
                    tag(
                        "rect",
                        tag("title", f"{label}, {series.name}: {words.cents(series.values[place])}"),
                        x=f"{(place + 0.14) * slot:.2f}%",
                        y=scale.y(high),
                        width=f"{0.72 * slot:.2f}%",
                        height=max(round(scale.y(low) - scale.y(high), 1), 0.8),
                        class_=f"fill {series.look}",
                    )
                )
        for mark in marks:
            if mark.values[place] is not None:
                y = scale.y(mark.values[place])
                parts.append(
                    tag(
                        "line",
                        tag("title", f"{label}, {mark.name}: {words.cents(mark.values[place])}"),
                        x1=f"{(place + 0.06) * slot:.2f}%",
                        x2=f"{(place + 0.94) * slot:.2f}%",
                        y1=y,
                        y2=y,
                        class_=f"mark {mark.look}",
                    )
                )
    parts += _labels_below(labels)
    drawing = Drawing(parts, HEIGHT + BELOW, has_axis=True)
    return figure(caption, drawing, labels, [*stacked, *marks], words.cents)


def lines(caption: Caption, labels: Sequence[str], series: Sequence[Series]) -> Markup:
    """A line for each series, broken where a figure is missing."""
    scale = Scale.over([value for one in series for value in one.values if value is not None], HEIGHT)
    slot = 100 / len(labels)
    parts = _lines_across(scale, words.whole)
    for one in series:
        drawn = [
            tag(
                "polyline",
                points=" ".join(f"{place + 0.5},{scale.y(value)}" for place, value in run),
                class_=f"line {one.look}",
            )
            for run in _runs(one.values)
        ]
        box = {"width": "100%", "height": HEIGHT, "viewBox": f"0 0 {len(labels)} {HEIGHT}"}
        parts.append(tag("svg", *drawn, preserveAspectRatio="none", **box))
        parts += [
            tag(
                "circle",
                tag("title", f"{label}, {one.name}: {words.whole(value)}"),
                cx=f"{(place + 0.5) * slot:.2f}%",
                cy=scale.y(value),
                r=3,
                class_=f"fill {one.look}",
            )
            for place, (label, value) in enumerate(zip(labels, one.values, strict=True))
            if value is not None
        ]
    parts += _labels_below(labels)
    return figure(caption, Drawing(parts, HEIGHT + BELOW, has_axis=True), labels, series, words.whole)


def cut(text: str, most: int) -> str:
    """The text, shortened to this many letters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _pile(values: Sequence[Any]) -> list[tuple[float, float]]:
    """Where each part of a column begins and ends; negative parts hang below zero."""
    up = down = 0.0
    spans = []
    for value in values:
        size = float(value or 0)
        if size < 0:
            spans.append((down + size, down))
            down += size
        else:
            spans.append((up, up + size))
            up += size
    return spans


def _runs(values: Sequence[Any]) -> list[list[tuple[int, Any]]]:
    """The stretches without a gap, as values with their places."""
    runs: list[list[tuple[int, Any]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if len(run) > 1]


def _lines_across(scale: Scale, say: Say) -> list[Markup]:
    parts = []
    for value in scale.ticks:
        y = scale.y(value)
        parts.append(tag("line", x1=0, x2="100%", y1=y, y2=y, class_="grid" if value else "zero"))
        parts.append(tag("text", say(value), x=-7, y=y + 4, class_="tick left"))
    return parts


def _labels_below(labels: Sequence[str]) -> list[Markup]:
    """At most nine labels, counted back from the last; a narrow page shows every other one."""
    every = -(-len(labels) // 9)
    parts = []
    for nth, place in enumerate(range(len(labels) - 1, -1, -every)):
        x = f"{(place + 0.5) * 100 / len(labels):.2f}%"
        look = "tick below wide" if nth % 2 else "tick below"
        parts.append(tag("text", labels[place], x=x, y=HEIGHT + 17, class_=look))
    return parts
