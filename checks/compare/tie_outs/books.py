"""Receivables in total: documents, A/R accounts, customer balances and the trial balance say one sum."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.evidence import ZERO, Difference, Suspect, TieOut, cents
from checks.ours import account_balances, receivables
from checks.theirs import report_figures
from checks.theirs.reports import Report


def accounts_receivable(connection: DuckDBPyConnection, realm_id: str) -> TieOut:
    """Per currency, today: open documents against the A/R accounts and against customer balances."""
    rows = receivables.by_currency(connection, realm_id)
    differences = [
        Difference.of_amounts("accounts_receivable", entity, currency, column, amount, documents)
        for currency, documents, accounts, customers in rows
        for entity, column, amount in (
            ("Account", "current_balance", accounts),
            ("Customer", "balance", customers),
        )
        if amount != documents
    ]
    sides = {"account_diff": "Account", "customer_diff": "Customer"}
    diffs = {
        name: sum((abs(row.amount_diff or ZERO) for row in differences if row.entity == entity), ZERO)
        for name, entity in sides.items()
    }
    suspects = [Suspect("Account", id) for id in receivables.accounts(connection, realm_id)]
    return TieOut(
        "accounts_receivable",
        {
            "currencies": len(rows),
            **{name: cents(amount) for name, amount in diffs.items()},
        },
        tuple(differences),
        tuple(sorted(suspects, key=lambda row: row.id)) if diffs["account_diff"] else (),
    )


def trial_balance(
    connection: DuckDBPyConnection, realm_id: str, report: Report, late: Decimal = ZERO
) -> TieOut:
    """Debits equal credits, and the A/R lines equal our open receivables and what is nobody's, in home currency.

    `late` is by how much our aging differs for customers in flight: the trial balance may differ by as much.
    Our balances of balance-sheet accounts are compared, too, and those that differ are read again: their stamps do not
    move with them. Signs are not compared, because they are not the same for every type of account.
    """
    lines = report_figures.trial_balance(report)
    debit = sum((line["debit"] for line in lines.values()), ZERO)
    credit = sum((line["credit"] for line in lines.values()), ZERO)
    accounts = receivables.accounts(connection, realm_id)
    reported = sum((lines[id]["debit"] - lines[id]["credit"] for id in accounts & lines.keys()), ZERO)
    open_home = receivables.open_home(connection, realm_id) + receivables.nameless_home(connection, realm_id)
    differences = []
    if debit != credit:
        differences.append(
            Difference.of_amounts("trial_balance", "TrialBalance", "total", "debit", credit, debit)
        )
    if reported != open_home:
        row = Difference.of_amounts("trial_balance", "Account", "receivables", "balance", reported, open_home)
        differences.append(replace(row, in_flight=open_home - reported == late))
    balances = account_balances.compared(connection, realm_id, report.time.date() if report.time else None)
    differing = [
        Difference(
            "trial_balance", "Account", one.account_id, f"current_balance of {one.name}",
            str(theirs), str(one.balance), one.balance - theirs, is_money=False, in_flight=one.has_later_documents,
        )
        for one in balances
        for line in [lines.get(one.account_id, {"debit": ZERO, "credit": ZERO})]
        for theirs in [line["debit"] - line["credit"]]
        if abs(one.balance) != abs(theirs)
    ]  # fmt: skip
    return TieOut(
        "trial_balance",
        {
            "accounts": len(lines),
            "debit": cents(debit),
            "out_of_balance": cents(debit - credit),
            "quickbooks_receivables": cents(reported),
            "receivables_diff": 0 if open_home - reported == late else cents(open_home - reported),
            "compared_accounts": len(balances),
            "differing_accounts": sum(not row.in_flight for row in differing),
        },
        (*differences, *differing),
        tuple(Suspect("Account", row.id) for row in differing if not row.in_flight),
    )


def customer_balance(connection: DuckDBPyConnection, realm_id: str, report: Report) -> TieOut:
    """Each customer's balance as of the run's date, in home currency."""
    reported = report_figures.balances(report)
    copied = {
        id: sum(amounts.values(), ZERO) for id, amounts in receivables.aging(connection, realm_id).items()
    }
    differences = [
        Difference.of_amounts(
            "customer_balance", "Customer", id, "balance", reported.get(id, ZERO), copied.get(id, ZERO)
        )
        for id in sorted(reported.keys() | copied.keys())
        if reported.get(id, ZERO) != copied.get(id, ZERO)
    ]
    return TieOut(
        "customer_balance",
        {"customers": len(reported), "differing_customers": len(differences)},
        tuple(differences),
        tuple(Suspect("Customer", row.id) for row in differences),
    )
