"""Figures as the report says them: whole units of money, days, months and shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from checks.verdict.verdict import broken

Figure = Decimal | float | int | None
NONE = "–"


def whole(value: Figure) -> str:
    """`192,721`; a dash where there is no figure."""
    if value is None:
        return NONE
    rounded = Decimal(value).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{rounded or Decimal(0):,}".replace("-", "−")


def cents(value: Figure) -> str:
    """`192,721.43`"""
    return NONE if value is None else f"{Decimal(value):,.2f}".replace("-", "−")


def short(value: Figure) -> str:
    """An axis's `150k` or `1.2M`."""
    if value is None:
        return NONE
    size = abs(float(value))
    for unit, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if size >= unit:
            return f"{float(value) / unit:.3g}{letter}".replace("-", "−")
    return f"{float(value):.3g}".replace("-", "−")


def share(value: Figure) -> str:
    """`54%` for 0.542; a share is `0%` only if it is nothing, and `100%` only if it is all."""
    if value is None:
        return NONE
    percent = float(value) * 100
    if 0 < percent < 0.5:
        return "under 1%"
    if 99.5 <= percent < 100:
        return "over 99%"
    return f"{percent:.0f}%".replace("-", "−")


def change(value: Figure) -> str:
    """`+12%`"""
    return NONE if value is None else ("+" if value > 0 else "") + share(value)


def days(value: Figure) -> str:
    """`1 day`, `38 days`"""
    if value is None:
        return NONE
    number = whole(value)
    return f"{number} day{'' if number == '1' else 's'}"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 customer`, `1,204 customers`"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(value: dt.date | None) -> str:
    """`20 Nov 2026`"""
    return NONE if value is None else f"{value.day} {value:%b %Y}"


def short_day(value: dt.date) -> str:
    """`20 Nov`"""
    return f"{value.day} {value:%b}"


def month(value: dt.date) -> str:
    """`Nov 26`"""
    return f"{value:%b %y}"


def named(row: Mapping[str, Any], name: str = "customer_name", kind: str = "customer") -> str:
    """The row's name, shortened where a setting hashed it; its number where a setting left it out."""
    text = row.get(name)
    if not text:
        return f"{kind} {row[f'{kind}_id']}"
    return f"{text[:15]}…" if text.startswith("hashed:") else str(text)


def customers(number: int) -> str:
    """`1 customer`, `12 customers`"""
    return count(number, "customer")


def margin(value: Figure) -> str:
    """`margin 42%`; nothing where no cost is known."""
    return "" if value is None else f"margin {share(value)}"


def finding(row: Mapping[str, Any]) -> str:
    """An expectation that was not met, in words about the data: `an invoice has no terms (3)`."""
    sentence = broken(row["description"])
    return f"{sentence} ({row['observed']})" if row["observed"] else sentence


def item(row: Mapping[str, Any]) -> str:
    """An item's name without the categories that its full name begins with."""
    return str(row.get("name") or f"item {row['group_id']}").rsplit(":", 1)[-1]


def each(say: Callable[[Any], str], values: Iterable[Any]) -> list[str]:
    """Each of the values in words."""
    return [say(value) for value in values]
