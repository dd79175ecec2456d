"""A voided document keeps a row of its own and has no part in anything else."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.books import Books, day, money

LONG_AGO = day("2006-03-10")
OWN_ROWS = {
    "core.estimate_states",
    "core.estimates",
    "core.receivable_lines",
    "core.receivable_movements",
    "core.receivables",
    "core.sales_documents",
    "core.sales_lines",
    "core.sales_regions",
    "core.transactions",
    "marts.customer_statement",
    "marts.estimate_pipeline",
    "marts.invoice_payments",
    "marts.invoices",
}


def enter(books: Books) -> None:
    """Enters two months of business of one customer."""
    books.put("CompanyInfo", "1", CompanyName="Company", Country="US")
    books.receivable_account()
    books.customer()
    link = {"LinkedTxn": [{"TxnId": "1", "TxnType": "Estimate"}]}
    books.put(
        "Estimate", "1", CustomerRef={"value": "C"}, TxnDate=day("10-01"), TotalAmt=900, TxnStatus="Accepted"
    )
    books.invoice("2", 300, "10-10", "11-09", Balance=0, **link)
    books.invoice("3", 600, "11-10", "12-10", **link)
    books.payment("4", 300, "11-20", ("Invoice", "2", 300))


def enter_voids(books: Books) -> None:
    """Enters one voided document of each entity, dated in the wrong year by mistake."""
    line = {"Amount": 0, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"Qty": 0}}
    voided = {
        "CustomerRef": {"value": "C"}, "TxnDate": LONG_AGO, "TotalAmt": 0, "PrivateNote": "Voided - wrong year",
    }  # fmt: skip
    books.put("Estimate", "11", Line=[line], TxnStatus="Pending", **voided)
    books.put(
        "Invoice", "12", Line=[line], Balance=0, LinkedTxn=[{"TxnId": "1", "TxnType": "Estimate"}], **voided
    )
    books.put("SalesReceipt", "13", Line=[line], **voided)
    books.put("CreditMemo", "14", Line=[line], RemainingCredit=0, **voided)
    books.put("RefundReceipt", "15", Line=[line], **voided)
    books.put("Payment", "16", Line=[], UnappliedAmt=0, **voided)
    books.journal_entry("17", "2006-03-10", ("C", 0), PrivateNote="Voided")


@pytest.mark.parametrize("settings", [{}, {"group_by_estimate": True}], ids=str)
def test_voided_documents_change_no_table_but_their_own(books, settings):
    """Voided documents change no table but their own, neither the first month nor DSO nor orders."""
    books.realms = {"without", "with"}
    for books.realm_id, entries in {"without": [enter], "with": [enter, enter_voids]}.items():
        books.minute = 0
        for entry in entries:
            entry(books)
    books.build_all("12-31", **settings)
    without, with_voids = contents(books, "without"), contents(books, "with")
    assert {table for table in without if without[table] != with_voids[table]} == OWN_ROWS


def contents(books: Books, realm_id: str) -> dict[str, Counter[str]]:
    """A company's rows in every table of core and marts."""
    names = books.rows(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('core', 'marts')"
    )
    rows = "select * exclude (realm_id) from {} where realm_id = '{}'"
    return {name: Counter(map(repr, books.rows(rows.format(name, realm_id)))) for (name,) in names}


def test_a_customer_with_voided_invoices_alone_has_never_bought_on_credit(books):
    """A customer with voided invoices alone has no credit sales, and days of sales begin with a real invoice."""
    books.customer()
    books.invoice("1", 0, "2006-03-10", PrivateNote="Voided")
    books.invoice("2", 100, "12-21", customer="D")
    books.build("12-30")
    rows = """
        select customer_id, days, credit_sales from marts.customer_payment_behaviour
        where level = 'customer' and period = 'all'
    """
    assert books.rows(rows) == [("D", 10, money(100))]
