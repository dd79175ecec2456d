"""The ledger of what happened in QuickBooks: each event with what was before and what is now."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from pipelines.nightly import activity
from pipelines.nightly.extract import Extraction
from pipelines.workspace.exits import Exit
from tests.support.books import MORNING, Books
from tests.support.harness import Installation

Event = tuple[object, ...]


def events(installation: Installation, entity: str, id: str) -> list[Event]:
    with installation.warehouse() as connection:
        return connection.execute(
            """select event, field, before, after, past_month::varchar from ops.activity
            where entity = ? and id = ? order by field, event""",
            [entity, id],
        ).fetchall()


@pytest.fixture
def company(copied: Installation) -> Any:
    return copied.server.world.companies[copied.realm_ids[0]]


def applied(company: Any) -> dict[str, Any]:
    """A payment of this month that is wholly applied to invoices."""
    return next(
        found
        for found in reversed(company.objects("Payment"))
        if not found["UnappliedAmt"]
        and found["TotalAmt"] > 0
        and found["TxnDate"].startswith("2026-11")
        and [line["LinkedTxn"][0]["TxnType"] for line in found["Line"]] == ["Invoice"]
    )


def test_a_payment_is_unapplied_and_its_invoice_reopens(copied: Installation, company: Any) -> None:
    """The ledger reports an unapplied payment with its amount, and a paid invoice behind it as reopened."""
    payment = applied(company)
    invoice = payment["Line"][0]["LinkedTxn"][0]["TxnId"]
    was_open = next(found for found in company.objects("Invoice") if found["Id"] == invoice)["Balance"]
    company.update("Payment", payment["Id"], Line=[])
    assert copied.night(company.realm_id, steps=["extract"]) is Exit.PUBLISHED, copied.findings()
    total = str(payment["TotalAmt"])
    ((event, field, before, after, past),) = events(copied, "Payment", payment["Id"])
    assert (event, field, past) == ("unapplied", "UnappliedAmt", None)
    assert (Decimal(str(before)), Decimal(str(after))) == (0, Decimal(total))
    if not was_open:
        assert [one[0] for one in events(copied, "Invoice", invoice)] == ["reopened"]


def test_a_change_of_a_past_month_says_which(copied: Installation, company: Any) -> None:
    """A changed amount, a moved date, a late entry and a deletion each name the past month they touch."""
    receipts = [found for found in company.objects("RefundReceipt") if found["TxnDate"] < "2026-10-01"]
    dearer, moved, gone, model = receipts[:4]
    line = {**dearer["Line"][0], "Amount": dearer["Line"][0]["Amount"] + 1}
    line["SalesItemLineDetail"] = {
        name: value for name, value in line["SalesItemLineDetail"].items() if name not in ("Qty", "UnitPrice")
    }
    company.update("RefundReceipt", dearer["Id"], Line=[line, *dearer["Line"][1:]])
    company.update("RefundReceipt", moved["Id"], TxnDate="2026-11-19")
    company.delete("RefundReceipt", gone["Id"])
    late = company.create(
        "RefundReceipt",
        {name: model[name] for name in ("CustomerRef", "DepositToAccountRef")}
        | {"TxnDate": "2026-09-30", "Line": [line]},
    )
    assert copied.night(company.realm_id, steps=["extract"]) is Exit.PUBLISHED, copied.findings()
    found = events(copied, "RefundReceipt", dearer["Id"])
    assert [(one[0], one[1], one[4]) for one in found] == [
        ("past month changed", "TotalAmt", month_of(dearer))
    ]
    assert events(copied, "RefundReceipt", moved["Id"]) == [
        ("past month changed", "TxnDate", moved["TxnDate"], "2026-11-19", month_of(moved))
    ]
    ((event, *_, past),) = events(copied, "RefundReceipt", gone["Id"])
    assert (event, past) == ("deleted", month_of(gone))
    ((event, *_, past),) = events(copied, "RefundReceipt", late["Id"])
    assert (event, past) == ("created", "2026-09-01")


def test_a_change_of_this_month_is_no_change_of_a_past_one(copied: Installation, company: Any) -> None:
    """A date that moves within this month is an update and touches no past month."""
    expense = next(found for found in company.objects("Purchase") if found["TxnDate"].startswith("2026-11"))
    company.update("Purchase", expense["Id"], TxnDate="2026-11-02")
    assert copied.night(company.realm_id, steps=["extract"]) is Exit.PUBLISHED, copied.findings()
    assert [(one[0], one[4]) for one in events(copied, "Purchase", expense["Id"])] == [("updated", None)]


def recorded(books: Books) -> list[Event]:
    """What the second load of these books tells."""
    extraction = Extraction(books.realm_id, MORNING, {}, {}, [], load_ids=["1"])
    connection = books.connection
    connection.execute("create schema ops")
    activity.record(connection, "run", extraction)
    return connection.execute(
        "select event, field, before, after, past_month::varchar from ops.activity"
    ).fetchall()


@pytest.fixture
def two_loads() -> Iterator[Books]:
    """An invoice and a template that were read before; what is put now is the second load."""
    books = Books()
    books.put("Invoice", "1", TxnDate="2025-11-02", TotalAmt=5, Balance=5)
    books.put_text("RecurringTransaction", "7", '{"Invoice": {"Id": "7", "TotalAmt": 5}}')
    books.delete("Estimate", "99")
    books.load = 1
    yield books
    books.close()


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [("TxnDate", "2025-11-02", "2025-11-01-07:00"), ("TotalAmt", "5", "five")],
)
def test_an_odd_date_or_amount_is_told_as_it_is(
    two_loads: Books, field: str, before: str, after: str
) -> None:
    """Staging judges it; the ledger must not end the night for it."""
    two_loads.put("Invoice", "1", **{"TxnDate": "2025-11-02", "TotalAmt": 5, "Balance": 5} | {field: after})
    assert recorded(two_loads) == [("past month changed", field, before, after, "2025-11-01")]


def test_a_template_is_looked_at_inside_its_wrapping(two_loads: Books) -> None:
    """A change of a recurring transaction is found inside its wrapping."""
    payload = '{"Invoice": {"Id": "7", "TotalAmt": 6}}'
    two_loads.put_text("RecurringTransaction", "7", payload)
    ((event, field, before, after, _),) = recorded(two_loads)
    assert (field, before, after) == ("TotalAmt", "5", "6"), event


def month_of(found: dict[str, Any]) -> str:
    return f"{found['TxnDate'][:7]}-01"
