"""Customers by month: who stays, comes, comes back and goes, reckoned by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.books import day, money
from tests.transforms.test_sales import discount, item

D = Decimal


def customers(books, of, period, *columns, level="family"):
    """These columns of a month's row at that level."""
    return books.row(
        f"""select {", ".join(columns)} from marts.customers_by_month
        where month = date '{day(of)}' and period = '{period}' and level = '{level}'"""
    )


@pytest.fixture
def two_years(books):
    """A, B and C buy in 2024; A, B's job, new D and E, who bought in 2022, buy in 2025."""
    for id in "ABCDE":
        books.customer(id)
    books.customer("J", ParentRef={"value": "B"}, Job=True)
    for number, (customer, amount, date) in enumerate(
        [
            ("E", 70, "2022-03-01"), ("A", 100, "2024-01-10"), ("B", 200, "2024-05-10"), ("C", 300, "2024-06-10"),
            ("A", 80, "2025-02-01"), ("A", 80, "2025-12-01"), ("J", 120, "2025-03-01"), ("E", 50, "2025-04-01"),
        ]
    ):  # fmt: skip
        books.invoice(str(number), amount, date, customer=customer)
    lines = [item(100), discount(20)]
    books.invoice("d", 80, "2025-05-01", customer="D", Line=lines)
    books.credit_memo("r", 10, "2025-12-05", customer="A")
    books.build("2025-12-31")
    return books


def test_who_stays_comes_and_goes(two_years):
    """Of three families with 600 one is lost and two stay with 270, one is new with 80 and one is back with 50."""
    counts = ("customers", "previous_customers", "kept_customers", "gained_customers", "returned_customers")
    assert customers(two_years, "2025-12-01", "year", *counts, "lost_customers") == (4, 3, 2, 1, 1, 1)
    sums = ("customer_revenue", "previous_revenue", "gained_revenue", "returned_revenue", "lost_revenue")
    assert customers(two_years, "2025-12-01", "year", *sums, "expansion_revenue", "contraction_revenue") == (
        D(400), D(600), D(80), D(50), D(300), D(50), D(80),
    )  # fmt: skip


def test_who_stays_comes_and_goes_alone(two_years):
    """Without families B and C are lost with 500, and B's job and D are new with 200."""
    counts = ("customers", "kept_customers", "gained_customers", "returned_customers", "lost_customers")
    sums = ("gained_revenue", "returned_revenue", "lost_revenue")
    assert customers(two_years, "2025-12-01", "year", *counts, *sums, level="customer") == (
        4, 1, 2, 1, 2, D(200), D(50), D(500),
    )  # fmt: skip


def test_retention_churn_and_repeat_rate(two_years):
    """Gross retention is 220 of 600, net 270 of 600, churn a third, and one of four bought on two days."""
    columns = (
        "gross_revenue_retention_rate", "net_revenue_retention_ratio", "churn_rate", "repeat_rate",
        "revenue_per_customer_month",
    )  # fmt: skip
    assert customers(two_years, "2025-12-01", "year", *columns) == (
        pytest.approx(220 / 600), 0.45, pytest.approx(1 / 3), 0.25, D("8.33"),
    )  # fmt: skip


def test_discount_and_refund_rates(two_years):
    """Of 430 sold 20 are discount, and of the 410 left 10 were refunded."""
    assert customers(two_years, "2025-12-01", "year", "discount_rate", "refund_rate") == pytest.approx(
        (20 / 430, 10 / 410)
    )


def test_a_period_without_one_before_compares_with_nothing(two_years):
    """Months before the books are twice as old as the period have no churn and no retention."""
    columns = ("previous_customers", "gained_customers", "churn_rate", "gross_revenue_retention_rate")
    assert customers(two_years, "2022-06-01", "year", *columns) == (None, None, None, None)
    assert customers(two_years, "2022-08-01", "quarter", "previous_customers", "churn_rate") == (1, 1.0)


def test_concentration_as_published(books):
    """Shares of 30, 30, 20 and 20 percent are 2,600 points, the example of the Department of Justice."""
    for customer, amount in zip("ABCD", (30, 30, 20, 20), strict=True):
        books.invoice(customer, money(amount), "01-10", customer=customer)
    books.build("01-31")
    columns = ("hhi", "largest_customer_share", "top_five_share", "top_ten_share")
    assert customers(books, "01-01", "month", *columns) == pytest.approx((2600, 0.3, 1, 1))


def test_only_refunds_make_no_customer(books):
    """Who got more back than he bought is no customer of the period, and its refund rate is not told."""
    books.invoice("1", 100, "01-10")
    books.credit_memo("2", 150, "02-10")
    books.build("02-28")
    columns = ("customers", "customer_revenue", "lost_customers", "churn_rate", "refund_rate", "hhi")
    assert customers(books, "02-01", "month", *columns) == (0, D(0), 1, 1.0, None, None)
