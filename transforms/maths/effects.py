"""What a group that was reached did beyond a group that was not, with an interval, or why that cannot be told."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pandas as pd

LEAST_COUNT = 10
"""Contacts or families of either side, below which chance alone decides."""

STATUSES = {
    "measured": "both sides are large enough",
    "no comparison": "nobody was left out to compare with",
    "comparison too small": f"fewer than {LEAST_COUNT} were left out",
    "too few reached": f"fewer than {LEAST_COUNT} were reached",
    "cost unknown": "what was sold has no known cost",
}


@dataclass(frozen=True)
class Sample:
    """Number of cases, their mean, and their variance over one less than their number; 0 for a single case."""

    count: int
    mean: float
    variance: float

    def spread_as(self, other: Sample) -> Sample:
        """This sample with the other's variance, where that is greater."""
        return replace(self, variance=max(self.variance, other.variance))

    @classmethod
    def of(cls, values: pd.Series[float]) -> Sample:
        return cls(
            len(values),
            float(values.mean()) if len(values) else math.nan,
            float(values.var(ddof=1)) if len(values) > 1 else 0.0,
        )

    @classmethod
    def of_sums(cls, count: int, total: float, squares: float) -> Sample:
        """By the sum of the values and of their squares."""
        mean = total / count if count else math.nan
        return cls(count, mean, max(0.0, (squares - total * mean) / (count - 1)) if count > 1 else 0.0)


def status(reached_count: int, compared_count: int, *, is_known: bool = True) -> str:
    """Whether an effect can be measured, and else why not."""
    if reached_count < LEAST_COUNT:
        return "too few reached"
    if compared_count == 0:
        return "no comparison"
    if compared_count < LEAST_COUNT:
        return "comparison too small"
    return "measured" if is_known else "cost unknown"


def interval(sample: Sample, compared: Sample | None = None) -> tuple[float, float] | tuple[None, None]:
    """The 95 % interval of the mean of a sample, or of its difference to the mean of another, by Student and Welch."""
    from scipy.stats import t

    samples = [sample, compared] if compared else [sample]
    if any(one.count < 2 for one in samples):
        return None, None
    parts = [one.variance / one.count for one in samples]
    variance = sum(parts)
    middle = sample.mean - (compared.mean if compared else 0)
    if variance == 0:
        return middle, middle
    freedom = variance**2 / sum(part**2 / (one.count - 1) for part, one in zip(parts, samples, strict=True))
    reach = float(t.ppf(0.975, freedom)) * math.sqrt(variance)
    return middle - reach, middle + reach
