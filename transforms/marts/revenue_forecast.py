"""One row per company and month of the twelve after the last complete one: the net revenue to expect.

Where there are two years of months, each night chooses the best method anew, by the forecasts each would have made in
the past (`forecasting.py`); core.revenue_scores says how well this choice does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.maths import forecasting
from transforms.maths.frames import stacked

SOURCE = forecasting.SOURCE

COLUMNS = {
    "company_name": ("varchar", "Name of the company whose books these are."),
    "horizon": ("integer", "Place of the month: 1 for the month after the last complete one, to 12."),
    "method": (
        "varchar",
        "Method of the forecast: mean, seasonal_index, average, seasonal_naive, seasonal_trend, mean_of_year, drift or "
        "exponential_smoothing; null with insufficient data.",
    ),
    "model_status": (
        "varchar",
        "What the complete months on record allow: fitted from 24 on, by the method that did best; seasonal_index from "
        "12 and mean from 6 on, with wide ranges; below that insufficient_data.",
    ),
    "best_naive_method": (
        "varchar",
        "Naive forecast with the smallest errors so far: seasonal_naive, mean_of_year or drift; null with less than a "
        "year.",
    ),
    "month": ("date", "First day of the month."),
    "as_of_date": ("date", "Day at whose end the figures stand; nothing later was looked at."),
    "low_revenue": (
        "decimal(18, 2)",
        "Low end of the range that four in five months should fall into, in home currency; null with "
        "insufficient data.",
    ),
    "mid_revenue": ("decimal(18, 2)", "Net revenue expected, in home currency; null with insufficient data."),
    "high_revenue": (
        "decimal(18, 2)",
        "High end of the range that four in five months should fall into, in home currency; null with "
        "insufficient data.",
    ),
    "cumulative_low_revenue": (
        "decimal(18, 2)",
        "Low end of the range of the sum from the first month to this one, at horizon 12 of the year, by past errors "
        "of sums, in home currency; null with insufficient data.",
    ),
    "cumulative_mid_revenue": (
        "decimal(18, 2)",
        "Net revenue expected from the first month to this one, at horizon 12 of the year, in home currency; null with "
        "insufficient data.",
    ),
    "cumulative_high_revenue": (
        "decimal(18, 2)",
        "High end of the range of the sum from the first month to this one, at horizon 12 of the year, by past errors "
        "of sums, in home currency; null with insufficient data.",
    ),
    "naive_revenue": (
        "decimal(18, 2)",
        "Naive forecast: net revenue of the month one year before, in home currency; null with less than a year.",
    ),
    "best_naive_revenue": (
        "decimal(18, 2)",
        "Net revenue that the best naive forecast expects, in home currency; null with less than a year.",
    ),
    "error_count": (
        "integer",
        "Number of past errors by which the method was chosen and of which the range is made.",
    ),
    "month_count": ("integer", "Number of complete months on record, which the forecast is made of."),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    return stacked([_forecast(months) for _, months in frame.groupby("realm_id", sort=True)], COLUMNS)


def _forecast(frame: pd.DataFrame) -> pd.DataFrame:
    """The twelve rows of one company."""
    months = frame.net_revenue.dropna().to_numpy()
    count = len(months)
    nothing = np.full(forecasting.HORIZON, np.nan)
    backtest = forecasting.Backtest(months)
    said = backtest.forecast(count) if count >= forecasting.FEWEST else None
    rule = backtest.best(count, forecasting.NAIVE) if count >= forecasting.YEAR else None
    as_of_date = pd.Timestamp(frame.as_of_date.iloc[0])
    first = (as_of_date + pd.Timedelta(days=1)).replace(day=1)
    horizons = np.arange(1, forecasting.HORIZON + 1)
    return pd.DataFrame(
        {
            "company_name": frame.company_name.iloc[0],
            "realm_id": frame.realm_id.iloc[0],
            "month": [first + pd.DateOffset(months=int(horizon) - 1) for horizon in horizons],
            "horizon": horizons,
            "low_revenue": said.low if said else nothing,
            "mid_revenue": said.mid if said else nothing,
            "high_revenue": said.high if said else nothing,
            "cumulative_low_revenue": said.sum_low if said else nothing,
            "cumulative_mid_revenue": said.sum_mid if said else nothing,
            "cumulative_high_revenue": said.sum_high if said else nothing,
            "naive_revenue": forecasting.seasonal_naive(months) if rule else nothing,
            "best_naive_method": rule,
            "best_naive_revenue": np.maximum(backtest.forecasts(rule)[count], backtest.least[count])
            if rule
            else nothing,
            "method": said.method if said else None,
            "error_count": said.error_count if said else 0,
            "model_status": forecasting.status(count),
            "month_count": count,
            "as_of_date": as_of_date,
        },
        columns=list(COLUMNS),
    )
