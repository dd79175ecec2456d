"""Aging per customer and bucket against AgedReceivables, and per document against AgedReceivableDetail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.evidence import BUCKETS, CENT, ZERO, Difference, Suspect, TieOut, cents
from checks.ours import receivables
from checks.ours.set_aside import NOTHING, SetAside
from checks.theirs import report_figures
from checks.theirs.reports import Report

BY_CUSTOMER, BY_DOCUMENT = "aged_receivables", "aged_receivable_detail"

ENTITIES = {
    "Invoice": "Invoice",
    "Credit Memo": "CreditMemo",
    "Payment": "Payment",
    "Journal Entry": "JournalEntry",
    "Deposit": "Deposit",
    "Check": "Purchase",
    "Expense": "Purchase",
    "Cash Expense": "Purchase",
    "Credit Card Expense": "Purchase",
    "Credit Card Credit": "Purchase",
    "Bill": "Bill",
    "Vendor Credit": "VendorCredit",
    "Sales Receipt": "SalesReceipt",
    "Refund": "RefundReceipt",
    "Refund Receipt": "RefundReceipt",
}

Key = tuple[str, str]


def by_customer(
    connection: DuckDBPyConnection, realm_id: str, report: Report, aside: SetAside = NOTHING
) -> TieOut:
    """Every customer's buckets; those that differ are named, and their family's documents read again.

    Where preferences say that QuickBooks ages from the documents' own dates, it is enough to agree with it so. A
    customer may differ by a cent for each open document in a foreign currency: how QuickBooks rounds it is its own
    affair.
    """
    reported, aged = report_figures.aging(report), receivables.aging(connection, realm_id)
    nobodys = sum(reported.get("", {}).values(), ZERO)
    if nobodys == receivables.nameless_home(connection, realm_id):
        reported.pop("", None)
    by_date = receivables.aging_by_date(connection, realm_id)
    if by_date is not None and _owing(by_date) == _owing(reported):
        aged = by_date
    nothing = dict.fromkeys(BUCKETS, ZERO)
    differences = [
        Difference.of_amounts(BY_CUSTOMER, "Customer", id, bucket, expected[bucket], actual[bucket])
        for id in sorted(reported.keys() | aged.keys())
        for expected, actual in [(reported.get(id, nothing), aged.get(id, nothing))]
        for bucket in BUCKETS
        if expected[bucket] != actual[bucket]
    ]
    differences = _without_circles(connection, realm_id, differences, reported)
    foreign = receivables.foreign_documents(connection, realm_id)
    apart: dict[str, Decimal] = defaultdict(Decimal)
    for row in differences:
        apart[row.id] += abs(row.amount_diff or ZERO)
    rounded = {id: foreign[id] for id, amount in apart.items() if 0 < amount <= foreign.get(id, 0) * CENT}
    differences = [rounding(row, rounded[row.id]) if row.id in rounded else row for row in differences]
    quickbooks_total, our_total = (
        sum((sum(amounts.values(), ZERO) for amounts in side.values()), ZERO) for side in (reported, aged)
    )
    doubtful = [row.id for row in differences if row.is_error and row.id not in aside.customers]
    customers = list(dict.fromkeys(doubtful))
    return TieOut(
        BY_CUSTOMER,
        {
            "customers": len(reported),
            "quickbooks_total": cents(quickbooks_total),
            "our_total": cents(our_total),
            **_figures_of(differences),
        },
        tuple(differences),
        (
            *(Suspect("Customer", id) for id in customers),
            *(receivables.family_documents(connection, realm_id, customers) if customers else ()),
        ),
    )


def _without_circles(
    connection: DuckDBPyConnection, realm_id: str, differences: list[Difference], reported: Collection[str]
) -> list[Difference]:
    """The rows; let be are customers above themselves, who have no place in a report by families."""
    if all(row.id in reported for row in differences):
        return differences
    circles = receivables.in_circles(connection, realm_id) - set(reported)
    return [replace(row, explains=row.id in circles) for row in differences]


def rounding(row: Difference, foreign_documents: int) -> Difference:
    """The row, let be because of how many documents in a foreign currency."""
    says = f"{row.actual}, within the rounding of {foreign_documents} foreign documents"
    return replace(row, actual=says, explains=True)


def _owing(aging: Mapping[str, Mapping[str, Decimal]]) -> dict[str, Mapping[str, Decimal]]:
    """The customers with anything in any bucket."""
    return {id: buckets for id, buckets in aging.items() if any(buckets.values())}


def _figures_of(differences: Sequence[Difference]) -> dict[str, int]:
    """How much differs, amounts in cents; what is in flight or explained is counted apart."""
    counted = [row for row in differences if row.is_error]
    return {
        "differing_customers": len({row.id for row in counted}),
        "differing_buckets": len(counted),
        "in_flight": sum(row.in_flight for row in differences),
        "explained": sum(row.explains for row in differences),
        "total_diff": cents(sum((row.amount_diff or ZERO for row in counted), ZERO)),
        "absolute_diff": cents(sum((abs(row.amount_diff or ZERO) for row in counted), ZERO)),
    }


@dataclass(frozen=True)
class Documents:
    """Open documents that differ, each with the customer it stands with; of how many that QuickBooks reported.

    `set_aside` are the ids of documents that were set aside, and of what they settle or are settled by.
    """

    reported: int
    differences: Mapping[Difference, str]
    set_aside: Collection[str] = ()

    @property
    def suspects(self) -> list[Suspect]:
        return [
            Suspect(row.entity, row.id)
            for row in self.differences
            if row.entity and row.id and not self._is_explained(row)
        ]

    def tie_out(self, late: Collection[Suspect]) -> TieOut:
        """The comparison; documents in `late` changed after the cut-off."""
        differences = [
            replace(row, explains=True)
            if self._is_explained(row)
            else replace(row, in_flight=Suspect(row.entity, row.id) in late)
            for row in self.differences
        ]
        return TieOut(
            BY_DOCUMENT,
            {
                "documents": self.reported,
                "differing_documents": sum(row.is_error for row in differences),
                "in_flight": sum(row.in_flight for row in differences),
                "explained": sum(row.explains for row in differences),
            },
            tuple(differences),
            tuple(self.suspects),
        )

    def customers_in_flight(self, late: Collection[Suspect]) -> set[str]:
        """Customers whose differing documents have all changed after the cut-off."""
        return self._customers(lambda row: Suspect(row.entity, row.id) in late)

    def customers_explained(self, late: Collection[Suspect]) -> set[str]:
        """Customers whose differing documents were set aside, settle such a one, or have changed since."""
        return self._customers(lambda row: self._is_explained(row) or Suspect(row.entity, row.id) in late)

    def _customers(self, covers: Callable[[Difference], bool]) -> set[str]:
        others = {customer for row, customer in self.differences.items() if not covers(row)}
        return set(self.differences.values()) - others

    def _is_explained(self, row: Difference) -> bool:
        return row.explains or row.id in self.set_aside


def by_document(
    connection: DuckDBPyConnection, realm_id: str, report: Report, aside: SetAside = NOTHING
) -> Documents:
    """Every open document beside the detail report's line of it: its open amount, and an invoice's due date."""
    foreign = receivables.foreign_documents(connection, realm_id)
    copied = receivables.open_documents(connection, realm_id)
    reported = _with_customers(report_figures.open_documents(report), copied)
    kinds = report_figures.document_kinds(report)
    differences = {}
    for key in sorted(reported.keys() | copied.keys()):
        id, customer = key
        entity, amount = copied.get(key, (ENTITIES.get(kinds.get(id, ""), ""), ZERO))
        expected = reported.get(key, ZERO)
        if amount != expected:
            row = Difference.of_amounts(BY_DOCUMENT, entity, id, f"open_home of {customer}", expected, amount)
            is_rounding = key in copied and customer in foreign and abs(amount - expected) <= CENT
            differences[rounding(row, 1) if is_rounding else row] = customer
    due = report_figures.due_dates(report)
    for key, date in sorted(receivables.due_dates(connection, realm_id).items()):
        if due.get(key[0], date) != date:
            row = Difference(BY_DOCUMENT, "Invoice", key[0], "due_date", due[key[0]], date)
            differences[row] = key[1]
    return Documents(len(reported), differences, aside.documents)


def _with_customers(reported: Mapping[Key, Decimal], copied: Collection[Key]) -> dict[Key, Decimal]:
    """A line whose customer has no id in the report stands with the customer of our document."""
    customers = dict(sorted(copied, reverse=True))
    return {(id, customer or customers.get(id, "")): amount for (id, customer), amount in reported.items()}


def without(tie_out: TieOut, in_flight: Collection[str], explained: Collection[str]) -> TieOut:
    """The comparison by customer once these customers are known to be in flight, and those to be explained."""
    differences = [
        replace(row, in_flight=row.id in in_flight, explains=row.explains or row.id in explained)
        for row in tie_out.differences
    ]
    return replace(
        tie_out,
        figures={**tie_out.figures, **_figures_of(differences)},
        differences=tuple(differences),
    )
