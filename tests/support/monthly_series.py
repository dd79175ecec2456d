"""Monthly revenue of made-up businesses of several kinds, each from a seed, on which forecasts are tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from transforms.maths.forecasting import Backtest, Forecast

Series = NDArray[np.float64]

KINDS = (
    "flat",
    "seasonal",
    "growing",
    "shrinking",
    "wandering",
    "lumpy",
    "stepping",
    "customers",
    "holidays",
)


def monthly_series(kind: str, seed: int, months: int = 84) -> Series:
    """What a business of this kind sells in so many months."""
    random = np.random.default_rng([KINDS.index(kind), seed])
    time = np.arange(months)
    base = np.exp(random.normal(10, 1))
    season = 1 + random.uniform(0.1, 0.6) * np.sin(2 * np.pi * (time + random.integers(12)) / 12)

    def noise(least: float, most: float) -> Series:
        spread = random.uniform(least, most) ** 2
        return random.gamma(1 / spread, spread, months)

    if kind == "flat":
        return base * noise(0.05, 0.4)
    if kind == "seasonal":
        return base * season * noise(0.05, 0.25)
    if kind == "growing":
        return base * season * (1 + random.uniform(0.005, 0.03)) ** time * noise(0.05, 0.25)
    if kind == "shrinking":
        return base * season * (1 - random.uniform(0.005, 0.02)) ** time * noise(0.05, 0.25)
    if kind == "wandering":
        return base * np.exp(random.normal(0, random.uniform(0.03, 0.12), months).cumsum()) * noise(0.1, 0.1)
    if kind == "lumpy":
        invoices = random.poisson(random.uniform(0.5, 6), months)
        return np.array([base * random.lognormal(0, 0.8, count).sum() for count in invoices])
    if kind == "stepping":
        factor = np.where(time > random.integers(12, months), random.uniform(0.5, 2), 1)
        return base * season * factor * noise(0.15, 0.15)
    if kind == "customers":
        return base * np.array(list(_of_customers(random, months)))
    of_year = np.ones(12)
    of_year[10:] = 1.6, 2.2
    return base * of_year[time % 12] * noise(0.08, 0.2)


def _of_customers(random: np.random.Generator, months: int) -> Iterator[float]:
    """A few customers who order about once a month; of 100, three leave and three others come."""
    sizes = random.lognormal(0, 1, int(random.integers(5, 60)))
    for _ in range(months):
        is_gone = random.random(len(sizes)) < 0.03
        sizes[is_gone] = random.lognormal(0, 1, int(is_gone.sum()))
        yield float((sizes * random.poisson(1.0, len(sizes))).sum())


def coverage(series: Sequence[Series], origins: Sequence[int]) -> tuple[Series, Series, NDArray[np.int64]]:
    """By month ahead the shares of months and of sums within their intervals, and how many there were of each."""
    inside = np.zeros((2, 12))
    counts = np.zeros(12, dtype=np.int64)
    for months in series:
        backtest = Backtest(months)
        for origin in origins:
            came = months[origin : origin + 12]
            if len(came):
                for row, within in enumerate(_within(backtest.forecast(origin), came)):
                    inside[row, : len(came)] += within
                counts[: len(came)] += 1
    return inside[0] / counts, inside[1] / counts, counts


def _within(said: Forecast, came: Series) -> tuple[Series, Series]:
    at, sums = slice(len(came)), came.cumsum()
    return (
        ((said.low[at] <= came) & (came <= said.high[at])).astype(float),
        ((said.sum_low[at] <= sums) & (sums <= said.sum_high[at])).astype(float),
    )
