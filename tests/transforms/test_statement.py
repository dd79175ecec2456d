"""A customer's account in date order, whose balance is the open amount on each day."""

from __future__ import annotations

import shutil
from decimal import Decimal
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.books import Books, day, money
from tests.support.ledger import random_ledger

D = Decimal
SEEDS = st.integers(0, 2)
QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(scope="module")
def written(empty_warehouse, tmp_path_factory):
    """Draws a random ledger by its seed, and builds the books as of 1 May, in the middle of it."""

    @cache
    def write(seed):
        books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("statement")))
        ledger = random_ledger(Random(seed))
        ledger.write(books)
        books.build(
            "05-01", at_once=["marts.ar_aging_by_customer", "marts.customer_statement", "marts.invoices"]
        )
        return ledger, books

    return write


def statement(books, customer="C"):
    return books.rows(f"""
        select entry_no, doc_type || ' ' || doc_id, txn_date, amount, balance
        from marts.customer_statement where customer_id = '{customer}' order by entry_no
    """)


def test_documents_by_date_charges_before_credits_then_type_and_id(books):
    """On one day charges come first, by type and id, and then the credits."""
    books.receivable_account()
    books.payment("3", 30, "01-02")
    books.credit_memo("4", 10, "01-02")
    books.invoice("10", 20, "01-02")
    books.invoice("9", 40, "01-02")
    books.journal_entry("2", "01-02", ("C", 5))
    books.invoice("11", 100, "01-01")
    books.build("01-31")
    assert statement(books) == [
        (1, "Invoice 11", day("01-01"), D(100), D(100)),
        (2, "Invoice 9", day("01-02"), D(40), D(140)),
        (3, "Invoice 10", day("01-02"), D(20), D(160)),
        (4, "JournalEntry 2", day("01-02"), D(5), D(165)),
        (5, "CreditMemo 4", day("01-02"), D(-10), D(155)),
        (6, "Payment 3", day("01-02"), D(-30), D(125)),
    ]


def test_applying_what_is_there_moves_no_balance(books):
    """A payment of zero that joins a credit memo and an invoice is an entry of zero, and later ones are not shown."""
    books.invoice("1", 100, "01-01")
    books.credit_memo("2", 40, "01-05")
    books.payment("3", 0, "01-09", ("Invoice", "1", 40), ("CreditMemo", "2", 40))
    books.payment("4", 60, "02-01", ("Invoice", "1", 60))
    books.build("01-31")
    assert [row[3:] for row in statement(books)] == [(D(100), D(100)), (D(-40), D(60)), (D(0), D(60))]
    assert books.rows("select open_amount from marts.customer_statement order by entry_no") == [
        (D(60),), (D(0),), (D(0),),
    ]  # fmt: skip


def test_what_a_parent_pays_for_a_job_crosses_both_accounts(books):
    """What a parent pays for its job clears the job's account and leaves the parent the rest as credit."""
    books.customer("P")
    books.customer("S", ParentRef={"value": "P"})
    books.invoice("1", 100, "01-10", customer="S")
    books.payment("2", 130, "01-05", ("Invoice", "1", 100), customer="P")
    books.build("01-31")
    assert books.rows("""
        select customer_id, entry_no, entry_type, doc_type || ' ' || doc_id, txn_date, amount, balance,
            root_customer_id
        from marts.customer_statement order by all
    """) == [
        ("P", 1, "document", "Payment 2", day("01-05"), D(-130), D(-130), "P"),
        ("P", 2, "used_for_other", "Payment 2", day("01-10"), D(100), D(-30), "P"),
        ("S", 1, "document", "Invoice 1", day("01-10"), D(100), D(100), "P"),
        ("S", 2, "paid_by_other", "Payment 2", day("01-10"), D(-100), D(0), "P"),
    ]  # fmt: skip


def test_exchange_gains_stay_in_the_home_balance(books):
    """EUR 40 of EUR 100 at 1.10, paid at 1.20, leave a home balance of 62.00 where 66.00 are open."""
    books.customer("C", CurrencyRef={"value": "EUR"})
    euro = {"CurrencyRef": {"value": "EUR"}}
    books.invoice("1", 100, "01-01", ExchangeRate=money("1.10"), **euro)
    books.payment("2", 40, "01-05", ("Invoice", "1", 40), ExchangeRate=money("1.20"), **euro)
    books.build("01-05")
    assert books.rows("""
        select currency, amount, balance, amount_home, balance_home, open_home
        from marts.customer_statement order by entry_no
    """) == [("EUR", D(100), D(100), D(110), D(110), D(66)), ("EUR", D(-40), D(60), D(-48), D(62), D(0))]
    assert books.value("select total_open from marts.ar_aging_by_customer") == D(66)


def test_currencies_have_balances_of_their_own(books):
    """Each currency has its own running balance."""
    books.invoice("1", 100, "01-01", CurrencyRef={"value": "EUR"}, ExchangeRate=2)
    books.invoice("2", 10, "01-02", CurrencyRef={"value": "CAD"}, ExchangeRate=3)
    books.invoice("3", 5, "01-03", CurrencyRef={"value": "EUR"}, ExchangeRate=2)
    books.build("01-31")
    assert books.rows("""
        select currency, entry_no, balance, balance_home from marts.customer_statement order by all
    """) == [("CAD", 1, D(10), D(30)), ("EUR", 1, D(100), D(200)), ("EUR", 2, D(105), D(210))]


@QUICK
@given(seed=SEEDS)
def test_balance_at_the_end_of_each_day_is_what_is_open_then(written, seed):
    """Each customer's balance at a day's end equals the replay of documents and their links."""
    ledger, books = written(seed)
    customers = {document.id: document.customer for document in ledger.documents}
    ends = books.rows("""
        select customer_id, txn_date, max_by(balance, entry_no), max_by(balance_home, entry_no)
        from marts.customer_statement group by all
    """)
    assert len(ends) > 10
    assert max(date for _, date, *_ in ends) <= day("05-01")
    for customer, date, balance, balance_home in ends:
        opened = ledger.open_on(date)
        replayed = sum((amount for id, amount in opened.items() if customers[id] == customer), D(0))
        assert (balance, balance_home) == (replayed, replayed), (customer, date)


@QUICK
@given(seed=SEEDS)
def test_last_balance_is_the_customers_aging(written, seed):
    """The last balance is each customer's aging to the cent, and zero for a customer that is not in aging."""
    _, books = written(seed)
    last = books.rows("""
        select customer_id, max_by(balance, entry_no), max_by(balance_home, entry_no), sum(open_amount)
        from marts.customer_statement group by all
    """)
    aged = dict(books.rows("select customer_id, total_open from marts.ar_aging_by_customer"))
    assert len(last) == 3
    for customer, *ends in last:
        assert ends == [aged.get(customer, D(0))] * 3


@QUICK
@given(seed=SEEDS)
def test_every_document_up_to_the_day_stands_there_once(written, seed):
    """Every document up to the run's date stands in the statement exactly once."""
    ledger, books = written(seed)
    entered = [doc.id for doc in ledger.documents if doc.date <= day("05-01")]
    found = books.rows("select doc_id from marts.customer_statement where entry_type = 'document'")
    assert sorted(id for (id,) in found) == sorted(entered)


@QUICK
@given(seed=SEEDS)
def test_invoices_say_what_the_ledger_says(written, seed):
    """Each total is paid + credited + due, the due amount is the replay's, and the status follows from it."""
    ledger, books = written(seed)
    today = day("05-01")
    opened = ledger.open_on(today)
    invoices = {doc.id: doc for doc in ledger.documents if doc.kind == "Invoice" and doc.date <= today}
    found = books.rows("""
        select invoice_id, subtotal_amount - discount_amount + tax_amount, total_amount,
            deposit_amount + paid_amount + credited_amount + balance_due, balance_due, payment_status
        from marts.invoices
    """)
    assert {id for id, *_ in found} == set(invoices)
    assert found
    for id, lines, total, parts, due, status in found:
        assert (lines, total, parts, due) == (*[invoices[id].amount] * 3, opened.get(id, D(0)))
        if not due:
            expected = "paid"
        elif invoices[id].due < today:
            expected = "overdue"
        else:
            expected = "partial" if due < total else "unpaid"
        assert status == expected
    assert (
        books.rows("""
        select invoice_id from marts.invoices as invoices left join core.open_receivables as opened
            on opened.realm_id = invoices.realm_id and opened.doc_type = 'Invoice' and opened.doc_id = invoice_id
        where balance_due <> coalesce(opened.open_amount, 0) or balance_due_home <> coalesce(opened.open_home, 0)
    """)
        == []
    )
