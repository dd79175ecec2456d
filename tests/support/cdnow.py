"""The CDNOW purchases, as the package `lifetimes` ships them, summed up without a line of our own code.

2,357 customers who first bought in the first quarter of 1997.
Calibration ends on 30 September 1997, the holdout on 30 June 1998.
"""

from __future__ import annotations

import datetime
import importlib.util
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

CALIBRATED = datetime.date(1997, 9, 30)
HELD_OUT = datetime.date(1998, 6, 30)


@dataclass(frozen=True)
class Summary:
    """One customer: repeat purchases, weeks of the last, weeks observed, mean repeat purchase; what followed."""

    x: int
    t_x: float
    age: float
    mean: Decimal
    later: int
    first: datetime.date


@cache
def purchases() -> list[tuple[str, datetime.date, Decimal]]:
    """Customer, day and dollars of each of the 6,919 purchases."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None and package.origin is not None
    text = (Path(package.origin).parent / "datasets" / "CDNOW_sample.txt").read_text()
    rows = (line.split() for line in text.splitlines())
    return [(row[1], datetime.date.fromisoformat(row[2]), Decimal(row[4])) for row in rows]


@cache
def summaries() -> dict[str, Summary]:
    """By customer, in the order of the file; purchases of one day are one."""
    days: dict[str, dict[datetime.date, Decimal]] = {}
    for customer, date, dollars in purchases():
        customer_days = days.setdefault(customer, {})
        customer_days[date] = customer_days.get(date, Decimal(0)) + dollars
    result = {}
    for customer, spent in days.items():
        first = min(spent)
        repeats = [date for date in sorted(spent) if first < date <= CALIBRATED]
        total = sum((spent[date] for date in repeats), Decimal(0))
        result[customer] = Summary(
            x=len(repeats),
            t_x=(max(repeats, default=first) - first).days / 7,
            age=(CALIBRATED - first).days / 7,
            mean=(total / max(1, len(repeats))).quantize(Decimal("0.01")),
            later=sum(date > CALIBRATED for date in spent),
            first=first,
        )
    return result
