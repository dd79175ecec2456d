"""When money comes in over the year, and which customers to call about money that does not."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from tests.support.books import day
from tests.support.ledger import random_ledger

D = Decimal
WORKLIST = (
    "select customer_id, overdue_amount, unapplied_credits, to_collect_amount from marts.collection_worklist"
)


def seasons(books, dimension, columns):
    return books.rows(f"""
        select position, {columns} from marts.payment_seasonality where dimension = '{dimension}' order by 1
    """)


def pay_monthly(books, first, months):
    """Enters payments of 100 in every month and of 220 in Decembers."""
    for number in range(months):
        year, month = divmod(first + number, 12)
        books.payment(f"p{number}", 220 if month == 11 else 100, f"{2024 + year}-{month + 1:02}-10")


@pytest.mark.parametrize(("first", "as_of"), [(0, "2025-12-31"), (0, "2026-01-30"), (5, "2026-05-31")])
def test_two_years_with_twice_the_money_in_december(books, first, as_of):
    """With a mean of 110, December has index 2.0 and the others 0.909, whether years begin in January or in June."""
    pay_monthly(books, first, 24)
    books.payment("late", 1000, "2026-06-10")
    books.build(as_of)
    found = seasons(books, "month", "round(month_index, 3), years, document_count")
    assert found == [(month, 2.0 if month == 12 else 0.909, 2, 2) for month in range(1, 13)]
    assert sum(index for _, index in seasons(books, "month", "month_index")) == pytest.approx(12)


def test_no_season_below_24_months(books):
    """Payments of fewer than 24 whole months give no seasonal index."""
    pay_monthly(books, 0, 24)
    books.build("2025-12-30")
    assert {index for _, index in seasons(books, "month", "month_index")} == {None}


def test_money_by_weekday_and_day_of_the_month(books):
    """Payments are counted by weekday and day of the month, without sales receipts and payments of zero."""
    books.invoice("1", 300, "01-01")
    books.payment("2", 300, "01-05", ("Invoice", "1", 300))
    books.payment("3", 50, "02-05", CurrencyRef={"value": "EUR"}, ExchangeRate=2)
    books.payment("4", 0, "02-06")
    books.put("SalesReceipt", "5", CustomerRef={"value": "C"}, TxnDate=day("02-07"), TotalAmt=10)
    books.build("03-31")
    weekdays = seasons(books, "weekday", "cash_amount, cash_share, document_count")
    assert weekdays[0] == (1, 300, 0.75, 1)
    assert weekdays[3] == (4, 100, 0.25, 1)
    assert [row[1:] for row in weekdays if row[0] not in (1, 4)] == [(0, 0, 0)] * 5
    assert seasons(books, "day_of_month", "cash_share")[4] == (5, 1.0)
    assert len(seasons(books, "day_of_month", "document_count")) == 31


def test_days_to_pay_by_the_invoices_month(books):
    """Days to pay are the median over the same month of all years, without credited and open invoices."""
    for id, date, paid in [
        ("1", "2025-01-10", "2025-01-20"),
        ("2", "01-10", "02-09"),
        ("3", "01-20", "01-21"),
    ]:
        books.invoice(id, 100, date)
        books.payment(f"p{id}", 100, paid, ("Invoice", id, 100))
    books.invoice("4", 100, "01-01")
    books.build()
    assert seasons(books, "invoice_month", "days_to_pay_median, document_count")[:2] == [
        (1, 10.0, 3),
        (2, None, 0),
    ]


def test_whoever_owes_nothing_net_is_not_called(books):
    """The worklist has the customers that owe overdue money net of credits, a parent's payment among them."""
    books.receivable_account()
    for id in "ABCDEP":
        books.customer(id)
    books.customer("J", ParentRef={"value": "P"})
    for customer in "ABCEJ":
        books.invoice(customer, 200, "01-01", due="06-01" if customer == "C" else "02-01", customer=customer)
    books.payment("1", 200, "02-10", customer="A")
    books.credit_memo("2", 150, "02-10", customer="B")
    books.payment("3", 200, "02-10", customer="P")
    books.journal_entry("4", "02-01", ("D", 70))
    books.build("02-28")
    assert books.rows(f"{WORKLIST} order by rank") == [
        ("E", 200, 0, 200), ("D", 70, 0, 70), ("B", 200, 150, 50),
    ]  # fmt: skip


def test_a_family_is_called_once_at_its_root(books):
    """A family has one row: the root's contact details, and from the job with most overdue those that it lacks."""
    books.customer("P", GivenName="Ada", FamilyName="Byron")
    for job, phone in (("J", "1"), ("K", "2")):
        books.customer(job, ParentRef={"value": "P"}, PrimaryPhone={"FreeFormNumber": phone})
    books.put("Preferences", "1", CurrencyPrefs={"HomeCurrency": {"value": "USD"}})
    books.invoice("1", 1000, "01-01", due="01-31", customer="J")
    books.invoice("2", 1500, "01-15", due="02-14", customer="K")
    books.payment("3", 10, "02-20", customer="J")
    books.build("03-01")
    assert books.row("""
        select customer_id, rank, overdue_count, oldest_days_past_due, contact_name, email, phone, reason
        from marts.collection_worklist
    """) == (
        "P", 1, 2, 29, "Ada Byron", None, "2",
        "2 charges overdue, 2,500.00 USD, the oldest by 29 days; too few payments to know the habits; "
        "apply 10.00 of credits first",
    )  # fmt: skip


def test_who_pays_anyway_is_called_after_who_has_stopped(books):
    """A customer that has stopped paying comes before one with a larger debt that always pays a month late."""
    for number in range(20):
        for customer, due, paid in (("LATE", "02-01", "03-03"), ("STOPPED", "02-01", "02-01")):
            id = f"{customer}{number}"
            books.invoice(id, 100, "01-02", due=due, customer=customer)
            books.payment(f"p{id}", 100, paid, ("Invoice", id, 100), customer=customer)
    books.invoice("big", 8330, "10-17", due="11-16", customer="LATE")
    books.invoice("small", 2900, "09-12", due="10-12", customer="STOPPED")
    books.build("12-01")
    rows = books.rows("""
        select customer_id, overdue_amount, days_late_weighted, expected_payment_date from marts.collection_worklist
        order by rank
    """)
    assert rows == [("STOPPED", 2900, 0.0, None), ("LATE", 8330, 30.0, day("12-16"))]
    assert books.value("select reason from marts.collection_worklist where rank = 2") == (
        "1 charge overdue, 8,330.00, the oldest by 15 days; usually pays 30 days late"
    )


def test_the_worklist_of_any_ledger(books):
    """The worklist has the families that owe something net and something overdue, as a loop over documents finds.

    Each of sixteen companies has a ledger of its own.
    """
    ledgers = {str(seed): random_ledger(Random(seed)) for seed in range(16)}
    books.realms = set(ledgers)
    for books.realm_id, ledger in ledgers.items():
        ledger.write(books)
    today = day("06-15")
    books.build(str(today))
    wanted = {}
    for realm_id, ledger in ledgers.items():
        owed = ledger.open_on(today)
        for family in (("P", "S"), ("C",)):
            documents = [one for one in ledger.documents if one.customer in family and one.id in owed]
            net = sum((owed[one.id] for one in documents), D(0))
            overdue = sum((owed[one.id] for one in documents if owed[one.id] > 0 and one.due < today), D(0))
            credits = sum((-owed[one.id] for one in documents if owed[one.id] < 0), D(0))
            if net > 0 and overdue > 0:
                wanted[realm_id, family[0]] = (overdue, credits, min(net, overdue))
    rows = books.rows(WORKLIST.replace("select ", "select realm_id, ", 1))
    assert {(realm_id, id): tuple(row) for realm_id, id, *row in rows} == wanted
    assert len(wanted) > 4
