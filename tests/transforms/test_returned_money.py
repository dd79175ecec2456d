"""A returned cheque, told in the ways accountants tell it: money that went back is no payment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.books import Books, day, money

D = Decimal
BANK = {"Id": "BANK", "Name": "Checking", "AccountType": "Bank"}


def by_journal(books: Books, id: str, date: str, customer: str) -> None:
    """Dr Accounts Receivable, Cr Checking."""

    def line(position: int, side: str, account: str, **entity: Any) -> dict[str, Any]:
        detail = {"PostingType": side, "AccountRef": {"value": account}, **entity}
        kind = "JournalEntryLineDetail"
        return {"Id": str(position), "Amount": 100, "DetailType": kind, kind: detail}

    who = {"Entity": {"Type": "Customer", "EntityRef": {"value": customer}}}
    lines = [line(0, "Debit", "AR", **who), line(1, "Credit", "BANK")]
    books.put("JournalEntry", id, TxnDate=day(date), TotalAmt=0, Line=lines)


def by_invoice(books: Books, id: str, date: str, customer: str) -> None:
    """100 over the bank account and a fee of 25."""
    lines = [
        {
            "Amount": money(amount),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": item}},
        }
        for amount, item in ((100, "cheque"), (25, "fee"))
    ]
    books.invoice(id, 125, date, due=date, customer=customer, Line=lines)


def accounts(books: Books) -> None:
    """Receivables, a bank account, and what a returned cheque and its fee are billed with."""
    books.receivable_account()
    books.put("Account", "BANK", **{name: value for name, value in BANK.items() if name != "Id"})
    books.put("Account", "INCOME", Name="Sales", AccountType="Income")
    books.put("Item", "cheque", Name="Returned Cheque", IncomeAccountRef={"value": "BANK"})
    books.put("Item", "fee", Name="Returned Cheque Fee", IncomeAccountRef={"value": "INCOME"})


@pytest.fixture(scope="module")
def cheques(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """An invoice of 100 of 1 January due on the 31st, its cheque of the 20th, returned on 1 February, for each way.

    Customers that end in 2 paid again on 20 February.
    """
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("cheques")))
    accounts(books)
    ways = ("MOVED", "JOURNAL", "INVOICE")
    for customer in (f"{way}{again}" for way in ways for again in (1, 2)):
        way, again, charge = customer[:-1], customer[-1] == "2", f"back{customer}"
        books.customer(customer)
        books.invoice(customer, 100, "01-01", due="01-31", customer=customer)
        target = ("JournalEntry", charge) if way == "MOVED" else ("Invoice", customer)
        books.payment(f"p{customer}", 100, "01-20", (*target, 100), customer=customer)
        (by_invoice if way == "INVOICE" else by_journal)(books, charge, "02-01", customer)
        if again:
            owed = {
                "MOVED": ("Invoice", customer, 100),
                "JOURNAL": ("JournalEntry", charge, 100),
                "INVOICE": ("Invoice", charge, 125),
            }[way]
            books.payment(f"q{customer}", owed[2], "02-20", owed, customer=customer)
    books.build_all("03-31")
    yield books
    books.close()


@pytest.mark.parametrize("way", ["MOVED1", "JOURNAL1", "INVOICE1"])
def test_a_returned_cheque_is_no_money(cheques: Books, way: str) -> None:
    """Until the money comes again nothing was collected, no invoice was paid, and the customer never paid."""
    assert cheques.row(f"""
        select cash_collected, is_never_paid from marts.customer_value where customer_id = '{way}'
    """) == (D(0), True)
    assert cheques.row(f"""
        select settlement_count, cash_amount, days_to_pay_weighted, payer_class from marts.customer_payment_behaviour
        where customer_id = '{way}' and period = 'all'
    """) == (0, D(0), None, "never paid")
    assert cheques.row(f"""
        select cash_paid, is_closed, paid_in_full_date from marts.invoice_payments where invoice_id = '{way}'
    """) == (D(0), False, None)


def test_status_of_an_invoice_whose_cheque_came_back(cheques: Books) -> None:
    """Where QuickBooks shows the invoice as paid it is returned; where the payment was moved it is overdue."""
    assert cheques.rows("""
        select invoice_id, payment_status, paid_amount, returned_amount from marts.invoices
        where invoice_id in ('MOVED1', 'JOURNAL1', 'INVOICE1') order by 1
    """) == [
        ("INVOICE1", "returned", D(0), D(100)),
        ("JOURNAL1", "returned", D(0), D(100)),
        ("MOVED1", "overdue", D(0), D(0)),
    ]


@pytest.mark.parametrize(("way", "cash"), [("MOVED2", 100), ("JOURNAL2", 100), ("INVOICE2", 125)])
def test_days_to_pay_run_to_the_money_that_stayed(cheques: Books, way: str, cash: int) -> None:
    """The money of 20 February counts once, 50 days after the invoice of 1 January and 20 after its due date."""
    assert cheques.value(f"select cash_collected from marts.customer_value where customer_id = '{way}'") == D(
        cash
    )
    assert cheques.row(f"""
        select cash_paid, returned_amount, days_to_pay_weighted, days_beyond_terms_weighted, paid_in_full_date,
            is_closed
        from marts.invoice_payments where invoice_id = '{way}'
    """) == (D(100), D(0), 50.0, 20.0, day("02-20"), True)
    assert cheques.value(f"select payment_status from marts.invoices where invoice_id = '{way}'") == "paid"
    assert cheques.value(f"""
        select cash_amount from marts.customer_payment_behaviour where customer_id = '{way}' and period = 'all'
    """) == D(cash)


def test_the_invoice_that_asks_again_keeps_its_fee(cheques: Books) -> None:
    """Of 125 paid on the invoice that asked again, the fee of 25 is its own, after 19 days."""
    assert cheques.row("""
        select ar_amount, cash_paid, counted_elsewhere_amount, open_amount, days_to_pay_weighted
        from marts.invoice_payments where invoice_id = 'backINVOICE2'
    """) == (D(125), D(25), D(100), D(0), 19.0)


def test_parts_of_what_was_asked_again_add_up_to_the_cent(books: Books) -> None:
    """Of 125 paid in three parts, 100 is the first invoice's and 25 the fee, although each part rounds up."""
    accounts(books)
    books.customer()
    books.invoice("1", 100, "01-01", due="01-31")
    books.payment("2", 100, "01-20", ("Invoice", "1", 100))
    by_invoice(books, "3", "02-01", "C")
    for id, amount in (("4", "41.67"), ("5", "41.67"), ("6", "41.66")):
        books.payment(id, amount, "02-20", ("Invoice", "3", amount))
    books.build("03-31")
    paid = "select invoice_id, cash_paid, returned_amount, open_amount from marts.invoice_payments order by 1"
    assert books.rows(paid) == [("1", D(100), D(0), D(0)), ("3", D(25), D(0), D(0))]


def test_which_payments_went_back(cheques: Books) -> None:
    """A payment that was moved to the charge needs no row; the others are found by customer, amount and day."""
    found = "select payment_id, doc_type, returned_amount from core.returned_payments order by 1"
    assert cheques.rows(found) == [
        ("pINVOICE1", "Invoice", D(100)),
        ("pINVOICE2", "Invoice", D(100)),
        ("pJOURNAL1", "JournalEntry", D(100)),
        ("pJOURNAL2", "JournalEntry", D(100)),
    ]


def test_a_refund_of_a_credit_takes_no_payment_back(books: Books) -> None:
    """A cheque of an earlier payment's amount that a payment of zero sets against a credit memo is a refund."""
    books.receivable_account()
    books.customer()
    books.invoice("1", 100, "01-01", due="01-31")
    books.payment("2", 100, "01-20", ("Invoice", "1", 100))
    books.credit_memo("3", 100, "02-01")
    books.cheque("4", 100, "02-02")
    books.payment("5", 0, "02-03", ("Purchase", "4", 100), ("CreditMemo", "3", 100), UnappliedAmt=0)
    books.build("03-31")
    assert books.rows("from core.returned_payments") == []
    assert books.value("select cash_collected from marts.customer_value where customer_id = 'C'") == D(0)
    assert books.value("select payment_status from marts.invoices") == "paid"


def test_cash_counts_with_the_customer_it_was_for(books: Books) -> None:
    """Deposits, receipts, refunds and a parent's payment count with the job, what is unapplied with the parent."""
    books.customer("P")
    books.customer("J", ParentRef={"value": "P"})
    books.invoice("1", 105, "01-01", customer="J", Deposit=80)
    books.payment("2", 30, "01-10", ("Invoice", "1", 25), customer="P")
    sale = {"CustomerRef": {"value": "J"}, "Line": [{"Amount": 50, "DetailType": "SalesItemLineDetail"}]}
    books.put("SalesReceipt", "3", TxnDate=day("01-11"), TotalAmt=50, **sale)
    books.put("RefundReceipt", "4", TxnDate=day("01-12"), TotalAmt=50, **sale)
    books.build("12-31")
    assert books.rows(
        "select level, customer_id, cash_collected from marts.customer_value order by 1, 2"
    ) == [
        ("customer", "J", D(105)),
        ("customer", "P", D(5)),
        ("family", None, D(110)),
    ]


def test_a_days_takings_are_money(books: Books) -> None:
    """A receipt that sums to zero, 800 of services less 800 to the bank, brought 800."""
    books.customer()
    books.put("Account", "BANK", Name="Checking", AccountType="Bank")
    books.put("Item", "takings", Name="Takings", IncomeAccountRef={"value": "BANK"})
    kind = "SalesItemLineDetail"
    lines = [
        {"Amount": 800, "DetailType": kind, kind: {}},
        {"Amount": -800, "DetailType": kind, kind: {"ItemRef": {"value": "takings"}}},
    ]
    books.put("SalesReceipt", "1", CustomerRef={"value": "C"}, TxnDate=day("01-11"), TotalAmt=0, Line=lines)
    books.build("12-31")
    columns = "net_revenue, cash_collected"
    assert books.row(f"select {columns} from marts.customer_value where level = 'family'") == (D(800), D(800))
