"""Forecasts of a monthly series: a few simple methods, and which of them did best on months it had not seen.

A series is an array of whole months, oldest first. An origin is a number of months known; a forecast from an origin
looks at nothing after it, and neither does the choice of its method or the width of its interval. A method looks at
the latest five years and is judged by the latest four, so that a long history costs what a short one does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]
Errors = NDArray[np.float64]

YEAR = HORIZON = 12
FEWEST = 6  # months below which nothing is forecast; to a year the mean, to two years the seasonal index
ENOUGH = 24  # months from which on the methods compete
LOOKED_AT, JUDGED = 60, 48  # months that a method looks at, and origins that it is judged by
FIRST = 3  # origin of the first error that counts while there are few months; later it is a year

SMOOTHINGS = np.arange(0.1, 1.0, 0.1)
NEW_MONTH = 0.2  # weight of the latest month in the level beside the seasonal index
SHARE_OF_ONE_YEAR = 0.35  # of a season seen once that is taken for a season
PREFERENCE = 0.95  # by so much another method must do better than the seasonal index

INSIDE = 0.8  # of the months should lie in the interval
COVERED = 0.81  # of the past errors are covered, because those of neighbouring origins share months
GROWTH = 0.035  # by which the squared width grows with each month ahead
TOGETHER = 0.25  # correlation of the errors of two months of one forecast
USUAL, USUAL_OF_FEW = 0.30, 0.38  # size of an error divided by the level, before any is known
HALF_NORMAL = np.array([0.0627, 0.1891, 0.3186, 0.4538, 0.5978, 0.7554, 0.9346, 1.1503, 1.4395, 1.96])
"""The errors, in units of their size, that stand for those not known yet: ten of the normal distribution."""

# Months older than ten years are left out: they say nothing about the next.
SOURCE = """
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

AHEAD = np.arange(1, HORIZON + 1)
WIDENING = np.sqrt(1 + GROWTH * (AHEAD - 1))
SUM_WIDENING = np.sqrt((1 - TOGETHER) * (WIDENING**2).cumsum() + TOGETHER * WIDENING.cumsum() ** 2)
"""How wide the interval of a month and that of a sum up to it are, in units of the first month's."""


def mean(series: Series) -> Series:
    """Forecasts every month as the mean of all."""
    return np.full(HORIZON, series.mean())


def seasonal_index(series: Series) -> Series:
    """Forecasts the level, of which late months make more than early ones, times the month's share of its year.

    The index is what a month was beside its year's mean, drawn towards 1 as far as years differ from each other more
    than months do; of one year alone a third is kept. Below a year it is 1.
    """
    years = len(series) // YEAR
    by_year = series[len(series) - years * YEAR :].reshape(years, YEAR)
    by_year = by_year[by_year.mean(axis=1) > 0]
    index = np.ones(YEAR)
    if len(by_year):
        ratios = by_year / by_year.mean(axis=1, keepdims=True)
        raw = ratios.mean(axis=0)
        season = ((raw - 1) ** 2).sum() / (YEAR - 1)
        kept = SHARE_OF_ONE_YEAR
        if len(ratios) > 1:
            noise = ((ratios - raw) ** 2).sum() / (YEAR - 1) / (len(ratios) - 1) / len(ratios)
            kept = max(0.0, 1 - noise / season) if season > 0 else 0.0
        index = 1 + kept * (raw - 1)
    before = np.arange(-len(series), 0)
    weights = (1 - NEW_MONTH) ** (-1 - before)
    level = (weights * series / np.maximum(index[before % YEAR], 0.1)).sum() / weights.sum()
    return np.maximum(index, 0.0) * level


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


def average(series: Series) -> Series:
    """Forecasts the mean of the three methods that know of a season."""
    return (seasonal_index(series) + seasonal_naive(series) + seasonal_trend(series)) / 3


def mean_of_year(series: Series) -> Series:
    """Forecasts every month as the mean of the last twelve."""
    return np.full(HORIZON, series[-YEAR:].mean())


def drift(series: Series) -> Series:
    """Continues from the last month along the straight line from the first."""
    return series[-1] + AHEAD * (series[-1] - series[0]) / (len(series) - 1)


def exponential_smoothing(series: Series) -> Series:
    """Forecasts the smoothed level, with the smoothing that best forecast each known month from those before."""
    levels = _smoothing_weights(max(LOOKED_AT, len(series)))[:, : len(series), : len(series)] @ series
    squares = ((series[1:] - levels[:, :-1]) ** 2).sum(axis=1)
    return np.full(HORIZON, levels[squares.argmin(), -1])


@lru_cache
def _smoothing_weights(count: int) -> Series:
    """By smoothing and number of the latest month, what each month makes of the level: the first one is its start."""
    month = np.arange(count)
    age = month[:, None] - month
    kept = (1 - SMOOTHINGS)[:, None, None] ** np.maximum(age, 0)
    return np.where(age < 0, 0.0, kept * np.where(month == 0, 1.0, SMOOTHINGS[:, None, None]))


METHODS: dict[str, Callable[[Series], Series]] = {
    method.__name__: method
    for method in (
        seasonal_index,
        average,
        seasonal_naive,
        seasonal_trend,
        mean_of_year,
        drift,
        exponential_smoothing,
    )
}
NAIVE = ("seasonal_naive", "mean_of_year", "drift")
"""The simple rules that the forecasts are held against."""
MEAN, INDEX = mean.__name__, seasonal_index.__name__


def status(count: int) -> str:
    """What so many months allow."""
    return (
        "insufficient_data"
        if count < FEWEST
        else MEAN
        if count < YEAR
        else INDEX
        if count < ENOUGH
        else "fitted"
    )


@dataclass(frozen=True)
class Forecast:
    """The twelve months after an origin, and the sums up to each, by the method that had done best there."""

    method: str
    low: Series
    mid: Series
    high: Series
    sum_low: Series
    sum_mid: Series
    sum_high: Series
    error_count: int


class Backtest:
    """Every method's forecasts from the origins that matter, and their errors where the month is known."""

    def __init__(self, months: Series) -> None:
        self.months = months
        count = len(months)
        self.first = max(FIRST, count - 2 * JUDGED)
        padded = np.concatenate([months, np.full(HORIZON, np.nan)])
        self.came = np.lib.stride_tricks.sliding_window_view(padded, HORIZON)[: count + 1]
        sizes = np.concatenate([np.full(YEAR, np.nan), np.abs(months)])
        self.levels = np.zeros(count + 1)  # the mean size of the latest year
        self.levels[1:] = np.nanmean(np.lib.stride_tricks.sliding_window_view(sizes, YEAR)[1:], axis=1)
        self.least = np.minimum(0.0, np.concatenate([[0.0], np.minimum.accumulate(months)]))
        self._forecasts: dict[str, Series] = {}
        self._relative_errors: dict[str, Errors] = {}

    def forecasts(self, method: str) -> Series:
        """One row of twelve months for every origin, null before the first that matters."""
        if method not in self._forecasts:
            begin = FIRST if method in (MEAN, INDEX) else YEAR
            found = np.full((len(self.months) + 1, HORIZON), np.nan)
            for origin in range(max(self.first, begin), len(found)):
                known = self.months[max(0, origin - LOOKED_AT) : origin]
                # An index needs a year; before it, its errors are those of the mean.
                found[origin] = (mean if method == INDEX and origin < YEAR else METHODS.get(method, mean))(
                    known
                )
            self._forecasts[method] = found
        return self._forecasts[method]

    def known(self, origin: int) -> tuple[slice, NDArray[np.bool_]]:
        """The earlier origins by which a forecast is judged, and which of their months are known."""
        first = max(YEAR if origin >= ENOUGH else FIRST, origin - JUDGED, self.first)
        return slice(first, origin), np.arange(first, origin)[:, None] + AHEAD <= origin

    def best(self, origin: int, methods: Sequence[str] = tuple(METHODS)) -> str:
        """The method with the smallest mean error since the first year, each in units of the level known then.

        Of all methods the seasonal index stays unless another does better by a twentieth.
        """
        first = max(YEAR, origin - JUDGED, self.first)
        is_known = np.arange(first, origin)[:, None] + AHEAD <= origin
        if not is_known.size:
            return methods[0]

        def error(method: str) -> float:
            size = float(self.relative_errors(method)[first:origin][is_known].mean())
            return size * (PREFERENCE if method == INDEX else 1)

        return min(methods, key=error)

    def relative_errors(self, method: str) -> Errors:
        """One row of twelve for every origin: the size of each error, divided by the level known there."""
        if method not in self._relative_errors:
            levels = np.maximum(self.levels, 1e-9)[:, None]
            self._relative_errors[method] = np.abs(self.came - self.forecasts(method)) / levels
        return self._relative_errors[method]

    def method(self, origin: int) -> str:
        """The method by the number of months known, and from two years on by past errors."""
        return MEAN if origin < YEAR else INDEX if origin < ENOUGH else self.best(origin)

    def forecast(self, origin: int) -> Forecast:
        """The forecast as it would have been made at an origin of six months or more."""
        method = self.method(origin)
        forecasts, level = self.forecasts(method), self.levels[origin]
        at, is_known = self.known(origin)
        weights = is_known / np.maximum(1, is_known.sum(axis=1, keepdims=True))
        size = self._usual_error(origin)
        known_levels = self.levels[at][:, None]
        missed = np.abs(self.came[at] - forecasts[at])
        sums_missed = np.abs((self.came[at] - forecasts[at]).cumsum(axis=1))

        def covering(errors: Errors) -> float:
            return _covering(errors[is_known], weights[is_known], size, 3.0 if origin < YEAR else 2.0)

        raw = forecasts[origin]
        # Half of the width goes with the level and half with the month's own forecast: a high season is missed by more.
        units = (level + np.abs(raw)) / 2 * WIDENING
        width = units * covering(_divided(missed, (known_levels + np.abs(forecasts[at])) / 2 * WIDENING))
        sum_width = level * SUM_WIDENING * covering(_divided(sums_missed, known_levels * SUM_WIDENING))
        # The sum of one month is that month, and no longer sum is surer in money.
        sum_width = np.maximum.accumulate(np.concatenate([width[:1], sum_width[1:]]))
        least = self.least[origin]
        mid = np.maximum(raw, least)
        sum_mid = mid.cumsum()
        return Forecast(
            method,
            np.maximum(mid - width, least),
            mid,
            np.maximum(mid + width, least),
            np.maximum(sum_mid - sum_width, least * AHEAD),
            sum_mid,
            sum_mid + sum_width,
            int(is_known.sum()),
        )

    def _usual_error(self, origin: int) -> float:
        """The size of error to expect before any is known: a usual one and the spread of the latest months."""
        latest = self.months[max(0, origin - YEAR) : origin]
        level = self.levels[origin]
        spread = float(latest.std(ddof=1) / level) if level > 0 else 0.0
        return 0.7 * USUAL_OF_FEW + 0.3 * spread if origin < YEAR else (USUAL + spread) / 2


def _divided(errors: Errors, units: Errors) -> Errors:
    return np.divide(errors, units, out=np.zeros_like(errors), where=units > 0)


def _covering(errors: Errors, weights: Errors, size: float, usual: float) -> float:
    """The size that the stated share of errors does not pass: an origin weighs 1, errors of a usual size `usual`."""
    values = np.concatenate([errors, size * HALF_NORMAL])
    weights = np.concatenate([weights, np.full(len(HALF_NORMAL), usual / len(HALF_NORMAL))])
    order = values.argsort(kind="stable")
    weights = weights[order]
    return float(np.interp(COVERED * weights.sum(), weights.cumsum() - weights / 2, values[order]))
