"""A customer with its jobs is one family: each mart about customers has a row for it, and one for each of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.books import Books

D = Decimal


@pytest.fixture(scope="module")
def builder(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """A builder with a job in each month up to October, all paid by the builder ten days later, and a shop."""
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("families")))
    for id in ("P", "SHOP"):
        books.customer(id)
    for number in range(1, 11):
        job = books.customer(f"J{number}", ParentRef={"value": "P"}, Job=True)
        books.invoice(f"{number}", 100, f"{number:02}-01", due=f"{number:02}-28", customer=job)
        books.payment(f"p{number}", 100, f"{number:02}-11", ("Invoice", f"{number}", 100), customer="P")
    books.put("SalesReceipt", "r", CustomerRef={"value": "SHOP"}, TxnDate="2026-03-05", TotalAmt=40,
        Line=[{"Amount": 40, "DetailType": "SalesItemLineDetail"}])  # fmt: skip
    books.build_all("12-31")
    yield books
    books.close()


def both(books: Books, mart: str, columns: str, condition: str = "true") -> list[tuple[Any, ...]]:
    """These columns of the builder's family, then of its first job, then of the builder alone."""
    return books.rows(f"""
        select {columns} from marts.{mart}
        where root_customer_id = 'P' and coalesce(customer_id, 'P') in ('P', 'J1') and {condition}
        order by level desc, customer_id
    """)


def test_the_value_of_a_family(builder: Books) -> None:
    """A builder whose ten jobs he paid is worth what they brought, as one customer of ten orders."""
    columns = "level, customer_name, root_customer_name, net_revenue, cash_collected, orders, customer_count"
    assert both(builder, "customer_value", columns) == [
        ("family", "Customer P", "Customer P", D(1000), D(1000), 10, 11),
        ("customer", "Customer J1", "Customer P", D(100), D(100), 1, 1),
        ("customer", "Customer P", "Customer P", D(0), D(0), 0, 1),
    ]


def test_each_level_holds_everything(builder: Books) -> None:
    """Families and customers add up to one revenue, one cash and one value of 365 days."""
    value = (
        "select level, sum(net_revenue), sum(cash_collected) from marts.customer_value group by 1 order by 1"
    )
    assert builder.rows(value) == [("customer", D(1040), D(1040)), ("family", D(1040), D(1040))]
    segments = "select level, sum(net_value_amount) from marts.customer_segments group by 1 order by 1"
    assert builder.rows(segments) == [("customer", D(1040)), ("family", D(1040))]
    cohorts = "select level, sum(net_revenue) from marts.cohort_retention group by 1 order by 1"
    assert builder.rows(cohorts) == [("customer", D(1040)), ("family", D(1040))]


def test_a_family_is_scored_among_families(builder: Books) -> None:
    """Of two families the builder ordered last and most often; of eleven customers his first job ordered first."""
    columns = "level, orders, recency_score, frequency_score, scored_count, abc_class"
    assert both(builder, "customer_segments", columns) == [
        ("family", 10, 3, 3, 2, "A"),
        ("customer", 1, 1, 1, 11, "A"),
        ("customer", 0, None, None, 0, None),
    ]


def test_a_family_comes_back_where_its_jobs_do_not(builder: Books) -> None:
    """The family of January ordered in each month up to October; the job of January never came back."""
    rates = """
        select level, list(retention_rate order by months_since) from marts.cohort_retention
        where cohort_month = date '2026-01-01' group by 1 order by 1
    """
    assert builder.rows(rates) == [
        ("customer", [1.0] + [0.0] * 11),
        ("family", [1.0] * 10 + [0.0] * 2),
    ]


def test_the_lifetime_of_a_family(builder: Books) -> None:
    """The family has nine repeat orders and a rhythm, the job one order and none."""
    assert both(
        builder, "customer_lifetime_value", "level, orders, repeat_orders, gap_count, net_revenue"
    ) == [
        ("family", 10, 9, 9, D(1000)),
        ("customer", 1, 0, 0, D(100)),
    ]
    assert both(builder, "service_frequency", "level, visit_count, median_gap", "item_id is null") == [
        ("family", 10, 31.0),
        ("customer", 1, None),
    ]
    histories = "select level, count(*) from core.order_histories where span = 'all' group by 1 order by 1"
    assert builder.rows(histories) == [("customer", 11), ("family", 2)]


def test_a_family_pays(builder: Books) -> None:
    """The builder's payments settle the jobs' invoices, so the family pays fast and he alone settled none."""
    columns = "level, settlement_count, days_to_pay_weighted, payer_class"
    assert both(builder, "customer_payment_behaviour", columns, "period = 'all'") == [
        ("family", 10, 10.0, "fast"),
        ("customer", 1, 10.0, "insufficient"),
        ("customer", 0, None, "insufficient"),
    ]


def test_a_join_on_the_customer_meets_one_row(builder: Books) -> None:
    """No mart has two rows of one customer, and a family's row names no customer."""
    for mart in ("customer_value", "customer_segments", "customer_lifetime_value"):
        twice = f"select customer_id from marts.{mart} where customer_id is not null group by 1 having count(*) > 1"
        assert builder.rows(twice) == []
        assert builder.value(f"select count(customer_id) from marts.{mart} where level = 'family'") == 0


def test_cohorts_say_what_they_cannot_know(books: Books) -> None:
    """A quarterly customer orders in a third of the months and is there in all; first cohorts may be older."""
    for month in ("01", "04", "07", "10"):
        books.invoice(month, 100, f"{month}-05", customer="QUARTERLY")
    books.invoice("x", 100, "04-06", customer="APRIL")
    books.build("10-31")
    assert books.row("""
        select list(active_customers order by months_since), list(retention_unbounded order by months_since)
        from marts.cohort_retention where level = 'family' and cohort_month = date '2026-01-01'
    """) == ([1, 0, 0, 1, 0, 0, 1, 0, 0, 1], [1.0] * 10)
    assert books.rows("""
        select distinct cohort_month::varchar, is_left_censored
        from marts.cohort_retention where level = 'family' order by 1
    """) == [("2026-01-01", True), ("2026-04-01", False)]
