"""One row per level, customer or family, and span: what the purchase models expect.

The rows of span calibration compare what they expected of the second half of the company's history with what came.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from transforms.core.purchase_fits import ORDER_PARAMETERS, SPEND_PARAMETERS
from transforms.maths import btyd, futures

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

YEAR = 365 / 7
MONTH = YEAR / 12

COLUMNS = {
    "level": ("varchar", "Level of the row: family, or customer for a single customer, job or sub-customer."),
    "span": ("varchar", "Span of the history: all, or calibration for the first half of the company's."),
    "model_status": (
        "varchar",
        "How orders are predicted: fitted by MBG/NBD; small_book, by MBG/NBD fitted to few customers; nbd, as if "
        "nobody left; or insufficient_data.",
    ),
    "spend_status": (
        "varchar",
        "How the spend per order is predicted: fitted by Gamma-Gamma; small_book, by Gamma-Gamma fitted to few "
        "customers; mean, the customer's own drawn towards that of all; or insufficient_data.",
    ),
    "end_date": ("date", "Last day of the span."),
    "as_of_date": ("date", "Day at whose end the figures stand."),
    "p_alive": (
        "double",
        "Probability that the customer orders again some day by MBG/NBD, 0 to 1, and 1 by NBD; null where not "
        "predicted.",
    ),
    "p_alive_bg": (
        "double",
        "Probability that the customer orders again some day by BG/NBD, 0 to 1, which says 1 without repeat orders; "
        "null for span all and where not fitted.",
    ),
    "expected_orders_90d": (
        "double",
        "Number of orders expected in the 90 days after the span; null where not predicted.",
    ),
    "expected_orders_365d": (
        "double",
        "Number of orders expected in the 365 days after the span; null where not predicted.",
    ),
    "discounted_orders_365d": (
        "double",
        "Number of orders expected in the 365 days after the span, discounted by 1 percent a month; times the spend "
        "per order they are the customer lifetime value. Null where not predicted.",
    ),
    "residual_orders": (
        "double",
        "Number of orders expected from the second to the tenth year ahead, discounted by 1 percent a month; null for "
        "span calibration and where not predicted.",
    ),
    "expected_spend_amount": (
        "decimal(18, 2)",
        "Spend expected per order, in home currency; null where not predicted.",
    ),
    "residual_low_revenue": (
        "decimal(18, 2)",
        "Low end of the range that the discounted revenue from the second to the tenth year ahead stays within in "
        "four of five futures, in home currency; null for span calibration and where not predicted.",
    ),
    "residual_high_revenue": (
        "decimal(18, 2)",
        "High end of the range that the discounted revenue from the second to the tenth year ahead stays within in "
        "four of five futures, in home currency; null for span calibration and where not predicted.",
    ),
    "later_orders": ("integer", "Number of orders that came after the span, up to the run's date."),
    "later_revenue": (
        "decimal(18, 2)",
        "Revenue of the orders that came after the span, up to the run's date, in home currency.",
    ),
    "predicted_orders": (
        "double",
        "Number of orders that the model expected after the span, up to the run's date; null where not predicted.",
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
    "last_year_orders": (
        "double",
        "Number of orders by another naive forecast, the last year again: those of the last 365 days of the span, "
        "or of the span where it is shorter, at their rate.",
    ),
    "predicted_revenue": (
        "decimal(18, 2)",
        "Predicted orders times the expected spend, in home currency; null where not predicted.",
    ),
    "naive_revenue": (
        "decimal(18, 2)",
        "Naive orders times the mean of repeat orders so far, in home currency.",
    ),
    "last_year_revenue": (
        "decimal(18, 2)",
        "Revenue by the naive forecast of the last year again, in home currency; for span all that of the last 365 "
        "days.",
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
    weeks = _numbers(frame, "history_weeks") - later  # from the company's first order to the end of the span
    again = np.where(later > 0, later, weeks.clip(max=YEAR)) / np.maximum(weeks, 1).clip(max=YEAR)
    naive = later * np.divide(x, age, out=np.zeros(len(x)), where=age > 0)
    spend = btyd.expected_spend([_numbers(frame, name) for name in SPEND_PARAMETERS], x, mean)
    orders = _Model(frame, ORDER_PARAMETERS, x, t_x, age, btyd.MBG)
    classic = _Model(frame, tuple(f"bg_{name}" for name in ORDER_PARAMETERS), x, t_x, age, btyd.BG)
    predicted = orders(btyd.expected_orders, weeks=later)
    residual, low, high = _residual(frame, x, t_x, age, mean)
    found = frame.assign(
        p_alive=orders(btyd.p_alive),
        p_alive_bg=classic(btyd.p_alive),
        expected_orders_90d=orders(btyd.expected_orders, weeks=90 / 7),
        expected_orders_365d=orders(btyd.expected_orders, weeks=365 / 7),
        discounted_orders_365d=orders(btyd.discounted_orders, step=MONTH, rate=futures.MONTHLY_DISCOUNT),
        residual_orders=residual,
        expected_spend_amount=spend,
        residual_low_revenue=low,
        residual_high_revenue=high,
        predicted_orders=predicted,
        predicted_orders_bg=classic(btyd.expected_orders, weeks=later),
        naive_orders=naive,
        predicted_revenue=predicted * spend,
        naive_revenue=naive * mean,
        last_year_orders=_numbers(frame, "last_year_orders") * again,
        last_year_revenue=_numbers(frame, "last_year_revenue") * again,
    )
    return found[list(COLUMNS)]


def _residual(
    frame: pd.DataFrame, x: btyd.Array, t_x: btyd.Array, age: btyd.Array, mean: btyd.Array
) -> tuple[btyd.Array, btyd.Array, btyd.Array]:
    """Of span all the orders after a year, and the range of their revenue; each company and level is drawn apart."""
    orders, low, high = (np.full(len(frame), np.nan) for _ in range(3))
    is_predicted = (frame.span == "all") & ~frame[[ORDER_PARAMETERS[0], SPEND_PARAMETERS[0]]].isna().any(
        axis=1
    )
    for at in frame[is_predicted].groupby(["realm_id", "level"], sort=False).indices.values():
        at = np.flatnonzero(is_predicted)[at]
        one = frame.iloc[at]
        customers = futures.Customers(
            [_numbers(one, name) for name in ORDER_PARAMETERS],
            [_numbers(one, name) for name in SPEND_PARAMETERS],
            x[at],
            t_x[at],
            age[at],
            mean[at],
        )
        orders[at] = futures.residual_orders(customers)
        middle = orders[at] * btyd.expected_spend(customers.spend, x[at], mean[at])
        for part, revenue in futures.draw(customers):
            some = at[part]
            ends = np.quantile(revenue.residual, futures.LOW_HIGH, axis=0)
            low[some], high[some] = np.minimum(ends[0], middle[part]), np.maximum(ends[1], middle[part])
    return orders, low, high


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
