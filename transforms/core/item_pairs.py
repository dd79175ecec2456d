"""One row per day of knowledge, item and other item that at least five customers bought both of in 365 days, in both
directions: which items go together, beside what the customers' activity alone predicts.

Known by the run's date, and by 90 days before, from which offers are put to the test. Whoever buys many items has
bought any two of them more often than others; a pair is significant where that does not explain it.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from transforms.maths.baskets import by_activity, chance_of_so_many, false_discovery_rates
from transforms.maths.frames import stacked

LEAST_BUYERS = 5
RATE = 0.1

SOURCE = f"""
    with bought as (
        select
            *,
            count(*) over (partition by realm_id, known_by_date, customer_id) as activity,
            count(*) over (partition by realm_id, known_by_date, item_id) as item_count,
        from core.item_baskets
    ),

    frequent as (
        select * from bought where item_count >= {LEAST_BUYERS}
    )

    select
        frequent.realm_id,
        frequent.known_by_date,
        frequent.item_id,
        others.item_id as other_item_id,
        null as activity,
        count(*) as customer_count,
    from frequent
    join frequent as others using (realm_id, known_by_date, customer_id)
    where frequent.item_id < others.item_id
    group by all
    having customer_count >= {LEAST_BUYERS}

    union all

    select realm_id, known_by_date, item_id, null, activity, count(*)
    from bought
    group by all

    order by all
"""

COLUMNS = {
    "known_by_date": ("date", "Day at whose end the figures stand: the run's date, or 90 days before."),
    "customer_count": ("integer", "Number of customers who bought anything in the 365 days."),
    "item_count": ("integer", "Number of customers who bought the item."),
    "other_count": ("integer", "Number of customers who bought the other item."),
    "both_count": ("integer", "Number of customers who bought both items."),
    "expected_both_count": (
        "double",
        "Number of customers who would have bought both items if only the number of items that each customer buys "
        "and the popularity of the items counted.",
    ),
    "support": ("double", "Support of the pair: share of all customers who bought both items, 0 to 1."),
    "confidence": (
        "double",
        "Confidence of the pair: share of the item's buyers who bought the other item as well, 0 to 1.",
    ),
    "lift": (
        "double",
        "Lift of the pair: confidence divided by the share of all customers who bought the other item. Busy customers "
        "alone make it greater than 1; both directions have one lift.",
    ),
    "p_value": (
        "double",
        "Probability, 0 to 1, that so many customers or more buy both items where only their activity and the "
        "items' popularity count.",
    ),
    "false_discovery_rate": (
        "double",
        "Share of chance, 0 to 1, among the pairs that are at least as improbable, at most "
        "(Benjamini and Hochberg, over all pairs of items that five customers bought).",
    ),
    "is_significant": (
        "boolean",
        "True when the false discovery rate is 0.1 at most, so that the items go together beyond activity.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
    "item_id": ("varchar", "QuickBooks id of the item."),
    "other_item_id": ("varchar", "QuickBooks id of the other item."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """A row per pair and direction; a row that goes in has either another item or an activity."""
    pairs = [
        _pairs(group, str(realm_id), known_by_date)
        for (realm_id, known_by_date), group in frame.groupby(["realm_id", "known_by_date"], sort=True)
        if group.other_item_id.notna().any()
    ]
    return stacked(pairs, COLUMNS)


def _pairs(group: pd.DataFrame, realm_id: str, known_by_date: Hashable) -> pd.DataFrame:
    pairs = group[group.other_item_id.notna()]
    bought = group[group.other_item_id.isna()]
    buyers = bought.pivot_table(
        index="activity", columns="item_id", values="customer_count", fill_value=0, aggfunc="sum"
    )
    totals = buyers.sum()
    first = buyers.columns.get_indexer(pd.Index(pairs.item_id))
    second = buyers.columns.get_indexer(pd.Index(pairs.other_item_id))
    both = pairs.customer_count.to_numpy(float)
    activities = buyers.index.to_numpy(float)
    expected = by_activity(activities, buyers.to_numpy(float), first, second)
    chances = chance_of_so_many(both, expected)
    frequent_count = int((totals >= LEAST_BUYERS).sum())
    rates = false_discovery_rates(chances, frequent_count * (frequent_count - 1) // 2)
    customer_count = round(float((buyers.sum(axis=1) / activities).sum()))
    directions = []
    for ours, others in ((first, second), (second, first)):
        item_count, other_count = totals.to_numpy(float)[ours], totals.to_numpy(float)[others]
        directions.append(
            pd.DataFrame(
                {
                    "known_by_date": known_by_date,
                    "customer_count": customer_count,
                    "item_count": item_count,
                    "other_count": other_count,
                    "both_count": both,
                    "expected_both_count": expected.mean,
                    "support": both / customer_count,
                    "confidence": both / item_count,
                    "lift": both * customer_count / (item_count * other_count),
                    "p_value": np.minimum(chances, 1),
                    "false_discovery_rate": rates,
                    "is_significant": rates <= RATE,
                    "realm_id": realm_id,
                    "item_id": buyers.columns.to_numpy()[ours],
                    "other_item_id": buyers.columns.to_numpy()[others],
                }
            )
        )
    return stacked(directions, COLUMNS)
