"""One row per day of core.payment_fits and age at which an invoice was paid: the share of invoices not yet paid by
their age, once each family's habits are taken out (Kaplan-Meier).

An age is that of an invoice of the company's usual habits which is as far along. The event is being paid in full with
money; open invoices count up to that day, those a credit closed up to then. A weight is the family's pace.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.core.payment_paces import OBSERVED
from transforms.maths import survival
from transforms.maths.frames import stacked

SOURCE = f"""
    with observed as ({OBSERVED})
    select realm_id, known_until, age_days, is_paid, usual_days, company_usual_days, spread, pace
    from observed
    join core.payment_paces using (realm_id, known_until, root_customer_id)
"""

COLUMNS = {
    "known_until": ("date", "Day up to which facts were used, one of core.payment_fits."),
    "age_days": (
        "double",
        "Age in days since the invoice's date, of an invoice of the company's usual habits.",
    ),
    "at_risk_count": (
        "double",
        "Number of invoices that reached this age unpaid, each counted by its family's pace.",
    ),
    "paid_count": ("integer", "Number of invoices paid in full with money at this age."),
    "survival": (
        "double",
        "Share of the invoices that are unpaid after this age, 0 to 1; holds until the age of the next row, and is 1 "
        "before the first.",
    ),
    "tail_age_days": (
        "double",
        "Age in days from which on chances follow no steps but the rate of the tail: where ten payments are left, or a "
        "quarter of all.",
    ),
    "tail_hazard": (
        "double",
        "Rate of payments in the tail, a number without unit on the logarithmic scale of days: 1 means that an invoice "
        "is as likely as not to be paid before it is twice as old.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The curve of each company and day."""
    days = frame.groupby(["realm_id", "known_until"], sort=True)
    return stacked([_curve(str(realm_id), day, seen) for (realm_id, day), seen in days], COLUMNS)


def _curve(realm_id: str, known_until: object, seen: pd.DataFrame) -> pd.DataFrame:
    at, usual, company_usual = (
        survival.position(seen[column].to_numpy())
        for column in ("age_days", "usual_days", "company_usual_days")
    )
    places = survival.standard(at, usual, seen.spread.to_numpy(), company_usual)
    curve = survival.curve(places, seen.is_paid.to_numpy(), seen.pace.to_numpy())
    return pd.DataFrame(
        {
            "known_until": known_until,
            "age_days": survival.days_at(curve.positions),
            "at_risk_count": curve.at_risk,
            "paid_count": curve.paid,
            "survival": curve.survival,
            "tail_age_days": survival.days_at(np.array([curve.tail_from] * len(curve.paid))),
            "tail_hazard": curve.tail_rate,
            "realm_id": realm_id,
        }
    )
