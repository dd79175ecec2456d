"""One row per day of core.payment_fits and family with an invoice by then: how it pays beside the company's curve, so
far as its own invoices say. Only where the model is fitted.

Invoices paid or credited on their own day are left out: none is open at a day's end.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.maths import survival
from transforms.maths.frames import stacked

RECENT_DAYS = 120

OBSERVED = """
    select
        realm_id,
        known_until,
        root_customer_id,
        txn_date,
        closed_date,
        (least(coalesce(closed_date, known_until), known_until) - txn_date)::double as age_days,
        is_paid and closed_date <= known_until as is_paid
    from core.payment_times
    join core.payment_fits using (realm_id)
    where txn_date <= known_until and closed_date is distinct from txn_date and model_status = 'fitted'
"""

SOURCE = f"""
    with observed as ({OBSERVED})
    select
        realm_id,
        known_until,
        root_customer_id,
        age_days,
        greatest(0, least(age_days, known_until - txn_date - {RECENT_DAYS}))::double as recent_from_days,
        is_paid
    from observed
"""

COLUMNS = {
    "known_until": ("date", "Day up to which facts were used, one of core.payment_fits."),
    "paid_count": (
        "integer",
        "Number of invoices of the customer and its jobs paid in full with money by that day, and later than on their "
        "own day.",
    ),
    "invoice_count": (
        "integer",
        "Number of invoices of the customer and its jobs, open and credited ones too, without those closed on their "
        "own day.",
    ),
    "own_weight": (
        "double",
        "Weight of the family's own mean in its usual days, 0 to 1; the company's mean has the rest. It grows with the "
        "paid invoices, the faster the more families differ.",
    ),
    "usual_days": (
        "double",
        "Days until the family's invoices are paid, as a mean on the logarithmic scale of the model.",
    ),
    "company_usual_days": (
        "double",
        "Days until the company's invoices are paid, as a mean on the logarithmic scale of the model.",
    ),
    "spread": (
        "double",
        "Spread of the family's days about its mean, divided by that of the company's families about theirs.",
    ),
    "pace": (
        "double",
        "Number of payments of the family, divided by those expected of its invoices, open ones too, at its usual "
        "days and spread; with 2 payments as expected added to both.",
    ),
    "recent_pace": (
        "double",
        "Number of payments of the family in the last 120 days, divided by those expected at its pace; with 10 "
        "payments as expected added to both.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
    "root_customer_id": (
        "varchar",
        "QuickBooks id of the customer at the top of the family, whose habits count.",
    ),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The families of each company and day, in their order."""
    days = frame.groupby(["realm_id", "known_until"], sort=True)
    return stacked([_families(str(realm_id), day, seen) for (realm_id, day), seen in days], COLUMNS)


def _families(realm_id: str, known_until: object, seen: pd.DataFrame) -> pd.DataFrame:
    numbers, families = pd.factorize(seen.root_customer_id, sort=True)
    invoices = survival.Invoices(
        numbers,
        seen.age_days.to_numpy(),
        seen.recent_from_days.to_numpy(),
        seen.is_paid.to_numpy(),
    )
    habits = survival.habits(invoices, len(families))
    return pd.DataFrame(
        {
            "known_until": known_until,
            "paid_count": habits.paid,
            "invoice_count": pd.Series(numbers).value_counts().sort_index(),
            "own_weight": habits.weight,
            "usual_days": survival.days_at(habits.mean),
            "company_usual_days": survival.days_at(np.full(len(families), habits.company_mean)),
            "spread": habits.spread,
            "pace": habits.pace,
            "recent_pace": habits.recent_pace,
            "realm_id": realm_id,
            "root_customer_id": families,
        }
    )
