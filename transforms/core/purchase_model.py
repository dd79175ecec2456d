"""What the purchase models expect of each customer. One row per customer and span.

The rows of span calibration compare what they expected of the second half of the company's history with what came.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from transforms.maths import btyd

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
    "expected_spend_amount": (
        "decimal(18, 2)",
        "Spend expected per order (Gamma-Gamma); null where not fitted",
    ),
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
    x, t_x, age, later, mean = (
        _numbers(frame, name)
        for name in ("repeat_orders", "recency_weeks", "age_weeks", "later_weeks", "repeat_mean_amount")
    )
    mean = np.where(x > 0, mean, 0)
    naive = later * np.divide(x, age, out=np.zeros(len(x)), where=age > 0)
    spend = btyd.expected_spend([_numbers(frame, name) for name in ("p", "q", "v")], x, mean)
    orders = _Model(frame, ("r", "alpha", "a", "b"), x, t_x, age, btyd.MBG)
    classic = _Model(frame, ("bg_r", "bg_alpha", "bg_a", "bg_b"), x, t_x, age, btyd.BG)
    predicted = orders(btyd.expected_orders, weeks=later)
    found = frame.assign(
        p_alive=orders(btyd.p_alive),
        p_alive_bg=classic(btyd.p_alive),
        expected_orders_90d=orders(btyd.expected_orders, weeks=90 / 7),
        expected_orders_365d=orders(btyd.expected_orders, weeks=365 / 7),
        discounted_orders_365d=orders(btyd.discounted_orders, step=MONTH, rate=MONTHLY_DISCOUNT),
        expected_spend_amount=spend,
        predicted_orders=predicted,
        predicted_orders_bg=classic(btyd.expected_orders, weeks=later),
        naive_orders=naive,
        predicted_revenue=predicted * spend,
        naive_revenue=naive * mean,
    )
    return found[list(COLUMNS)]


class _Model:
    """A purchase model, or nulls where none was fitted."""

    def __init__(
        self,
        frame: pd.DataFrame,
        names: tuple[str, ...],
        x: btyd.Array,
        t_x: btyd.Array,
        age: btyd.Array,
        chances: int,
    ) -> None:
        parameters = [_numbers(frame, name) for name in names]
        self.at = np.flatnonzero(~np.isnan(parameters[0]))
        self.parameters = [one[self.at] for one in parameters]
        self.customers = [x[self.at], t_x[self.at], age[self.at]]
        self.chances = chances
        self.rows = len(frame)

    def __call__(self, compute: Callable[..., btyd.Array], **given: float | btyd.Array) -> btyd.Array:
        result = np.full(self.rows, np.nan)
        if len(self.at):  # scipy is not loaded where nothing is fitted
            here = {name: one[self.at] if isinstance(one, np.ndarray) else one for name, one in given.items()}
            result[self.at] = compute(self.parameters, *self.customers, self.chances, **here)
        return result


def _numbers(frame: pd.DataFrame, column: str) -> btyd.Array:
    return frame[column].to_numpy(np.float64, na_value=np.nan)
