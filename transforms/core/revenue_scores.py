"""How well the revenue forecasts did on months they had not seen. One row per company and metric.

Each origin has the method and interval that would have been chosen there, so that the choice is judged too.
"""

from __future__ import annotations

import pandas as pd

from transforms.maths import forecasting

SOURCE = forecasting.MONTHS

COLUMNS = {
    "realm_id": ("varchar", "QuickBooks company id (realm)"),
    "model": ("varchar", "revenue_forecast"),
    "metric": (
        "varchar",
        "mae: mean absolute error; mase: that over the mean change from year to year; bias: sum of forecasts over "
        "that of actuals, less 1; interval_coverage: share of months between low and high, 0.8 if all is well",
    ),
    "value": ("double", "Of the forecasts; null with less than 24 complete months"),
    "baseline": ("varchar", "seasonal_naive: the same month last year"),
    "baseline_value": ("double", "The same of the naive forecast, with an interval of its own errors"),
    "n": ("integer", "Forecasts compared, of every origin and month ahead"),
    "model_status": ("varchar", "fitted, or insufficient_data with less than 24 complete months"),
    "split_date": ("date", "Last day the first judged forecast knew of; later ones knew more"),
    "as_of_date": ("date", "Day whose end this describes"),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    found = [row for _, months in frame.groupby("realm_id", sort=True) for row in _scores(months)]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _scores(frame: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of one company."""
    months = frame.net_revenue.dropna().to_numpy()
    is_enough = len(months) >= forecasting.ENOUGH
    scores, compared = forecasting.judge(months if is_enough else months[:0])
    first = frame.month.iloc[forecasting.FIRST_JUDGED] - pd.Timedelta(days=1) if is_enough else None
    return [
        {
            "realm_id": frame.realm_id.iloc[0],
            "model": "revenue_forecast",
            "metric": score.metric,
            "value": score.value,
            "baseline": forecasting.NAIVE,
            "baseline_value": score.naive,
            "n": compared,
            "model_status": "fitted" if is_enough else "insufficient_data",
            "split_date": first,
            "as_of_date": frame.as_of_date.iloc[0],
        }
        for score in scores
    ]
