"""How invoices are paid by family, terms and year, and what a new one will do, reckoned by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.books import day
from tests.transforms.test_credit_months import bad_debts, write_off

D = Decimal


@pytest.fixture
def habits(books):
    """F and its job pay after 10, 20 and 30 days, once late; G pays five times after 40 days, always late."""
    bad_debts(books)
    books.put("Term", "T", Name="Net 21", DueDays=21)
    for id in "FG":
        books.customer(id)
    books.customer("J", ParentRef={"value": "F"}, Job=True)
    paid = [("F", 10), ("J", 20), ("F", 30), *[("G", 40)] * 5]
    for number, (customer, days) in enumerate(paid):
        terms = {"SalesTermRef": {"value": "T"}} if customer == "G" else {}
        books.invoice(f"i{number}", 100, "2025-01-01", due="2025-01-22", customer=customer, **terms)
        on = day("2025-01-01").toordinal() + days
        books.payment(
            f"p{number}", 100, str(day("2025-01-01").fromordinal(on)), ("Invoice", f"i{number}", 100)
        )
    books.invoice("open", 50, "2025-12-20", due="2026-01-31", customer="F")
    write_off(books, "w", "2025-06-01", ("BD", 5, None), ("AR", -5, "J"))
    books.build("2025-12-31")
    return books


def test_a_familys_habits_lean_on_the_companys(habits):
    """One of three late and one at the company's 6 of 8 make 1.75 of 4; 60 days and once 32.5 make 92.5 of 4."""
    columns = "invoice_count, paid_count, late_rate, days_to_pay_mean, p_late, expected_days_to_pay, written_off_amount"
    query = f"select {columns} from marts.payment_habits where"
    assert habits.row(f"{query} dimension = 'family' and member_id = 'F'") == (
        4, 3, pytest.approx(1 / 3), 20.0, 0.4375, 23.125, D(5),
    )  # fmt: skip
    assert habits.row(f"{query} dimension = 'company'") == (9, 8, 0.75, 32.5, 0.75, 32.5, D(5))


def test_open_overdue_invoices_count_for_a_new_one(books):
    """Paid after 10 and 1 days and open for 100, one takes 37; of the two that have been due for long, one is late."""
    books.invoice("paid", 100, "2025-01-01", due="2025-01-31")
    books.payment("p", 100, "2025-01-11", ("Invoice", "paid", 100))
    books.invoice("open", 100, "2025-09-22", due="2025-10-22")
    books.invoice("paid early", 100, "2025-12-20", due="2026-01-19")
    books.payment("q", 100, "2025-12-21", ("Invoice", "paid early", 100))
    books.build("2025-12-31")
    assert books.row("""
        select p_late, expected_days_to_pay, late_or_overdue_rate from marts.payment_habits where dimension = 'company'
    """) == (0.5, pytest.approx(37), pytest.approx(1 / 3))


def test_by_terms_and_year(habits):
    """All of G's invoices are at 21 days and paid after 40; every paid invoice is of 2025."""
    assert habits.rows("""
        select dimension, member, paid_count, days_to_pay_weighted from marts.payment_habits
        where dimension in ('terms', 'year') order by all
    """) == [("terms", "Net 21", 5, 40.0), ("terms", "Not specified", 3, 20.0), ("year", "2025", 8, 32.5)]


def test_invoices_settled_with_any_credit_are_counted_apart(books):
    """Of four closed invoices one was paid in money alone, after 10 days; three had a credit and are counted."""
    for id, credit, cash in (("1", 0, 100), ("2", 40, 60), ("3", 100, 0), ("4", 100, 0)):
        books.invoice(id, 100, "01-01", due="01-31")
        if credit:
            books.credit_memo(f"c{id}", credit, "01-21")
            books.payment(f"a{id}", 0, "01-21", ("Invoice", id, credit), ("CreditMemo", f"c{id}", credit))
        if cash:
            books.payment(f"p{id}", cash, "01-11", ("Invoice", id, cash))
    books.build("02-28")
    columns = "days_to_pay_mean, days_to_pay_median, credited_count"
    right = (10.0, 10.0, 3)
    assert books.row(f"select {columns} from marts.payment_habits where dimension = 'company'") == right
    behaviour = f"select {columns}, closed_count from marts.customer_payment_behaviour"
    assert books.row(f"{behaviour} where level = 'customer' and period = 'all'") == (*right, 2)


def test_stock_that_turns_over_and_stock_that_lies(books):
    """Ten pieces last 182.5 days at 20 a year and turn over twice; what nobody bought or sold for a year is dead."""
    kind = {"Type": "Inventory", "PurchaseCost": 4}
    books.put("Item", "A", Name="Lamp", FullyQualifiedName="Lamp", QtyOnHand=10, **kind)
    books.put("Item", "B", Name="Vase", FullyQualifiedName="Vase", QtyOnHand=3, **kind)
    line = {
        "Amount": D(200), "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "A"}, "Qty": 20, "UnitPrice": 10},
    }  # fmt: skip
    books.invoice("1", 200, "2026-03-01", Line=[line])
    books.build("2026-12-31")
    columns = (
        "item_name, stock_value_amount, sold_cost, turnover, days_of_stock, is_dead_stock, quantity_sold_90d"
    )
    assert books.rows(f"select {columns} from marts.item_stock order by 1") == [
        ("Lamp", D(40), D(80), 2.0, 182.5, False, D(0)),
        ("Vase", D(12), None, None, None, True, D(0)),
    ]


def test_items_by_share_of_revenue(books):
    """Items that bring 80, 15 and 5 percent are of class A, B and C."""
    for id, amount in (("X", 80), ("Y", 15), ("Z", 5)):
        books.put("Item", id, Name=id, FullyQualifiedName=id, Type="Service")
        detail = {"ItemRef": {"value": id}}
        line = {"Amount": D(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
        books.invoice(id, amount, "01-10", Line=[line])
    books.build("01-31")
    assert books.rows("""
        select name, abc_class from marts.item_profitability where level = 'item' and period = 'all' order by 1
    """) == [("X", "A"), ("Y", "B"), ("Z", "C")]
