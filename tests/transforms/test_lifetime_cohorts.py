"""What families will bring in one and three years, by the year of their first order, with a range."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from transforms.core.purchase_fits import ORDER_PARAMETERS, SPEND_PARAMETERS
from transforms.marts import lifetime_value_by_cohort

NAMES = (*ORDER_PARAMETERS, *SPEND_PARAMETERS)
WEEKLY = (1e6, 1e6, 1e-6, 1e6, 1e6, 2.0, 1.0)
"""One order a week, for ever, at the customer's own mean."""


def family(parameters: tuple[float | None, ...] = WEEKLY, year: int = 2025, **fields: Any) -> dict[str, Any]:
    return {
        "company_name": "Company", "realm_id": "1", "as_of_date": datetime.date(2026, 12, 31),
        "first_order": datetime.date(year, 1, 31), "net_revenue": 10_100.0, "repeat_orders": 100,
        "recency_weeks": 100.0, "age_weeks": 100.0, "repeat_mean_amount": 100.0, "last_year_revenue": 5_200.0,
        "model_status": "fitted", "spend_status": "fitted", "backtest_error": 0.2, "last_year_error": 0.1,
        **dict(zip(NAMES, parameters, strict=True)), **fields,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def known_parameters(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges of chance alone, but where a test is about how unsure the parameters are."""
    if "unsure" not in request.node.name:
        monkeypatch.setattr(
            lifetime_value_by_cohort, "UNSURE", dict.fromkeys(lifetime_value_by_cohort.UNSURE, 0.0)
        )


def cohorts(*families: dict[str, Any]) -> list[dict[str, Any]]:
    return lifetime_value_by_cohort.rows(pd.DataFrame(families)).to_dict("records")


def test_a_weekly_customer():
    """A hundred a week are 5,214 in a year; orders that come by chance range from 43 to 61 in four of five years."""
    (_, whole) = cohorts(family())
    assert whole["cohort"] == "all" and whole["families"] == 1
    assert whole["expected_revenue_365d"] == pytest.approx(5214, abs=2)
    assert whole["low_revenue_365d"] == pytest.approx(4300, abs=150)
    assert whole["high_revenue_365d"] == pytest.approx(6150, abs=150)
    assert whole["expected_revenue_1095d"] == pytest.approx(15_643, abs=6)
    assert (whole["last_year_revenue"], whole["nearer_forecast"]) == (5_200.0, "last_year")
    assert whole["lifetime_value_per_family"] == pytest.approx(10_100 + 15_643, abs=6)


def test_what_comes_after_a_year_is_worth_less_today():
    """A hundred a week for nine years more are 46,929; at 1 percent a month they are worth 26,750 today."""
    (_, whole) = cohorts(family())
    today = sum(5214.29 * 1.01 ** -(12 * year - 6) for year in range(2, 11))
    assert whole["residual_revenue"] == pytest.approx(today, rel=1e-3)
    assert 0.8 * today < whole["low_residual_revenue"] < today < whole["high_residual_revenue"] < 1.2 * today


def test_ranges_are_wider_for_unsure_parameters():
    """A hundred families a week: the year ranges by about 0.06 x 1.28 either way, the residual by 0.4 x 1.28."""
    (_, whole) = cohorts(*[family() for _ in range(100)])
    year, residual = (
        np.log(whole[f"high_{name}"] / whole[f"low_{name}"]) / 2
        for name in ("revenue_365d", "residual_revenue")
    )
    assert year == pytest.approx(0.06 * 1.28, rel=0.15)
    assert residual == pytest.approx(0.4 * 1.28, rel=0.15)


def test_nobody_leaves_by_nbd():
    """With a chance of leaving of 0, a family that did not order for 99 weeks goes on as often as it did."""
    never = (1.0, 10.0, 0.0, 1.0, *WEEKLY[4:])
    (_, whole) = cohorts(family(never, recency_weeks=1.0, model_status="nbd"))
    assert whole["model_status"] == "nbd"
    assert whole["expected_revenue_365d"] == pytest.approx(101 / 110 * 365 / 7 * 100, rel=1e-3)
    assert whole["low_revenue_365d"] > 3000


def test_cohorts_add_up_and_the_whole_is_surer():
    """The years of first orders add up to all families, whose range is narrower for its size."""
    *years, whole = cohorts(*[family(year=2024 + number % 2) for number in range(40)])
    assert [(one["cohort"], one["families"]) for one in years] == [("2024", 20), ("2025", 20)]
    assert sum(one["expected_revenue_365d"] for one in years) == pytest.approx(whole["expected_revenue_365d"])

    def width(one: dict[str, Any]) -> float:
        return (one["high_revenue_365d"] - one["low_revenue_365d"]) / one["expected_revenue_365d"]

    assert width(whole) < width(years[0]) < 0.15


def test_without_a_model_nothing_is_expected():
    """Where the purchase models are not fitted the revenue so far stands alone."""
    (year, whole) = cohorts(family((None,) * 7, backtest_error=None))
    assert (year["model_status"], whole["net_revenue"]) == ("insufficient_data", 10_100.0)
    assert whole["nearer_forecast"] is None and whole["last_year_revenue"] == 5_200.0
    assert pd.isna(whole["expected_revenue_365d"]) and pd.isna(whole["low_revenue_1095d"])
