"""Receivables in total: documents, A/R accounts, customer balances and the trial balance say one sum."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.compare.tie_outs.aged_receivables import rounding
from checks.evidence import CENT, ZERO, Difference, Suspect, TieOut, agree, cents
from checks.ours import account_balances, receivables
from checks.ours.set_aside import NOTHING, SetAside
from checks.theirs import report_figures
from checks.theirs.reports import Report


def accounts_receivable(connection: DuckDBPyConnection, realm_id: str, aside: SetAside = NOTHING) -> TieOut:
    """Per currency, today: open documents against the A/R accounts and against customer balances."""
    rows = receivables.by_currency(connection, realm_id, aside)
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
    connection: DuckDBPyConnection, realm_id: str, report: Report, aging: Collection[Difference] = ()
) -> TieOut:
    """Debits equal credits, and the A/R lines equal our open receivables and what is nobody's, in home currency.

    It may differ by as much as `aging` does for customers in flight or explained, and by a cent for each open document
    in a foreign currency.
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
    if not agree(debit, credit):
        differences.append(
            Difference.of_amounts("trial_balance", "TrialBalance", "total", "debit", credit, debit)
        )
    if row := receivables_row(
        reported, open_home, aging, receivables.foreign_documents(connection, realm_id)
    ):
        differences.append(row)
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
            "out_of_balance": 0 if agree(debit, credit) else cents(debit - credit),
            "quickbooks_receivables": cents(reported),
            "receivables_diff": cents(row.amount_diff or ZERO) if row and row.is_error else 0,
            "compared_accounts": len(balances),
            "differing_accounts": sum(not row.in_flight for row in differing),
        },
        (*differences, *differing),
        tuple(Suspect("Account", row.id) for row in differing if not row.in_flight),
    )


def receivables_row(
    reported: Decimal, open_home: Decimal, aging: Collection[Difference], foreign: Mapping[str, int]
) -> Difference | None:
    """The A/R lines beside our open receivables; None where they agree."""
    if reported == open_home:
        return None
    row = Difference.of_amounts("trial_balance", "Account", "receivables", "balance", reported, open_home)
    let_be = [one for one in aging if one.in_flight or one.explains]
    rest = open_home - reported - sum((one.amount_diff or ZERO for one in let_be), ZERO)
    if agree(reported + rest, reported):
        late = any(one.in_flight for one in let_be)
        return replace(row, in_flight=late, explains=not late)
    documents = sum(foreign.values())
    return rounding(row, documents) if abs(rest) <= documents * CENT else row


def customer_balance(
    connection: DuckDBPyConnection, realm_id: str, report: Report, aging: Collection[Difference] = ()
) -> TieOut:
    """Each customer's balance as of the run's date, in home currency; what `aging` explains is explained here too."""
    explained = {row.id for row in aging if row.explains}
    foreign = receivables.foreign_documents(connection, realm_id)
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
    differences = [
        rounding(row, foreign[row.id])
        if abs(row.amount_diff or ZERO) <= foreign.get(row.id, 0) * CENT
        else replace(row, explains=row.id in explained)
        for row in differences
    ]
    wrong = [row for row in differences if row.is_error]
    return TieOut(
        "customer_balance",
        {"customers": len(reported), "differing_customers": len(wrong)},
        tuple(differences),
        tuple(Suspect("Customer", row.id) for row in wrong),
    )
