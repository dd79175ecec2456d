"""The dates a report covers, and the columns it sums them up in."""

from __future__ import annotations

import calendar
import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from ..books.books import Books
from ..books.money import ZERO
from .shape import Column


class Period(NamedTuple):
    """One column of amounts, both dates included."""

    title: str
    start: str
    end: str


def covered(books: Books, params: Mapping[str, str]) -> tuple[str, str]:
    """The dates asked for; without them the year to date."""
    end = params.get("end_date") or books.today()
    return params.get("start_date") or f"{end[:4]}-01-01", end


def periods(params: Mapping[str, str], start: str, end: str) -> list[Period]:
    """The months from start to end when asked for by month, the first and last cut off there; else one period."""
    if params.get("summarize_column_by", "").lower() != "month":
        return [Period("Total", start, end)]
    months = []
    first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    while first <= last:
        ends = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        until = min(ends, last)
        name = f"{first:%b} {first.year}"
        if first.day > 1 or until < ends:
            name = f"{first:%b} {first.day} - {until.day}, {first.year}"
        months.append(Period(name, first.isoformat(), until.isoformat()))
        if until == last:
            break
        first = ends + dt.timedelta(days=1)
    return months


def place(among: Sequence[Period], date: str) -> int | None:
    """Index of the period that holds a date, None where none does."""
    if not among or not among[0].start <= date <= among[-1].end:
        return None
    return bisect_right(among, date, key=lambda period: period.start) - 1


def summarized(among: Sequence[Period]) -> str:
    """What the columns stand for, as the header of a report says it."""
    return "Total" if [period.title for period in among] == ["Total"] else "Month"


def amount_columns(among: Sequence[Period], inner: Sequence[str] = ()) -> list[Column]:
    """A column per month and the total behind them, or the total alone."""
    whole = Column("Total", "Money", "total", inner=tuple(inner))
    if summarized(among) == "Total":
        return [whole]
    return [
        *(Column(one.title, "Money", one.title, one.start, one.end, tuple(inner)) for one in among),
        whole,
    ]


def with_total(among: Sequence[Period], amounts: Sequence[Decimal]) -> list[Decimal]:
    """The cells of a row: what each month has, and their sum."""
    cells = list(amounts)
    return cells if summarized(among) == "Total" else [*cells, sum(cells, ZERO)]
