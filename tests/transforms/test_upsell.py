"""Which items go together, and which customers to offer them."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from itertools import combinations
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.books import Books, day, money

D = Decimal
QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
SEEDS = st.integers(0, 2)


def document(customer, date, *sold):
    """Enters a document whose lines are given as (item, amount)."""
    return {
        "CustomerRef": {"value": customer},
        "TxnDate": day(date),
        "TotalAmt": sum(money(amount) for _, amount in sold),
        "Line": [
            {
                "Amount": money(amount),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": 1},
            }
            for item, amount in sold
        ],
    }


def reachable(books, *customers, **fields):
    """Enters customers with an address to write to."""
    books.put_all(
        "Customer",
        {
            id: {
                "DisplayName": f"Customer {id}",
                "Active": True,
                "PrimaryEmailAddr": {"Address": f"{id}@example.com"},
                **fields,
            }
            for id in customers
        },
    )


def hundred(books):
    """Enters 100 customers: 40 bought A, 25 bought B, 20 of them both, and the others one of two other things."""
    names = [f"{number:02}" for number in range(100)]
    reachable(books, *names)
    for item, cost in (("A", 0), ("B", 30), ("other 0", 0), ("other 1", 0)):
        books.put("Item", item, Name=item, Active=True, PurchaseCost=cost)
    bought = defaultdict(list)
    for number, name in enumerate(names):
        if number < 40:
            bought[name].append(("A", 10))
        if 20 <= number < 45:
            bought[name].append(("B", 50))
        if number >= 45:
            bought[name].append((f"other {number % 2}", 10))
    return {f"{name}-1": document(name, "06-01", *sold) for name, sold in bought.items()}


def test_twenty_of_a_hundred_bought_both(books):
    """If 40 bought A, 25 B and 20 both, the confidence is .5 and the lift 2.0 in both directions."""
    books.put_all("SalesReceipt", hundred(books))
    books.build("12-31")
    assert books.rows("""
        select item_id, other_item_id, customer_count, item_count, other_count, both_count, support, confidence, lift
        from core.item_pairs where known_by_date = '2026-12-31' order by 1
    """) == [("A", "B", 100, 40, 25, 20, 0.2, 0.5, 2.0), ("B", "A", 100, 25, 40, 20, 0.2, 0.8, 2.0)]
    assert books.rows("""
        select distinct known_by_date::varchar, round(expected_both_count, 2), is_significant, p_value < 1e-9
        from core.item_pairs order by 1
    """) == [("2026-10-02", 8.72, True, True), ("2026-12-31", 8.72, True, True)]


def test_offers_go_to_who_bought_one_and_not_the_other(books):
    """Twenty with A alone are offered B at .5 x 50 and 40% margin, five with B alone are offered A at unknown cost."""
    books.put_all("SalesReceipt", hundred(books))
    books.build("12-31")
    rows = books.rows("""
        select customer_id, offer_item_id, bought_item_name, mean_price, p_alive, expected_revenue, margin_rate, score
        from marts.upsell_targets order by 1
    """)
    assert [row[0] for row in rows] == [f"{number:02}" for number in [*range(20), *range(40, 45)]]
    assert rows[0] == ("00", "B", "A", D(50), None, D(25), 0.4, 10.0)
    assert rows[-1] == ("44", "A", "B", D(10), None, D(8), None, None)


def test_what_was_returned_or_is_longer_ago_is_not_owned(books):
    """An item that was returned, or bought a year ago or earlier, is not owned and is offered again."""
    sales = hundred(books)
    sales["20-1"] = document("20", "06-01", ("A", 10))
    sales["20-0"] = document("20", "2025-12-31", ("B", 50))
    books.put_all("SalesReceipt", sales)
    books.put_all("RefundReceipt", {"r": document("21", "06-02", ("B", 50))})
    books.build("12-31")
    offered = {
        row[0] for row in books.rows("select customer_id from marts.upsell_targets where offer_item_id = 'B'")
    }
    assert offered == {f"{number:02}" for number in range(22)}


def test_nobody_is_offered_anything_that_four_bought_together(books):
    """Items that only four customers bought together make no pair and no offer."""
    sales = {
        id: sale
        for id, sale in hundred(books).items()
        if id[:2] not in {f"{number:02}" for number in range(20, 36)}
    }
    books.put_all("SalesReceipt", sales)
    books.build("12-31")
    assert books.rows("select * from core.item_pairs") == []
    assert books.rows("select * from marts.upsell_targets") == []


def test_items_no_longer_sold_are_not_offered(books):
    """An inactive item is not offered."""
    books.put_all("SalesReceipt", hundred(books))
    books.put("Item", "B", Name="B", Active=False)
    books.build("12-31")
    assert {row[0] for row in books.rows("select offer_item_id from marts.upsell_targets")} == {"A"}


def test_customers_who_may_not_be_contacted_are_left_out(books):
    """Customers who are inactive or owe something overdue get no offers."""
    books.put_all("SalesReceipt", hundred(books))
    reachable(books, "00", Active=False)
    books.invoice("i", 10, "06-01", "06-02", customer="01")
    books.build("12-31")
    offered = {row[0] for row in books.rows("select customer_id from marts.upsell_targets")}
    assert "02" in offered and not offered & {"00", "01"}


def test_what_is_billed_beside_is_no_offer(books):
    """Shipping, fees, deposits and discounts are no items to choose, by their name or the account of their sales."""
    accounts = {
        "sales": {"AccountType": "Income", "AccountSubType": "ServiceFeeIncome"},
        "given": {"AccountType": "Income", "AccountSubType": "DiscountsRefundsGiven"},
        "held": {"AccountType": "Other Current Liability", "AccountSubType": "OtherCurrentLiabilities"},
    }
    books.put_all("Account", {id: {"Name": id, **fields} for id, fields in accounts.items()})
    names = {
        "Design": "sales", "Feeder": "sales", "Unknown": "gone", "Permit Fee": "sales", "Shipping & Handling": "sales",
        "Late charge": "sales", "Coupon": "given", "Prepaid work": "held", "Security deposit": "sales",
    }  # fmt: skip
    books.put_all(
        "Item", {name: {"Name": name, "IncomeAccountRef": {"value": id}} for name, id in names.items()}
    )
    books.customer()
    books.put_all("SalesReceipt", {"1": document("C", "06-01", *((name, 10) for name in names))})
    books.build("12-31", at_once=["core.item_baskets"])
    assert books.rows("select name from core.items where is_offerable order by 1") == [
        ("Design",),
        ("Feeder",),
        ("Unknown",),
    ]
    assert books.rows("select distinct item_id from core.item_baskets order by 1") == [
        ("Design",),
        ("Feeder",),
        ("Unknown",),
    ]


def test_nothing_dated_later_leaks_in(books):
    """Purchases and debts of July change no offer as of 30 June."""
    books.put_all("SalesReceipt", hundred(books))
    tables = ("core.item_baskets", "core.item_pairs", "core.item_offers", "marts.upsell_targets")

    def found():
        books.build("06-30", at_once=tables)
        return {table: books.rows(f"from {table} order by all") for table in tables}

    before = found()
    later = {f"{id:02}-2": document(f"{id:02}", "07-01", ("B", 70), ("other 0", 5)) for id in range(100)}
    books.put_all("SalesReceipt", later)
    books.put_all("Invoice", {"late": {**document("00", "07-01", ("A", 10)), "DueDate": day("07-01")}})
    assert found() == before
    assert all(before.values())


@pytest.fixture(scope="module")
def sold(empty_warehouse, tmp_path_factory):
    """Draws random baskets by seed for two companies whose ids collide, and the books with them."""

    @cache
    def write(seed):
        random = Random(seed)
        books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("baskets")))
        baskets = {}
        for realm_id in "12":
            books.realm_id = realm_id
            books.realms.add(realm_id)
            reachable(books, *map(str, range(40)))
            books.put_all("Item", {item: {"Name": item, "Active": True} for item in "ABCDEF"})
            documents = {}
            for customer in map(str, range(40)):
                taste = random.choice(["ABC", "DEF", "ABCDEF"])
                items = sorted(set(random.choices(taste, k=random.randrange(1, 5))))
                baskets[realm_id, customer] = set(items)
                for item in items:
                    for _ in range(random.randrange(1, 3)):
                        number = str(len(documents))
                        amount = random.randrange(1, 90)
                        documents[number] = document(customer, "06-01", (item, amount))
            books.put_all("SalesReceipt", documents)
        books.build("12-31", at_once=["marts.upsell_targets"])
        return baskets, books

    return write


@QUICK
@given(seed=SEEDS)
def test_pairs_are_those_counted(sold, seed):
    """Pairs equal a count in plain Python, have the same lift in both directions and do not span companies."""
    baskets, books = sold(seed)
    expected = {}
    for realm_id in "12":
        of = [items for (other, _), items in baskets.items() if other == realm_id]
        single = Counter(item for items in of for item in items)
        both = Counter(pair for items in of for pair in combinations(sorted(items), 2))
        for (first, second), count in both.items():
            if count >= 5:
                lift = pytest.approx(count * len(of) / single[first] / single[second])
                expected[realm_id, first, second] = (count, count / single[first], lift)
                expected[realm_id, second, first] = (count, count / single[second], lift)
    rows = books.rows(
        "select realm_id, item_id, other_item_id, both_count, confidence, lift from core.item_pairs "
        "where known_by_date = '2026-12-31'"
    )
    assert {row[:3]: row[3:] for row in rows} == expected
    lifts = {row[:3]: row[5] for row in rows}
    assert all(lifts[realm_id, second, first] == lift for (realm_id, first, second), lift in lifts.items())


@QUICK
@given(seed=SEEDS)
def test_each_customer_is_offered_each_item_once_and_none_it_has(sold, seed):
    """Each customer is offered each item once, at the highest confidence, if likelier than what most others bought."""
    baskets, books = sold(seed)
    pairs = books.rows(
        "select realm_id, item_id, other_item_id, confidence from core.item_pairs "
        "where known_by_date = '2026-12-31' and is_significant"
    )
    expected = defaultdict(float)
    for realm_id, first, second, confidence in pairs:
        for (other, customer), items in baskets.items():
            if other == realm_id and first in items and second not in items:
                key = realm_id, customer, second
                expected[key] = max(expected[key], confidence)
    popular = Counter((realm_id, item) for (realm_id, _), items in baskets.items() for item in items)
    for (realm_id, customer, item), confidence in list(expected.items()):
        missing = set("ABCDEF") - baskets[realm_id, customer]
        if confidence <= max(popular[realm_id, other] for other in missing) / 40:
            del expected[realm_id, customer, item]
    rows = books.rows("select realm_id, customer_id, offer_item_id, confidence from marts.upsell_targets")
    assert len(rows) == len(expected) > 0
    assert {row[:3]: row[3] for row in rows} == expected
