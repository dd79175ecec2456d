"""Exchange rates of a made-up world."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from random import Random

LEVELS = {"USD": 1.37, "EUR": 1.5}


@lru_cache(maxsize=4096)
def exchange_rate(seed: int, currency: str, date: str) -> Decimal:
    """Home units per foreign unit, six decimals: a slow swing around a level and a daily jitter."""
    day = dt.date.fromisoformat(date).toordinal()
    jitter = Random(f"{seed}/{currency}/{date}").uniform(-0.004, 0.004)
    rate = LEVELS[currency] * (1 + 0.03 * math.sin(day / 97 + len(currency) + seed) + jitter)
    return Decimal(rate).quantize(Decimal("0.000001"), ROUND_HALF_UP)
