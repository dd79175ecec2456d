"""Aging per customer and bucket against AgedReceivables, and per document against AgedReceivableDetail."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.evidence import Difference, Suspect, TieOut
from checks.ours import receivables
from checks.theirs import report_figures
from checks.theirs.report_figures import BUCKETS, ZERO
from checks.theirs.reports import Report

ENTITIES = {
    "Invoice": "Invoice",
    "Credit Memo": "CreditMemo",
    "Payment": "Payment",
    "Journal Entry": "JournalEntry",
    "Deposit": "Deposit",
    "Check": "Purchase",
    "Expense": "Purchase",
    "Credit Card Credit": "Purchase",
}

Key = tuple[str, str]


def by_customer(connection: DuckDBPyConnection, realm_id: str, report: Report) -> TieOut:
    """Every customer's buckets; those that differ are named, and their family's documents read again.

    Where preferences say that QuickBooks ages from the documents' own dates, it is enough to agree with it so.
    """
    theirs, ours = report_figures.aging(report), receivables.aging(connection, realm_id)
    nobodys = sum(theirs.get("", {}).values(), ZERO)
    if nobodys == receivables.nameless_home(connection, realm_id):
        theirs.pop("", None)
    by_date = receivables.aging_by_date(connection, realm_id)
    if by_date is not None and _owing(by_date) == _owing(theirs):
        ours = by_date
    nothing = dict.fromkeys(BUCKETS, ZERO)
    differences = [
        _difference("aged_receivables", "Customer", id, bucket, theirs_in[bucket], ours_in[bucket])
        for id in sorted(theirs.keys() | ours.keys())
        for theirs_in, ours_in in [(theirs.get(id, nothing), ours.get(id, nothing))]
        for bucket in BUCKETS
        if theirs_in[bucket] != ours_in[bucket]
    ]
    totals = [
        sum((sum(amounts.values(), ZERO) for amounts in side.values()), ZERO) for side in (theirs, ours)
    ]
    customers = list(dict.fromkeys(row.id for row in differences))
    return TieOut(
        "aged_receivables",
        {
            "customers": len(theirs),
            "quickbooks_total": cents(totals[0]),
            "our_total": cents(totals[1]),
            "total_diff": cents(totals[1] - totals[0]),
            **_apart(differences),
        },
        tuple(differences),
        (
            *(Suspect("Customer", id) for id in customers),
            *(receivables.family_documents(connection, realm_id, customers) if customers else ()),
        ),
    )


def _owing(aging: Mapping[str, Mapping[str, Decimal]]) -> dict[str, Mapping[str, Decimal]]:
    """The customers with anything in any bucket."""
    return {id: buckets for id, buckets in aging.items() if any(buckets.values())}


def _apart(differences: Sequence[Difference]) -> dict[str, int]:
    """How much differs, amounts in cents; what is in flight is counted apart."""
    counted = [row for row in differences if not row.in_flight]
    return {
        "differing_customers": len({row.id for row in counted}),
        "differing_buckets": len(counted),
        "in_flight": len(differences) - len(counted),
        "absolute_diff": cents(sum((abs(row.amount_diff or ZERO) for row in counted), ZERO)),
    }


@dataclass(frozen=True)
class Documents:
    """Open documents that differ, each with the customer it stands with."""

    many: int
    differences: Mapping[Difference, str]

    @property
    def suspects(self) -> list[Suspect]:
        return [Suspect(row.entity, row.id) for row in self.differences if row.entity and row.id]

    def tie_out(self, late: Collection[Suspect]) -> TieOut:
        """The comparison; documents in `late` changed after the cut-off."""
        differences = [
            replace(row, in_flight=Suspect(row.entity, row.id) in late) for row in self.differences
        ]
        counted = sum(not row.in_flight for row in differences)
        return TieOut(
            "aged_receivable_detail",
            {"documents": self.many, "differing_documents": counted, "in_flight": len(differences) - counted},
            tuple(differences),
            tuple(self.suspects),
        )

    def customers_in_flight(self, late: Collection[Suspect]) -> set[str]:
        """Customers whose differing documents have all changed after the cut-off."""
        settled = {
            customer for row, customer in self.differences.items() if Suspect(row.entity, row.id) not in late
        }
        return set(self.differences.values()) - settled


def by_document(connection: DuckDBPyConnection, realm_id: str, report: Report) -> Documents:
    """Every open document beside the detail report's line of it: its open amount, and an invoice's due date."""
    theirs, ours = report_figures.open_documents(report), receivables.open_documents(connection, realm_id)
    theirs = _with_customers(theirs, ours)
    kinds = report_figures.document_kinds(report)
    differences = {}
    for key in sorted(theirs.keys() | ours.keys()):
        id, customer = key
        entity, amount = ours.get(key, (ENTITIES.get(kinds.get(id, ""), ""), ZERO))
        if amount != theirs.get(key, ZERO):
            row = _difference(
                "aged_receivable_detail",
                entity,
                id,
                f"open_home of {customer}",
                theirs.get(key, ZERO),
                amount,
            )
            differences[row] = customer
    due = report_figures.due_dates(report)
    for key, date in sorted(receivables.due_dates(connection, realm_id).items()):
        if due.get(key[0], date) != date:
            row = Difference("aged_receivable_detail", "Invoice", key[0], "due_date", due[key[0]], date)
            differences[row] = key[1]
    return Documents(len(theirs), differences)


def _with_customers(theirs: Mapping[Key, Decimal], ours: Collection[Key]) -> dict[Key, Decimal]:
    """A line whose customer has no id in the report stands with the customer of our document."""
    customers = dict(sorted(ours, reverse=True))
    return {(id, customer or customers.get(id, "")): amount for (id, customer), amount in theirs.items()}


def without(tie_out: TieOut, in_flight: Collection[str]) -> TieOut:
    """The comparison by customer once these customers are known to be in flight."""
    differences = [replace(row, in_flight=row.id in in_flight) for row in tie_out.differences]
    late = sum((row.amount_diff or ZERO for row in differences if row.in_flight), ZERO)
    kept = {name: tie_out.figures[name] for name in ("customers", "quickbooks_total", "our_total")}
    total_diff = kept["our_total"] - kept["quickbooks_total"] - cents(late)
    return replace(
        tie_out,
        figures=kept | _apart(differences) | {"total_diff": total_diff},
        differences=tuple(differences),
    )


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def _difference(
    check: str, entity: str, id: str, column: str, expected: Decimal, actual: Decimal
) -> Difference:
    return Difference(check, entity, id, column, str(expected), str(actual), actual - expected)
