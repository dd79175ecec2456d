"""One row per company, metric, naive forecast and month ahead: how well the revenue forecasts did on unseen months.

Each origin has the method and interval that would have been chosen there, so that the choice is judged too.
"""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd

from transforms.maths import fingerprints, forecast_scores, forecasting

SOURCE = forecasting.SOURCE

COLUMNS = {
    "model": ("varchar", "Name of the model, always revenue_forecast."),
    "metric": (
        "varchar",
        "What is measured: mae, the mean absolute error in home currency; mase, that error divided by the mean change "
        "from year to year; bias, the sum of forecasts divided by that of actuals, less 1; total_error, the mean "
        "absolute error of the sum of twelve months divided by their mean sum; interval_coverage, the share between "
        "low and high.",
    ),
    "judged_on": (
        "varchar",
        "What was judged, in words: each of the twelve months after every month from the first year on, at most the "
        "latest 48 such months, or the twelve together.",
    ),
    "baseline": (
        "varchar",
        "Name of the naive forecast: seasonal_naive, that month of last year; mean_of_year, the mean of the last "
        "twelve months; drift, the line from the first month to the last. Null for interval_coverage.",
    ),
    "model_status": (
        "varchar",
        "How the company's months are forecast now: fitted, seasonal_index, mean or insufficient_data, as in "
        "marts.revenue_forecast.",
    ),
    "input_fingerprint": (
        "varchar",
        "Fingerprint of the months and of the model's code: only when it changes are the forecasts judged again.",
    ),
    "split_date": (
        "date",
        "Last day that the first judged forecast knew of; later forecasts knew more. Null where none was judged.",
    ),
    "as_of_date": ("date", "Day at whose end the figures stand."),
    "horizon_months": (
        "integer",
        "Place of the month ahead that was judged, 1 to 12; null where all twelve were judged.",
    ),
    "value": (
        "double",
        "Figure of the forecasts, in the metric's own unit; null where no forecast could be judged yet, which takes 13 "
        "complete months, and 24 for sums of twelve.",
    ),
    "baseline_value": (
        "double",
        "Figure of the naive forecast on the months judged, in the metric's own unit; null where the value is null, "
        "and for interval_coverage.",
    ),
    "compared_count": ("integer", "Number of forecasts compared, of every origin and month ahead."),
    "missing_count": ("integer", "Number of compared months for which there was no forecast, always 0."),
    "coverage": (
        "double",
        "Share of what came that lay between low and high, 0 to 1; null for other metrics and where not judged.",
    ),
    "stated_coverage": (
        "double",
        "Share of what comes that should lie between low and high, 0 to 1; null for other metrics.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}


KEEPS = True


def rows(frame: pd.DataFrame, before: pd.DataFrame | None = None) -> pd.DataFrame:
    kept = fingerprints.kept(before, per=["realm_id"])
    found = [row for _, months in frame.groupby("realm_id", sort=True) for row in _scores(months, kept)]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _scores(frame: pd.DataFrame, kept: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The rows of one company."""
    months = frame.net_revenue.dropna().to_numpy()
    fingerprint = fingerprints.of(months, code=(sys.modules[__name__], forecast_scores, forecasting))
    first = forecast_scores.first_judged(len(months))
    about = {
        "realm_id": frame.realm_id.iloc[0],
        "split_date": frame.month.iloc[first] - pd.Timedelta(days=1) if first < len(months) else None,
        "as_of_date": frame.as_of_date.iloc[0],
        "input_fingerprint": fingerprint,
    }
    if fingerprint not in kept:
        kept[fingerprint] = [_row(score, len(months)) for score in forecast_scores.judge(months)]
    return [row | about for row in kept[fingerprint]]


def _row(score: forecast_scores.Score, count: int) -> dict[str, Any]:
    return {
        "model": "revenue_forecast",
        "metric": score.metric,
        "judged_on": score.judged_on,
        "baseline": score.baseline,
        "model_status": forecasting.status(count),
        "horizon_months": score.horizon_months,
        "value": score.value,
        "baseline_value": score.baseline_value,
        "compared_count": score.compared_count,
        "missing_count": 0,
        "coverage": score.coverage,
        "stated_coverage": score.stated_coverage,
    }
