"""One row per company and year of the first order, and one for all: what families will bring in one and three years.

The purchase models of core.purchase_fits give each family its chances; many futures are drawn from them, and the ranges
are those that four in five futures stay within. Every run draws the same futures. Add up the years, or read all.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transforms.core.purchase_fits import ORDER_PARAMETERS, SPEND_PARAMETERS
from transforms.maths import btyd, futures
from transforms.maths.frames import stacked

Flags = NDArray[np.bool_]

UNSURE = {"revenue_365d": 0.6, "revenue_1095d": 1.8, "residual_revenue": 4.0}
"""How unsure the fitted parameters make a sum: the deviation of its logarithm, times the root of the families' number.

The draws take the parameters as known. In made-up books of 40 to 600 families so much had to be added for the ranges to
hold about four in five.
"""

SOURCE = """
    select
        companies.company_name,
        histories.*,
        coalesce(families.net_revenue, 0)::double as net_revenue,
        orders.frequency_shape, orders.frequency_scale_weeks, orders.dropout_shape1, orders.dropout_shape2,
        spend.spend_shape, spend.mean_spend_shape, spend.mean_spend_scale,
        orders.model_status, spend.model_status as spend_status,
        scores.value as backtest_error, scores.baseline_value as last_year_error,
    from core.companies
    join (from core.order_histories where span = 'all' and level = 'family') as histories using (realm_id, as_of_date)
    left join (from core.purchase_fits where model = 'MBG/NBD' and span = 'all' and level = 'family') as orders
        using (realm_id)
    left join (from core.purchase_fits where model = 'Gamma-Gamma' and span = 'all' and level = 'family') as spend
        using (realm_id)
    left join (
        from core.purchase_scores
        where model = 'Gamma-Gamma' and level = 'family' and metric = 'total_error' and baseline = 'last year again'
    ) as scores using (realm_id)
    left join (
        select realm_id, root_customer_id, sum(net_revenue) as net_revenue
        from core.customer_months
        where level = 'family'
        group by all
    ) as families using (realm_id, root_customer_id)
    order by realm_id, root_customer_id
"""

RANGE = "that four in five futures stay within, in home currency; null where not predicted."
COLUMNS = {
    "company_name": ("varchar", "Name of the company whose books these are."),
    "cohort": ("varchar", "Year of the families' first order, as 2026, or all."),
    "model_status": (
        "varchar",
        "How orders are predicted: fitted by MBG/NBD; small_book, by MBG/NBD fitted to few families; nbd, as if nobody "
        "left; or insufficient_data.",
    ),
    "spend_status": (
        "varchar",
        "How the spend per order is predicted: fitted by Gamma-Gamma; small_book, by Gamma-Gamma fitted to few "
        "families; mean, the family's own drawn towards that of all; or insufficient_data.",
    ),
    "nearer_forecast": (
        "varchar",
        "Which forecast of all families' revenue was nearer in the backtest: model, or last_year; null where not "
        "predicted. Where it is last_year, rather believe last_year_revenue.",
    ),
    "as_of_date": ("date", "Day at whose end the figures stand."),
    "families": ("integer", "Number of families with an order, a customer with everyone below it."),
    "net_revenue": ("decimal(18, 2)", "Net revenue of the families so far, in home currency."),
    "last_year_revenue": (
        "decimal(18, 2)",
        "Net revenue of the families less write-offs in the last 365 days, in home currency: what the next 365 days "
        "bring by the simplest rule, the last year again.",
    ),
    "expected_revenue_365d": (
        "decimal(18, 2)",
        "Revenue expected in the next 365 days, not discounted, in home currency; null where not predicted. "
        "Families that have not ordered yet are not in it.",
    ),
    "low_revenue_365d": ("decimal(18, 2)", f"Low end of the range of the revenue of 365 days {RANGE}"),
    "high_revenue_365d": ("decimal(18, 2)", f"High end of the range of the revenue of 365 days {RANGE}"),
    "expected_revenue_1095d": (
        "decimal(18, 2)",
        "Revenue expected in the next 1,095 days, which are three years, not discounted, in home currency; null where "
        "not predicted.",
    ),
    "low_revenue_1095d": ("decimal(18, 2)", f"Low end of the range of the revenue of 1,095 days {RANGE}"),
    "high_revenue_1095d": ("decimal(18, 2)", f"High end of the range of the revenue of 1,095 days {RANGE}"),
    "residual_revenue": (
        "decimal(18, 2)",
        "Residual lifetime value: revenue expected from the second to the tenth year ahead, discounted by 1 percent a "
        "month, in home currency; null where not predicted.",
    ),
    "low_residual_revenue": (
        "decimal(18, 2)",
        f"Low end of the range of the residual lifetime value {RANGE}",
    ),
    "high_residual_revenue": (
        "decimal(18, 2)",
        f"High end of the range of the residual lifetime value {RANGE}",
    ),
    "lifetime_value_per_family": (
        "decimal(18, 2)",
        "Revenue so far and that expected in 1,095 days, per family, in home currency; null where not predicted.",
    ),
    "backtest_error": (
        "double",
        "Error of the model's forecast of all families' revenue in the second half of the history, divided by what "
        "came: 0.1 is a tenth too much or too little; null where not predicted.",
    ),
    "last_year_error": (
        "double",
        "Error that the last year again would have made there, divided by what came; null where nothing came.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    return stacked([_company(families) for _, families in frame.groupby("realm_id", sort=True)], COLUMNS)


def _company(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of one company: every cohort, then all."""
    years = pd.to_datetime(frame.first_order).dt.year.to_numpy()
    is_predicted = not frame[[*ORDER_PARAMETERS, *SPEND_PARAMETERS]].iloc[0].isna().any()
    members = {str(year): years == year for year in np.unique(years)} | {"all": np.full(len(frame), True)}
    expected, drawn = _revenue(frame, members) if is_predicted else ({}, {})
    first = frame.iloc[0]
    error, naive_error = first.backtest_error, first.last_year_error
    is_judged = not (pd.isna(error) or pd.isna(naive_error))
    found = []
    for cohort, at in members.items():
        so_far = float(frame.net_revenue.to_numpy()[at].sum())
        row = {
            "company_name": first.company_name,
            "cohort": cohort,
            "model_status": first.model_status if is_predicted else "insufficient_data",
            "spend_status": first.spend_status if is_predicted else "insufficient_data",
            "nearer_forecast": ("model" if error < naive_error else "last_year") if is_judged else None,
            "as_of_date": first.as_of_date,
            "families": int(at.sum()),
            "net_revenue": so_far,
            "last_year_revenue": float(frame.last_year_revenue.to_numpy(np.float64)[at].sum()),
            "backtest_error": error,
            "last_year_error": naive_error,
            "realm_id": first.realm_id,
        }
        for name, revenue in expected.items():
            middle = float(revenue[at].sum())
            low, high = np.quantile(drawn[name][cohort], futures.LOW_HIGH)
            row[f"{'' if name.startswith('residual') else 'expected_'}{name}"] = middle
            row[f"low_{name}"] = min(float(low), middle)
            row[f"high_{name}"] = max(float(high), middle)
        if expected:
            row["lifetime_value_per_family"] = (so_far + row["expected_revenue_1095d"]) / at.sum()
        found.append(row)
    return pd.DataFrame(found, columns=list(COLUMNS))


def _revenue(
    frame: pd.DataFrame, members: Mapping[str, Flags]
) -> tuple[dict[str, btyd.Array], dict[str, dict[str, btyd.Array]]]:
    """The revenue expected of each family, and by cohort that of each future; by the name of the figure."""
    orders, spend = (
        [frame[name].to_numpy(np.float64) for name in names] for names in (ORDER_PARAMETERS, SPEND_PARAMETERS)
    )
    x, recency, age = (
        frame[name].to_numpy(np.float64) for name in ("repeat_orders", "recency_weeks", "age_weeks")
    )
    mean = np.where(x > 0, frame.repeat_mean_amount.astype(float).fillna(0).to_numpy(), 0.0)
    families = futures.Customers(orders, spend, x, recency, age, mean)
    spends = btyd.expected_spend(spend, x, mean)

    def within(years: int) -> btyd.Array:
        weeks = years * futures.YEAR_WEEKS
        return btyd.expected_orders(orders, x, recency, age, btyd.MBG, weeks=weeks) * spends

    expected = {
        "revenue_365d": within(1),
        "revenue_1095d": within(3),
        "residual_revenue": futures.residual_orders(families) * spends,
    }
    sums: dict[str, dict[str, btyd.Array]] = {name: dict.fromkeys(members, np.zeros(1)) for name in expected}
    for part, drawn in futures.draw(families):
        for name, revenue in zip(expected, (drawn.year, drawn.three_years, drawn.residual), strict=True):
            for cohort, at in members.items():
                sums[name][cohort] = sums[name][cohort] + revenue[:, at[part]].sum(axis=1)
    for name, by_cohort in sums.items():
        for cohort, revenue in by_cohort.items():
            by_cohort[cohort] = revenue * np.exp(UNSURE[name] / np.sqrt(len(frame)) * _normal(len(revenue)))
    return expected, sums


@lru_cache
def _normal(draws: int) -> btyd.Array:
    """As many numbers as spread evenly over the normal distribution, shuffled."""
    numbers = [NormalDist().inv_cdf((number + 0.5) / draws) for number in range(draws)]
    return np.random.default_rng(1).permutation(np.array(numbers))
