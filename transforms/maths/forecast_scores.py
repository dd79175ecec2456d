"""How well the forecasts of `forecasting.py` did on months that they had not seen, beside the simple rules.

The forecasts that would have been made at each origin from a year on, with the method and the interval of that origin,
are compared with the months that came; at most the latest four years of origins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.maths.forecasting import AHEAD, HORIZON, INSIDE, JUDGED, NAIVE, YEAR, Backtest, Series

MONTHS, SUMS = "net revenue of each of the next 12 months", "net revenue of the next 12 months together"


@dataclass(frozen=True)
class Score:
    """A measure of the forecasts, beside that of a simple rule where there is one; None where nothing was judged."""

    metric: str
    judged_on: str
    baseline: str | None
    horizon_months: int | None
    value: float | None
    baseline_value: float | None
    compared_count: int
    coverage: float | None = None

    @property
    def stated_coverage(self) -> float | None:
        return INSIDE if self.metric == "interval_coverage" else None


def first_judged(count: int) -> int:
    """The number of months known to the first forecast that is judged."""
    return max(YEAR, count - JUDGED)


def judge(months: Series) -> list[Score]:
    """All measures: the errors beside each simple rule, and how often the intervals held what came."""
    backtest = Backtest(months)
    origins = range(first_judged(len(months)), len(months))
    forecasts = [backtest.forecast(origin) for origin in origins]
    empty = np.zeros((0, HORIZON))

    def table(rows: list[Series]) -> Series:
        return np.array(rows) if rows else empty

    came = backtest.came[origins.start : origins.stop] if origins else empty
    said = table([one.mid for one in forecasts])
    is_known = ~np.isnan(came)
    inside = (table([one.low for one in forecasts]) <= came) & (
        came <= table([one.high for one in forecasts])
    )
    sums = came.sum(axis=1)[is_known.all(axis=1)]
    whole = forecasts[: len(sums)]
    sums_inside = np.array(
        [one.sum_low[-1] <= all <= one.sum_high[-1] for one, all in zip(whole, sums, strict=True)]
    )
    seasonal = float(np.abs(months[YEAR:] - months[:-YEAR]).mean()) if len(months) > YEAR else 0.0
    least = backtest.least[origins.start : origins.stop, None] if origins else empty[:, :1]

    def measured(told: Series) -> dict[tuple[str, str], float | None]:
        errors = (told - came)[is_known]
        size = float(np.abs(errors).mean()) if len(errors) else None
        of_sums = np.abs(told[: len(sums)].sum(axis=1) - sums)
        return {
            ("mae", MONTHS): size,
            ("mase", MONTHS): None if size is None else _ratio(size, seasonal),
            ("bias", MONTHS): _ratio(errors.sum(), came[is_known].sum()),
            ("total_error", SUMS): _ratio(of_sums.sum(), sums.sum()),
        }

    def found() -> Iterator[Score]:
        ours = measured(said)
        for rule in NAIVE:
            rows = backtest.forecasts(rule)[origins.start : origins.stop] if origins else empty
            theirs = measured(np.maximum(rows, least))
            for (metric, judged_on), value in ours.items():
                count = len(sums) if judged_on == SUMS else int(is_known.sum())
                yield Score(metric, judged_on, rule, None, value, theirs[metric, judged_on], count)
        yield _coverage(MONTHS, None, inside[is_known])
        for ahead in AHEAD:
            at = ahead - 1
            yield _coverage(MONTHS, int(ahead), inside[:, at][is_known[:, at]])
        yield _coverage(SUMS, None, sums_inside)

    return list(found())


def _coverage(judged_on: str, ahead: int | None, inside: NDArray[np.bool_]) -> Score:
    share = float(inside.mean()) if len(inside) else None
    return Score("interval_coverage", judged_on, None, ahead, share, None, len(inside), share)


def _ratio(part: float, whole: float) -> float | None:
    return float(part) / float(whole) if whole else None
