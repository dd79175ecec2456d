"""Income against ProfitAndLoss: sales lines, and whatever else books to income, such as journal entries and bills."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from duckdb import DuckDBPyConnection

from checks.evidence import ZERO, Difference, TieOut, cents
from checks.theirs import report_figures
from checks.theirs.reports import Report

NAME = "profit_and_loss"
CENT = Decimal("0.01")

BOOKED = Path(__file__).with_name("booked_income.sql")


def first_day(connection: DuckDBPyConnection, realm_id: str) -> date | None:
    """The first day with a sale."""
    rows = connection.execute(
        "select min(txn_date) from core.sales_lines where realm_id = ?", [realm_id]
    ).fetchall()
    day: date | None = rows[0][0]
    return day


def profit_and_loss(
    connection: DuckDBPyConnection, realm_id: str, first: date, as_of: date, report: Report
) -> TieOut:
    """Income by account; foreign lines may round to another cent than QuickBooks's posting of the document.

    What journal entries, deposits, expenses and bills book to income stands beside it, one by one: by so much
    `core.sales_lines` says something else than QuickBooks. Sales whose account nobody says, such as delayed charges
    and shipping, may stand in any account.
    """
    reported = report_figures.income(report)
    booked = connection.execute(
        BOOKED.read_text(encoding="utf-8"), {"realm_id": realm_id, "first": first, "as_of": as_of}
    ).fetchall()
    copied: dict[str, Decimal] = {}
    sources: dict[str, Decimal] = {}
    allowed: dict[str, Decimal] = {}
    explained = []
    for source, entity, doc_id, account, amount, foreign_lines in booked:
        copied[account] = copied.get(account, ZERO) + amount
        sources[source] = sources.get(source, ZERO) + amount
        allowed[account] = allowed.get(account, ZERO) + foreign_lines * CENT
        if entity:
            explained.append(_explaining(entity, doc_id, account, amount))
    differences = _without_unknown(
        [
            Difference.of_amounts(NAME, "Account", id, "income", reported.get(id, ZERO), copied.get(id, ZERO))
            for id in sorted(reported.keys() | copied.keys())
            if abs(copied.get(id, ZERO) - reported.get(id, ZERO)) > allowed.get(id, ZERO)
        ]
    )
    return TieOut(
        NAME,
        {
            "quickbooks_income": cents(sum(reported.values(), ZERO)),
            **{f"by_{source.replace(' ', '_')}": cents(amount) for source, amount in sources.items()},
            "rounding": cents(sum(copied.values(), ZERO) - sum(reported.values(), ZERO))
            if not differences
            else 0,
            "unexplained_diff": cents(sum((abs(row.amount_diff or ZERO) for row in differences), ZERO)),
        },
        tuple(differences),
        beside=tuple(explained),
    )


def _without_unknown(differences: list[Difference]) -> list[Difference]:
    """None, where what we know no account of is just what the accounts have more."""
    unknown = sum((row.amount_diff or ZERO for row in differences if not row.id), ZERO)
    elsewhere = [-(row.amount_diff or ZERO) for row in differences if row.id]
    fits = sum(elsewhere, ZERO) == unknown and all(amount * unknown > 0 for amount in elsewhere)
    return [] if fits else differences


def _explaining(entity: str, id: str, account: str, amount: Decimal) -> Difference:
    return Difference(
        NAME,
        entity,
        id,
        "line_amount, account_id",
        str(amount),
        f"no sale; income account {account}",
        -amount,
        is_money=False,
        explains=True,
    )
