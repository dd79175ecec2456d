"""A fresh build of the same documents finds every cell that is otherwise, and heals it."""

from __future__ import annotations

from transforms.engine import fresh


def test_an_altered_cell_is_found_named_and_healed(books):
    """One cent more on an invoice of staging is named with what it was and is right; so is a row lost from a mart."""
    books.customer()
    books.invoice("1", 100, "01-10", due="02-09")
    books.build_all("03-01")
    books.change("update staging.invoices set total_amount = total_amount + 0.01")
    books.change("delete from marts.ar_aging_by_invoice")
    found = fresh.compare(books.connection)
    assert {(cell.table, cell.key, cell.column, cell.right, cell.before) for cell in found} == {
        ("staging.invoices", "invoice_id 1, customer_id C", "total_amount", "100.00", "100.01"),
        (
            "marts.ar_aging_by_invoice",
            "doc_id 1, invoice_id 1, customer_id C, root_customer_id C",
            "",
            "1 rows",
            "0 rows",
        ),
    }
    assert {cell.realm_id for cell in found} == {"1"}
    assert fresh.compare(books.connection) == []
    assert str(books.value("select total_amount from staging.invoices")) == "100.00"
