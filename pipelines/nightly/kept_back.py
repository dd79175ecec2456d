"""What is said of a company that has not passed its checks for some nights: which rows, and what to click."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from checks.evidence import Difference
from checks.verdict.naming import Named, called
from checks.verdict.verdict import Verdict
from pipelines.nightly.ending import Ending
from pipelines.nightly.ops import KEPT
from pipelines.pages.links import link

ENOUGH = 3
ROWS = 3
REPORTS = {
    "aged_receivables": "Accounts receivable aging summary",
    "aged_receivable_detail": "Accounts receivable aging detail",
    "trial_balance": "Trial Balance",
    "customer_balance": "Customer Balance Summary",
    "profit_and_loss": "Profit and Loss",
}
"""QuickBooks's own names of the reports that checks compare with."""
COLUMNS = {
    "current": "Current",
    "d1_30": "1 - 30",
    "d31_60": "31 - 60",
    "d61_90": "61 - 90",
    "d91_plus": "91 and over",
    "TotalAmt": "Total",
    "Balance": "Balance due",
    "balance": "Balance",
    "due_date": "Due date",
    "income": "Total",
}
"""What QuickBooks's pages call a column or field."""


def nights(warehouse: DuckDBPyConnection, realm_id: str, run_id: str) -> int:
    """For how many runs in a row, this one included, the checks have kept the company back."""
    rows = warehouse.execute(
        f"""select verdict from {KEPT.runs} where realm_id = ? and run_id < ? and list_contains(?, verdict)
        order by run_id desc""",
        [realm_id, run_id, [str(one) for one in (Ending.CHECKS_FAILED, Ending.PASSED, Ending.PUBLISHED)]],
    ).fetchall()
    in_a_row = 1
    for (verdict,) in rows:
        if verdict != Ending.CHECKS_FAILED:
            break
        in_a_row += 1
    return in_a_row


def notice(verdict: Verdict, many: int, app_url: str | None) -> str:
    """One sentence: how long people have seen old rows, which rows differ, what to click, and how to go on."""
    rows = verdict.stopping[:ROWS]
    if not rows:
        return f"For {many} nights people have seen the rows before: {'; '.join(verdict.errors)}."
    said = "; ".join(_row(row, named) for row, named in rows)
    first, named = rows[0]
    address = link(app_url, verdict.realm_id, named.entity, named.id) if named else None
    return (
        f"For {many} nights people have seen the rows before, because {said}: {_click(first, named, address)} and "
        f"correct what is wrong, or let it through with `quickduck accept {verdict.realm_id} {first.check} {first.id} "
        "--reason WHY --until DATE`."
    )


def _row(row: Difference, named: Named | None) -> str:
    what = called(row, named)
    column = COLUMNS.get(row.column, row.column.partition(" of ")[0])
    if "." in row.check:
        return f"of {what} {row.expected or row.column} ({row.actual})"
    theirs, ours = row.expected or "nothing", row.actual or "nothing"
    return f"QuickBooks says {theirs} under {column} for {what} and our copy {ours}"


def _click(row: Difference, named: Named | None, address: str | None) -> str:
    if row.check in REPORTS:
        return f"open Reports > {REPORTS[row.check]} in QuickBooks, click the amount"
    if row.check == "accounts_receivable":
        return "open Settings > Chart of accounts in QuickBooks, click View register of Accounts Receivable"
    if address:
        return f"open {address}"
    return "open it in QuickBooks by the magnifying glass"
