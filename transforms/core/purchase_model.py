"""What the purchase models expect of each customer. One row per customer and span.

Of span calibration it is what they expected of the second half of the company's history, beside what came.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms import btyd

SOURCE = """
    select
        order_histories.*,
        orders.r, orders.alpha, orders.a, orders.b,
        classic.r as bg_r, classic.alpha as bg_alpha, classic.a as bg_a, classic.b as bg_b,
        spend.p, spend.q, spend.v,
        orders.model_status, spend.model_status as spend_status
    from core.order_histories
    left join (from core.purchase_fits where model = 'MBG/NBD') as orders using (realm_id, span)
    left join (from core.purchase_fits where model = 'BG/NBD') as classic using (realm_id, span)
    left join (from core.purchase_fits where model = 'Gamma-Gamma') as spend using (realm_id, span)
    order by realm_id, span, customer_id
"""

MONTH = 365 / 7 / 12
MONTHLY_DISCOUNT = 0.01

COLUMNS = {
    "realm_id": ("varchar", "QuickBooks company id (realm)"),
    "customer_id": ("varchar", "Customer on the documents"),
    "span": ("varchar", "all, or calibration: the first half of the company's history"),
    "model_status": ("varchar", "fitted or insufficient_data: whether orders are predicted"),
    "spend_status": ("varchar", "fitted or insufficient_data: whether the spend per order is predicted"),
    "p_alive": ("double", "Probability of ordering again some day (MBG/NBD); null where not fitted"),
    "p_alive_bg": ("double", "The same by BG/NBD, which says 1 without repeat orders; null for span all"),
    "expected_orders_90d": ("double", "Orders expected in the 90 days after the span"),
    "expected_orders_365d": ("double", "Orders expected in the 365 days after the span"),
    "discounted_orders_365d": (
        "double",
        "The same discounted by 1% a month; times the spend per order it is the lifetime value",
    ),
    "expected_spend_amount": ("decimal(18, 2)", "Spend expected per order (Gamma-Gamma); null where not fitted"),
    "later_orders": ("integer", "Orders that came after the span"),
    "later_revenue": ("decimal(18, 2)", "Revenue of those orders"),
    "predicted_orders": ("double", "Orders the model expected there (MBG/NBD)"),
    "predicted_orders_bg": ("double", "The same by BG/NBD"),
    "naive_orders": ("double", "Repeat orders so far per week, times the weeks after the span"),
    "predicted_revenue": ("decimal(18, 2)", "Predicted orders times expected spend"),
    "naive_revenue": ("decimal(18, 2)", "Naive orders times the mean of repeat orders so far"),
    "as_of_date": ("date", "The run's date"),
    "end_date": ("date", "Last day of the span"),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    found = frame.reindex(columns=[*dict.fromkeys([*frame.columns, *COLUMNS])])
    x, t_x, age, later, mean = (
        found[name].to_numpy(np.float64, na_value=np.nan)
        for name in ("repeat_orders", "recency_weeks", "age_weeks", "later_weeks", "repeat_mean_amount")
    )
    mean = np.where(x > 0, mean, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(age > 0, x / age, 0.0)
    found["naive_orders"] = rate * later
    found["naive_revenue"] = rate * later * mean
    for prefix, suffix, chances in (("", "", btyd.MBG), ("bg_", "_bg", btyd.BG)):
        parameters = [found[f"{prefix}{name}"].to_numpy(np.float64, na_value=np.nan) for name in ("r", "alpha", "a", "b")]
        at = np.flatnonzero(~np.isnan(parameters[0]))
        if not len(at):
            continue
        given = ([one[at] for one in parameters], x[at], t_x[at], age[at])
        predicted = {
            f"p_alive{suffix}": btyd.p_alive(*given, chances),
            f"predicted_orders{suffix}": btyd.expected_orders(*given, later[at], chances),
        }
        if chances == btyd.MBG:
            predicted["expected_orders_90d"] = btyd.expected_orders(*given, 90 / 7, chances)
            predicted["expected_orders_365d"] = btyd.expected_orders(*given, 365 / 7, chances)
            predicted["discounted_orders_365d"] = btyd.discounted_orders(
                *given, chances, steps=12, step=MONTH, rate=MONTHLY_DISCOUNT
            )
        for name, values in predicted.items():
            column = np.full(len(found), np.nan)
            column[at] = values
            found[name] = column
    spend = [found[name].to_numpy(np.float64, na_value=np.nan) for name in ("p", "q", "v")]
    expected = btyd.expected_spend(spend, np.where(mean > 0, x, 0.0), mean)
    found["expected_spend_amount"] = expected
    found["predicted_revenue"] = expected * found["predicted_orders"].to_numpy(np.float64, na_value=np.nan)
    return found[list(COLUMNS)]
