"""Accepting a known difference, so that its company is published with it for a while, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from checks.evidence import Difference
from checks.verdict import accepted
from pipelines.base import kept_tables
from pipelines.base.errors import WrongUsage
from pipelines.base.text import table

OBJECTS = "sync_accuracy"


def accept(
    warehouse: DuckDBPyConnection,
    realm_id: str,
    check: str,
    id: str,
    *,
    reason: str,
    until: date,
    now: DateTime,
) -> str:
    """Accepts what the company's last checks found of this check and id, and says so in a sentence.

    Raises WrongUsage for what was not found, without an id or a reason, and for a day that is over or too far off.
    """
    day, found = accepted.last_seen(warehouse, realm_id)
    rows = [row for row in found if row.check in _checks(check) and row.id == id]
    if not rows or not id:
        raise WrongUsage(
            f"The last checks of company {realm_id} found nothing of {check} {id} that stops it. {_listed(found)}"
        )
    if not reason.strip():
        raise WrongUsage("Say why with --reason: whoever reads the report wants to know.")
    today = max(one for one in (day, now.date()) if one)
    last = today + timedelta(days=accepted.MOST_DAYS)
    if not (day or today) <= until <= last:
        raise WrongUsage(
            f"--until {until} is over already or more than {accepted.MOST_DAYS} days away: the last day is {last}."
        )
    accepted.keep(warehouse, realm_id, rows, reason=reason.strip(), until=until, at=now)
    left = {(row.check, row.id) for row in found} - {(row.check, row.id) for row in rows}
    still = f"; {_named(left)} would stop it still" if left else ""
    return (
        f"Accepted until {until}: {check} {id} of company {realm_id}, as {_apart(rows)}{still}; the next "
        "`quickduck run` goes by it."
    )


def revoke(warehouse: DuckDBPyConnection, realm_id: str, check: str, id: str, *, now: DateTime) -> str:
    """Takes back what was accepted, and says so. Raises WrongUsage where nothing was."""
    rows = accepted.revoke(warehouse, realm_id, _checks(check), id, at=now)
    if not rows:
        raise WrongUsage(
            f"Nothing of {check} {id} of company {realm_id} is accepted; `quickduck accept --list`."
        )
    return f"{check} {id} of company {realm_id} is accepted no longer, and stops it from the next checks on."


def listed(warehouse: DuckDBPyConnection) -> str:
    """What is or was accepted, the newest first."""
    kept_tables.create(warehouse, [accepted.ACCEPTED])
    rows = warehouse.execute(
        """select realm_id, check_name, id, column_name, amount_diff, until_date, revoked_at is not null, reason
        from checks.accepted order by accepted_at desc, realm_id, check_name, id, column_name"""
    ).fetchall()
    if not rows:
        return "Nothing is accepted."
    head = ("company", "check", "id", "column", "apart", "until", "revoked", "reason")
    return "\n".join(
        table(
            head,
            [
                [*row[:4], f"{row[4]:,.2f}" if row[4] else "", row[5], "yes" if row[6] else "", row[7]]
                for row in rows
            ],
        )
    )


def _checks(check: str) -> Sequence[str]:
    """The checks that a name stands for: sync accuracy is found out by ids and by content."""
    return accepted.OF_OBJECTS if check == OBJECTS else (check,)


def _apart(rows: Sequence[Difference]) -> str:
    """How the rows differ, the first of them in full."""
    first, more = rows[0], len(rows) - 1
    amount = (
        f"{first.amount_diff:,.2f} apart" if first.amount_diff else f"{first.actual} for {first.expected}"
    )
    return f"{first.column} is {amount}" + (f" and {more} more differ" if more else "")


def _listed(found: Sequence[Difference]) -> str:
    keys = {(row.check, row.id) for row in found}
    return f"Found was {_named(keys)}." if keys else "They found nothing that stops it."


def _named(keys: set[tuple[str, str]]) -> str:
    return ", ".join(f"{check} {id}" for check, id in sorted(keys))
