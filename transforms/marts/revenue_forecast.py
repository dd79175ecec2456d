"""One row per company and month of the twelve after the last complete one: the net revenue to expect.

Each night chooses the best method anew, by the forecasts each would have made in the past (`forecasting.py`);
core.revenue_scores says how well this choice does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.maths import forecasting

SOURCE = forecasting.MONTHS

COLUMNS = {
    "company_name": ("varchar", "Name of the company whose books these are."),
    "horizon": ("integer", "Place of the month: 1 for the month after the last complete one, to 12."),
    "method": (
        "varchar",
        "Method of the forecast: seasonal_naive, seasonal_trend, mean_of_year, drift or exponential_smoothing; null "
        "where not fitted.",
    ),
    "model_status": (
        "varchar",
        "Whether there is enough to forecast from: fitted, or insufficient_data with less than 24 complete months.",
    ),
    "month": ("date", "First day of the month."),
    "as_of_date": ("date", "Day at whose end the figures stand; nothing later was looked at."),
    "low_revenue": (
        "decimal(18, 2)",
        "Low end of the range that four in five months should fall into, in home currency; null where not fitted.",
    ),
    "mid_revenue": ("decimal(18, 2)", "Net revenue expected, in home currency; null where not fitted."),
    "high_revenue": (
        "decimal(18, 2)",
        "High end of the range that four in five months should fall into, in home currency; null where not fitted.",
    ),
    "cumulative_low_revenue": (
        "decimal(18, 2)",
        "Low end of the range of the sum from the first month to this one, at horizon 12 of the year, by past errors "
        "of sums, in home currency; null where not fitted.",
    ),
    "cumulative_mid_revenue": (
        "decimal(18, 2)",
        "Net revenue expected from the first month to this one, at horizon 12 of the year, in home currency; null "
        "where not fitted.",
    ),
    "cumulative_high_revenue": (
        "decimal(18, 2)",
        "High end of the range of the sum from the first month to this one, at horizon 12 of the year, by past errors "
        "of sums, in home currency; null where not fitted.",
    ),
    "naive_revenue": (
        "decimal(18, 2)",
        "Naive forecast: net revenue of the month one year before, in home currency; null with less than a year.",
    ),
    "error_count": (
        "integer",
        "Number of past errors by which the method was chosen and of which the range is made.",
    ),
    "month_count": ("integer", "Number of complete months on record, which the forecast is made of."),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    found = [_forecast(months) for _, months in frame.groupby("realm_id", sort=True)]
    return pd.concat(found) if found else pd.DataFrame(columns=list(COLUMNS))


def _forecast(frame: pd.DataFrame) -> pd.DataFrame:
    """The twelve rows of one company."""
    months = frame.net_revenue.dropna().to_numpy()
    is_enough = len(months) >= forecasting.ENOUGH
    nothing = np.full(forecasting.HORIZON, np.nan)
    said, sums = None, (nothing, nothing)
    if is_enough:
        backtest = forecasting.Backtest(months)
        said = backtest.forecast(len(months))
        sums = backtest.sum_interval(said.method, len(months))
    naive = forecasting.seasonal_naive(months) if len(months) >= forecasting.YEAR else nothing
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
            "cumulative_low_revenue": sums[0],
            "cumulative_mid_revenue": said.mid.cumsum() if said else nothing,
            "cumulative_high_revenue": sums[1],
            "naive_revenue": naive,
            "method": said.method if said else None,
            "error_count": said.error_count if said else 0,
            "model_status": "fitted" if said else "insufficient_data",
            "month_count": len(months),
            "as_of_date": as_of_date,
        },
        columns=list(COLUMNS),
    )
