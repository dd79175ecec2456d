"""An invoice's total, the money that came in for it, and its status."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.books import day, money
from tests.transforms.test_sales import discount, item, sale, subtotal

D = Decimal


def status(books, id="1"):
    return books.value(f"select payment_status from marts.invoices where invoice_id = '{id}'")


def test_total_is_subtotal_less_discount_plus_tax(books):
    """Three at 50 less 10% with a tax of 10.80 make 150 - 15 + 10.80 = 145.80."""
    sale(
        books,
        "Invoice",
        "1",
        "01-01",
        "145.80",
        item(150, quantity=3),
        subtotal(150),
        discount(15),
        tax="10.80",
    )
    books.build()
    assert books.row("""
        select subtotal_amount, discount_amount, tax_amount, total_amount, balance_due from marts.invoices
    """) == (D(150), D(15), D("10.80"), D("145.80"), D("145.80"))


def test_total_is_deposit_paid_credited_and_due(books):
    """A total of 105 is a deposit of 5, 40 in money, 30 by credit memo and 30 that are due."""
    books.invoice("1", 105, "01-01", due="01-31", Deposit=5, Balance=30)
    books.payment("2", 40, "01-10", ("Invoice", "1", 40))
    books.credit_memo("3", 30, "01-12")
    books.payment("4", 0, "01-12", ("Invoice", "1", 30), ("CreditMemo", "3", 30))
    books.build("01-31")
    assert books.row("""
        select total_amount, deposit_amount, paid_amount, credited_amount, balance_due, payment_status, paid_date
        from marts.invoices
    """) == (D(105), D(5), D(40), D(30), D(30), "partial", None)


@pytest.mark.parametrize(
    ("as_of", "expected", "late"),
    [("01-09", None, None), ("01-10", "unpaid", 0), ("02-09", "unpaid", 0), ("02-10", "overdue", 1)]
    + [("02-20", "overdue", 11), ("04-10", "paid", 0)],
)
def test_status_as_days_go_by(books, as_of, expected, late):
    """An invoice due on 9 February is overdue from the 10th, partly paid or not, until the last 600 are paid."""
    books.invoice("1", 1000, "01-10", due="02-09")
    books.payment("2", 400, "02-20", ("Invoice", "1", 400))
    books.payment("3", 600, "04-10", ("Invoice", "1", 600))
    books.build(as_of)
    found = books.rows("select payment_status, days_past_due from marts.invoices")
    assert found == ([(expected, late)] if expected else [])


def test_each_status_precedes_the_next(books):
    """The status is the first of voided, credited, paid, overdue, partial and unpaid that applies."""
    books.invoice("voided", 0, "01-01", PrivateNote="Voided - twice")
    books.invoice("nothing asked", 0, "01-01")
    books.invoice("deposit covers it", 50, "01-01", Deposit=50, Balance=0)
    books.invoice("credited", 80, "01-01")
    books.credit_memo("c", 80, "06-01")
    books.payment("p", 0, "06-01", ("Invoice", "credited", 80), ("CreditMemo", "c", 80))
    books.invoice("half, late", 100, "01-01", due="02-01")
    books.invoice("half, in time", 100, "06-01", due="12-31")
    books.payment("q", 100, "06-10", ("Invoice", "half, late", 50), ("Invoice", "half, in time", 50))
    books.invoice("deposit alone", 50, "06-01", due="12-31", Deposit=10, Balance=40)
    books.invoice("not due", 100, "06-01", due="12-31")
    books.build("06-30")
    assert dict(books.rows("select invoice_id, payment_status from marts.invoices")) == {
        "voided": "voided", "nothing asked": "paid", "deposit covers it": "paid", "credited": "credited",
        "half, late": "overdue", "half, in time": "partial", "deposit alone": "partial", "not due": "unpaid",
    }  # fmt: skip
    paid = dict(books.rows("select invoice_id, paid_date from marts.invoices where paid_date is not null"))
    assert paid == {
        "nothing asked": day("01-01"), "deposit covers it": day("01-01"), "credited": day("06-01"),
    }  # fmt: skip


def test_an_invoice_of_two_estimates_is_one_row(books):
    """The numbers of its estimates are one text, oldest first, without deleted estimates and later ones."""
    for id, date, number in [
        ("8", "01-02", "E-8"),
        ("9", "01-01", None),
        ("10", "12-01", "late"),
        ("11", "01-01", "x"),
    ]:
        fields = {"DocNumber": number} if number else {}
        books.put("Estimate", id, CustomerRef={"value": "C"}, TxnDate=day(date), TotalAmt=50, **fields)
    links = [{"TxnId": id, "TxnType": "Estimate"} for id in ("8", "9", "10", "11")]
    books.invoice("1", 100, "01-10", LinkedTxn=links)
    books.invoice("2", 100, "01-10")
    books.delete("Estimate", "11")
    books.build("06-30")
    assert books.rows(
        "select invoice_id, estimate_count, estimate_numbers from marts.invoices order by 1"
    ) == [
        ("1", 2, "9, E-8"),
        ("2", 0, None),
    ]


def test_delivery_by_mail(books):
    """An invoice sent at 22:30 Pacific time on 10 January is sent on the 10th, and not yet on the 9th."""
    sent = {"DeliveryInfo": {"DeliveryType": "Email", "DeliveryTime": "2026-01-10T22:30:00-08:00"}}
    books.invoice("1", 100, "01-01", EmailStatus="EmailSent", BillEmail={"Address": "a@example.com"}, **sent)
    books.build("01-09")
    assert books.row("select delivered_at, email_status, bill_email from marts.invoices") == (
        None, "EmailSent", "a@example.com",
    )  # fmt: skip
    books.build("01-10")
    assert books.value("select delivered_at at time zone 'UTC' from marts.invoices").isoformat() == (
        "2026-01-11T06:30:00"
    )


def test_foreign_balance_at_the_invoices_rate(books):
    """EUR 100 at 1.10 with EUR 40 paid at 1.20 has 60.00 due, which are 66.00 in home currency."""
    books.customer("C", CurrencyRef={"value": "EUR"})
    euro = {"CurrencyRef": {"value": "EUR"}}
    books.invoice("1", 100, "01-01", ExchangeRate=money("1.10"), **euro)
    books.payment("2", 40, "01-05", ("Invoice", "1", 40), ExchangeRate=money("1.20"), **euro)
    books.build("01-05")
    assert books.row("""
        select currency, balance_due, balance_due_home, total_home, payment_status from marts.invoices
    """) == ("EUR", D(60), D(66), D(110), "overdue")


def test_a_job_names_itself_and_its_root(books):
    """An invoice of a job names the job, its root customer, the terms and the due date."""
    books.customer("P")
    books.customer("S", ParentRef={"value": "P"})
    books.put("Term", "T", Name="Net 30", DueDays=30)
    books.invoice("1", 100, "01-01", customer="S", SalesTermRef={"value": "T"})
    books.build()
    assert books.row("""
        select customer_id, customer_name, root_customer_id, root_customer_name, terms, due_date from marts.invoices
    """) == ("S", "Customer S", "P", "Customer P", "Net 30", day("01-31"))
