"""One row per day of core.payment_fits and invoice open at its end: how likely it is paid in full within so many days,
and when it will be if it is. Chances are null where the model is not fitted.

The curve of core.payment_survival is moved and stretched to the family's habits in core.payment_paces; what counts is
the part of it that lies beyond the age which the invoice has reached.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.maths import survival
from transforms.maths.frames import stacked

HORIZONS = (7, 14, 21, 28, 30, 35, 42, 49, 56, 60, 63, 70, 77, 84, 90, 91, 365)
"""Those that people ask for, and the weeks of marts.cash_forecast."""

SOURCE = """
    select
        realm_id,
        known_until,
        model_status,
        is_backtest,
        invoice_id,
        root_customer_id,
        (known_until - txn_date)::double as age_days,
        coalesce(due_date, txn_date) - known_until as due_in_days,
        coalesce(paid_count, 0)::double as paid_count,
        own_weight,
        usual_days,
        company_usual_days,
        spread,
        pace * recent_pace as pace,
        null::double as at_risk_count,
        null::double as tail_age_days,
        null::double as tail_hazard
    from core.payment_times
    join core.payment_fits using (realm_id)
    left join core.payment_paces using (realm_id, known_until, root_customer_id)
    where txn_date <= known_until and (closed_date is null or closed_date > known_until)

    union all by name

    select realm_id, known_until, age_days, paid_count::double as paid_count, at_risk_count, tail_age_days, tail_hazard
    from core.payment_survival
"""

COLUMNS = (
    {
        "model_status": (
            "varchar",
            "Whether the model was fitted: fitted, or due_date below 5 paid invoices of the company, when only the due "
            "date is known.",
        ),
        "known_until": ("date", "Day up to which facts were used, one of core.payment_fits."),
        "age_days": ("integer", "Age of the invoice on that day, in days since its date."),
        "customer_paid_count": (
            "integer",
            "Number of paid invoices of the customer and its jobs by that day, without those paid on their own day.",
        ),
        "customer_weight": (
            "double",
            "Weight of the family's own habits, 0 to 1; the company's have the rest; null where not fitted.",
        ),
        "expected_days": (
            "integer",
            "Days until half of such invoices are paid, if only the payments within 365 days count; where not "
            "fitted, days until the due date, 1 when it has passed.",
        ),
    }
    | {
        f"p_{days}d": (
            "double",
            f"Probability that the invoice is paid in full within {days} days, 0 to 1; null where not fitted.",
        )
        for days in HORIZONS
    }
    | {
        "is_backtest": ("boolean", "True for the earlier day, from which the forecast is put to the test."),
        "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
        "invoice_id": ("varchar", "QuickBooks id of an invoice open at the end of that day."),
        "root_customer_id": (
            "varchar",
            "QuickBooks id of the customer at the top of the family, whose habits count.",
        ),
    }
)


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The open invoices of each company and day."""
    days = frame.groupby(["realm_id", "known_until"], sort=True)
    return stacked([_chances(seen) for _, seen in days], COLUMNS)


def _chances(seen: pd.DataFrame) -> pd.DataFrame:
    steps, asked = seen[seen.invoice_id.isna()], seen[seen.invoice_id.notna()].copy()
    asked["customer_paid_count"] = asked.paid_count
    asked["customer_weight"] = asked.own_weight
    if steps.empty:
        unknown = dict.fromkeys((f"p_{days}d" for days in HORIZONS), np.nan)
        return asked.assign(model_status="due_date", expected_days=asked.due_in_days.clip(lower=1), **unknown)
    curve = _curve(steps.sort_values("age_days"))
    invoices = survival.Open(
        asked.age_days.to_numpy(),
        survival.position(asked.usual_days.to_numpy()),
        asked.spread.to_numpy(),
        asked.pace.to_numpy(),
        survival.position(asked.company_usual_days.to_numpy()),
    )
    chances = {f"p_{days}d": invoices.chance(curve, days).round(6) for days in HORIZONS}
    return asked.assign(expected_days=invoices.expected_days(curve), **chances)


def _curve(steps: pd.DataFrame) -> survival.Curve:
    return survival.Curve(
        np.round(survival.position(steps.age_days.to_numpy()), survival.DECIMALS),
        steps.at_risk_count.to_numpy(),
        steps.paid_count.to_numpy(),
        round(float(survival.position(steps.tail_age_days.iloc[0])), survival.DECIMALS),
        float(steps.tail_hazard.iloc[0]),
    )
