"""Receivables in total: documents, A/R accounts, customer balances and the trial balance say one sum."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.compare.tie_outs.aged_receivables import cents
from checks.evidence import Difference, Suspect, TieOut
from checks.ours import receivables
from checks.theirs import report_figures
from checks.theirs.report_figures import ZERO
from checks.theirs.reports import Report


def accounts_receivable(connection: DuckDBPyConnection, realm_id: str) -> TieOut:
    """Per currency, today: open documents against the A/R accounts and against customer balances."""
    rows = receivables.by_currency(connection, realm_id)
    differences = [
        _difference("accounts_receivable", entity, currency, column, amount, documents)
        for currency, documents, accounts, customers in rows
        for entity, column, amount in (
            ("Account", "current_balance", accounts),
            ("Customer", "balance", customers),
        )
        if amount != documents
    ]
    sides = {"account_diff": "Account", "customer_diff": "Customer"}
    apart = {
        name: sum((abs(row.amount_diff or ZERO) for row in differences if row.entity == entity), ZERO)
        for name, entity in sides.items()
    }
    suspects = [Suspect("Account", id) for id in receivables.accounts(connection, realm_id)]
    return TieOut(
        "accounts_receivable",
        {
            "currencies": len(rows),
            **{name: cents(amount) for name, amount in apart.items()},
        },
        tuple(differences),
        tuple(sorted(suspects, key=lambda row: row.id)) if apart["account_diff"] else (),
    )


def trial_balance(
    connection: DuckDBPyConnection, realm_id: str, report: Report, late: Decimal = ZERO
) -> TieOut:
    """Debits equal credits, and the A/R lines equal our open receivables and what is nobody's, in home currency.

    `late` is by how much our aging differs for customers in flight: the trial balance may differ by as much.
    """
    lines = report_figures.trial_balance(report)
    debit = sum((line["debit"] for line in lines.values()), ZERO)
    credit = sum((line["credit"] for line in lines.values()), ZERO)
    accounts = receivables.accounts(connection, realm_id)
    theirs = sum((lines[id]["debit"] - lines[id]["credit"] for id in accounts & lines.keys()), ZERO)
    ours = receivables.open_home(connection, realm_id) + receivables.nameless_home(connection, realm_id)
    differences = []
    if debit != credit:
        differences.append(_difference("trial_balance", "TrialBalance", "total", "debit", credit, debit))
    if theirs != ours:
        row = _difference("trial_balance", "Account", "receivables", "balance", theirs, ours)
        differences.append(replace(row, in_flight=ours - theirs == late))
    return TieOut(
        "trial_balance",
        {
            "accounts": len(lines),
            "debit": cents(debit),
            "out_of_balance": cents(debit - credit),
            "quickbooks_receivables": cents(theirs),
            "receivables_diff": 0 if ours - theirs == late else cents(ours - theirs),
        },
        tuple(differences),
    )


def customer_balance(connection: DuckDBPyConnection, realm_id: str, report: Report) -> TieOut:
    """Each customer's balance as of the run's date, in home currency."""
    theirs = report_figures.balances(report)
    ours = {
        id: sum(amounts.values(), ZERO) for id, amounts in receivables.aging(connection, realm_id).items()
    }
    differences = [
        _difference("customer_balance", "Customer", id, "balance", theirs.get(id, ZERO), ours.get(id, ZERO))
        for id in sorted(theirs.keys() | ours.keys())
        if theirs.get(id, ZERO) != ours.get(id, ZERO)
    ]
    return TieOut(
        "customer_balance",
        {"customers": len(theirs), "differing_customers": len(differences)},
        tuple(differences),
        tuple(Suspect("Customer", row.id) for row in differences),
    )


def _difference(
    check: str, entity: str, id: str, column: str, expected: Decimal, actual: Decimal
) -> Difference:
    return Difference(check, entity, id, column, str(expected), str(actual), actual - expected)
