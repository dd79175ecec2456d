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


def test_revenue_by_the_same_month_the_mean_and_the_drift(books):
    """From each origin since a year on, the rules say what the scores say: error, bias and error of twelve months."""
    random = Random(6)
    first = datetime.date(2024, 3, 1)
    starts = [first.replace(year=2024 + (2 + n) // 12, month=(2 + n) % 12 + 1) for n in range(30)]
    months = [round(1000 + 20 * n + 300 * (n % 12 in (2, 3)) + random.randrange(400), 2) for n in range(30)]
    line = {"DetailType": "SalesItemLineDetail"}
    books.put_all(
        "SalesReceipt",
        {
            f"{n}": {"TxnDate": start, "TotalAmt": money(amount), "Line": [line | {"Amount": money(amount)}]}
            for n, (start, amount) in enumerate(zip(starts, months, strict=True))
        },
    )
    books.build("2026-09-10", at_once=["core.revenue_scores"])
    scores = {
        (baseline, metric): (value, count)
        for baseline, metric, value, count in books.rows("""
            select baseline, metric, baseline_value, compared_count from core.revenue_scores
            where metric in ('mae', 'bias', 'total_error')
        """)
    }
    for baseline, rule in (
        ("seasonal_naive", rules.same_month_last_year),
        ("mean_of_year", rules.mean_of_last_year),
        ("drift", rules.drift),
    ):
        origins = {
            origin: [rule(months[:origin], ahead) for ahead in range(1, 13)] for origin in range(12, 30)
        }
        guesses, outcomes = zip(
            *((said, came) for origin, said_all in origins.items()
              for said, came in zip(said_all, months[origin:], strict=False)), strict=True
        )  # fmt: skip
        years = [
            (sum(said), sum(months[origin : origin + 12])) for origin, said in origins.items() if origin <= 18
        ]
        off = sum(abs(said - came) for said, came in years) / sum(came for _, came in years)
        assert scores[baseline, "mae"] == (pytest.approx(rules.mean_absolute_error(guesses, outcomes)), 150)
        assert scores[baseline, "bias"] == (pytest.approx(rules.bias(guesses, outcomes)), 150)
        assert scores[baseline, "total_error"] == (pytest.approx(off), 7)
