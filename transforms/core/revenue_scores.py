"""One row per company and metric: how well the revenue forecasts did on months they had not seen.

Each origin has the method and interval that would have been chosen there, so that the choice is judged too.
"""

from __future__ import annotations

import pandas as pd

from transforms.maths import forecasting

SOURCE = forecasting.MONTHS

COLUMNS = {
    "model": ("varchar", "Name of the model, always revenue_forecast."),
    "metric": (
        "varchar",
        "What is measured: mae, the mean absolute error in home currency; mase, that error divided by the mean change "
        "from year to year; bias, the sum of forecasts divided by that of actuals, less 1; interval_coverage, the "
        "share of months between low and high, 0.8 if all is well.",
    ),
    "judged_on": ("varchar", "What was judged, in words."),
    "baseline": ("varchar", "Name of the naive forecast, always seasonal_naive: that month of last year."),
    "model_status": (
        "varchar",
        "Whether the model was judged: fitted, or insufficient_data with less than 24 complete months.",
    ),
    "split_date": ("date", "Last day that the first judged forecast knew of; later forecasts knew more."),
    "as_of_date": ("date", "Day at whose end the figures stand."),
    "horizon_months": (
        "integer",
        "Place of the month ahead that was judged, 1 to 12; null where all twelve were judged together.",
    ),
    "value": (
        "double",
        "Figure of the forecasts, in the metric's own unit; null with less than 24 complete months.",
    ),
    "baseline_value": (
        "double",
        "Figure of the naive forecast, in the metric's own unit, with an interval of its own errors; null with less "
        "than 24 complete months.",
    ),
    "compared_count": ("integer", "Number of forecasts compared, of every origin and month ahead."),
    "missing_count": ("integer", "Number of compared months for which there was no forecast, always 0."),
    "coverage": (
        "double",
        "Share of the months that lay between low and high, 0 to 1; null for other metrics and where not judged.",
    ),
    "stated_coverage": (
        "double",
        "Share of the months that should lie between low and high, 0 to 1; null for other metrics.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
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
            "horizon_months": None,
            "judged_on": "net revenue of each of the next 12 months, from every month on",
            "value": score.value,
            "baseline": forecasting.NAIVE,
            "baseline_value": score.naive,
            "compared_count": compared,
            "missing_count": 0,
            "coverage": score.value if score.metric == "interval_coverage" else None,
            "stated_coverage": forecasting.INSIDE if score.metric == "interval_coverage" else None,
            "model_status": "fitted" if is_enough else "insufficient_data",
            "split_date": first,
            "as_of_date": frame.as_of_date.iloc[0],
        }
        for score in scores
    ]
