"""Exact amounts, and the exchange rates of a made-up world."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from random import Random

CENT = Decimal("0.01")
ZERO = Decimal("0")
ONE = Decimal("1")

LEVELS = {"USD": 1.37, "EUR": 1.5}


def cents(amount: Decimal | int | str) -> Decimal:
    """The amount with two decimals, half up; nothing is a bare `0`, as QuickBooks sends it."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP) or ZERO


def plain(number: Decimal | int | str) -> Decimal:
    """A quantity or price without padding: `2.50` becomes `2.5`, never `1E+2`."""
    return Decimal(format(Decimal(number).normalize(), "f"))


@lru_cache(maxsize=4096)
def exchange_rate(seed: int, currency: str, date: str) -> Decimal:
    """Home units per foreign unit, six decimals: a slow swing around a level and a daily jitter."""
    day = dt.date.fromisoformat(date).toordinal()
    jitter = Random(f"{seed}/{currency}/{date}").uniform(-0.004, 0.004)
    rate = LEVELS[currency] * (1 + 0.03 * math.sin(day / 97 + len(currency) + seed) + jitter)
    return Decimal(rate).quantize(Decimal("0.000001"), ROUND_HALF_UP)
