"""One row per campaign of campaigns.csv that reached or held out anybody: the margin that it added to what would have
come anyway, with an interval, or why neither can be told. In home currency.

Margin per held-out contact, times the contacts reached, is what would have come anyway. The interval goes by the spread
of margin over contacts. Few contacts buy, so that a small hold-out without a sale has no spread at all: held-out
contacts count with the spread of those reached where that is greater.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from transforms.maths.effects import LEAST_COUNT, STATUSES, Sample, interval, status

SOURCE = """
    with contacts as (
        select
            realm_id,
            campaign_id,
            count(distinct contact_id) filter (where not is_held_out) as contact_count,
            count(distinct contact_id) filter (where is_held_out) as held_out_count,
        from core.campaign_touches
        group by all
    ),

    -- The margin of each family; whoever brought nothing adds none.
    families as (
        select
            realm_id,
            campaign_id,
            is_held_out,
            documents.root_customer_id,
            sum(net_home) as revenue,
            sum(net_home - cost_home) as margin,
            sum(net_home - cost_home)::double as family_margin,
        from core.campaign_documents as documents
        join core.sales_lines as sales_lines using (realm_id, doc_type, doc_id)
        where not is_voided and is_revenue
        group by all
    ),

    sides as (
        select
            realm_id,
            campaign_id,
            is_held_out,
            if(sum(revenue) = 0, coalesce(sum(margin), 0), sum(margin)) as margin,
            coalesce(sum(family_margin * family_margin), 0) as squares,
            sum(revenue) <> 0 and sum(margin) is null as is_unknown,
        from families
        group by all
    )

    select
        contacts.*,
        if(coalesce(reached.is_unknown, false), null, coalesce(reached.margin, 0)) as margin,
        if(coalesce(held_out.is_unknown, false), null, coalesce(held_out.margin, 0)) as held_out_margin,
        coalesce(reached.squares, 0) as squares,
        coalesce(held_out.squares, 0) as held_out_squares,
    from contacts
    left join sides as reached
        on reached.realm_id = contacts.realm_id
        and reached.campaign_id = contacts.campaign_id
        and not reached.is_held_out
    left join sides as held_out
        on held_out.realm_id = contacts.realm_id
        and held_out.campaign_id = contacts.campaign_id
        and held_out.is_held_out
    order by all
"""

COLUMNS = {
    "effect_status": (
        "varchar",
        "Whether the effect was measured, and else why not: "
        + "; ".join(f"{name} ({meaning})" for name, meaning in STATUSES.items())
        + ".",
    ),
    "held_out_margin": (
        "decimal(18, 2)",
        "Margin that the held-out contacts brought in the 90 days, in home currency; null when no contact was held "
        "out, and when no cost is known.",
    ),
    "expected_margin": (
        "decimal(18, 2)",
        "Margin that would have come anyway, in home currency: the margin per held-out contact times the contacts "
        "reached.",
    ),
    "incremental_margin": (
        "decimal(18, 2)",
        "Gross margin less the expected margin, in home currency; null unless effect_status is measured.",
    ),
    "incremental_margin_low": (
        "decimal(18, 2)",
        "Low end of the range in which the incremental margin lies with 95 percent confidence, in home currency; "
        "null unless effect_status is measured.",
    ),
    "incremental_margin_high": (
        "decimal(18, 2)",
        "High end of the range in which the incremental margin lies with 95 percent confidence, in home currency; "
        "null unless effect_status is measured.",
    ),
    "contact_count": (
        "integer",
        f"Number of contacts that the campaign reached; below {LEAST_COUNT} no effect is told.",
    ),
    "held_out_count": (
        "integer",
        "Number of contacts held out for comparison whose families the campaign did not reach otherwise; below "
        f"{LEAST_COUNT} no effect is told.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
    "campaign_id": ("varchar", "Id of the campaign in campaigns.csv."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """A row per company and campaign."""
    return pd.DataFrame([_row(one) for one in frame.to_dict("records")], columns=list(COLUMNS))


def _row(campaign: dict[Hashable, Any]) -> dict[str, object]:
    figures = pd.Series(campaign)
    contact_count, held_out_count = int(figures.contact_count), int(figures.held_out_count)
    is_expected_known = held_out_count > 0 and pd.notna(figures.held_out_margin)
    is_known = bool(is_expected_known and pd.notna(figures.margin))
    effect_status = status(contact_count, held_out_count, is_known=is_known)
    row: dict[str, object] = {
        "effect_status": effect_status,
        "held_out_margin": figures.held_out_margin if held_out_count else None,
        "expected_margin": figures.held_out_margin / held_out_count * contact_count
        if is_expected_known
        else None,
        "contact_count": contact_count,
        "held_out_count": held_out_count,
        "realm_id": figures.realm_id,
        "campaign_id": figures.campaign_id,
    }
    if effect_status != "measured":
        return row
    reached = Sample.of_sums(contact_count, float(figures.margin), figures.squares)
    held_out = Sample.of_sums(held_out_count, float(figures.held_out_margin), figures.held_out_squares)
    low, high = interval(reached, held_out.spread_as(reached))
    assert low is not None and high is not None
    return row | {
        "incremental_margin": (reached.mean - held_out.mean) * contact_count,
        "incremental_margin_low": low * contact_count,
        "incremental_margin_high": high * contact_count,
    }
