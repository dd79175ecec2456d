"""Sales per customer against CustomerSales, and per item against ItemSales.

Whether these reports count lines that post to no income account, and journal entries that name a customer, Intuit does
not say. So it is enough that one way of counting fits the whole report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.evidence import CENT, ZERO, Difference, TieOut, cents
from checks.ours import sales as ours
from checks.theirs import report_figures
from checks.theirs.reports import Report


@dataclass(frozen=True)
class Kind:
    """One of the two reports, and what it is compared by."""

    check: str
    report: str
    entity: str
    column: str
    figure: str
    read: Callable[[Report], dict[str, Decimal]]

    def not_compared(self) -> TieOut:
        """QuickBooks has no such report for the company."""
        row = Difference(
            self.check, "Report", self.report, "", "no answer", "not compared", is_money=False, explains=True
        )  # fmt: skip
        return TieOut(self.check, {self.figure: 0}, beside=(row,))


BY_CUSTOMER = Kind(
    "customer_sales",
    "CustomerSales",
    "Customer",
    "customer_id",
    "differing_customers",
    report_figures.customer_sales,
)
BY_ITEM = Kind("item_sales", "ItemSales", "Item", "item_id", "differing_items", report_figures.item_sales)


def compare(
    connection: DuckDBPyConnection, realm_id: str, kind: Kind, first: date, as_of: date, report: Report
) -> TieOut:
    """What the report says of each customer or item, beside our lines by the way of counting that fits it best."""
    reported = kind.read(report)
    sold = ours.sold(connection, realm_id, kind.column, first, as_of)
    off = {way: _off(reported, rows) for way, rows in sold.items()}
    best = min(off, key=lambda way: len(off[way]))
    documents = ours.documents(connection, realm_id, kind.column, first, as_of, off[best])
    return TieOut(
        kind.check,
        {
            "quickbooks_sales": cents(sum(reported.values(), ZERO)),
            "our_sales": cents(sum((row.amount for row in sold[best].values()), ZERO)),
            kind.figure: len(off[best]),
        },
        tuple(
            Difference(
                kind.check,
                kind.entity,
                id,
                f"sales, {documents[id]}" if id in documents else "sales",
                str(reported.get(id, ZERO)),
                str(reported.get(id, ZERO) + amount),
                amount,
                is_money=False,
            )
            for id, amount in sorted(off[best].items())
        ),
    )


def _off(reported: Mapping[str, Decimal], sold: Mapping[str, ours.Sold]) -> dict[str, Decimal]:
    """By how much ours is more, beyond a cent for each foreign document."""
    differences = {}
    for id in reported.keys() | sold.keys():
        row = sold.get(id, ours.NOTHING)
        amount = row.amount - reported.get(id, ZERO)
        if abs(amount) > row.foreign_documents * CENT:
            differences[id] = amount
    return differences
