"""Lines that post to accounts receivable: each is an open item and settled by itself, whatever document it is in."""

from __future__ import annotations

import shutil
from decimal import Decimal as D
from typing import Any

import pytest

from tests.support.books import Books, day, money

OPEN = "select customer_id, line_no, open_amount from core.open_receivables order by customer_id, line_no"


def pay(books: Books, amount: int, line: dict[str, Any], *, customer: str = "5") -> None:
    """A payment of one line, with what it says beside the amount."""
    books.put(
        "Payment", "202", CustomerRef={"value": customer}, TxnDate=day("08-01"), TotalAmt=money(amount),
        UnappliedAmt=0, Line=[{"Amount": money(amount), **line}],
    )  # fmt: skip


def entry(line_id: str | None = None) -> dict[str, Any]:
    """A link to the journal entry, perhaps to one line of it."""
    named = {"TxnLineId": line_id} if line_id is not None else {}
    return {"LinkedTxn": [{"TxnId": "201", "TxnType": "JournalEntry", **named}]}


def noted(open_before: str) -> dict[str, Any]:
    """What QuickBooks notes beside a line: the number and the balance before, in any order."""
    facts = {"txnReferenceNumber": "JE-201", "txnOpenBalance": open_before}
    notes = [{"name": "NameValue", "value": {"Name": name, "Value": value}} for name, value in facts.items()]
    return {"LineEx": {"any": notes}}


def family(books: Books, own: int | None = None, job: int | None = None, *, parent: str = "5") -> None:
    """A parent and its job with what QuickBooks says they owe, and an entry that charges 50 and 30."""
    books.receivable_account()
    books.customer("5", **({} if own is None else {"Balance": own}))
    books.customer("7")
    books.customer("6", ParentRef={"value": parent}, **({} if job is None else {"Balance": job}))
    books.journal_entry("201", "07-01", ("5", 50), ("6", 30))


TOLD = {
    "by the line that is named": (30, entry("1"), (None, None), [("5", 1, D(50))]),
    "by its first line, whose id is 0": (30, entry("0"), (None, None), [("5", 1, D(20)), ("6", 2, D(30))]),
    "by the balance noted beside it": (
        20,
        entry() | noted("30.00"),
        (None, None),
        [("5", 1, D(50)), ("6", 2, D(10))],
    ),
    "by its amount": (30, entry(), (None, None), [("5", 1, D(50))]),
    "by what the customers owe": (20, entry(), (50, 10), [("5", 1, D(50)), ("6", 2, D(10))]),
    "by who paid": (20, entry(), (None, None), [("5", 1, D(30)), ("6", 2, D(30))]),
}


@pytest.fixture(scope="module")
def told(empty_warehouse, tmp_path_factory):
    """One company for each way in which a payment tells the line it means."""
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("told")))
    for books.realm_id, (amount, line, balances, _) in TOLD.items():
        books.realms.add(books.realm_id)
        family(books, *balances)
        pay(books, amount, line)
    books.build()
    yield books
    books.close()


@pytest.mark.parametrize("way", TOLD)
def test_a_payment_settles_the_line_it_means(told, way):
    """A parent's payment on an entry of 50 for itself and 30 for its job settles the line that the payment means."""
    rows = told.rows(
        f"select customer_id, line_no, open_amount from core.open_receivables where realm_id = '{way}' order by all"
    )
    assert rows == TOLD[way][-1]


def test_what_was_settled_stays_settled_when_a_job_moves_to_another_parent(books):
    """Job 6 was paid by parent 5 and belongs to parent 7 since: the job owes nothing, and 5 still owes its own 50."""
    family(books, 50, 0, parent="7")
    pay(books, 30, entry())
    books.build()
    assert books.rows(OPEN) == [("5", 1, D(50))]


def test_a_stranger_of_the_same_amount_is_not_taken_for_the_payer(books):
    """Of an entry of 100 for 5 and 50 for the stranger 7, the 50 that 5 pays are its own."""
    books.receivable_account()
    books.customer("5")
    books.customer("7")
    books.journal_entry("201", "07-01", ("5", 100), ("7", 50))
    pay(books, 50, entry())
    books.build()
    assert books.rows(OPEN) == [("5", 1, D(50)), ("7", 2, D(50))]


def account_line(amount: int, **detail: Any) -> dict[str, Any]:
    kind = "AccountBasedExpenseLineDetail"
    return {
        "Id": "1",
        "Amount": money(amount),
        "DetailType": kind,
        kind: {"AccountRef": {"value": "AR"}, **detail},
    }


def item_line(amount: int) -> dict[str, Any]:
    kind = "SalesItemLineDetail"
    return {"Id": "1", "Amount": money(amount), "DetailType": kind, kind: {"ItemRef": {"value": "I"}}}


def test_any_document_that_posts_to_receivables_with_a_customer_counts(books):
    """A bill and a refund charge the customer, a vendor credit and a sales receipt credit it."""
    books.receivable_account()
    books.customer("C")
    books.put("Item", "I", Name="On account", Type="Service", IncomeAccountRef={"value": "AR"})
    of_customer = {"CustomerRef": {"value": "C"}}
    books.put("Bill", "1", TxnDate=day("01-01"), TotalAmt=10, Line=[account_line(10, **of_customer)])
    books.put("VendorCredit", "2", TxnDate=day("01-02"), TotalAmt=3, Line=[account_line(3, **of_customer)])
    books.put("RefundReceipt", "3", TxnDate=day("01-03"), TotalAmt=20, Line=[item_line(20)], **of_customer)
    books.put("SalesReceipt", "4", TxnDate=day("01-04"), TotalAmt=5, Line=[item_line(5)], **of_customer)
    books.payment("5", 10, "01-05", ("Bill", "1", 10), UnappliedAmt=0)
    books.build("02-01")
    assert books.rows("select doc_type, open_amount, bucket from core.open_receivables order by all") == [
        ("RefundReceipt", D(20), "1-30"),
        ("SalesReceipt", D(-5), "1-30"),
        ("VendorCredit", D(-3), "1-30"),
    ]


def test_lines_without_a_customer_are_receivables_of_nobody(books):
    """A bill, a cheque to a vendor and an entry for a vendor post to receivables, and stand with no customer."""
    books.receivable_account()
    books.put("Bill", "1", TxnDate=day("01-01"), TotalAmt=10, Line=[account_line(10)])
    payee = {"value": "V", "type": "Vendor"}
    books.put("Purchase", "2", TxnDate=day("01-02"), TotalAmt=4, EntityRef=payee, Line=[account_line(4)])
    kind = "JournalEntryLineDetail"
    detail = {
        "PostingType": "Credit",
        "AccountRef": {"value": "AR"},
        "Entity": {"Type": "Vendor", "EntityRef": {"value": "V"}},
    }
    books.put(
        "JournalEntry",
        "3",
        TxnDate=day("01-03"),
        Line=[{"Id": "0", "Amount": money(1), "DetailType": kind, kind: detail}],
    )
    books.build()
    lines = "select doc_type, customer_id, ar_amount from core.receivable_lines order by all"
    assert books.rows(lines) == [
        ("Bill", None, D(10)),
        ("JournalEntry", None, D(-1)),
        ("Purchase", None, D(4)),
    ]
    assert books.rows("from core.receivables") == []
