"""Forecasts of a monthly series: a few simple methods, and which of them did best on months it had not seen.

A series is an array of whole months, oldest first. An origin is a number of months known; a forecast from an origin
looks at nothing after it, and neither does the choice of its method or the width of its interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

YEAR = HORIZON = 12
ENOUGH = 24  # months below which only the naive forecast is given
FIRST_JUDGED = 18  # origin from which the chosen forecasts are judged: half a year of errors to choose by
INSIDE = 0.8  # of the months should lie in the interval
FEW_SUMS = 4  # sums of so many months below which their errors say too little
SMOOTHINGS = np.arange(0.1, 1.0, 0.1)

# Months older than ten years are left out: they say nothing about the next, and judging every origin takes time by the
# square of the months.
MONTHS = """
    select
        companies.realm_id,
        companies.company_name,
        companies.as_of_date,
        months.month,
        months.net_revenue::double as net_revenue,
    from core.companies
    left join (from core.revenue_months where is_complete) as months
        on months.realm_id = companies.realm_id and months.month >= companies.as_of_date - interval 10 year
    order by companies.realm_id, months.month
"""
METRICS = ("mase", "mae", "bias", "interval_coverage")


def seasonal_naive(series: Series) -> Series:
    """Forecasts each month as the same month last year."""
    return series[-YEAR:]


def seasonal_trend(series: Series) -> Series:
    """Forecasts each month as the same month last year, times the growth since, which stays between a half and two.

    Growth is the sum of the latest months, three to twelve, over that of the same months a year before.
    """
    months = min(YEAR, len(series) - YEAR)
    before = series[-YEAR - months : -YEAR].sum() if months >= 3 else 0.0
    factor = series[-months:].sum() / before if before > 0 else 1.0
    return seasonal_naive(series) * min(2.0, max(0.5, factor))


def mean_of_year(series: Series) -> Series:
    """Forecasts every month as the mean of the last twelve."""
    return np.full(HORIZON, series[-YEAR:].mean())


def drift(series: Series) -> Series:
    """Continues from the last month along the straight line from the first."""
    return series[-1] + np.arange(1, HORIZON + 1) * (series[-1] - series[0]) / (len(series) - 1)


def exponential_smoothing(series: Series) -> Series:
    """Forecasts the smoothed level, with the smoothing that best forecast each known month from those before."""
    levels = np.full(len(SMOOTHINGS), series[0])
    squares = np.zeros(len(SMOOTHINGS))
    for value in series[1:]:
        squares += (value - levels) ** 2
        levels = levels + SMOOTHINGS * (value - levels)
    return np.full(HORIZON, levels[squares.argmin()])


METHODS: dict[str, Callable[[Series], Series]] = {
    method.__name__: method
    for method in (seasonal_naive, seasonal_trend, mean_of_year, drift, exponential_smoothing)
}
NAIVE = seasonal_naive.__name__


@dataclass(frozen=True)
class Forecast:
    """The twelve months after an origin by the method that had done best there, beside the naive ones."""

    method: str
    low: Series
    mid: Series
    high: Series
    naive: Series
    naive_low: Series
    naive_high: Series
    error_count: int


class Backtest:
    """Every method's forecasts from every origin from a year on, and their errors where the month is known."""

    def __init__(self, months: Series) -> None:
        self.months = months
        origins = range(YEAR, len(months) + 1)
        self.forecasts = {
            name: {origin: method(months[:origin]) for origin in origins} for name, method in METHODS.items()
        }

    def errors(self, method: str, origin: int) -> Series:
        """Actual less forecast for all months known at an origin, from all origins before it."""
        errors = [
            self.months[before : min(before + HORIZON, origin)]
            - self.forecasts[method][before][: origin - before]
            for before in range(YEAR, origin)
        ]
        return np.concatenate(errors) if errors else np.zeros(0)

    def sum_errors(self, method: str, origin: int, horizon: int) -> Series:
        """Actual less forecast of the sum of so many months, from all origins after which they were known."""
        return np.array(
            [
                self.months[before : before + horizon].sum() - self.forecasts[method][before][:horizon].sum()
                for before in range(YEAR, origin - horizon + 1)
            ]
        )

    def sum_interval(self, method: str, origin: int) -> tuple[Series, Series]:
        """The range of the sum up to each month, by errors of sums, because errors of months come together.

        Where too few sums of so many months are known, the width grows on with the number of months from there.
        """
        least = min(0.0, float(self.months[:origin].min()))
        sums = np.maximum(self.forecasts[method][origin], least).cumsum()
        widths: list[float] = []
        for horizon in range(1, HORIZON + 1):
            errors = self.sum_errors(method, origin, horizon)
            known = quantile(errors, len(errors)) if len(errors) >= FEW_SUMS else np.nan
            grown = widths[-1] * horizon / (horizon - 1) if widths else np.nan
            widths.append(grown if np.isnan(known) else max(known, widths[-1] if widths else 0.0))
        width = np.array(widths)
        return np.maximum(sums - width, least * np.arange(1, HORIZON + 1)), sums + width

    def best(self, origin: int) -> str:
        """The method with the smallest mean absolute error so far, or the naive one if none is better."""
        if origin <= YEAR:
            return NAIVE
        return min(METHODS, key=lambda method: float(np.abs(self.errors(method, origin)).mean()))

    def forecast(self, origin: int) -> Forecast:
        """The forecast as it would have been made at an origin; before the second year no interval is known."""
        method = self.best(origin)
        errors = self.errors(method, origin)
        mid, naive = self.forecasts[method][origin], self.forecasts[NAIVE][origin]
        least = min(0.0, float(self.months[:origin].min()))
        origins = origin - YEAR
        low, high = interval(mid, errors, origins, least)
        naive_low, naive_high = interval(naive, self.errors(NAIVE, origin), origins, least)
        return Forecast(method, low, np.maximum(mid, least), high, naive, naive_low, naive_high, len(errors))


def interval(mid: Series, errors: Series, origins: int, least: float) -> tuple[Series, Series]:
    """The range that four in five of its own errors stay within, not below zero or the lowest month so far.

    The errors of an origin come together, so few origins show too few large ones. The range therefore covers a
    little more than four in five, as conformal prediction does (https://arxiv.org/abs/1604.04173).
    """
    width = quantile(errors, origins)
    return np.maximum(mid - width, least), np.maximum(mid + width, least)


def quantile(errors: Series, origins: int) -> float:
    """The size that a little more than four in five of the errors do not pass."""
    covered = min(1.0, INSIDE * (origins + 1) / max(1, origins))
    return float(np.quantile(np.abs(errors), covered)) if len(errors) else 0.0


@dataclass(frozen=True)
class Score:
    """A measure of the chosen forecasts beside that of the naive ones, or None if no month was forecast."""

    metric: str
    value: float | None
    naive: float | None


def judge(months: Series) -> tuple[list[Score], int]:
    """How well the forecasts did, and how many months were forecast.

    The forecasts that would have been made at each origin from a year and a half on, with the method and interval of
    that origin, are compared with the months that came.
    """
    backtest = Backtest(months)
    missed, naive_missed, came, inside, naive_inside = [], [], [], [], []
    for origin in range(FIRST_JUDGED, len(months)):
        actual = months[origin : origin + HORIZON]
        forecast = backtest.forecast(origin)
        at = slice(len(actual))
        came.append(actual)
        missed.append(actual - forecast.mid[at])
        naive_missed.append(actual - forecast.naive[at])
        inside.append((forecast.low[at] <= actual) & (actual <= forecast.high[at]))
        naive_inside.append((forecast.naive_low[at] <= actual) & (actual <= forecast.naive_high[at]))
    if not missed:
        return [Score(metric, None, None) for metric in METRICS], 0
    errors, naive_errors, actuals = np.concatenate(missed), np.concatenate(naive_missed), np.concatenate(came)
    seasonal = float(np.abs(months[YEAR:] - months[:-YEAR]).mean())
    return [
        Score("mase", ratio(np.abs(errors).mean(), seasonal), ratio(np.abs(naive_errors).mean(), seasonal)),
        Score("mae", float(np.abs(errors).mean()), float(np.abs(naive_errors).mean())),
        Score("bias", ratio(-errors.sum(), actuals.sum()), ratio(-naive_errors.sum(), actuals.sum())),
        Score(
            "interval_coverage",
            float(np.concatenate(inside).mean()),
            float(np.concatenate(naive_inside).mean()),
        ),
    ], len(errors)


def ratio(part: float, whole: float) -> float | None:
    return float(part) / float(whole) if whole else None
