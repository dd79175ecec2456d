"""One row per company and year of the first order, and one for all: what families will bring in one and three years.

The purchase models of core.purchase_fits give each family its chances; many futures are drawn from them, and the ranges
are those that four in five futures stay within. Every run draws the same futures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transforms.core.purchase_fits import ORDER_PARAMETERS, SPEND_PARAMETERS
from transforms.maths import btyd

SOURCE = """
    select
        companies.company_name,
        histories.*,
        coalesce(families.net_revenue, 0)::double as net_revenue,
        orders.frequency_shape, orders.frequency_scale_weeks, orders.dropout_shape1, orders.dropout_shape2,
        spend.spend_shape, spend.mean_spend_shape, spend.mean_spend_scale,
    from core.companies
    join (from core.order_histories where span = 'all' and level = 'family') as histories using (realm_id, as_of_date)
    left join (from core.purchase_fits where model = 'MBG/NBD' and span = 'all' and level = 'family') as orders
        using (realm_id)
    left join (from core.purchase_fits where model = 'Gamma-Gamma' and span = 'all' and level = 'family') as spend
        using (realm_id)
    left join (
        select realm_id, root_customer_id, sum(net_revenue) as net_revenue
        from core.family_months
        group by all
    ) as families using (realm_id, root_customer_id)
    order by realm_id, root_customer_id
"""

MOST_DRAWS, LEAST_DRAWS, ALL_DRAWS = 400, 40, 500_000
"""Futures drawn of a small company and of a large one, and of all families together in between."""
AT_ONCE = 5_000
YEARS = {"365d": 365 / 7, "1095d": 3 * 365 / 7}
INSIDE = 0.8
Flags = NDArray[np.bool_]

RANGE = "that four in five futures stay within, in home currency; null where not fitted."
COLUMNS = {
    "company_name": ("varchar", "Name of the company whose books these are."),
    "cohort": ("varchar", "Year of the families' first order, as 2026, or all."),
    "model_status": (
        "varchar",
        "Whether the purchase models of orders and of spend were fitted: fitted or insufficient_data.",
    ),
    "as_of_date": ("date", "Day at whose end the figures stand."),
    "families": ("integer", "Number of families with an order, a customer with everyone below it."),
    "net_revenue": ("decimal(18, 2)", "Net revenue of the families so far, in home currency."),
    "expected_revenue_365d": (
        "decimal(18, 2)",
        "Revenue expected in the next 365 days, not discounted, in home currency; null where not fitted.",
    ),
    "low_revenue_365d": ("decimal(18, 2)", f"Low end of the range of the revenue of 365 days {RANGE}"),
    "high_revenue_365d": ("decimal(18, 2)", f"High end of the range of the revenue of 365 days {RANGE}"),
    "expected_revenue_1095d": (
        "decimal(18, 2)",
        "Revenue expected in the next 1,095 days, which are three years, not discounted, in home currency; null where "
        "not fitted.",
    ),
    "low_revenue_1095d": ("decimal(18, 2)", f"Low end of the range of the revenue of 1,095 days {RANGE}"),
    "high_revenue_1095d": ("decimal(18, 2)", f"High end of the range of the revenue of 1,095 days {RANGE}"),
    "lifetime_value_per_family": (
        "decimal(18, 2)",
        "Revenue so far and that expected in 1,095 days, per family, in home currency; null where not fitted.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    found = [_company(families) for _, families in frame.groupby("realm_id", sort=True)]
    return pd.concat(found) if found else pd.DataFrame(columns=list(COLUMNS))


def _company(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of one company: every cohort, then all."""
    years = pd.to_datetime(frame.first_order).dt.year.to_numpy()
    is_fitted = not frame[[*ORDER_PARAMETERS, *SPEND_PARAMETERS]].iloc[0].isna().any()
    members = {str(year): years == year for year in np.unique(years)} | {"all": np.full(len(frame), True)}
    expected = _expected(frame) if is_fitted else {}
    drawn = _drawn(frame, members) if is_fitted else {}
    found = []
    for cohort, at in members.items():
        so_far = float(frame.net_revenue.to_numpy()[at].sum())
        row = {
            "company_name": frame.company_name.iloc[0],
            "cohort": cohort,
            "model_status": "fitted" if is_fitted else "insufficient_data",
            "as_of_date": frame.as_of_date.iloc[0],
            "families": int(at.sum()),
            "net_revenue": so_far,
            "realm_id": frame.realm_id.iloc[0],
        }
        for period, revenue in expected.items():
            middle = float(revenue[at].sum())
            low, high = np.quantile(drawn[period][cohort], [(1 - INSIDE) / 2, (1 + INSIDE) / 2])
            row[f"expected_revenue_{period}"] = middle
            row[f"low_revenue_{period}"] = min(float(low), middle)
            row[f"high_revenue_{period}"] = max(float(high), middle)
        if expected:
            row["lifetime_value_per_family"] = (so_far + row["expected_revenue_1095d"]) / at.sum()
        found.append(row)
    return pd.DataFrame(found, columns=list(COLUMNS))


def _numbers(frame: pd.DataFrame) -> tuple[list[btyd.Array], btyd.Array, btyd.Array, btyd.Array, btyd.Array]:
    """Parameters of both models, and of each family its repeat orders, their mean, and both of its ages."""
    parameters = [frame[name].to_numpy(np.float64) for name in (*ORDER_PARAMETERS, *SPEND_PARAMETERS)]
    x, recency, age = (
        frame[name].to_numpy(np.float64) for name in ("repeat_orders", "recency_weeks", "age_weeks")
    )
    mean = np.where(x > 0, frame.repeat_mean_amount.astype(float).fillna(0).to_numpy(), 0.0)
    return parameters, x, mean, recency, age


def _expected(frame: pd.DataFrame) -> dict[str, btyd.Array]:
    """By period the revenue expected of each family."""
    parameters, x, mean, recency, age = _numbers(frame)
    spend = btyd.expected_spend(parameters[4:], x, mean)
    return {
        period: btyd.expected_orders(parameters[:4], x, recency, age, btyd.MBG, weeks=weeks) * spend
        for period, weeks in YEARS.items()
    }


def _drawn(frame: pd.DataFrame, members: Mapping[str, Flags]) -> dict[str, dict[str, btyd.Array]]:
    """By period and cohort the revenue of each future: who is still there, how often he orders and what he spends."""
    random = np.random.default_rng(0)
    draws = min(MOST_DRAWS, max(LEAST_DRAWS, ALL_DRAWS // len(frame)))
    sums = {period: {cohort: np.zeros(draws) for cohort in members} for period in YEARS}
    for start in range(0, len(frame), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        parameters, x, mean, recency, age = _numbers(frame.iloc[part])
        frequency_shape, frequency_scale, dropout1, dropout2, spend_shape, mean_shape, mean_scale = parameters
        size = (draws, len(x))
        is_alive = random.random(size) < btyd.p_alive(parameters[:4], x, recency, age, btyd.MBG)
        rates = random.gamma(frequency_shape + x, 1 / (frequency_scale + age), size)
        last = random.geometric(np.maximum(random.beta(dropout1, dropout2 + x + 1, size), 1e-9), size)
        spends = random.gamma(mean_shape + spend_shape * x, 1 / (mean_scale + x * mean), size)
        orders = np.zeros(size)
        weeks_before = 0.0
        for period, weeks in YEARS.items():
            orders = orders + random.poisson(rates * (weeks - weeks_before))
            weeks_before = weeks
            made = np.where(is_alive, np.minimum(orders, last), 0)
            revenue = np.where(made > 0, random.gamma(np.maximum(spend_shape * made, 1e-9)) / spends, 0.0)
            for cohort, at in members.items():
                sums[period][cohort] += revenue[:, at[part]].sum(axis=1)
    return sums
