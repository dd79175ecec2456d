"""What is open counts, and what never was paid: class, score, sentence, status, segment and lifetime value."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.books import Books, day

D = Decimal
EXPENSE = "BAD"


@pytest.fixture(scope="module")
def payers(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """One customer of each kind, as of 31 December."""
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("payers")))
    books.receivable_account()
    books.put("Account", EXPENSE, Name="Bad debts", AccountType="Expense", AccountSubType="BadDebts")
    for id in ("HALF", "DAY", "NEVER", "GOOD"):
        books.customer(id)
    for number in range(5):
        paid = f"HALF{number}"
        books.invoice(paid, 100, "03-01", due="03-31", customer="HALF")
        books.payment(f"p{paid}", 100, "03-11", ("Invoice", paid, 100), customer="HALF")
        books.invoice(f"HALF{number}open", 100, "03-26", due="04-25", customer="HALF")
        late = f"DAY{number}"
        books.invoice(late, 100, "03-01", due="03-31", customer="DAY")
        books.payment(f"p{late}", 100, "04-01", ("Invoice", late, 100), customer="DAY")
    for number in range(18):
        books.invoice(f"NEVER{number}", 1000, "04-09", due="05-09", customer="NEVER")
    credit_memo(books, "memo", 3000)
    books.payment("zero", 0, "06-01", *[("Invoice", f"NEVER{number}", 1000) for number in range(3)],
        ("CreditMemo", "memo", 3000), customer="NEVER")  # fmt: skip
    write_off(books, "journal", 2000)
    books.payment("zero2", 0, "06-01", *[("Invoice", f"NEVER{number}", 1000) for number in (3, 4)],
        ("JournalEntry", "journal", 2000), UnappliedAmt=0, customer="NEVER")  # fmt: skip
    books.invoice("good", 500, "12-01", due="12-31", customer="GOOD")
    books.payment("pgood", 500, "12-20", ("Invoice", "good", 500), customer="GOOD")
    books.build_all("12-31")
    yield books
    books.close()


def credit_memo(books: Books, id: str, amount: int) -> None:
    books.credit_memo(id, amount, "06-01", customer="NEVER")


def write_off(books: Books, id: str, amount: int) -> None:
    """Dr Bad debts, Cr Accounts Receivable."""

    def line(position: int, side: str, account: str, **entity: object) -> dict[str, object]:
        detail = {"PostingType": side, "AccountRef": {"value": account}, **entity}
        kind = "JournalEntryLineDetail"
        return {"Id": str(position), "Amount": amount, "DetailType": kind, kind: detail}

    never = {"Entity": {"Type": "Customer", "EntityRef": {"value": "NEVER"}}}
    lines = [line(0, "Credit", "AR", **never), line(1, "Debit", EXPENSE)]
    books.put("JournalEntry", id, TxnDate=day("06-01"), TotalAmt=0, Line=lines)


def behaviour(books: Books, customer: str) -> dict[str, object]:
    return books.record(f"""
        from marts.customer_payment_behaviour
        where level = 'family' and root_customer_id = '{customer}' and period = 'all'
    """)


def test_five_paid_after_ten_days_and_five_open_for_250(payers: Books) -> None:
    """Early payments of five invoices do not outweigh five that are open for 250 days: slow, with 46 points."""
    row = behaviour(payers, "HALF")
    assert (row["days_beyond_terms_weighted_signed"], row["overdue_count"], row["oldest_days_past_due"]) == (
        -20,
        5,
        250,
    )
    assert (row["days_beyond_terms_until_now"], row["payer_class"]) == (115.0, "slow")
    assert (row["pay_score"], row["late_or_overdue_rate"], row["late_rate"]) == (45.0, 0.5, 0.0)
    assert payers.value("select reason from marts.collection_worklist where customer_id = 'HALF'") == (
        "5 charges overdue, 500.00, the oldest by 250 days; used to pay on time, now later"
    )


def test_five_paid_one_day_late(payers: Books) -> None:
    """Five invoices paid one bank day late are on time in the class and in the late rate, with the days stated."""
    row = behaviour(payers, "DAY")
    assert (row["payer_class"], row["late_rate"], row["grace_days"]) == ("on time", 0.0, 4)
    assert (row["days_late_weighted"], row["amount_late_rate"]) == (1.0, 1.0)


def test_who_never_paid(payers: Books) -> None:
    """Eighteen invoices and no money: never paid, in the class, the sentence, the segment and the lifetime value."""
    row = behaviour(payers, "NEVER")
    assert (row["payer_class"], row["cash_amount"], row["pay_score"]) == ("never paid", D(0), 0.0)
    assert payers.value("select reason from marts.collection_worklist where customer_id = 'NEVER'") == (
        "13 charges overdue, 13,000.00, the oldest by 236 days; has never paid"
    )
    assert payers.row("""
        select segment, abc_class, is_high_value, net_revenue, written_off, net_value_amount
        from marts.customer_segments where level = 'family' and root_customer_id = 'NEVER'
    """) == ("never paid", "C", False, D(15000), D(2000), D(0))
    assert payers.row("""
        select net_revenue, refunds, written_off, net_value_amount, cash_collected, overdue_amount, collected_rate,
            is_never_paid
        from marts.customer_value where level = 'family' and root_customer_id = 'NEVER'
    """) == (D(15000), D(3000), D(2000), D(13000), D(0), D(13000), 0.0, True)
    assert (
        payers.value("""
        select collected_rate from marts.customer_lifetime_value where level = 'family' and root_customer_id = 'NEVER'
    """)
        == 0.0
    )


def test_status_tells_paid_credited_and_written_off_apart(payers: Books) -> None:
    """An invoice closed by money is paid, by a credit memo credited, by bad debts written off."""
    columns = "payment_status, paid_amount, credited_amount, written_off_amount"
    assert payers.rows(f"""
        select {columns} from marts.invoices
        where invoice_id in ('DAY0', 'NEVER0', 'NEVER3', 'NEVER9') order by invoice_id
    """) == [
        ("paid", D(100), D(0), D(0)), ("credited", D(0), D(1000), D(0)),
        ("written off", D(0), D(1000), D(1000)), ("overdue", D(0), D(0), D(0)),
    ]  # fmt: skip


def test_who_paid_is_not_touched(payers: Books) -> None:
    """A customer who paid keeps its class by revenue, its value and its cash."""
    assert payers.row("""
        select abc_class, net_value_amount from marts.customer_segments
        where level = 'family' and root_customer_id = 'GOOD'
    """) == ("A", D(500))


@pytest.mark.parametrize(
    ("late", "payer_class"),
    [
        ([-5] * 3, "fast"),
        ([-4] * 3, "on time"),
        ([4] * 3, "on time"),
        ([5, 6, 4], "slow"),
        ([30, 30], "insufficient"),
    ]
    + [([], "insufficient")],
)
def test_payers_are_classed_by_their_days_beyond_terms(
    books: Books, late: list[int], payer_class: str
) -> None:
    """Payers are fast or slow from five days before or after the due date on, given three payments."""
    books.invoice("open", 100, "12-01", due="12-31")
    for number, days in enumerate(late):
        books.invoice(f"{number}", 100, "01-01", due="02-15")
        books.payment(f"p{number}", 100, str(day("02-15") + timedelta(days)), ("Invoice", f"{number}", 100))
    books.build("12-31")
    found = (
        "select payer_class from marts.customer_payment_behaviour where level = 'customer' and period = 'all'"
    )
    assert books.value(found) == payer_class


def test_every_invoice_late_is_slow_whatever_the_average(books: Books) -> None:
    """Three invoices whose last tenth came 10 days late were all late: slow, though 1 day late on average."""
    for id in "123":
        books.invoice(id, 100, "01-01", due="01-31")
        books.payment(f"p{id}", 90, "01-31", ("Invoice", id, 90))
        books.payment(f"q{id}", 10, "02-10", ("Invoice", id, 10))
    books.build("12-31")
    columns = "days_beyond_terms_weighted_signed, late_rate, payer_class"
    assert books.row(f"""
        select {columns} from marts.customer_payment_behaviour where level = 'family' and period = 'all'
    """) == (1.0, 1.0, "slow")
