"""One row per level, customer or family, and span: what the purchase models expect.

The rows of span calibration compare what they expected of the second half of the company's history with what came.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from transforms.core.purchase_fits import ORDER_PARAMETERS, SPEND_PARAMETERS
from transforms.maths import btyd

SOURCE = """
    select
        order_histories.*,
        orders.frequency_shape, orders.frequency_scale_weeks, orders.dropout_shape1, orders.dropout_shape2,
        classic.frequency_shape as bg_frequency_shape, classic.frequency_scale_weeks as bg_frequency_scale_weeks,
        classic.dropout_shape1 as bg_dropout_shape1, classic.dropout_shape2 as bg_dropout_shape2,
        spend.spend_shape, spend.mean_spend_shape, spend.mean_spend_scale,
        orders.model_status, spend.model_status as spend_status
    from core.order_histories
    left join (from core.purchase_fits where model = 'MBG/NBD') as orders using (realm_id, level, span)
    left join (from core.purchase_fits where model = 'BG/NBD') as classic using (realm_id, level, span)
    left join (from core.purchase_fits where model = 'Gamma-Gamma') as spend using (realm_id, level, span)
    order by realm_id, level, span, level_customer_id
"""

MONTH = 365 / 7 / 12
MONTHLY_DISCOUNT = 0.01

COLUMNS = {
    "level": ("varchar", "Level of the row: family, or customer for a single customer, job or sub-customer."),
    "span": ("varchar", "Span of the history: all, or calibration for the first half of the company's."),
    "model_status": ("varchar", "Whether orders are predicted: fitted or insufficient_data."),
    "spend_status": ("varchar", "Whether the spend per order is predicted: fitted or insufficient_data."),
    "end_date": ("date", "Last day of the span."),
    "as_of_date": ("date", "Day at whose end the figures stand."),
    "p_alive": (
        "double",
        "Probability that the customer orders again some day by MBG/NBD, 0 to 1; null where not fitted.",
    ),
    "p_alive_bg": (
        "double",
        "Probability that the customer orders again some day by BG/NBD, 0 to 1, which says 1 without repeat orders; "
        "null for span all and where not fitted.",
    ),
    "expected_orders_90d": (
        "double",
        "Number of orders expected in the 90 days after the span; null where not fitted.",
    ),
    "expected_orders_365d": (
        "double",
        "Number of orders expected in the 365 days after the span; null where not fitted.",
    ),
    "discounted_orders_365d": (
        "double",
        "Number of orders expected in the 365 days after the span, discounted by 1 percent a month; times the spend "
        "per order they are the customer lifetime value. Null where not fitted.",
    ),
    "expected_spend_amount": (
        "decimal(18, 2)",
        "Spend expected per order by Gamma-Gamma, in home currency; null where not fitted.",
    ),
    "later_orders": ("integer", "Number of orders that came after the span, up to the run's date."),
    "later_revenue": (
        "decimal(18, 2)",
        "Revenue of the orders that came after the span, up to the run's date, in home currency.",
    ),
    "predicted_orders": (
        "double",
        "Number of orders that MBG/NBD expected after the span, up to the run's date; null where not fitted.",
    ),
    "predicted_orders_bg": (
        "double",
        "Number of orders that BG/NBD expected after the span, up to the run's date; null for span all and where not "
        "fitted.",
    ),
    "naive_orders": (
        "double",
        "Number of orders by the naive forecast: repeat orders so far per week, times the weeks after the span.",
    ),
    "predicted_revenue": (
        "decimal(18, 2)",
        "Predicted orders times the expected spend, in home currency; null where not fitted.",
    ),
    "naive_revenue": (
        "decimal(18, 2)",
        "Naive orders times the mean of repeat orders so far, in home currency.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
    "level_customer_id": (
        "varchar",
        "QuickBooks id that names the row within its level: of the customer, or of the one at the top of the family.",
    ),
    "customer_id": ("varchar", "QuickBooks id of the customer on the documents; null at level family."),
    "root_customer_id": (
        "varchar",
        "QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.",
    ),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    x, t_x, age, later, mean = (
        _numbers(frame, name)
        for name in ("repeat_orders", "recency_weeks", "age_weeks", "later_weeks", "repeat_mean_amount")
    )
    mean = np.where(x > 0, mean, 0)
    naive = later * np.divide(x, age, out=np.zeros(len(x)), where=age > 0)
    spend = btyd.expected_spend([_numbers(frame, name) for name in SPEND_PARAMETERS], x, mean)
    orders = _Model(frame, ORDER_PARAMETERS, x, t_x, age, btyd.MBG)
    classic = _Model(frame, tuple(f"bg_{name}" for name in ORDER_PARAMETERS), x, t_x, age, btyd.BG)
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
