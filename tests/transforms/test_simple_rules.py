"""Each naive forecast that the scores publish, beside the rule as somebody wrote it who had not seen the models."""

from __future__ import annotations

import datetime
from random import Random

import pytest

from tests.support import simple_rules as rules
from tests.support.books import money

AS_OF = datetime.date(2026, 12, 31)
SPLIT = AS_OF - rules.days(90)


@pytest.fixture
def shop(books):
    """Enters 120 customers of ten items, of whom most buyers of A also bought B, and of C also D."""
    random = Random(4)
    books.put_all("Item", {item: {"Name": item, "Active": True} for item in "ABCDEFGHIJ"})
    books.put_all("Customer", {f"{n}": {"DisplayName": f"Customer {n}", "Active": True} for n in range(120)})
    sales = {}
    for customer in range(120):
        taste = random.random()
        bought = {item for item in "ABCDEFGHIJ" if random.random() < taste * (0.4 if item in "ABCD" else 0.7)}
        bought |= {also for one, also in ("AB", "CD") if one in bought and random.random() < 0.7}
        for item in sorted(bought):
            date = SPLIT - rules.days(random.randrange(300)) + rules.days(random.choice((0, 0, 0, 380)))
            line = {"Amount": money(10), "DetailType": "SalesItemLineDetail"}
            line["SalesItemLineDetail"] = {"ItemRef": {"value": item}, "Qty": 1}
            sales[f"{len(sales)}"] = {
                "CustomerRef": {"value": f"{customer}"},
                "TxnDate": min(date, AS_OF),
                "TotalAmt": money(10),
                "Line": [line],
            }
    books.put_all("SalesReceipt", sales)
    books.build(str(AS_OF), at_once=["core.upsell_scores"])
    return books


def test_most_popular_not_yet_bought(shop):
    """Offers and as many popular ones for the same customers are bought as often as a loop over the sales says."""
    purchases = shop.rows(
        "select customer_id, item_id, txn_date from core.sales_lines where is_revenue and net_home > 0"
    )
    offers: dict[str, list[str]] = {}
    for customer, item in shop.rows(
        f"select customer_id, offer_item_id from core.item_offers where known_by_date = '{SPLIT}' order by all"
    ):
        offers.setdefault(customer, []).append(item)
    popular = rules.popular_offers(
        purchases, SPLIT, {customer: len(items) for customer, items in offers.items()}
    )
    (score,) = shop.rows(
        "select model_status, split_date, value, baseline_value, compared_count from core.upsell_scores"
    )
    ours = rules.share_bought(offers, purchases, SPLIT, 90)
    theirs = rules.share_bought(popular, purchases, SPLIT, 90)
    assert score == ("fitted", SPLIT, ours, theirs, sum(map(len, offers.values())))
    assert popular != offers and score[-1] > 20
